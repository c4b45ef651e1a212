package lake

import (
	"errors"
	"fmt"
	slash "path"

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
// content and of the same columns and types, and it still is what its manifest
// says, it is taken as it is and nothing is written. To be written rows come
// sorted, so that equal content is equal bytes. A month without rows has no file.
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
	schema, _ := schemaOf(t, scale)
	if f, ok := known[factKey(t.Name, schema, month, h.sum.String())]; ok && l.whole(f) {
		return f, nil
	}
	w := l.newWriter(factPath(t.Name, month, h.sum.String()), month, t, scale, 0) // its bytes will name it
	if err := rows(w.Write); err != nil {
		return File{}, errors.Join(err, w.Abort())
	}
	if w.hasher.sum != h.sum {
		return File{}, errors.Join(fmt.Errorf("write table %s, month %s: the rows changed between two readings", t.Name, month), w.Abort())
	}
	return w.Close()
}

// whole tells whether a file is there as its manifest has it. It is hashed for
// that: a file that a power cut or a bad disk left torn would else be carried
// from run to run for ever. A bucket is believed: it checks what it stores, and
// habitue runs verify hashes it.
func (l Lake) whole(f File) bool {
	sum, size, err := store.Said(l.Path(f.Path)) // what cannot be read is not carried over either
	return err == nil && sum == f.SHA256 && size == f.Bytes
}

// Facts are the files of by-month tables that runs name: what a later run may
// carry over. Of several of one key, the newest run's.
type Facts map[string]File

// factKey is by what a file is found again. A content hash is over values: it
// knows neither the names of columns nor the digits of money.
func factKey(table, schema, month, content string) string {
	return slash.Join(table, schema, month, content)
}

// Facts are those of all runs of the lake: also what a run had that was made
// again, or is beside the line, need not be written twice.
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

// Add takes the files of one more run. A file that is not named after its bytes
// is of an older version of the program, which may have carried it over from
// other columns: it is not carried on.
func (all Facts) Add(m Manifest) {
	for name, t := range m.Tables {
		for _, f := range t.Files {
			if f.Month != "" && f.Path == factPath(name, f.Month, f.SHA256) {
				all[factKey(name, t.Schema, f.Month, f.Content)] = f
			}
		}
	}
}
