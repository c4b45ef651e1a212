package work

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/flow"
)

// WriteRows is how many rows go to a file at a time.
const WriteRows = 4096

// TableWriter writes one file of a by-run table, row by row.
type TableWriter struct {
	table  customer.Table
	rows   *columns.Chunk
	Writer *lake.Writer
}

// NewTableWriter begins the file of one shard; nil where nobody asked for
// the table.
func (w *Worker) NewTableWriter(name string, shard int) (*TableWriter, error) {
	if !w.Wants(name) {
		return nil, nil
	}
	t := w.Table(name)
	writer, err := lake.Lake{Dir: w.Lake}.NewWriter(lake.PartPath(name, w.RunID, shard), t, w.Scale, w.AsOf)
	if err != nil {
		return nil, err
	}
	return &TableWriter{t, t.NewRows(), writer}, nil
}

// NewRows begins the file of one shard and finds what fills its rows; nil
// where nobody asked for the table.
func (w *Worker) NewRows(name string, shard int, all map[string]func(c *columns.Column)) (*TableWriter, Setters, error) {
	t, err := w.NewTableWriter(name, shard)
	if err != nil || t == nil {
		return nil, nil, err
	}
	row, err := t.Set(all)
	return t, row, err
}

// end ends a row whose columns have all been set.
func (t *TableWriter) end() error {
	t.rows.N++
	if t.rows.N < WriteRows {
		return nil
	}
	return t.flush()
}

func (t *TableWriter) flush() error {
	err := t.Writer.Write(t.rows)
	t.rows.Reset()
	return err
}

// Close finishes the file and tells of it at a port.
func (t *TableWriter) Close(out *flow.Outputs, p flow.Port) error {
	if t == nil {
		return nil
	}
	if err := t.flush(); err != nil {
		return err
	}
	f, err := t.Writer.Close()
	if err != nil {
		return err
	}
	return EmitFile(out, p, t.table.Name, f)
}

// Written is a file on its way to the manifest.
type Written struct {
	Table string
	File  lake.File
}

// EmitFile tells of a written file at a port.
func EmitFile(out *flow.Outputs, p flow.Port, table string, f lake.File) error {
	data, err := json.Marshal(Written{table, f})
	if err != nil {
		return fmt.Errorf("tell of a file of %s: %w", table, err)
	}
	out.Emit(p, 0, data)
	return nil
}

// Setters write the columns of one row: of each wanted column its own.
type Setters []func(c *columns.Column)

// Set finds what fills the columns of the table, in their order.
func (t *TableWriter) Set(all map[string]func(c *columns.Column)) (s Setters, err error) {
	for _, c := range t.table.Columns {
		f, ok := all[c.Name]
		if !ok {
			return nil, fmt.Errorf("nothing fills column %s of table %s", c.Name, t.table.Name)
		}
		s = append(s, f)
	}
	return s, nil
}

// Row adds one row.
func (t *TableWriter) Row(s Setters) error {
	for i, set := range s {
		set(&t.rows.Cols[i])
	}
	return t.end()
}

// Each writes the rows from 0 to n-1.
func (t *TableWriter) Each(e customer.Each, n int) error {
	i := 0
	fill := map[string]func(*columns.Column){}
	for _, c := range t.table.Columns {
		if f := e.Column(c.Name); f != nil {
			fill[c.Name] = func(col *columns.Column) { f(col, i) }
		}
	}
	row, err := t.Set(fill)
	if err != nil {
		return err
	}
	for i = range n {
		if err := t.Row(row); err != nil {
			return err
		}
	}
	return nil
}

// AddInt appends a number.
func AddInt(c *columns.Column, v int64) { c.Ints = append(c.Ints, v) }

// AddFloat appends a number where there is one.
func AddFloat(c *columns.Column, v float64, ok bool) {
	if !ok {
		c.AddMissing()
		return
	}
	c.Floats = append(c.Floats, v)
}

// AddTime appends an instant, missing where it is one of the two that stand
// for none.
func AddTime(c *columns.Column, at, none int64) {
	if at == none {
		at = columns.MissingInt
	}
	c.Ints = append(c.Ints, at)
}

// Text is a text, "" where it is missing.
func Text(c *columns.Column, i int) string {
	b, _ := c.Bytes(i)
	return string(b)
}

// SortedBy puts rows in order of what comes first, then as sortedRows.
func SortedBy(k *columns.Chunk, first func(i, j int32) int) []int32 {
	rows := make([]int32, k.N)
	for i := range rows {
		rows[i] = int32(i)
	}
	at := Happened(k, "_at")
	var texts []*columns.Column
	for _, name := range apart {
		if c := k.Col(name); c != nil {
			texts = append(texts, c)
		}
	}
	slices.SortFunc(rows, func(i, j int32) int {
		if d := first(i, j); d != 0 {
			return d
		}
		if at != nil && at.Ints[i] != at.Ints[j] {
			if at.Ints[i] < at.Ints[j] {
				return -1
			}
			return 1
		}
		for _, c := range texts {
			a, _ := c.Bytes(int(i))
			b, _ := c.Bytes(int(j))
			if d := bytes.Compare(a, b); d != 0 {
				return d
			}
		}
		return int(i - j)
	})
	return rows
}

// Happened is the column of rows of a table of records that says when it
// was, by the end of its name; nil where the records do not happen but hold.
func Happened(k *columns.Chunk, end string) *columns.Column {
	for _, what := range []string{"order", "event", "interaction"} {
		if c := k.Col(what + end); c != nil {
			return c
		}
	}
	return nil
}

// apart are the columns by which rows of one time are put in order, whichever
// of them a table has.
var apart = []string{"source", "record_id", "line", "address_type", "address", "channel", "purpose", "segment"}
