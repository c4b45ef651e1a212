package lake

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/parquet-go/parquet-go"
)

// ReadTable reads columns of a table of a run, in the order of want, and
// hands them on in chunks of at most rowfile.MaxRows. The chunk's memory is
// the next one's too.
func (l Lake) ReadTable(ctx context.Context, m Manifest, table string, want []string, yield func(*columns.Chunk) error) error {
	t, ok := m.Tables[table]
	if !ok {
		return fmt.Errorf("read table %s of run %s: the run has no such table, only %s", table, m.RunID, strings.Join(TableNames(m), ", "))
	}
	for _, f := range t.Files {
		if err := l.ReadFile(ctx, t, f, want, yield); err != nil {
			return fmt.Errorf("read table %s of run %s: %w", table, m.RunID, err)
		}
	}
	return nil
}

// ReadFile is ReadTable for one file of a table, so that files can be read
// side by side.
func (l Lake) ReadFile(ctx context.Context, t Table, f File, want []string, yield func(*columns.Chunk) error) error {
	wanted := make([]Column, len(want))
	for i, name := range want {
		c, ok := t.column(name)
		if !ok {
			return fmt.Errorf("%s: no column %s", f.Path, name)
		}
		wanted[i] = c
	}
	file, _, err := store.Open(l.Path(f.Path))
	if err != nil {
		return err
	}
	defer file.Close()
	pq, err := parquet.OpenFile(file, f.Bytes, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.FileReadMode(parquet.ReadModeAsync))
	if err != nil {
		return fmt.Errorf("%s: %w", f.Path, err)
	}
	if pq.NumRows() != f.Rows {
		return fmt.Errorf("%s: %d rows, the manifest says %d", f.Path, pq.NumRows(), f.Rows)
	}
	leaves, err := leavesOf(pq, wanted)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Path, err)
	}
	whole := &columns.Chunk{Cols: make([]columns.Column, len(wanted))}
	for _, g := range pq.RowGroups() {
		if err := ctx.Err(); err != nil {
			return err
		}
		for i, c := range wanted {
			col := &whole.Cols[i]
			col.Reset()
			col.Name = c.Name
			col.Type, col.Scale = c.rowType()
			if err := readColumn(col, g.ColumnChunks()[leaves[i]]); err != nil {
				return fmt.Errorf("%s: column %s: %w", f.Path, c.Name, err)
			}
			if n := col.Len(); int64(n) != g.NumRows() {
				return fmt.Errorf("%s: column %s: %d values for %d rows", f.Path, c.Name, n, g.NumRows())
			}
		}
		whole.N = int(g.NumRows())
		if err := inPieces(whole, yield); err != nil {
			return err
		}
	}
	return nil
}

func (t Table) column(name string) (Column, bool) {
	for _, c := range t.Columns {
		if c.Name == name {
			return c, true
		}
	}
	return Column{}, false
}

// leavesOf finds the wanted columns and refuses a file in which one is of
// another type: the library would convert it without a word.
func leavesOf(pq *parquet.File, wanted []Column) ([]int, error) {
	leaves := make([]int, len(wanted))
	for i, c := range wanted {
		path := []string{c.Name}
		if c.Type == "VARCHAR[]" {
			path = append(path, "list", "element")
		}
		leaf, ok := pq.Schema().Lookup(path...)
		if !ok {
			return nil, fmt.Errorf("no column %s", c.Name)
		}
		typ, _ := c.rowType()
		if kind := leaf.Node.Type().Kind(); kind != kindOf(typ) {
			return nil, fmt.Errorf("column %s is %s, the manifest says %s", c.Name, kind, c.Type)
		}
		leaves[i] = leaf.ColumnIndex
	}
	return leaves, nil
}

// inPieces hands on a chunk in chunks that share its memory.
func inPieces(whole *columns.Chunk, yield func(*columns.Chunk) error) error {
	piece := &columns.Chunk{Cols: make([]columns.Column, len(whole.Cols))}
	for from := 0; from < whole.N; from += rowfile.MaxRows {
		to := min(from+rowfile.MaxRows, whole.N)
		piece.N = to - from
		for i, c := range whole.Cols {
			switch {
			case c.Type == columns.Float:
				c.Floats = c.Floats[from:to]
			case c.Type == columns.Text || c.Type == columns.List:
				c.Spans = c.Spans[from:to]
			default:
				c.Ints = c.Ints[from:to]
			}
			piece.Cols[i] = c
		}
		if err := yield(piece); err != nil {
			return err
		}
	}
	return nil
}

// readColumn appends all pages of a column of a row group.
func readColumn(col *columns.Column, chunk parquet.ColumnChunk) error {
	pages := chunk.Pages()
	defer pages.Close()
	for {
		page, err := pages.ReadPage()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		appendPage(col, page)
		parquet.Release(page)
	}
}
