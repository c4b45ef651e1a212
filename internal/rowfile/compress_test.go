package rowfile

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// TestCompressedFilesAsTheyAreMet reads files of several parts, files that
// are filled up with zeros, files that begin with what is to be skipped, and
// tells what is wrong with the others.
func TestCompressedFilesAsTheyAreMet(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("1,2025-01-01,anna@shop.ru\n", 9000)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for _, err := range []error{write(z, text), z.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	gz := b.String()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	zst := string(w.EncodeAll([]byte(text), nil))
	skip := "\x5a\x2a\x4d\x18\x05\x00\x00\x00hello"
	for name, c := range map[string]struct{ content, want, says string }{
		"gzip":                            {gz, text, ""},
		"gzip of two parts":               {gz + gz, text + text, ""},
		"gzip and zeros":                  {gz + strings.Repeat("\x00", 1000), text, ""},
		"gzip and a zero":                 {gz + "\x00", text, ""},
		"gzip and something":              {gz + "garbage", "", "something else follows the compressed data; deliver the file without what was appended"},
		"gzip and a letter":               {gz + "g", "", "something else follows"},
		"gzip, zeros and something":       {gz + "\x00\x00garbage", "", "something else follows"},
		"gzip of two parts, one cut":      {gz + gz[:len(gz)-20], "", "ends too soon"},
		"gzip of two parts, a cut header": {gz + gz[:4], "", "ends too soon"},
		"cut gzip":                        {gz[:len(gz)-20], "", "ends too soon"},
		"zstd":                            {zst, text, ""},
		"zstd with frames to skip":        {skip + zst + skip + zst + skip, text + text, ""},
		"cut zstd":                        {skip + zst[:len(zst)-20], "", "ends too soon"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "x")
			if err := os.WriteFile(path, []byte(c.content), 0o644); err != nil {
				t.Fatal(err)
			}
			got, err := whole(path)
			if c.says != "" {
				if err == nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%v, want %q", err, c.says)
				}
				return
			}
			if err != nil || got != c.want {
				t.Errorf("%d bytes, want %d; %v", len(got), len(c.want), err)
			}
		})
	}
}

func write(w *gzip.Writer, text string) error {
	_, err := w.Write([]byte(text))
	return err
}

// whole is the plain text of a file.
func whole(path string) (string, error) {
	w, err := OpenBlock(Block{Path: path, Length: -1})
	if err != nil {
		return "", err
	}
	defer w.Close()
	var text strings.Builder
	for !w.EOF {
		if err := w.More(1); err != nil {
			return "", err
		}
		text.Write(w.Buf)
		w.Pos = len(w.Buf)
	}
	return text.String(), nil
}
