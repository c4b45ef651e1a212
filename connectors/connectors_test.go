package connectors

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

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
