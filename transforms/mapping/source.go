package mapping

import (
	"math"
	"strconv"

	"github.com/habitue-data/habitue/internal/columns"
)

// source is the column that a field is read from: the source's own, several
// made one, a constant, or what an expression gives.
func (m *Mapper) source(f *field, in *columns.Chunk, out *Mapped, own *scratch) *columns.Column {
	switch {
	case f.expr != nil:
		m.evaluate(f, in, out, &own.merged)
		return &own.merged
	case f.Constant != nil:
		own.merged.Dict = f.constant
		own.merged.Index = resized(own.merged.Index, in.N)
		clear(own.merged.Index)
		return &own.merged
	case len(f.cols) == 1:
		return &in.Cols[f.cols[0]]
	}
	coalesce(f.cols, in, &own.merged)
	return &own.merged
}

// coalesce takes from each row the first of several columns that has a
// value. Columns of unlike types meet as texts.
func coalesce(cols []int, in *columns.Chunk, dst *columns.Column) {
	first := &in.Cols[cols[0]]
	dst.Reset()
	dst.Type, dst.Scale = first.Type, first.Scale
	for _, k := range cols[1:] {
		if c := &in.Cols[k]; c.Type != dst.Type || c.Scale != dst.Scale {
			dst.Type = columns.Text
		}
	}
rows:
	for i := range in.N {
		for _, k := range cols {
			c := &in.Cols[k]
			if c.Missing(i) {
				continue
			}
			if c.Type == dst.Type {
				dst.AddFrom(c, i)
				continue rows
			}
			start := uint32(len(dst.Data))
			dst.Data = appendText(dst.Data, c, i)
			dst.Spans = append(dst.Spans, columns.Span{Start: start, End: uint32(len(dst.Data))})
			continue rows
		}
		dst.AddMissing()
	}
}

// appendText appends the value of row i as a source's text would have it:
// as columns.AppendValue, but numbers without exponents.
func appendText(dst []byte, c *columns.Column, i int) []byte {
	if c.Type == columns.Float && !math.IsNaN(c.Floats[i]) {
		return strconv.AppendFloat(dst, c.Floats[i], 'f', -1, 64)
	}
	return c.AppendValue(dst, i)
}

// textOf is a column as texts.
func textOf(c *columns.Column, n int, own *scratch) *columns.Column {
	if c.Type == columns.Text {
		return c
	}
	t := &own.text
	if c.Type == columns.Bool { // two texts, however many rows
		t.Dict, t.Index = &boolTexts, resized(t.Index, n)
		for i, v := range c.Ints[:n] {
			t.Index[i] = uint32(v)
			if v == columns.MissingInt {
				t.Index[i] = columns.MissingIndex
			}
		}
		return t
	}
	t.Reset()
	for i := range n {
		if c.Missing(i) {
			t.AddMissing()
			continue
		}
		start := uint32(len(t.Data))
		t.Data = appendText(t.Data, c, i)
		if c.Type == columns.List {
			for k := int(start); k < len(t.Data); k++ {
				if t.Data[k] == columns.ListSep {
					t.Data[k] = ','
				}
			}
		}
		t.Spans = append(t.Spans, columns.Span{Start: start, End: uint32(len(t.Data))})
	}
	return t
}

// boolTexts are the texts of a Bool column, by its values.
var boolTexts = columns.Column{Data: []byte("falsetrue"), Spans: []columns.Span{{Start: 0, End: 5}, {Start: 5, End: 9}}}

// texts are values to be read: those of rows, or of a dictionary.
type texts struct {
	data  []byte
	spans []columns.Span
}

// each gives the texts to read and, where they are a dictionary's, the
// index that leads to them from the rows. A dictionary much longer than the
// rows is not worth reading whole.
func each(c *columns.Column, n int, own *scratch) (t texts, index []uint32) {
	if c.Dict == nil {
		return texts{c.Data, c.Spans[:n]}, nil
	}
	if len(c.Dict.Spans) <= n/2+1 {
		return texts{c.Dict.Data, c.Dict.Spans}, c.Index[:n]
	}
	own.spans = resized(own.spans, n)
	for i, x := range c.Index[:n] {
		own.spans[i] = columns.MissingSpan
		if x != columns.MissingIndex {
			own.spans[i] = c.Dict.Spans[x]
		}
	}
	return texts{c.Dict.Data, own.spans}, nil
}

// spread brings the values of a dictionary to the rows.
func spread(dst, values []int64, index []uint32) {
	for i, x := range index {
		dst[i] = missing
		if x != columns.MissingIndex {
			dst[i] = values[x]
		}
	}
}
