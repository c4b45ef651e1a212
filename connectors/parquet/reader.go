package parquet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/internal/store"
)

// reader gives the rows of a row group.
type reader struct {
	ctx   context.Context
	path  string
	file  store.File
	stamp rowfile.Stamp
	want  []string
	cols  []*column // nil for the rest
	rest  *rest     // nil where it is not wanted
	first int64     // number of the first row
	done  int64
	rows  int64
}

// Open reads a row group. want holds dotted paths of columns.
func (f Format) Open(ctx context.Context, b rowfile.Block, want []string) (rowfile.Reader, error) {
	file, stamp, err := rowfile.OpenSame(b.Path, b.Stamp)
	if err != nil {
		return nil, err
	}
	r := &reader{ctx: ctx, path: b.Path, file: file, stamp: stamp, want: want, first: b.FirstLine}
	if err := guard(b.Path, func() error { return r.open(stamp.Size, b) }); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func (r *reader) open(size int64, b rowfile.Block) error {
	p, err := open(r.file, size)
	if err != nil {
		return err
	}
	if b.RowGroup < 0 || b.RowGroup >= len(p.RowGroups()) {
		return &problem{fmt.Sprintf("row group %d is not there any more", b.RowGroup), "deliver files under another name and rename them when they are whole"}
	}
	r.rows = p.RowGroups()[b.RowGroup].NumRows()
	all := leaves(p.Root())
	var names []string
	for _, l := range all {
		names = append(names, l.name)
	}
	if err := absent(b.Path, r.want, names); err != nil {
		return err
	}
	for _, name := range r.want {
		if name == rowfile.Rest {
			r.cols = append(r.cols, nil)
			continue
		}
		c, err := newColumn(all[slices.Index(names, name)], p, b.RowGroup)
		if err != nil {
			return err
		}
		r.cols = append(r.cols, c)
	}
	if slices.Contains(r.want, rowfile.Rest) {
		r.rest, err = newRest(all, r.want, p, b.RowGroup)
	}
	return err
}

// absent is the fault of wanted names that are no column; a group is told
// what is inside.
func absent(path string, want, names []string) error {
	for _, w := range want {
		var inside []string
		for _, n := range names {
			if len(n) > len(w) && n[:len(w)+1] == w+"." {
				inside = append(inside, n)
			}
		}
		if len(inside) > 0 && !slices.Contains(names, w) {
			return &problem{fmt.Sprintf("column %s is a group", w), "name a column in it: " + rowfile.Names(inside)}
		}
	}
	return rowfile.Absent(path, 0, want, names)
}

func newColumn(l leaf, file *parquet.File, group int) (*column, error) {
	if l.bad != "" {
		return nil, &problem{fmt.Sprintf("column %s has the type %s, which cannot be read", l.name, l.bad), "write it as text, a number, a date or a timestamp, or leave it out of the mapping"}
	}
	at := l.col.Index()
	chunk, ok := file.RowGroups()[group].ColumnChunks()[at].(*parquet.FileColumnChunk)
	if !ok {
		return nil, fmt.Errorf("column %s has no pages of its own", l.name)
	}
	m := &file.Metadata().RowGroups[group].Columns[at].MetaData
	if m.Codec == format.LZO || m.Codec == format.Lz4 {
		return nil, &problem{fmt.Sprintf("column %s is packed with %s, which cannot be read", l.name, m.Codec), "write the file with Snappy, Zstandard or LZ4_RAW"}
	}
	c := &column{leaf: l, most: byte(l.col.MaxDefinitionLevel())}
	if m.Codec == format.Lz4Raw {
		pages := &lz4Pages{file: chunk.File(), end: firstPage(m)}
		if err := checkPages(file, file.Size(), m, pages.add); err != nil {
			return nil, err
		}
		c.pages = pages.of(chunk, m)
		return c, nil
	}
	if err := checkPages(file, file.Size(), m, func(*format.PageHeader, int64) {}); err != nil {
		return nil, err
	}
	c.pages = chunk.PagesFrom(chunk.File())
	return c, nil
}

// Close lets the file go.
func (r *reader) Close() error {
	var errs []error
	for _, c := range append(r.cols, r.rest.columns()...) {
		if c != nil {
			c.release()
			errs = append(errs, c.pages.Close())
		}
	}
	r.cols, r.rest = nil, nil
	return errors.Join(append(errs, r.file.Close())...)
}

// Read fills k with the next rows.
func (r *reader) Read(k *columns.Chunk) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	rowfile.Prepare(k, r.want)
	if r.done >= r.rows {
		if err := r.stamp.Check(r.file, r.path); err != nil {
			return err
		}
		return io.EOF
	}
	return guard(r.path, func() error {
		n := int(min(rowfile.MaxRows, r.rows-r.done))
		for i, c := range r.cols {
			if c == nil {
				k.Cols[i].Type = columns.Text
				continue
			}
			if err := c.read(&k.Cols[i], n); err != nil {
				return err
			}
		}
		if err := r.rest.read(k, r.want, n); err != nil {
			return err
		}
		k.N, k.FirstLine = n, r.first+r.done
		r.done += int64(n)
		r.refuse(k)
		return nil
	})
}

// refuse takes out rows with a value that is none: rare, so they are looked
// for only where a page raised suspicion, and the chunk is made anew.
func (r *reader) refuse(k *columns.Chunk) {
	flaws := map[int]columns.Refused{}
	for i, c := range r.cols {
		if c != nil && (c.suspect || c.typ == columns.Float) {
			findFlaws(flaws, &k.Cols[i], c.name)
		}
	}
	for i, c := range r.rest.columns() {
		if c.suspect || c.typ == columns.Float {
			findFlaws(flaws, &r.rest.now[i], c.name)
		}
	}
	if len(flaws) == 0 {
		return
	}
	var good []int32
	var lines []int64
	var refused []columns.Refused
	for i := range k.N {
		line := k.FirstLine + int64(i)
		if f, bad := flaws[i]; bad {
			f.Line, f.Raw = line, string(k.Raw(i))
			refused = append(refused, f)
			continue
		}
		good, lines = append(good, int32(i)), append(lines, line)
	}
	*k = *k.Take(good)
	k.Lines, k.Refused = lines, refused
}

// findFlaws notes the rows of a column that hold a value that is none.
func findFlaws(flaws map[int]columns.Refused, c *columns.Column, name string) {
	for i := range c.Len() {
		if _, known := flaws[i]; known {
			continue
		}
		if reason, detail := flawed(c, i); reason != "" {
			flaws[i] = columns.Refused{Column: name, Reason: reason, Detail: detail}
		}
	}
}
