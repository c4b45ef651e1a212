// Package columns holds rows as columns: the one form in which rows travel
// inside the program, from the reader of a file to the writer of a table.
//
// A missing value is a reserved number (MissingInt, MissingSpan, NaN), never
// a zero or an empty text, so that a column of a plain type is one slice and
// nothing else. A bitmap beside every slice was tried on paper and rejected:
// it doubles the accesses of every loop for a case most columns do not have.
package columns

import (
	"math"
)

// Type says what the values of a column are.
type Type uint8

const (
	Text  Type = iota // bytes, UTF-8
	Int               // whole number
	Bool              // 0 or 1
	Date              // days since 1970-01-01
	Time              // microseconds since 1970-01-01T00:00:00Z
	Money             // minor units, Scale digits after the point
	Float             // finite; NaN is missing
	List              // texts in one Text value, joined by ListSep
	Clock             // microseconds since 1970-01-01T00:00:00 on a clock whose zone is not said
)

// MissingInt marks a missing value of a column that lives in Ints.
const MissingInt = math.MinInt64

// ListSep stands between the texts of one List value.
const ListSep = 0x1F

// Span is where a text lies in Data.
type Span struct{ Start, End uint32 }

// MissingSpan marks a missing text.
var MissingSpan = Span{math.MaxUint32, math.MaxUint32}

// Missing tells whether the span marks a missing text.
func (s Span) Missing() bool { return s.Start == math.MaxUint32 }

// MissingIndex marks a missing text of a dictionary column.
const MissingIndex = math.MaxUint32

// Column is the values of one field for the rows of a Chunk.
//
// Text and List live in Data and Spans, or, where Dict is set, in Dict's by
// Index; Float lives in Floats; every other type in Ints.
type Column struct {
	Name   string
	Type   Type
	Scale  uint8 // Money: digits after the point
	Data   []byte
	Spans  []Span
	Dict   *Column // a Text column of the distinct values
	Index  []uint32
	Ints   []int64
	Floats []float64
}

// Chunk is some rows, column by column. Columns that were asked for come in
// the order in which they were asked.
type Chunk struct {
	N    int
	Cols []Column

	// Where row i stood: line FirstLine+i, or Lines[i] where that is set.
	FirstLine int64
	Lines     []int64

	// RawSpans, where set, is the text of each whole row in RawData.
	RawData  []byte
	RawSpans []Span

	// RawOf, where set, finds the text of row i where it did not come along.
	RawOf func(i int) []byte

	// Refused are the rows that the reader could not take apart. They are
	// not among the N.
	Refused []Refused
}

// Refused is a row that could not be used, kept whole.
type Refused struct {
	Line   int64
	Column string // "" when it is the whole row
	Reason string // a code such as bad_utf8
	Detail string // what was wrong and what to do, for a person
	Raw    string // the row as it came, cut at RawLimit bytes
}

// RawLimit is how much of a refused row is kept.
const RawLimit = 64 << 10

// Len is the number of rows the column holds.
func (c *Column) Len() int {
	switch {
	case c.Type == Float:
		return len(c.Floats)
	case c.Type != Text && c.Type != List:
		return len(c.Ints)
	case c.Dict != nil:
		return len(c.Index)
	}
	return len(c.Spans)
}

// Bytes is the text of row i; ok is false where it is missing. The bytes
// belong to the column.
func (c *Column) Bytes(i int) (b []byte, ok bool) {
	if c.Dict != nil {
		x := c.Index[i]
		if x == MissingIndex {
			return nil, false
		}
		return c.Dict.Bytes(int(x))
	}
	s := c.Spans[i]
	if s.Missing() {
		return nil, false
	}
	return c.Data[s.Start:s.End], true
}

// Missing tells whether row i has no value.
func (c *Column) Missing(i int) bool {
	switch c.Type {
	case Text, List:
		_, ok := c.Bytes(i)
		return !ok
	case Float:
		return math.IsNaN(c.Floats[i])
	}
	return c.Ints[i] == MissingInt
}

// AddBytes appends a text, copied.
func (c *Column) AddBytes(b []byte) {
	start := uint32(len(c.Data))
	c.Data = append(c.Data, b...)
	c.Spans = append(c.Spans, Span{start, uint32(len(c.Data))})
}

// AddText appends a text, copied.
func (c *Column) AddText(s string) {
	start := uint32(len(c.Data))
	c.Data = append(c.Data, s...)
	c.Spans = append(c.Spans, Span{start, uint32(len(c.Data))})
}

// AddMissing appends a missing value of the column's type.
func (c *Column) AddMissing() {
	switch {
	case c.Type == Float:
		c.Floats = append(c.Floats, math.NaN())
	case c.Type != Text && c.Type != List:
		c.Ints = append(c.Ints, MissingInt)
	case c.Dict != nil:
		c.Index = append(c.Index, MissingIndex)
	default:
		c.Spans = append(c.Spans, MissingSpan)
	}
}

// AddOptional appends a text, or a missing value for "".
func (c *Column) AddOptional(s string) {
	if s == "" {
		c.AddMissing()
		return
	}
	c.AddText(s)
}

// Reset empties the column and keeps its memory. A dictionary is let go.
func (c *Column) Reset() {
	c.Data, c.Spans, c.Ints, c.Floats = c.Data[:0], c.Spans[:0], c.Ints[:0], c.Floats[:0]
	c.Dict, c.Index = nil, c.Index[:0]
}

// Reset empties the chunk and keeps its memory.
func (k *Chunk) Reset() {
	for i := range k.Cols {
		k.Cols[i].Reset()
	}
	k.N, k.Lines, k.RawSpans, k.RawData, k.RawOf, k.Refused = 0, k.Lines[:0], k.RawSpans[:0], k.RawData[:0], nil, k.Refused[:0]
}

// Col is the column of that name, nil where there is none.
func (k *Chunk) Col(name string) *Column {
	for i := range k.Cols {
		if k.Cols[i].Name == name {
			return &k.Cols[i]
		}
	}
	return nil
}

// Line is where row i stood in its file, counted from 1.
func (k *Chunk) Line(i int) int64 {
	if len(k.Lines) > 0 {
		return k.Lines[i]
	}
	return k.FirstLine + int64(i)
}

// Raw is the whole text of row i as the source had it, or its columns as
// name=value where the source has no text (Parquet).
func (k *Chunk) Raw(i int) []byte {
	var raw []byte
	switch {
	case k.RawOf != nil:
		raw = k.RawOf(i)
	case len(k.RawSpans) > 0:
		s := k.RawSpans[i]
		raw = k.RawData[s.Start:s.End]
	default:
		for j := range k.Cols {
			if j > 0 {
				raw = append(raw, ' ')
			}
			raw = append(raw, k.Cols[j].Name...)
			raw = append(raw, '=')
			raw = k.Cols[j].AppendValue(raw, i)
		}
	}
	if len(raw) > RawLimit {
		raw = raw[:RawLimit]
	}
	return raw
}
