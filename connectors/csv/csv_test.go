package csv

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/charmap"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/internal/rowfile/rowtest"
)

const none = rowtest.Missing

func TestRows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		options    rowfile.Options
		want       []string
		rows       []string
		lines      []int64
	}{
		{"plain", "a,b\n1,2\n3,4\n", rowfile.Options{}, []string{"a", "b"}, []string{"1 | 2", "3 | 4"}, []int64{2, 3}},
		{"columns in the order asked", "a,b,c\n1,2,3\n", rowfile.Options{}, []string{"c", "a", "c"}, []string{"3 | 1 | 3"}, []int64{2}},
		{"no newline at the end", "a,b\n1,2", rowfile.Options{}, []string{"a", "b"}, []string{"1 | 2"}, []int64{2}},
		{"an empty field at the very end", "a,b\n1,", rowfile.Options{}, []string{"a", "b"}, []string{"1 | " + none}, []int64{2}},
		{"carriage returns", "a,b\r\n1,2\r\n3,\r\n", rowfile.Options{}, []string{"a", "b"}, []string{"1 | 2", "3 | " + none}, []int64{2, 3}},
		{"blank lines are skipped and counted", "\na,b\n\n1,2\n\r\n3,4\n5,6\n", rowfile.Options{}, []string{"a", "b"}, []string{"1 | 2", "3 | 4", "5 | 6"}, []int64{4, 6, 7}},
		{"empty and quoted empty are missing", "a,b\n,\"\"\n", rowfile.Options{}, []string{"a", "b"}, []string{none + " | " + none}, []int64{2}},
		{"quotes", "a,b\n\"1,5\",\"say \"\"hi\"\"\"\n\"\"\"\",x\n", rowfile.Options{}, []string{"a", "b"}, []string{`1,5 | say "hi"`, `" | x`}, []int64{2, 3}},
		{"a newline inside quotes", "a,b\n\"1\n2\",x\n3,4\n", rowfile.Options{}, []string{"a", "b"}, []string{"1\n2 | x", "3 | 4"}, []int64{2, 4}},
		{"quotes before a carriage return", "a,b\r\n1,\"2\"\r\n3,\"4\"\r", rowfile.Options{}, []string{"a", "b"}, []string{"1 | 2", "3 | 4"}, []int64{2, 3}},
		{"semicolons", "a;b\n1,5;2\n", rowfile.Options{Delimiter: ";"}, []string{"a", "b"}, []string{"1,5 | 2"}, []int64{2}},
		{"tabs", "a\tb\n1\t2\n", rowfile.Options{Delimiter: "\t"}, []string{"b"}, []string{"2"}, []int64{2}},
		{"names are trimmed, values are not", " a , b\n 1 ,2\n", rowfile.Options{}, []string{"a", "b"}, []string{" 1  | 2"}, []int64{2}},
		{"a byte order mark", "\xEF\xBB\xBFa,b\n1,2\n", rowfile.Options{}, []string{"a"}, []string{"1"}, []int64{2}},
		{"letters beyond ASCII", "имя,b\nАнна,ü\n", rowfile.Options{}, []string{"имя", "b"}, []string{"Анна | ü"}, []int64{2}},
		{"the rest as JSON", "b,a,d,c\n1,\"x\"\"y\",,4\n,,,9\n", rowfile.Options{}, []string{"c", "*"}, []string{`4 | {"a":"x\"y","b":"1"}`, "9 | " + none}, []int64{2, 3}},
		{"one column", "a\n1\n\n2\n", rowfile.Options{}, []string{"a"}, []string{"1", "2"}, []int64{2, 4}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := rowtest.Read(New(), rowtest.Write(t, "x.csv", c.text), c.options, c.want...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.rows, got.Rows); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.lines, got.Lines); diff != "" {
				t.Error(diff)
			}
			if len(got.Refused) > 0 {
				t.Error(got.Refused)
			}
		})
	}
}

