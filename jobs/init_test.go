package jobs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/habitue-data/habitue/internal/fault"
	"golang.org/x/text/encoding/charmap"
)

// TestInitOnFilesThatNobodyExpects: each ends in a message, or in a draft
// that is good.
func TestInitOnFilesThatNobodyExpects(t *testing.T) {
	t.Parallel()
	wide := ""
	for i := range 10_000 {
		wide += fmt.Sprintf("c%d,", i)
	}
	row := strings.Repeat("1,", 10_000)
	utf16le := "\xff\xfe"
	for _, u := range utf16.Encode([]rune("id,email\n1,a@x.com\n")) {
		utf16le += string([]byte{byte(u), byte(u >> 8)})
	}
	late := "id;email;имя\n"
	for i := range 400 {
		late += fmt.Sprintf("%d;a%d@x.com;%s\n", i, i, strings.Repeat("x", 60))
	}
	late, err := charmap.Windows1251.NewEncoder().String(strings.Replace(late, "имя", "first name", 1) + "400;b@x.com;Анна\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		code       fault.Code
		says       string
	}{
		{"binary", "\x00\x01\x02id,email\n", fault.Input, "x.csv: this is no text, or UTF-16 without its mark: it holds NUL bytes; export it"},
		{"UTF-16", utf16le, fault.Input, "x.csv:1:1: the file is UTF-16, which is not read; export it as UTF-8"},
		{"one row of huge fields", "id,email,note\n1,a@x.com," + strings.Repeat("y", 3<<20) + "\n2,b@x.com,z\n", fault.OK, "too_long: 1 row"},
		{"a huge header", strings.Repeat("h", 2<<20) + ",id\n1,2\n", fault.Input, "the header line is longer than 1 MiB"},
		{"a quote that never closes", "id,email\n1,\"a@x.com\n2,b@x.com\n", fault.Input, "x.csv:2:3: the quote that opens here never closes"},
		{"a column without a name", "id,,email\n1,2,a@x.com\n", fault.Input, "x.csv:1: column 2 has no name"},
		{"10,000 columns", wide + "id,email\n" + row + "7,a@x.com\n" + row + "8,b@x.com\n", fault.OK, "2 of 10,002 columns used"},
		{"Windows-1251 far below", late, fault.OK, "401 rows read"},
		{"rows that are cut short", "id,email,city\n1,a@x.com,York\n2,b@x.com\n3,c@x.com,York\n", fault.OK, "field_count: 1 row"},
		{"JSONL with a broken line", "{\"id\":1,\"email\":\"a@x.com\"}\n{bad\n", fault.OK, "bad_json: 1 row"},
		{"blank lines", "\n\nid,email\n\n1,a@x.com\n", fault.OK, "1 row read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "x.csv"), []byte(c.text), 0o644); err != nil {
				t.Fatal(err)
			}
			code, out, errs := execution(t.Context(), dir, noEnv, "init", "x.csv")
			if code != int(c.code) || !strings.Contains(out+errs, c.says) {
				t.Errorf("code %d, want %q\n%s%s", code, c.says, out, errs)
			}
			if _, err := os.Stat(filepath.Join(dir, "habitue.yaml")); (err == nil) != (c.code == fault.OK) {
				t.Errorf("the project file: %v", err)
			}
		})
	}
}
