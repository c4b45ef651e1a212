package jsonl

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/internal/rowfile/rowtest"
)

const none = rowtest.Missing

func TestValues(t *testing.T) {
	t.Parallel()
	const params = `{"p":[{"key":"id","value":{"string_value":null,"int_value":"7"}},{"value":{"float_value":1.5},"key":"f"},` +
		`{"key":"plain","value":"x"},{"key":"k\u0065y","value":{"double_value":2,"string_value":"s"}},{"key":"no"},{"key":"nil","value":{"int_value":null}}]}`
	for _, c := range []struct{ name, line, path, value string }{
		{"a text", `{"a":"x"}`, "a", "x"},
		{"a number as it is written", `{"a":-12.50e+3}`, "a", "-12.50e+3"},
		{"a long number", `{"a":12345678901234567890}`, "a", "12345678901234567890"},
		{"true", `{"a":true}`, "a", "true"},
		{"null", `{"a":null}`, "a", none},
		{"absent", `{"b":1}`, "a", none},
		{"an empty text", `{"a":""}`, "a", none},
		{"escapes", `{"a":"\"\\\/\b\f\n\r\t\u00fc\ud83d\ude00"}`, "a", "\"\\/\b\f\n\r\tü😀"},
		{"half a surrogate pair", `{"a":"\ud83dx\ud83d\u0041"}`, "a", "\uFFFDx\uFFFDA"},
		{"an escaped name", `{"\u0061":1}`, "a", "1"},
		{"a member of a member", `{"a":{"x":0,"b":{"c":"y"}}}`, "a.b.c", "y"},
		{"a member of no object", `{"a":1}`, "a.b", none},
		{"an object", `{"a": {"b": [1, 2]} }`, "a", `{"b": [1, 2]}`},
		{"an element of a list", `{"a":[10,{"b":[20,30]}]}`, "a[1].b[0]", "20"},
		{"an element that is not there", `{"a":[10]}`, "a[1]", none},
		{"a name with a dot", `{"a.b":1,"a":{"b":2}}`, `["a.b"]`, "1"},
		{"a name with a dot inside", `{"x":{"a.b":1}}`, `x["a.b"]`, "1"},
		{"the last of equal members", `{"a":1,"a":2}`, "a", "2"},
		{"the last of equal members, inside", `{"a":{"b":1},"a":{"c":2}}`, "a.b", none},
		{"a parameter of whole numbers", params, "p[id]", "7"},
		{"a parameter whose key comes last", params, "p[f]", "1.5"},
		{"a parameter without types", params, "p[plain]", "x"},
		{"the first type that is not null", params, "p[key]", "s"},
		{"a parameter without value", params, "p[no]", none},
		{"a parameter of nulls", params, "p[nil]", none},
		{"the rest", `{"b":[1],"a":{"x":1},"c":null,"d":"\n","b":2}`, "*", `{"a":{"x":1},"b":2,"d":"\n"}`},
		{"nothing left", `{"c":null}`, "*", none},
		{"spaces", " { \"a\" : 1 , \"b\" : [ ] , \"c\" : { } } \r", "a", "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := rowtest.Read(New(), rowtest.Write(t, "x.jsonl", c.line+"\n"), rowfile.Options{}, c.path)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Refused) > 0 {
				t.Fatal(got.Refused)
			}
			if diff := cmp.Diff([]string{c.value}, got.Rows); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestManyPathsOfOneLine(t *testing.T) {
	t.Parallel()
	line := `{"z":1,"a":{"b":1,"c":[{"key":"k","value":5},7]},"y":2}`
	got, err := rowtest.Read(New(), rowtest.Write(t, "x.jsonl", line), rowfile.Options{}, "a.c[k]", "a.c[1]", "a.c[0].value", "*", "a.b", "a.b", "a.c")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`5 | 7 | 5 | {"y":2,"z":1} | 1 | 1 | [{"key":"k","value":5},7]`}
	if diff := cmp.Diff(want, got.Rows); diff != "" {
		t.Error(diff)
	}
}

func TestRefusedLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, line, reason, detail string }{
		{"a list", `[1]`, "bad_json", "column 1: a line must be one object"},
		{"two objects", `{} {}`, "bad_json", "column 4: something follows"},
		{"cut", `{"a":1`, "bad_json", "column 7: a comma or } is missing"},
		{"cut in a string", `{"a":"x`, "bad_json", "column 8: a string is not closed"},
		{"no colon", `{"a" 1}`, "bad_json", "column 6: a colon"},
		{"a comma too many", `{"a":1,}`, "bad_json", "column 8: the name"},
		{"a comma too many in a list", `{"a":[1,]}`, "bad_json", "column 9: a value"},
		{"a leading zero", `{"a":01}`, "bad_json", "column 7: a comma"},
		{"no digit", `{"a":-}`, "bad_json", "column 7: a digit"},
		{"no digit behind the point", `{"a":1.}`, "bad_json", "column 8: a digit"},
		{"a wrong word", `{"a":nul}`, "bad_json", "column 6: this is no value"},
		{"a control character", "{\"a\":\"\t\"}", "bad_json", "column 7: a control character"},
		{"a control character in a long text", "{\"a\":\"0123456789\x01 0123456789\"}", "bad_json", "column 17: a control character"},
		{"a wrong escape", `{"a":"\x"}`, "bad_json", "column 8: this escape"},
		{"a short escape", `{"a":"\u12"}`, "bad_json", `column 11: \u needs`},
		{"a NUL", `{"a":"x\u0000"}`, "nul_byte", "a NUL byte is no text"},
		{"nested too deep", `{"a":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "}", "bad_json", "nested deeper than 100"},
		{"bad UTF-8", "{\"a\":\"\xff\"}", "bad_utf8", "UTF-8"},
		{"too long", `{"a":"` + strings.Repeat("x", rowfile.MaxRow) + `"}`, "too_long", "1048584 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text := "{\"a\":1}\n\n" + c.line + "\n{\"a\":2}\n"
			got, err := rowtest.Read(New(), rowtest.Write(t, "x.jsonl", text), rowfile.Options{}, "a")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"1", "2"}, got.Rows); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]int64{1, 4}, got.Lines); diff != "" {
				t.Error(diff)
			}
			if len(got.Refused) != 1 {
				t.Fatalf("refused: %v", got.Refused)
			}
			r := got.Refused[0]
			if r.Line != 3 || r.Reason != c.reason || !strings.Contains(r.Detail, c.detail) || r.Raw != c.line[:min(len(c.line), 64<<10)] {
				t.Errorf("refused: line %d, %s, %s", r.Line, r.Reason, r.Detail)
			}
		})
	}
}

func TestWrongPathsAreFaultsOfTheProjectFile(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", ".a", "a.", "a..b", "[0]", "a[", "a[]", `a["b`, `["b"x]`, "a[key].b", "a[key][0]", "a[0]b"} {
		_, err := rowtest.Read(New(), rowtest.Write(t, "x.jsonl", "{}"), rowfile.Options{}, path)
		if fault.CodeOf(err) != fault.Config {
			t.Errorf("%q: %v", path, err)
		}
	}
}

func TestAPathBeginsWithAMember(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{"id": "id", "a.b": "a", "list[0]": "list", "params[key]": "params", `["a.b"].c`: "a.b", "E Mail": "E Mail"} {
		if got, err := Member(path); got != want || err != nil {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
	if _, err := Member("[0]"); err == nil {
		t.Error("a row is no list")
	}
}

func TestEveryPackingGivesTheSameRows(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 40_000 {
		switch i % 5 {
		case 0:
			b.WriteString("\n")
		case 1:
			b.WriteString("{broken}\n")
		default:
			fmt.Fprintf(&b, `{"id":%d,"name":"Анна \"%d\"","note":"a plain text of some length"}`+"\r\n", i, i)
		}
	}
	text := b.String()
	whole := Format{Piece: 1 << 30, Block: 1 << 30}
	want, err := rowtest.Read(whole, rowtest.Write(t, "x.jsonl", text), rowfile.Options{}, "id", "name", "*")
	if err != nil || len(want.Rows) != 24_000 || len(want.Refused) != 8_000 {
		t.Fatalf("%d rows, %d refused, %v", len(want.Rows), len(want.Refused), err)
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write([]byte(text))
	w.Close()
	for _, c := range []struct {
		name, text string
		format     Format
	}{
		{"small blocks", text, Format{Piece: 10_000, Block: 30_000}},
		{"gzip", packed.String(), New()},
		{"a byte order mark", "\xEF\xBB\xBF" + text, New()},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := rowtest.Read(c.format, rowtest.Write(t, "x.jsonl", c.text), rowfile.Options{}, "id", "name", "*")
			if err != nil {
				t.Fatal(err)
			}
			got.Info = want.Info
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%.2000s", diff)
			}
		})
	}
}

func TestAnEmptyFileHasNoBlocks(t *testing.T) {
	t.Parallel()
	got, err := rowtest.Read(New(), rowtest.Write(t, "x.jsonl", ""), rowfile.Options{})
	if err != nil || len(got.Info.Blocks) > 0 {
		t.Errorf("%v, %v", got.Info.Blocks, err)
	}
}
