package lake

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/store"
)

// File is one file of a table, as a manifest names it.
type File struct {
	Path    string `json:"path"` // relative to the lake, with slashes
	Rows    int64  `json:"rows"`
	Bytes   int64  `json:"bytes"`
	SHA256  string `json:"sha256"`
	Content string `json:"content"`         // columns.Hash128 of its rows
	Month   string `json:"month,omitempty"` // by-month table: YYYY-MM
}

// Writer writes one file of a table, of a by-month table under a name that its
// bytes give it. Nothing has the file's name until Close
// has put every byte on the disk.
type Writer struct {
	lake    Lake
	rel     string
	month   string
	table   customer.Table
	cols    []customer.Column // as the file has them
	scale   uint8
	runDate int32

	file  store.Writer
	buf   *bufio.Writer
	sum   hash.Hash
	size  int64
	pq    *parquetWriter
	dates columns.Column // run_date, as long as the longest chunk

	hasher rowHasher
	err    error // the first fault of a write, told again by Close
}

// NewWriter begins a file of a by-run table at a path that PartPath gives.
// runDate, in days since 1970-01-01, becomes the first column; scale is the
// number of digits that the reporting currency has after the point. No file
// is made before the first row.
func (l Lake) NewWriter(rel string, t customer.Table, scale uint8, runDate int32) (*Writer, error) {
	if rel == "" || t.Layout != customer.ByRun {
		return nil, fmt.Errorf("write table %s: not a by-run table with a path", t.Name)
	}
	return l.newWriter(rel, "", t, scale, runDate), nil
}

func (l Lake) newWriter(rel, month string, t customer.Table, scale uint8, runDate int32) *Writer {
	return &Writer{lake: l, rel: rel, month: month, table: t, cols: InFile(t), scale: scale, runDate: runDate,
		dates: columns.Column{Name: RunDate, Type: columns.Date}, hasher: newRowHasher(t, runDate)}
}

// Write appends rows; the columns stand in the table's order.
func (w *Writer) Write(k *columns.Chunk) error {
	if w.err != nil || k.N == 0 {
		return w.err
	}
	if w.err = w.write(k); w.err != nil {
		w.err = fmt.Errorf("write table %s: %w", w.table.Name, w.err)
	}
	return w.err
}

func (w *Writer) write(k *columns.Chunk) error {
	if err := fits(w.table, k); err != nil {
		return err
	}
	own := len(w.cols) - len(k.Cols) // 1 where run_date is written
	col := func(i int) *columns.Column {
		if i < own {
			return &w.dates
		}
		return &k.Cols[i-own]
	}
	for len(w.dates.Ints) < k.N {
		w.dates.Ints = append(w.dates.Ints, int64(w.runDate))
	}
	if w.pq == nil {
		if err := w.open(func(i int) bool { return repeats(col(i)) }); err != nil {
			return err
		}
	}
	w.hasher.add(k)
	return w.pq.write(k.N, col)
}

// open makes the temporary file and decides from the first rows which
// columns get a dictionary.
func (w *Writer) open(repeats func(i int) bool) error {
	file, err := store.Create(w.lake.Path(w.rel))
	if err != nil {
		return err
	}
	w.file, w.sum = file, sha256.New()
	w.buf = bufio.NewWriterSize(io.MultiWriter(file, w.sum, (*counter)(&w.size)), 256<<10)

	w.pq, err = newParquetWriter(w.buf, w.table.Name, w.cols, w.scale, w.lake.Codec, repeats)
	return err
}

// Close finishes the file and gives it its name. A table without rows has
// no file: the File is then the zero one but for its content hash.
func (w *Writer) Close() (File, error) {
	if w.err != nil {
		return File{}, errors.Join(w.err, w.Abort())
	}
	if w.pq == nil {
		w.err = errClosed
		return File{Content: w.hasher.sum.String(), Month: w.month}, nil
	}
	err := w.pq.close()
	if err == nil {
		err = w.buf.Flush()
	}
	sum := hex.EncodeToString(w.sum.Sum(nil))
	if err == nil && w.month == "" {
		err = w.file.Commit()
	} else if err == nil {
		w.rel = factPath(w.table.Name, w.month, sum)
		err = w.file.CommitAs(w.lake.Path(w.rel))
	}
	if err != nil {
		w.err = fmt.Errorf("write table %s: %w", w.table.Name, err)
		return File{}, errors.Join(w.err, w.Abort())
	}
	w.err = errClosed
	return File{Path: w.rel, Rows: w.hasher.rows, Bytes: w.size, SHA256: sum,
		Content: w.hasher.sum.String(), Month: w.month}, nil
}

var errClosed = errors.New("the writer is closed")

// Abort throws away what was written. After Close it does nothing.
func (w *Writer) Abort() error {
	if w.err == nil {
		w.err = errClosed
	}
	if w.file == nil {
		return nil
	}
	return w.file.Abort()
}

type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}
