package connectors

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/parquet-go/parquet-go"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/internal/rowfile/rowtest"
)

func TestBlocksNameTheirFormat(t *testing.T) {
	t.Parallel()
	for name, f := range Formats() {
		content := map[string]string{"csv": "a\n1\n", "jsonl": "{\"a\":1}\n"}[name]
		info, err := f.Inspect(t.Context(), rowtest.Write(t, "x", content), rowfile.Options{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, b := range info.Blocks {
			if b.Format != name {
				t.Errorf("a block of %s names %s", name, b.Format)
			}
		}
	}
}

// TestPathsThatCannotBeRead holds that every format says which kind of
// obstacle it met.
func TestPathsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	link := func(name, to string) string {
		path := filepath.Join(dir, name)
		if err := os.Symlink(to, path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	link("a", filepath.Join(dir, "b"))
	locked := filepath.Join(dir, "locked")
	if err := os.WriteFile(locked, []byte("a\n1\n"), 0o000); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, path, says string }{
		{"a folder", dir, "this is a folder"},
		{"nothing", filepath.Join(dir, "nothing"), "the file is not there"},
		{"links in a circle", link("b", filepath.Join(dir, "a")), "lead in a circle"},
		{"a link to nothing", link("c", filepath.Join(dir, "nothing")), "the file is not there"},
		{"a file as a folder", filepath.Join(locked, "x"), "a part of the path is a file"},
		{"a device", os.DevNull, "no regular file"},
		{"no permission", locked, "no permission"},
	} {
		if c.path == locked && os.Geteuid() == 0 {
			continue // root may read everything
		}
		for format, f := range Formats() {
			_, err := f.Inspect(t.Context(), c.path, rowfile.Options{})
			if fault.CodeOf(err) != fault.Input || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s, %s: %v", c.name, format, err)
			}
			_, err = f.Open(t.Context(), rowfile.Block{Path: c.path, Length: -1, Header: []string{"a"}}, []string{"a"})
			if fault.CodeOf(err) != fault.Input {
				t.Errorf("%s, opened as %s: %v", c.name, format, err)
			}
		}
	}
}

// TestAFileThatChangesBehindItsHash holds that rows are only read of the file that
// was hashed, whatever has its name by then, and in whatever way it came there.
func TestAFileThatChangesBehindItsHash(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]struct {
		format string
		text   func(value string) []byte
	}{
		"csv":    {"csv", func(v string) []byte { return []byte("a\n" + v + "\n") }},
		"csv.gz": {"csv", func(v string) []byte { return packed(t, "a\n"+strings.Repeat(v+"\n", 1<<20)) }},
		"jsonl":  {"jsonl", func(v string) []byte { return []byte(`{"a":` + v + "}\n") }},
		"parquet": {"parquet", func(v string) []byte {
			var b bytes.Buffer
			if err := parquet.Write(&b, []struct {
				A string `parquet:"a"`
			}{{v}}); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		}},
	} {
		format, old, others := Formats()[of.format], of.text("10"), of.text("99")
		if len(old) != len(others) {
			t.Fatalf("%s: %d and %d bytes: their lengths tell them apart", name, len(old), len(others))
		}
		for how, change := range map[string]func(path string) error{
			"as it was": func(string) error { return nil },
			"replaced": func(path string) error {
				return errors.Join(os.WriteFile(path+".new", others, 0o600), os.Rename(path+".new", path))
			},
			"written to": func(path string) error { return os.WriteFile(path, others, 0o600) },
		} {
			for _, when := range []string{"before it is opened", "before it is read"} {
				path := rowtest.Write(t, "x", string(old))
				if err := os.Chtimes(path, time.Unix(1e9, 0), time.Unix(1e9, 0)); err != nil {
					t.Fatal(err)
				}
				info, err := format.Inspect(t.Context(), path, rowfile.Options{})
				if err != nil {
					t.Fatal(err)
				}
				moment := func(now string) {
					if now == when {
						if err := change(path); err != nil {
							t.Fatal(err)
						}
					}
				}
				moment("before it is opened")
				err = readAll(t, format, info.Blocks[0], func() { moment("before it is read") })
				if how == "as it was" || how == "replaced" && when == "before it is read" { // the old one stays open
					if err != nil {
						t.Errorf("%s, %s %s: %v", name, how, when, err)
					}
				} else if fault.CodeOf(err) != fault.Input || !strings.Contains(err.Error(), "the file was replaced, or written to, while it was read") {
					t.Errorf("%s, %s %s: got %v", name, how, when, err)
				}
			}
		}
	}
}

// readAll reads a block to its end.
func readAll(t *testing.T, f rowfile.Format, b rowfile.Block, opened func()) error {
	r, err := f.Open(t.Context(), b, []string{"a"})
	if err != nil {
		return err
	}
	defer r.Close()
	opened()
	for k := new(columns.Chunk); err == nil; err = r.Read(k) {
	}
	if err == io.EOF {
		return nil
	}
	return err
}

// packed is a text as gzip has it that does not try: equal lengths stay equal.
func packed(t *testing.T, text string) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.NoCompression)
	if err == nil {
		_, err = z.Write([]byte(text))
	}
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