func TestRefusedRows(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", rowfile.MaxRow)
	for _, c := range []struct {
		name, row, column, reason, detail string
	}{
		{"too few fields", "1", "", "field_count", "1 fields, the header has 2"},
		{"too many fields", "1,2,3", "", "field_count", "3 fields, the header has 2"},
		{"bad UTF-8", "1,\xff", "b", "bad_utf8", "windows-1251"},
		{"bad UTF-8 beyond the header", "1,2,\xff", "", "bad_utf8", "windows-1251"},
		{"a NUL byte", "\x00,2", "a", "nul_byte", "NUL"},
		{"a quote inside an unquoted field", `1,2"3`, "b", "broken_quote", "field 2"},
		{"text behind a closed quote", `"1"x","2"`, "a", "broken_quote", "field 1"},
		{"a name in quotes inside quotes", `"OOO "Daisy"",2`, "a", "broken_quote", "field 1"},
		{"too long", "1," + long, "", "too_long", "1048578 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := rowtest.Read(New(), rowtest.Write(t, "x.csv", "a,b\n1,2\n"+c.row+"\n3,4\n"), rowfile.Options{}, "a", "b")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"1 | 2", "3 | 4"}, got.Rows); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]int64{2, 4}, got.Lines); diff != "" {
				t.Error(diff)
			}
			if len(got.Refused) != 1 {
				t.Fatalf("refused: %v", got.Refused)
			}
			r := got.Refused[0]
			if r.Line != 3 || r.Column != c.column || r.Reason != c.reason || !strings.Contains(r.Detail, c.detail) || r.Raw != c.row[:min(len(c.row), 64<<10)] {
				t.Errorf("refused: line %d, column %q, %s, %s, raw of %d bytes", r.Line, r.Column, r.Reason, r.Detail, len(r.Raw))
			}
		})
	}
}

func TestAQuoteTooManyRefusesItsOwnRowOnly(t *testing.T) {
	t.Parallel()
	text := "a,b\n1,\"x\n3,4\n5,\"\"\n7,\"8, 9\"\n10,11\n"
	for _, size := range []int64{3, 8, 1 << 20} {
		got, err := rowtest.Read(Format{Piece: size, Block: size}, rowtest.Write(t, "x.csv", text), rowfile.Options{}, "a", "b")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"3 | 4", "5 | " + none, "7 | 8, 9", "10 | 11"}, got.Rows); diff != "" {
			t.Error(diff)
		}
		if len(got.Refused) != 1 || got.Refused[0].Line != 2 || got.Refused[0].Reason != "broken_quote" || got.Refused[0].Raw != "1,\"x" {
			t.Errorf("refused: %v", got.Refused)
		}
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		options    rowfile.Options
		want       []string
		says       []string
	}{
		{"a column that is gone", "crm_id,email\n1,2\n", rowfile.Options{}, []string{"emial"}, []string{"x.csv:1: column emial is not there", "did you mean email?"}},
		{"all columns that are gone", "a,b\n1,2\n", rowfile.Options{}, []string{"xxxx", "yyyy"}, []string{"xxxx", "yyyy"}},
		{"another delimiter", "crm_id;email\n1;2\n", rowfile.Options{}, []string{"crm_id"}, []string{"semicolons", `";"`}},
		{"a name twice", "a,b,a\n", rowfile.Options{}, nil, []string{"x.csv:1", "columns 1 and 3 are both named a"}},
		{"no name", "a,,b\n", rowfile.Options{}, nil, []string{"column 2 has no name"}},
		{"an open quote", "a,b\n1,2\nü,\"4\n5,6\n", rowfile.Options{}, nil, []string{"x.csv:3:3", "never closes"}},
		{"an open quote in the header", "a,\"b\n1,2\n", rowfile.Options{}, nil, []string{"x.csv:1:3", "never closes"}},
		{"UTF-16", "\xff\xfea\x00,\x00b\x00\n\x00", rowfile.Options{}, nil, []string{"UTF-16"}},
		{"a header in another encoding", "\xe8\xec\xff,b\n", rowfile.Options{}, nil, []string{"not valid UTF-8", "windows-1251"}},
		{"UTF-8 declared as Windows-1251", "\xEF\xBB\xBFa,b\n", rowfile.Options{Encoding: rowfile.Windows1251}, nil, []string{"set encoding: utf-8"}},
		{"an unknown delimiter", "a\n", rowfile.Options{Delimiter: ":"}, nil, []string{"delimiter"}},
		{"an unknown encoding", "a\n", rowfile.Options{Encoding: "koi8-r"}, nil, []string{"koi8-r"}},
		{"an unknown compression", "a\n", rowfile.Options{Compression: "rar"}, nil, []string{"rar"}},
		{"not compressed as declared", "a\n", rowfile.Options{Compression: "gzip"}, nil, []string{"not compressed with gzip"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := rowtest.Read(New(), rowtest.Write(t, "x.csv", c.text), c.options, c.want...)
			if fault.CodeOf(err) != fault.Input {
				t.Fatalf("got %v", err)
			}
			for _, part := range c.says {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
		})
	}
}

