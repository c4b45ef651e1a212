package jsonl

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/rowfile"
)

// reader gives the rows of a block. The texts of a chunk lie in the window
// on the block and are good until the next Read or Close.
type reader struct {
	ctx  context.Context
	win  *rowfile.Window
	want []string
	root *node
	scan scanner
	line int64  // of the next line
	rest []byte // the objects of a chunk for the wanted column "*"
}

// Open reads a block. A path that no line has is missing everywhere.
func (f Format) Open(ctx context.Context, b rowfile.Block, want []string) (rowfile.Reader, error) {
	root, err := compile(want)
	if err != nil {
		return nil, err
	}
	r := &reader{ctx: ctx, want: want, root: root, line: b.FirstLine}
	r.scan.out = make([]columns.Span, len(want))
	r.scan.keep = slices.Contains(want, rowfile.Rest)
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
	r.scan.data, r.rest = r.win.Buf, r.rest[:0]
	for k.N < rowfile.MaxRows && len(k.Refused) < rowfile.MaxRows {
		start, end, err := r.next(k.N == 0)
		if err != nil {
			return err
		}
		if start == end {
			break
		}
		r.take(k, start, end)
	}
	for i := range k.Cols {
		k.Cols[i].Data = r.scan.data
		if r.want[i] == rowfile.Rest {
			k.Cols[i].Data = r.rest
		}
	}
	k.RawData = r.win.Buf
	if k.N == 0 && len(k.Refused) == 0 {
		return io.EOF
	}
	return nil
}

// next is where the next line lies, its newline included. It is empty at
// the end, or, unless move allows it, where the window would have to move
// away from texts already given.
func (r *reader) next(move bool) (start, end int, err error) {
	w := r.win
	for {
		start = w.Pos
		if n := bytes.IndexByte(w.Buf[start:], '\n'); n >= 0 {
			w.Pos += n + 1
			return start, w.Pos, nil
		}
		if w.EOF {
			w.Pos = len(w.Buf)
			return start, w.Pos, nil
		}
		if !move {
			return start, start, nil
		}
		if err := w.More(r.line); err != nil {
			return 0, 0, err
		}
		r.scan.data = w.Buf
	}
}

// take adds the line between two places to k, or refuses it; a blank one is
// left out.
func (r *reader) take(k *columns.Chunk, start, end int) {
	buf := r.win.Buf
	line := r.line
	r.line++
	row := bytes.TrimSuffix(bytes.TrimSuffix(buf[start:end], []byte{'\n'}), []byte{'\r'})
	end = start + len(row)
	s := &r.scan
	s.buf, s.i = buf[:end], start
	if s.space(); s.i == end {
		return
	}
	s.i = start
	switch {
	case len(row) > rowfile.MaxRow:
		rowfile.Refuse(k, line, "", "too_long", fmt.Sprintf("the line has %d bytes, more than %d; look whether every object stands on its own line", len(row), rowfile.MaxRow), row)
		return
	case !utf8.Valid(row):
		rowfile.Refuse(k, line, "", "bad_utf8", "the line is not valid UTF-8; export the file as UTF-8", row)
		return
	case !s.line(r.root):
		rowfile.Refuse(k, line, "", "bad_json", fmt.Sprintf("column %d: %s", s.i-start+1, s.fail), row)
		return
	}
	if i := r.nul(); i >= 0 {
		rowfile.Refuse(k, line, r.want[i], "nul_byte", "a NUL byte is no text; clean the value", row)
		return
	}
	rowfile.AddLine(k, line)
	k.RawSpans = append(k.RawSpans, columns.Span{Start: uint32(start), End: uint32(end)})
	for i := range k.Cols {
		span := s.out[i]
		if r.want[i] == rowfile.Rest {
			span = r.others()
		}
		k.Cols[i].Spans = append(k.Cols[i].Spans, span)
	}
	k.N++
}

// nul is the wanted column whose value holds a NUL, -1 for none.
func (r *reader) nul() int {
	if !r.scan.nul {
		return -1
	}
	return slices.IndexFunc(r.scan.out, func(s columns.Span) bool {
		return !s.Missing() && bytes.IndexByte(r.scan.data[s.Start:s.End], 0) >= 0
	})
}

// others is the object of the members that no path touches: sorted by name,
// the last of equal ones, without nulls.
func (r *reader) others() columns.Span {
	s := &r.scan
	name := func(m member) []byte { return s.data[m.name.Start:m.name.End] }
	slices.SortStableFunc(s.rest, func(a, b member) int { return bytes.Compare(name(a), name(b)) })
	start := len(r.rest)
	for i, m := range s.rest {
		if i+1 < len(s.rest) && bytes.Equal(name(m), name(s.rest[i+1])) || s.buf[m.value.Start] == 'n' {
			continue
		}
		open := byte(',')
		if len(r.rest) == start {
			open = '{'
		}
		r.rest = rowfile.AppendJSONString(append(r.rest, open), name(m))
		r.rest = append(append(r.rest, ':'), s.buf[m.value.Start:m.value.End]...)
	}
	if len(r.rest) == start {
		return columns.MissingSpan
	}
	r.rest = append(r.rest, '}')
	return columns.Span{Start: uint32(start), End: uint32(len(r.rest))}
}
