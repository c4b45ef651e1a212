package rowcache_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/connectors/csv"
	"github.com/habitue-data/habitue/connectors/jsonl"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/rowcache"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/internal/rowfile/rowtest"
)

// counted is a format that counts how often it is opened.
type counted struct {
	rowfile.Format
	opened int
}

func (c *counted) Open(ctx context.Context, b rowfile.Block, want []string) (rowfile.Reader, error) {
	c.opened++
	return c.Format.Open(ctx, b, want)
}

// cached is the format over a cache in a folder, as a run of that id has it.
func cached(t testing.TB, f rowfile.Format, dir, run, path string) rowfile.Format {
	t.Helper()
	c, err := rowcache.Open(dir, run)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Inspect(t.Context(), path, rowfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c.Of(f, info.SHA256)
}

func read(t testing.TB, f rowfile.Format, path string, want ...string) rowtest.File {
	t.Helper()
	file, err := rowtest.Read(f, path, rowfile.Options{}, want...)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func gzipped(t testing.TB, name, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return rowtest.Write(t, name, b.String())
}

// table is a CSV with quotes, line breaks in fields, refused rows and enough
// rows for several chunks.
func table(rows int) string {
	var b strings.Builder
	b.WriteString("id,name,note\n")
	for i := range rows {
		switch i % 97 {
		case 3:
			fmt.Fprintf(&b, "%d,\"two\nlines\",\"a \"\"quote\"\"\"\n", i)
		case 5:
			fmt.Fprintf(&b, "%d,too few\n", i)
		case 7:
			fmt.Fprintf(&b, "%d,,\r\n", i)
		case 9:
			fmt.Fprintf(&b, "%d,\xff\xfe,no letters\n", i)
		default:
			fmt.Fprintf(&b, "%d,name %d,note\n", i, i*i)
		}
	}
	return b.String()
}

func objects(rows int) string {
	var b strings.Builder
	for i := range rows {
		switch i % 50 {
		case 4:
			b.WriteString("{broken\n\n")
		case 8:
			fmt.Fprintf(&b, `{"id":null,"other":[%d]}`+"\n", i)
		default:
			fmt.Fprintf(&b, `{"id":"%d","a":{"name":"n%d"},"other":{"x":%d}}`+"\n", i, i%7, i)
		}
	}
	return b.String()
}

func TestAnEntryGivesWhatItsFileGives(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, path string
		format     rowfile.Format
		want       []string
	}{
		{"CSV", gzipped(t, "a.csv.gz", table(9000)), csv.New(), []string{"name", "id"}},
		{"CSV with the rest", gzipped(t, "a.csv.gz", table(300)), csv.New(), []string{"id", "*"}},
		{"JSON lines", gzipped(t, "a.jsonl.gz", objects(9000)), jsonl.New(), []string{"a.name", "id", "*", "never"}},
		{"plain JSON lines in blocks", rowtest.Write(t, "a.jsonl", objects(9000)), jsonl.Format{Piece: 16 << 10, Block: 16 << 10}, []string{"id", "*"}},
		{"only refused rows", gzipped(t, "a.csv.gz", "id,name\n1\n2\n"), csv.New(), []string{"id"}},
		{"no rows", gzipped(t, "a.csv.gz", "id,name\n"), csv.New(), []string{"id"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			want := read(t, c.format, c.path, c.want...)
			dir := t.TempDir()
			inner := &counted{Format: c.format}
			if diff := cmp.Diff(want, read(t, cached(t, inner, dir, "1", c.path), c.path, c.want...)); diff != "" {
				t.Error("while the entry is made", diff)
			}
			if diff := cmp.Diff(want, read(t, cached(t, inner, dir, "2", c.path), c.path, c.want...)); diff != "" {
				t.Error("from the entry of an earlier run", diff)
			}
		})
	}
}

// TestAnEntryIsUsedAgain counts reads of the file: rowtest asks for the text
// of every row, which takes one more.
func TestAnEntryIsUsedAgain(t *testing.T) {
	t.Parallel()
	path, dir := gzipped(t, "a.csv.gz", table(9000)), t.TempDir()
	inner := &counted{Format: csv.New()}
	rows := func(f rowfile.Format, want ...string) (n int) {
		info, err := f.Inspect(t.Context(), path, rowfile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := f.Open(t.Context(), info.Blocks[0], want)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		var k columns.Chunk
		for {
			switch err := r.Read(&k); {
			case err == io.EOF:
				return n
			case err != nil:
				t.Fatal(err)
			}
			n += k.N
		}
	}
	for i, step := range []struct {
		run    string
		want   []string
		opened int
	}{{"1", []string{"id"}, 1}, {"1", []string{"id"}, 1}, {"2", []string{"id"}, 1}, {"3", []string{"id", "name"}, 2}, {"3", []string{"name", "id"}, 3}, {"4", []string{"id"}, 3}} {
		if n := rows(cached(t, inner, dir, step.run, path), step.want...); n != 8814 || inner.opened != step.opened {
			t.Errorf("step %d: %d rows, the file was opened %d times, want %d", i, n, inner.opened, step.opened)
		}
	}
}

func TestABrokenEntryIsMadeAnew(t *testing.T) {
	t.Parallel()
	path := gzipped(t, "a.csv.gz", table(9000))
	want := read(t, csv.New(), path, "id", "name")
	for name, spoil := range map[string]func(b []byte) []byte{
		"a changed byte":       func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"a changed hash":       func(b []byte) []byte { b[len(b)-1] ^= 1; return b },
		"cut short":            func(b []byte) []byte { return b[:len(b)/2] },
		"cut at the hash":      func(b []byte) []byte { return b[:len(b)-8] },
		"empty":                func([]byte) []byte { return nil },
		"a changed length":     func(b []byte) []byte { b[3] = 0x7f; return b },
		"something at its end": func(b []byte) []byte { return append(b, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			read(t, cached(t, csv.New(), dir, "1", path), path, "id", "name")
			entries, err := filepath.Glob(filepath.Join(dir, "1", "*"))
			if err != nil || len(entries) != 1 {
				t.Fatal(entries, err)
			}
			whole, err := os.ReadFile(entries[0])
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(entries[0], spoil(bytes.Clone(whole)), 0o600); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, read(t, cached(t, csv.New(), dir, "1", path), path, "id", "name")); diff != "" {
				t.Error(diff)
			}
			again, err := os.ReadFile(entries[0])
			if err != nil || !bytes.Equal(whole, again) {
				t.Errorf("it was not made anew: %d bytes, %v", len(again), err)
			}
		})
	}
}

func TestAnEntryThatIsNotReadToItsEndIsDropped(t *testing.T) {
	t.Parallel()
	path, dir := gzipped(t, "a.csv.gz", table(9000)), t.TempDir()
	f := cached(t, csv.New(), dir, "1", path)
	info, err := f.Inspect(t.Context(), path, rowfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Open(t.Context(), info.Blocks[0], []string{"id"})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.Read(&columns.Chunk{}), r.Close()); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(filepath.Join(dir, "1")); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}

func TestTheTextOfARowThatIsGoneIsAnError(t *testing.T) {
	t.Parallel()
	path, dir := gzipped(t, "a.csv.gz", table(100)), t.TempDir()
	read(t, cached(t, csv.New(), dir, "1", path), path, "id")
	f := cached(t, csv.New(), dir, "2", path)
	info, err := f.Inspect(t.Context(), path, rowfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Open(t.Context(), info.Blocks[0], []string{"id"})
	if err != nil {
		t.Fatal(err)
	}
	var k columns.Chunk
	if err := r.Read(&k); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	k.Raw(0)
	if err := r.Read(&k); err == nil || err == io.EOF {
		t.Errorf("the text of a row was lost without a word: %v", err)
	}
	if err := r.Close(); err == nil {
		t.Error("closed without a word")
	}
}

func TestKeepLeavesWhatTheRunUsed(t *testing.T) {
	t.Parallel()
	a, b, dir := gzipped(t, "a.csv.gz", table(10)), gzipped(t, "b.csv.gz", table(20)), t.TempDir()
	read(t, cached(t, csv.New(), dir, "1", a), a, "id")
	read(t, cached(t, csv.New(), dir, "1", b), b, "id")
	read(t, cached(t, csv.New(), dir, "2", b), b, "id")
	if err := rowcache.Keep(dir, "2"); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil || len(left) != 1 || filepath.Base(filepath.Dir(left[0])) != "2" {
		t.Errorf("%v, %v", left, err)
	}
	if err := rowcache.Keep(filepath.Join(dir, "nothing"), "2"); err != nil {
		t.Error(err)
	}
}

func TestWhatIsWorthAnEntry(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		format string
		length int64
		want   bool
	}{{"csv", -1, true}, {"csv", 100, false}, {"jsonl", -1, true}, {"jsonl", 100, true}, {"parquet", -1, false}} {
		if got := rowcache.Worth(rowfile.Block{Format: c.format, Length: c.length}); got != c.want {
			t.Errorf("%s of length %d: %v", c.format, c.length, got)
		}
	}
}

// BenchmarkRead compares an entry with the file that it was made of.
func BenchmarkRead(b *testing.B) {
	for _, c := range []struct {
		name, path string
		format     rowfile.Format
		want       []string
	}{
		{"csv.gz", gzipped(b, "a.csv.gz", table(50000)), csv.New(), []string{"id", "name", "note"}},
		{"csv", rowtest.Write(b, "a.csv", table(50000)), csv.New(), []string{"id", "name", "note"}},
		{"jsonl.gz", gzipped(b, "a.jsonl.gz", objects(50000)), jsonl.New(), []string{"id", "a.name", "*"}},
		{"jsonl", rowtest.Write(b, "a.jsonl", objects(50000)), jsonl.New(), []string{"id", "a.name", "*"}},
	} {
		info, err := c.format.Inspect(b.Context(), c.path, rowfile.Options{})
		if err != nil {
			b.Fatal(err)
		}
		size := int64(len(table(50000)))
		if c.format == rowfile.Format(jsonl.New()) {
			size = int64(len(objects(50000)))
		}
		kept := cached(b, c.format, b.TempDir(), "1", c.path)
		for name, f := range map[string]rowfile.Format{"file": c.format, "entry": kept} {
			b.Run(c.name+"/"+name, func(b *testing.B) {
				b.SetBytes(size)
				for b.Loop() {
					var k columns.Chunk
					for _, block := range info.Blocks {
						r, err := f.Open(b.Context(), block, c.want)
						if err != nil {
							b.Fatal(err)
						}
						for err == nil {
							err = r.Read(&k)
						}
						if err := r.Close(); err != nil || err == io.EOF {
							b.Fatal(err)
						}
					}
				}
			})
		}
	}
}
