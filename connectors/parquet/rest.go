package parquet

import (
	"bytes"
	"fmt"
	"slices"
	"sort"

	"github.com/parquet-go/parquet-go"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/rowfile"
)

// rest makes one JSON object of the columns that nobody named.
type rest struct {
	cols []*column // in order of their names
	keys [][]byte  // "name": as JSON
	now  []columns.Column
	data []byte
}

func newRest(all []leaf, want []string, file *parquet.File, group int) (*rest, error) {
	t := &rest{}
	for _, l := range all {
		if slices.Contains(want, l.name) {
			continue
		}
		if l.bad != "" {
			return t, &problem{fmt.Sprintf("column %s, which no field names, has the type %s and cannot be kept among the attributes", l.name, l.bad),
				"set attributes: false for the source, or write the column as text, a number, a date or a timestamp"}
		}
		c, err := newColumn(l, file, group)
		if err != nil {
			return t, err
		}
		t.cols = append(t.cols, c)
	}
	sort.Slice(t.cols, func(i, j int) bool { return t.cols[i].name < t.cols[j].name })
	for _, c := range t.cols {
		t.keys = append(t.keys, append(rowfile.AppendJSONString(nil, []byte(c.name)), ':'))
	}
	t.now = make([]columns.Column, len(t.cols))
	return t, nil
}

// columns are the columns read; none of a rest that is not wanted.
func (t *rest) columns() []*column {
	if t == nil {
		return nil
	}
	return t.cols
}

// read gives n rows to the wanted columns named "*".
func (t *rest) read(k *columns.Chunk, want []string, n int) error {
	if t == nil {
		return nil
	}
	for i, c := range t.cols {
		t.now[i].Reset()
		if err := c.read(&t.now[i], n); err != nil {
			return err
		}
	}
	out := &k.Cols[slices.Index(want, rowfile.Rest)]
	out.Data = t.data[:0]
	for row := range n {
		start := len(out.Data)
		for i := range t.now {
			if t.now[i].Missing(row) {
				continue
			}
			open := byte(',')
			if len(out.Data) == start {
				open = '{'
			}
			out.Data = append(append(out.Data, open), t.keys[i]...)
			out.Data = appendJSON(out.Data, &t.now[i], row)
		}
		if len(out.Data) == start {
			out.AddMissing()
			continue
		}
		out.Data = append(out.Data, '}')
		out.Spans = append(out.Spans, columns.Span{Start: uint32(start), End: uint32(len(out.Data))})
	}
	t.data = out.Data
	return nil
}

// appendJSON appends a value that is not missing as JSON.
func appendJSON(dst []byte, c *columns.Column, row int) []byte {
	switch c.Type {
	case columns.Int, columns.Bool, columns.Money, columns.Float:
		return c.AppendValue(dst, row)
	case columns.List:
		list, _ := c.Bytes(row)
		for i, text := range bytes.Split(list, []byte{columns.ListSep}) {
			open := byte(',')
			if i == 0 {
				open = '['
			}
			dst = rowfile.AppendJSONString(append(dst, open), text)
		}
		return append(dst, ']')
	}
	return rowfile.AppendJSONString(dst, c.AppendValue(nil, row))
}
