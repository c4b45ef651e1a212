// Package rowtest reads whole files for tests of formats. It is plain
// rather than fast: every value becomes a text.
package rowtest

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/rowfile"
)

// Missing is how a missing value is shown.
const Missing = "<missing>"

// File is what a file gave.
type File struct {
	Info    rowfile.Info
	Rows    []string // values joined by " | "
	Lines   []int64
	Raw     []string
	Refused []columns.Refused
}

// Write makes a file in a folder of the test and returns its path.
func Write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Read inspects a file and reads all its blocks, with one chunk for all.
func Read(f rowfile.Format, path string, o rowfile.Options, want ...string) (File, error) {
	var file File
	var err error
	if file.Info, err = f.Inspect(context.Background(), path, o); err != nil {
		return file, err
	}
	var k columns.Chunk
	for _, b := range file.Info.Blocks {
		if err := file.block(f, b, want, &k); err != nil {
			return file, err
		}
	}
	return file, nil
}

func (file *File) block(f rowfile.Format, b rowfile.Block, want []string, k *columns.Chunk) (err error) {
	r, err := f.Open(context.Background(), b, want)
	if err != nil {
		return err
	}
	defer func() {
		if e := r.Close(); err == nil {
			err = e
		}
	}()
	for {
		if err := r.Read(k); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		for i := range k.N {
			var values []string
			for j := range k.Cols {
				text := Missing
				if !k.Cols[j].Missing(i) {
					text = string(k.Cols[j].AppendValue(nil, i))
				}
				values = append(values, text)
			}
			file.Rows = append(file.Rows, strings.Join(values, " | "))
			file.Lines = append(file.Lines, k.Line(i))
			file.Raw = append(file.Raw, string(k.Raw(i)))
		}
		file.Refused = append(file.Refused, k.Refused...)
	}
}