func TestFilesWithoutRows(t *testing.T) {
	t.Parallel()
	for text, header := range map[string][]string{"": nil, "\n\n": nil, "a,b": {"a", "b"}, "a,b\n": {"a", "b"}, "\xEF\xBB\xBF": nil} {
		for _, pack := range []func(string) string{plain, gzipped} {
			got, err := rowtest.Read(New(), rowtest.Write(t, "x.csv", pack(text)), rowfile.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(header, got.Info.Header); diff != "" || len(got.Info.Blocks) > 0 {
				t.Errorf("%q: %v, %s", text, got.Info.Blocks, diff)
			}
		}
	}
}

func plain(text string) string { return text }

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text))
	w.Close()
	return b.String()
}

func zstandard(text string) string {
	w, _ := zstd.NewWriter(nil)
	return string(w.EncodeAll([]byte(text), nil))
}

// dump is a file of some megabytes with every difficulty in it.
func dump() string {
	var b strings.Builder
	b.WriteString("id,имя,note\r\n")
	for i := range 60_000 {
		switch i % 7 {
		case 0:
			b.WriteString("1,Анна,\"two\r\nlines, and \"\"quotes\"\"\"\r\n")
		case 3:
			b.WriteString("\r\n4,too,many,fields\r\n")
		default:
			b.WriteString("12345,Иван Петров,a plain note of some length\r\n")
		}
	}
	return b.String()
}

// TestEveryPackingGivesTheSameRows reads one text plain, in tiny blocks,
// compressed and in Windows-1251.
func TestEveryPackingGivesTheSameRows(t *testing.T) {
	t.Parallel()
	text := dump()
	whole := Format{Piece: 1 << 30, Block: 1 << 30}
	want, err := rowtest.Read(whole, rowtest.Write(t, "x.csv", text), rowfile.Options{}, "id", "имя", "note", "*")
	if err != nil || len(want.Info.Blocks) != 1 || len(want.Rows) < 50_000 || len(want.Refused) == 0 {
		t.Fatalf("%d blocks, %d rows, %v", len(want.Info.Blocks), len(want.Rows), err)
	}
	old, err := charmap.Windows1251.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	cyrillic := rowfile.Options{Encoding: rowfile.Windows1251}
	for _, c := range []struct {
		name, text string
		format     Format
		options    rowfile.Options
	}{
		{"small blocks", text, Format{Piece: 10_000, Block: 30_000}, rowfile.Options{}},
		{"gzip", gzipped(text), New(), rowfile.Options{}},
		{"zstd", zstandard(text), New(), rowfile.Options{}},
		{"windows-1251", old, Format{Piece: 100_000, Block: 100_000}, cyrillic},
		{"windows-1251 in gzip", gzipped(old), New(), cyrillic},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := rowtest.Read(c.format, rowtest.Write(t, "x.csv", c.text), c.options, "id", "имя", "note", "*")
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

func TestDamagedArchives(t *testing.T) {
	t.Parallel()
	for name, whole := range map[string]string{"gzip": gzipped(dump()), "zstd": zstandard(dump())} {
		for what, text := range map[string]string{
			"cut":     whole[:len(whole)/2],
			"changed": whole[:len(whole)/2] + "\x00\xff\x00\xff" + whole[len(whole)/2+4:],
			"stub":    whole[:5],
		} {
			_, err := rowtest.Read(New(), rowtest.Write(t, "x.csv", text), rowfile.Options{}, "id")
			if fault.CodeOf(err) != fault.Input || !strings.Contains(err.Error(), "deliver the file again") {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
	}
}

func TestAnOpenQuoteInAnArchiveIsFoundWhenRead(t *testing.T) {
	t.Parallel()
	_, err := rowtest.Read(New(), rowtest.Write(t, "x.csv", gzipped("a,b\n1,2\n3,\"4\n5,6\n")), rowfile.Options{}, "a")
	if fault.CodeOf(err) != fault.Input || !strings.Contains(err.Error(), "x.csv:3:3") {
		t.Errorf("got %v", err)
	}
}

func TestAFileThatBecameShorterIsAFault(t *testing.T) {
	t.Parallel()
	path := rowtest.Write(t, "x.csv", "a,b\n1,2\n3,4\n")
	info, err := New().Inspect(t.Context(), path, rowfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	info.Blocks[0].Length += 10
	r, err := New().Open(t.Context(), info.Blocks[0], []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Read(new(chunk)); fault.CodeOf(err) != fault.Input || !strings.Contains(err.Error(), "shorter") {
		t.Errorf("got %v", err)
	}
}
