package columns

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// chunks draws chunks with every type and with missing values.
func chunks(t *rapid.T) *Chunk {
	n := rapid.IntRange(0, 40).Draw(t, "rows")
	k := &Chunk{N: n}
	for typ := Text; typ <= List; typ++ {
		c := Column{Name: rapid.StringMatching(`[a-z]{1,8}`).Draw(t, "name"), Type: typ, Scale: 2}
		for range n {
			switch {
			case rapid.IntRange(0, 4).Draw(t, "missing") == 0:
				c.AddMissing()
			case typ == Text || typ == List:
				c.AddText(rapid.String().Draw(t, "text"))
			case typ == Float:
				c.Floats = append(c.Floats, rapid.Float64().Draw(t, "float"))
			default:
				c.Ints = append(c.Ints, rapid.Int64().Draw(t, "int"))
			}
		}
		k.Cols = append(k.Cols, c)
	}
	return k
}

func canonical(k *Chunk) (rows []string) {
	for i := range k.N {
		var b []byte
		for j := range k.Cols {
			b = k.Cols[j].AppendCanonical(b, i)
		}
		rows = append(rows, string(b))
	}
	return rows
}

func TestDecodeGivesBackWhatWasEncoded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := chunks(t)
		got, rest, err := Decode(append(k.Encode(nil), "next"...))
		if err != nil || string(rest) != "next" {
			t.Fatalf("Decode: %v, rest %q", err, rest)
		}
		if diff := cmp.Diff(canonical(k), canonical(got)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestDecodeRefusesEveryCutForm(t *testing.T) {
	k := &Chunk{N: 2, Cols: []Column{{Name: "a", Type: Int, Ints: []int64{1, MissingInt}}, {Name: "b"}}}
	k.Cols[1].AddText("x")
	k.Cols[1].AddMissing()
	whole := k.Encode(nil)
	for n := range whole {
		if _, _, err := Decode(whole[:n]); err == nil {
			t.Errorf("%d of %d bytes were accepted", n, len(whole))
		}
	}
}

func TestTableHashDoesNotDependOnOrder(t *testing.T) {
	var forward, backward Hash128
	rows := []string{"a", "b", "c", "a"}
	for i := range rows {
		forward.Add(HashRow([]byte(rows[i])))
		backward.Add(HashRow([]byte(rows[len(rows)-1-i])))
	}
	if forward != backward {
		t.Errorf("%v forwards, %v backwards", forward, backward)
	}
	parsed, err := ParseHash128(forward.String())
	if err != nil || parsed != forward {
		t.Errorf("ParseHash128(%v) = %v, %v", forward, parsed, err)
	}
}

func TestMoneyIsWrittenInMajorUnits(t *testing.T) {
	for _, c := range []struct {
		minor int64
		scale uint8
		want  string
	}{{0, 2, "0.00"}, {5, 2, "0.05"}, {-5, 2, "-0.05"}, {123456, 2, "1234.56"}, {7, 0, "7"}, {math.MaxInt64, 3, "9223372036854775.807"}} {
		if got := string(AppendMoney(nil, c.minor, c.scale)); got != c.want {
			t.Errorf("AppendMoney(%d, %d) = %q, want %q", c.minor, c.scale, got, c.want)
		}
	}
}

func TestRawIsFoundWhereItDidNotComeAlong(t *testing.T) {
	t.Parallel()
	k := Chunk{N: 2, Cols: []Column{{Name: "a", Ints: []int64{1, 2}, Type: Int}}, RawOf: func(i int) []byte { return []byte{byte('x' + i)} }}
	if got := string(k.Raw(0)) + string(k.Raw(1)); got != "xy" {
		t.Errorf("%q", got)
	}
	k.Reset()
	if k.RawOf != nil {
		t.Error("the rows of the last chunk would be asked for")
	}
}
