package rowfile

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/fault"
)

func TestCodePages(t *testing.T) {
	t.Parallel()
	var text []byte
	for i := range 1000 {
		text = append(text, byte(i), 'a')
	}
	for encoding, page := range map[string]*charmap.Charmap{Windows1251: charmap.Windows1251, Windows1252: charmap.Windows1252} {
		want, err := page.NewDecoder().Bytes(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := AppendUTF8(nil, text, encoding); string(got) != string(want) {
			t.Errorf("%s: got %q", encoding, got)
		}
		got, err := io.ReadAll(iotest.OneByteReader(newDecoder(iotest.DataErrReader(strings.NewReader(string(text))), encoding)))
		if err != nil || string(got) != string(want) {
			t.Errorf("%s in parts: %v, %q", encoding, err, got)
		}
	}
}

func TestJSONStringsAreWhatTheyWere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.String().Draw(t, "text")
		var got string
		if err := json.Unmarshal(AppendJSONString(nil, []byte(want)), &got); err != nil || got != want {
			t.Fatalf("%q became %q, %v", want, got, err)
		}
	})
}

func TestLinesAreListedOnlyWhereTheySkip(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lines, listed []int64
	}{
		{[]int64{5, 6, 7}, nil},
		{[]int64{5, 6, 8, 9}, []int64{5, 6, 8, 9}},
	} {
		var k columns.Chunk
		for _, line := range c.lines {
			AddLine(&k, line)
			k.N++
		}
		if diff := cmp.Diff(c.listed, k.Lines); diff != "" {
			t.Error(diff)
		}
		for i, line := range c.lines {
			if got := k.Line(i); got != line {
				t.Errorf("row %d: line %d, want %d", i, got, line)
			}
		}
	}
}

func TestAbsentColumns(t *testing.T) {
	t.Parallel()
	if err := Absent("x", 1, []string{"a", Rest}, []string{"a"}); err != nil {
		t.Errorf("nothing is absent: %v", err)
	}
	for says, err := range map[string]error{
		"column card is not there, the file has id, cards; did you mean cards?": Absent("x.csv", 1, []string{"id", "card"}, []string{"id", "cards"}),
		"look separated by tabs; set delimiter: \"\\t\"":                        Absent("x.csv", 1, []string{"id", "card"}, []string{"id\tcard\temail"}),
	} {
		if fault.CodeOf(err) != fault.Input || !strings.Contains(err.Error(), says) {
			t.Errorf("%v does not say %s", err, says)
		}
	}
}
