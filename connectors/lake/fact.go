package lake

import (
	"errors"
	"fmt"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/store"
)

// Rows gives the rows of one file chunk by chunk, the same ones every time
// it is called. The first time they are only hashed, in any order; the second
// time they are written.
type Rows func(yield func(*columns.Chunk) error) error

// WriteFact gives the file of one month (YYYY-MM) of a by-month table. Rows are
// hashed first: where known, the files that manifests name, has one of that
// content and it still is what its manifest says, it is taken as it is and
// nothing is written. To be written rows come sorted, so that equal content is
// equal bytes. A month without rows has no file.
func (l Lake) WriteFact(t customer.Table, scale uint8, month string, rows Rows, known Facts) (File, error) {
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
	if f, ok := l.carryOver(rel, known); ok {
		return f, nil
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

// carryOver is the file at rel, where it is there as one of the known has it.
// It is hashed for that: a file that a power cut or a bad disk left torn would
// else be carried from run to run for ever. A bucket is believed: it checks what
// it stores, and habitue runs verify hashes it.
func (l Lake) carryOver(rel string, known Facts) (f File, ok bool) {
	sum, size, err := store.Said(l.Path(rel))
	if err != nil { // most often it is not there; what cannot be read is not carried over either
		return File{}, false
	}
	for _, f := range known[rel] {
		if f.SHA256 == sum && f.Bytes == size {
			return f, true
		}
	}
	return File{}, false
}

// Facts are the files of by-month tables that runs name, by path: what a later
// run may carry over.
type Facts map[string][]File

// Facts are those of all runs of the lake. All, not the predecessor's alone:
// what a run that was made again had written is named by its manifest too, and
// must keep its bytes.
func (l Lake) Facts() (Facts, error) {
	ids, err := l.List()
	if err != nil {
		return nil, err
	}
	all := Facts{}
	for _, id := range ids {
		m, err := l.Load(id)
		if err != nil {
			return nil, err
		}
		all.Add(m)
	}
	return all, nil
}

// Add takes the files of one more run.
func (all Facts) Add(m Manifest) {
	for _, t := range m.Tables {
		for _, f := range t.Files {
			if f.Month != "" && !slices.Contains(all[f.Path], f) {
				all[f.Path] = append(all[f.Path], f)
			}
		}
	}
}
