package pipelines

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

// writeRows is how many rows go to a file at a time.
const writeRows = 4096

// tableWriter writes one file of a by-run table, row by row.
type tableWriter struct {
	table  customer.Table
	rows   *columns.Chunk
	writer *lake.Writer
}

// newTableWriter begins the file of one shard; nil where nobody asked for
// the table.
func (w *worker) newTableWriter(name string, shard int) (*tableWriter, error) {
	if !w.wants(name) {
		return nil, nil
	}
	t := w.table(name)
	writer, err := lake.Lake{Dir: w.Lake}.NewWriter(lake.PartPath(name, w.RunID, shard), t, w.Scale, w.AsOf)
	if err != nil {
		return nil, err
	}
	return &tableWriter{t, t.NewRows(), writer}, nil
}

// newRows begins the file of one shard and finds what fills its rows; nil
// where nobody asked for the table.
func (w *worker) newRows(name string, shard int, all map[string]func(c *columns.Column)) (*tableWriter, setters, error) {
	t, err := w.newTableWriter(name, shard)
	if err != nil || t == nil {
		return nil, nil, err
	}
	row, err := t.set(all)
	return t, row, err
}

// end ends a row whose columns have all been set.
func (t *tableWriter) end() error {
	t.rows.N++
	if t.rows.N < writeRows {
		return nil
	}
	return t.flush()
}

func (t *tableWriter) flush() error {
	err := t.writer.Write(t.rows)
	t.rows.Reset()
	return err
}

// close finishes the file and tells of it at a port.
func (t *tableWriter) close(out *flow.Outputs, p flow.Port) error {
	if t == nil {
		return nil
	}
	if err := t.flush(); err != nil {
		return err
	}
	f, err := t.writer.Close()
	if err != nil {
		return err
	}
	return emitFile(out, p, t.table.Name, f)
}

// written is a file on its way to the manifest.
type written struct {
	Table string
	File  lake.File
}

func emitFile(out *flow.Outputs, p flow.Port, table string, f lake.File) error {
	data, err := json.Marshal(written{table, f})
	if err != nil {
		return fmt.Errorf("tell of a file of %s: %w", table, err)
	}
	out.Emit(p, 0, data)
	return nil
}

// setters write the columns of one row: of each wanted column its own.
type setters []func(c *columns.Column)

func (t *tableWriter) set(all map[string]func(c *columns.Column)) (s setters, err error) {
	for _, c := range t.table.Columns {
		f, ok := all[c.Name]
		if !ok {
			return nil, fmt.Errorf("nothing fills column %s of table %s", c.Name, t.table.Name)
		}
		s = append(s, f)
	}
	return s, nil
}

// row adds one row.
func (t *tableWriter) row(s setters) error {
	for i, set := range s {
		set(&t.rows.Cols[i])
	}
	return t.end()
}

// each writes the rows from 0 to n-1.
func (t *tableWriter) each(e customer.Each, n int) error {
	i := 0
	fill := map[string]func(*columns.Column){}
	for _, c := range t.table.Columns {
		if f := e.Column(c.Name); f != nil {
			fill[c.Name] = func(col *columns.Column) { f(col, i) }
		}
	}
	row, err := t.set(fill)
	if err != nil {
		return err
	}
	for i = range n {
		if err := t.row(row); err != nil {
			return err
		}
	}
	return nil
}

// addInt appends a number.
func addInt(c *columns.Column, v int64) { c.Ints = append(c.Ints, v) }

// addFloat appends a number where there is one.
func addFloat(c *columns.Column, v float64, ok bool) {
	if !ok {
		c.AddMissing()
		return
	}
	c.Floats = append(c.Floats, v)
}

// addTime appends an instant, missing where it is one of the two that stand
// for none.
func addTime(c *columns.Column, at, none int64) {
	if at == none {
		at = columns.MissingInt
	}
	c.Ints = append(c.Ints, at)
}

// text is a text, "" where it is missing.
func text(c *columns.Column, i int) string {
	b, _ := c.Bytes(i)
	return string(b)
}

// sortedBy puts rows in order of what comes first, then as sortedRows.
func sortedBy(k *columns.Chunk, first func(i, j int32) int) []int32 {
	rows := make([]int32, k.N)
	for i := range rows {
		rows[i] = int32(i)
	}
	at := happened(k, "_at")
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

// happened is the column of rows of a table of records that says when it
// was, by the end of its name; nil where the records do not happen but hold.
func happened(k *columns.Chunk, end string) *columns.Column {
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
