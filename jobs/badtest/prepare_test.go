package badtest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"golang.org/x/text/encoding/charmap"
)

// preparations are what a case may do to a file: binary and big files are
// made here, so that no one has to read them in testdata.
var preparations = map[string]func(path string, args []string) error{
	"gzip":    edit(func(b []byte, _ []string) ([]byte, error) { return gzipped(b) }),
	"zstd":    edit(func(b []byte, _ []string) ([]byte, error) { return zstdOf(b) }),
	"cut":     edit(func(b []byte, a []string) ([]byte, error) { n, err := strconv.Atoi(a[0]); return b[:len(b)-n], err }),
	"flip":    edit(flip),
	"utf16":   edit(func(b []byte, _ []string) ([]byte, error) { return utf16Of(string(b)), nil }),
	"cp1251":  edit(func(b []byte, _ []string) ([]byte, error) { return charmap.Windows1251.NewEncoder().Bytes(b) }),
	"replace": edit(replace), // TEXT QUOTED: the second as a Go string
	"repeat": edit(func(b []byte, a []string) ([]byte, error) {
		n, err := strconv.Atoi(a[1])
		return bytes.ReplaceAll(b, []byte(a[0]), bytes.Repeat([]byte(a[0]), n)), err
	}),
	"parquet": parquetOf,
	"remove":  func(path string, _ []string) error { return os.RemoveAll(path) },
	"folder":  func(path string, _ []string) error { return os.MkdirAll(path, 0o755) },
	"fifo":    fifo,
	"forbid":  func(path string, _ []string) error { return os.Chmod(path, 0) },
	"move":    func(path string, a []string) error { return os.Rename(path, filepath.Join(filepath.Dir(path), a[0])) },
	"link": func(path string, a []string) error {
		if err := os.RemoveAll(path); err != nil {
			return err
		}
		return os.Symlink(a[0], path)
	},
}

func (c *badCase) prepareIn(dir string) error {
	for _, p := range c.prepare {
		if err := preparations[p[0]](filepath.Join(dir, p[1]), p[2:]); err != nil {
			return fmt.Errorf("%s: %w", strings.Join(p, " "), err)
		}
	}
	return nil
}

func edit(do func([]byte, []string) ([]byte, error)) func(string, []string) error {
	return func(path string, args []string) error {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if b, err = do(b, args); err != nil {
			return err
		}
		return os.WriteFile(path, b, 0o644)
	}
}

func gzipped(b []byte) ([]byte, error) {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, err := z.Write(b)
	err = errors.Join(err, z.Close())
	return out.Bytes(), err
}

func zstdOf(b []byte) ([]byte, error) {
	z, err := zstd.NewWriter(nil)
	if err != nil {
		return nil, err
	}
	return z.EncodeAll(b, nil), nil
}

// flip turns the bits of one byte, counted from the end where negative.
func flip(b []byte, a []string) ([]byte, error) {
	at, err := strconv.Atoi(a[0])
	if at < 0 {
		at += len(b)
	}
	b[at] ^= 0xff
	return b, err
}

func replace(b []byte, a []string) ([]byte, error) {
	with, err := strconv.Unquote(a[1])
	if err == nil && !bytes.Contains(b, []byte(a[0])) {
		err = fmt.Errorf("%s is not there", a[0])
	}
	return bytes.ReplaceAll(b, []byte(a[0]), []byte(with)), err
}

func utf16Of(s string) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

// The same columns, once as they should be and once with another type.
type receipt struct {
	ID     string  `parquet:"receipt_id"`
	At     string  `parquet:"ts"`
	Email  string  `parquet:"email"`
	Amount float64 `parquet:"amount"`
}

type otherReceipt struct {
	ID     string `parquet:"receipt_id"`
	At     bool   `parquet:"ts"`
	Email  string `parquet:"email"`
	Amount string `parquet:"amount"`
}

// parquetOf writes three receipts: good, or other (with other types).
func parquetOf(path string, a []string) error {
	if a[0] == "other" {
		return parquet.WriteFile(path, []otherReceipt{{"1", true, "a@b.ru", "ten"}, {"2", false, "c@d.ru", "20.50"}, {"3", true, "", "1"}})
	}
	return parquet.WriteFile(path, []receipt{{"1", "2025-12-31T10:00:00", "a@b.ru", 10}, {"2", "2025-12-31T11:00:00", "c@d.ru", 20.5}, {"3", "2025-12-31T12:00:00", "", 1}})
}
