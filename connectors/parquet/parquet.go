// Package parquet reads Parquet files by the pages of the wanted columns.
//
// It promises that columns nobody asks for are not read, that a column
// written with a dictionary stays one (columns.Column.Dict is the same for
// all chunks of a row group), and that a damaged file is a fault, never a
// panic. It does not give binary data, times of day, maps, or lists of
// anything but texts. Reading by rows was rejected: it costs an interface
// call and a boxed value per field.
package parquet

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/rowfile"
)

// Name is the format's name in a Block.
const Name = "parquet"

// Format is Parquet. Piece is the size of what is hashed as one; it is
// smaller in tests.
type Format struct {
	Piece int64
}

// New is the format with the usual size.
func New() Format { return Format{Piece: rowfile.HashPiece} }

var _ rowfile.Format = Format{}

// Inspect reads the file once: content hash, columns, row groups.
func (f Format) Inspect(ctx context.Context, path string, o rowfile.Options) (info rowfile.Info, err error) {
	if o.Compression != "" && o.Compression != rowfile.None {
		return info, rowfile.Fault(path, 0, 0, "a Parquet file is compressed inside", "leave compression out")
	}
	file, stamp, err := rowfile.OpenFile(path)
	if err != nil {
		return info, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	size := stamp.Size
	info.Bytes, info.Stamp = size, stamp
	nothing := func(int64, []byte) struct{} { return struct{}{} }
	if info.SHA256, _, err = rowfile.Pieces(ctx, file, path, size, f.Piece, nothing); err != nil || size == 0 {
		return info, err
	}
	err = guard(path, func() error {
		p, err := open(file, size)
		if err != nil {
			return err
		}
		for _, l := range leaves(p.Root()) {
			info.Header = append(info.Header, l.name)
		}
		row := int64(1)
		for i, g := range p.RowGroups() {
			if g.NumRows() > 0 {
				info.Blocks = append(info.Blocks, rowfile.Block{Path: path, Stamp: stamp, Format: Name, Options: o, FirstLine: row, Length: -1, RowGroup: i})
			}
			row += g.NumRows()
		}
		info.Rows = row - 1
		return stamp.Check(file, path)
	})
	return info, err
}

// open reads the footer, and checks what the library takes on trust: sizes
// that memory is taken for, and places of column chunks.
func open(file io.ReaderAt, size int64) (*parquet.File, error) {
	var tail [8]byte
	if size < 12 {
		return nil, errors.New("it is too short to be a Parquet file")
	}
	if _, err := file.ReadAt(tail[:], size-8); err != nil {
		return nil, fmt.Errorf("read its end: %w", err)
	}
	if string(tail[4:]) != "PAR1" {
		return nil, errors.New("it does not end as a Parquet file does: it was not transferred whole, or is of another kind")
	}
	if n := int64(binary.LittleEndian.Uint32(tail[:])); n > size-12 {
		return nil, fmt.Errorf("its footer of %d bytes is longer than the file", n)
	}
	p, err := parquet.OpenFile(file, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(16<<10))
	if err != nil {
		return nil, err
	}
	columns := 0
	for range leaves(p.Root()) {
		columns++
	}
	for i, g := range p.Metadata().RowGroups {
		if g.NumRows < 0 || len(g.Columns) != columns {
			return nil, fmt.Errorf("row group %d has %d rows and %d columns of %d", i, g.NumRows, len(g.Columns), columns)
		}
		for j := range g.Columns {
			m := &g.Columns[j].MetaData
			start := m.DataPageOffset
			if m.DictionaryPageOffset != 0 {
				start = min(start, m.DictionaryPageOffset)
			}
			if start < 0 || m.TotalCompressedSize < 0 || start > size-m.TotalCompressedSize {
				return nil, fmt.Errorf("column %d of row group %d lies outside the file", j, i)
			}
		}
	}
	return p, nil
}

// guard makes every error of the library a fault of the file, and its
// panics too: on damaged input it may index out of range.
func guard(path string, do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = damaged(path, p)
		}
	}()
	err = do()
	var own *problem
	switch {
	case err == nil || err == io.EOF:
		return err
	case errors.As(err, &own):
		return rowfile.Fault(path, 0, 0, own.what, own.todo)
	case fault.CodeOf(err) == fault.Input: // it says already what is wrong with which file
		return err
	}
	return damaged(path, err)
}

func damaged(path string, cause any) error {
	return rowfile.Fault(path, 0, 0, fmt.Sprintf("the Parquet file is damaged: %v", cause), "deliver the file again")
}

// problem is something wrong that is no damage.
type problem struct{ what, todo string }

func (p *problem) Error() string { return p.what }
