package lake

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

// Rows gives the rows of one file chunk by chunk, the same ones every time
// it is called. The first time they are only hashed, in any order; the second
// time they are written.
type Rows func(yield func(*columns.Chunk) error) error

// WriteFact gives the file of one month (YYYY-MM) of a by-month table. Rows are
// hashed first: where known, the files of the predecessor's manifest, or the
// lake itself has a file of that content, it is taken as it is and nothing
// is written. To be written rows come sorted, so that equal content is equal
// bytes. A month without rows has no file.
func (l Lake) WriteFact(t customer.Table, scale uint8, month string, rows Rows, known []File) (File, error) {
	if t.Layout != customer.ByMonth {
		return File{}, fmt.Errorf("write table %s: not a by-month table", t.Name)
	}
	h := newRowHasher(t, 0)
	if err := rows(func(k *columns.Chunk) error {
		if err := fits(t, k); err != nil {
			return err
		}
		h.add(k)
		return nil
	}); err != nil {
		return File{}, fmt.Errorf("write table %s, month %s: %w", t.Name, month, err)
	}
	rel := factPath(t.Name, month, h.sum.String())
	if f, ok, err := l.carryOver(rel, h, month, known); ok || err != nil {
		return f, err
	}
	w := l.newWriter(rel, month, t, scale, 0)
	if err := rows(w.Write); err != nil {
		return File{}, errors.Join(err, w.Abort())
	}
	if w.hasher.sum != h.sum {
		return File{}, errors.Join(fmt.Errorf("write table %s, month %s: the rows changed between two readings", t.Name, month), w.Abort())
	}
	return w.Close()
}

// carryOver is the file at rel, if it is there. What the predecessor's
// manifest says of it is taken on trust, else the file is hashed.
func (l Lake) carryOver(rel string, h rowHasher, month string, known []File) (f File, ok bool, err error) {
	info, err := os.Stat(l.Path(rel))
	if errors.Is(err, fs.ErrNotExist) {
		return File{}, false, nil
	}
	if err != nil {
		return File{}, false, fmt.Errorf("look for %s: %w", rel, err)
	}
	for _, f := range known {
		if f.Path == rel && f.Bytes == info.Size() {
			return f, true, nil
		}
	}
	sum, size, err := hashFile(l.Path(rel))
	if err != nil {
		return File{}, false, err
	}
	return File{Path: rel, Rows: h.rows, Bytes: size, SHA256: sum, Content: h.sum.String(), Month: month}, true, nil
}
