package jsonl

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/internal/rowfile/rowtest"
)

// FuzzJSONL holds that a line is accepted exactly when encoding/json says
// that it is valid, that its values are equal, and that cutting changes
// nothing.
func FuzzJSONL(f *testing.F) {
	for _, seed := range []string{
		`{"a":1,"b":{"c":[1,{"d":"x"}]}}`, `{"a":"\ud83d\ude00\u00fc\"\\","b":null}`, `{"a":-0.5e-7,"b":[true,false,null]}`,
		"{\"a\":1}\n\n{\"a\":\n2}", `{"a":[{"key":"k","value":{"int_value":"1"}}]}`, `{"a":{"b":1},"a":{"c":2},"\u0061":3}`, `{"a":01}`, `[1]`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || len(text) > 1<<16 || strings.HasPrefix(text, "\uFEFF") {
			return
		}
		want := []string{"a", "b", "a.b", "b[0]", "a[k]", "*"}
		o := rowfile.Options{Compression: rowfile.None}
		path := rowtest.Write(t, "x.jsonl", text)
		got, err := rowtest.Read(New(), path, o, want...)
		if err != nil {
			t.Fatal(err)
		}
		cut, err := rowtest.Read(Format{Piece: 3, Block: 7}, path, o, want...)
		if err != nil {
			t.Fatal(err)
		}
		cut.Info = got.Info
		if diff := cmp.Diff(got, cut); diff != "" {
			t.Fatal(diff)
		}
		accepted := map[int64]string{}
		for i, line := range got.Lines {
			accepted[line] = got.Rows[i]
		}
		for i, line := range strings.Split(text, "\n") {
			compare(t, line, accepted, int64(i+1))
		}
	})
}

func compare(t *testing.T, line string, accepted map[int64]string, number int64) {
	row, ok := accepted[number]
	var object map[string]json.RawMessage
	valid := json.Unmarshal([]byte(line), &object) == nil && object != nil
	if valid != ok {
		if strings.Count(line, "[")+strings.Count(line, "{") > maxDepth || strings.Contains(line, `\u0000`) {
			return
		}
		t.Fatalf("line %q: valid %v, accepted %v", line, valid, ok)
	}
	if !valid {
		return
	}
	values := strings.SplitN(row, " | ", 3)
	for i, name := range []string{"a", "b"} {
		if want := text(object[name]); !strings.Contains(row, " | "+want+" | ") && !strings.HasPrefix(row, want+" | ") {
			t.Fatalf("line %q: %s is %q, want %q", line, name, values[i], want)
		}
	}
}

// text is a raw value as a column gives it.
func text(raw json.RawMessage) string {
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || string(raw) == "null" {
		return none
	}
	if raw[0] != '"' {
		return string(raw)
	}
	var s string
	if json.Unmarshal(raw, &s); s == "" {
		return none
	}
	return s
}
