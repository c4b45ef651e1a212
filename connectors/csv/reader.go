package csv

import (
	"bytes"
	"context"
	"io"
	"slices"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/rowfile"
)

// stepSize is how much text is indexed at a time: little enough that the
// index and the text stay in the processor's second cache.
const stepSize = 32 << 10

// reader gives the rows of a block. The texts of a chunk lie in the window
// on the block and are good until the next Read or Close.
type reader struct {
	ctx       context.Context
	path      string
	win       *rowfile.Window
	delimiter byte
	header    []string
	want      []string
	cols      []int // for each wanted name its place in the header, -1 for the rest
	rest      *rest // nil where it is not wanted

	line   int64 // of the next row
	quotes bool  // the text in view has a quote
	nul    bool  // the text in view has a NUL byte
	index  index
	at     int      // next row of the index
	bases  []uint32 // places in index.seps before the rows taken
	fields []field  // of the row that is checked
}

// Open reads a block.
func (f Format) Open(ctx context.Context, b rowfile.Block, want []string) (rowfile.Reader, error) {
	d, err := delimiter(b.Path, b.Options)
	if err != nil {
		return nil, err
	}
	if err := rowfile.Absent(b.Path, 1, want, b.Header); err != nil {
		return nil, err
	}
	r := &reader{ctx: ctx, path: b.Path, delimiter: d, header: b.Header, want: want, line: b.FirstLine, index: index{cut: b.Length >= 0}}
	for _, name := range want {
		r.cols = append(r.cols, slices.Index(b.Header, name))
	}
	if slices.Contains(want, rowfile.Rest) {
		r.rest = newRest(b.Header, want)
	}
	if r.win, err = rowfile.OpenBlock(b); err != nil {
		return nil, err
	}
	return r, nil
}

// Close lets the block go.
func (r *reader) Close() error { return r.win.Close() }

// Read fills k with the next rows.
func (r *reader) Read(k *columns.Chunk) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	rowfile.Prepare(k, r.want)
	data := r.win.Buf
	if r.rest != nil {
		r.rest.data = r.rest.data[:0]
	}
	for k.N < rowfile.MaxRows && len(k.Refused) < rowfile.MaxRows {
		if r.at == len(r.index.ends) {
			ok, err := r.step(k.N == 0)
			if err != nil {
				return err
			}
			if !ok {
				break
			}
			if k.N == 0 {
				data = r.win.Buf
			}
		}
		r.take(k)
		data = r.fill(k, data)
	}
	for i := range k.Cols {
		if r.cols[i] >= 0 {
			k.Cols[i].Data = data
		} else {
			k.Cols[i].Data = r.rest.data
		}
	}
	k.RawData = r.win.Buf
	if k.N == 0 && len(k.Refused) == 0 {
		return io.EOF
	}
	return nil
}

// step indexes the next stretch of text that holds whole rows. It returns
// false where there is none: at the end, or, unless move allows it, where
// the window would have to move away from texts already given.
func (r *reader) step(move bool) (bool, error) {
	w := r.win
	for size := stepSize; ; {
		to := min(w.Pos+size, len(w.Buf))
		if r.quotes {
			r.index.quoted(w.Buf, w.Pos, to, r.delimiter, w.EOF)
		} else {
			r.index.plain(w.Buf, w.Pos, to, r.delimiter, w.EOF)
		}
		r.at = 0
		if n := len(r.index.ends); n > 0 {
			w.Pos = r.index.next(n-1, w.Buf)
			return true, nil
		}
		switch {
		case to < len(w.Buf):
			size *= 2
		case w.EOF && r.index.open >= 0:
			line, col := place(w.Buf[w.Pos:r.index.open])
			return false, openQuote(r.path, r.line+line-1, col)
		case w.EOF || !move:
			return false, nil
		default:
			if err := w.More(r.line); err != nil {
				return false, err
			}
			r.quotes = bytes.IndexByte(w.Buf, '"') >= 0
			r.nul = bytes.IndexByte(w.Buf, 0) >= 0
		}
	}
}
