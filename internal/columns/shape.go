package columns

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

// AddFrom appends row i of another column of the same type.
func (c *Column) AddFrom(o *Column, i int) {
	switch c.Type {
	case Text, List:
		if b, ok := o.Bytes(i); ok {
			c.AddBytes(b)
		} else {
			c.AddMissing()
		}
	case Float:
		c.Floats = append(c.Floats, o.Floats[i])
	default:
		c.Ints = append(c.Ints, o.Ints[i])
	}
}

// Empty is a chunk of the same columns without rows.
func (k *Chunk) Empty() *Chunk {
	e := &Chunk{Cols: make([]Column, len(k.Cols))}
	for i := range k.Cols {
		e.Cols[i] = Column{Name: k.Cols[i].Name, Type: k.Cols[i].Type, Scale: k.Cols[i].Scale}
	}
	return e
}

// Take is the rows of k at the given places, in that order.
func (k *Chunk) Take(rows []int32) *Chunk {
	t := k.Empty()
	for j := range k.Cols {
		t.Cols[j].addRows(&k.Cols[j], rows)
	}
	t.N = len(rows)
	return t
}

// addRows appends the rows of o at the given places.
func (c *Column) addRows(o *Column, rows []int32) {
	switch {
	case c.Type == Float:
		c.Floats = slices.Grow(c.Floats, len(rows))
		for _, i := range rows {
			c.Floats = append(c.Floats, o.Floats[i])
		}
	case c.Type != Text && c.Type != List:
		c.Ints = slices.Grow(c.Ints, len(rows))
		for _, i := range rows {
			c.Ints = append(c.Ints, o.Ints[i])
		}
	case o.Dict != nil:
		for _, i := range rows {
			c.AddFrom(o, int(i))
		}
	default:
		c.Spans = slices.Grow(c.Spans, len(rows))
		if len(o.Data) == 0 { // all missing, or empty: many columns of wide tables are
			for _, i := range rows {
				c.Spans = append(c.Spans, o.Spans[i])
			}
			return
		}
		size := uint32(0) // o.Data may be the text of many columns: only the rows tell
		for _, i := range rows {
			size += o.Spans[i].End - o.Spans[i].Start // of a missing one it is 0
		}
		c.Data = slices.Grow(c.Data, int(size))
		for _, i := range rows {
			s := o.Spans[i]
			if !s.Missing() {
				start := uint32(len(c.Data))
				c.Data = append(c.Data, o.Data[s.Start:s.End]...)
				s = Span{start, uint32(len(c.Data))}
			}
			c.Spans = append(c.Spans, s)
		}
	}
}

// AddAll appends every row of another chunk of the same columns.
func (k *Chunk) AddAll(o *Chunk) {
	rows := make([]int32, o.N)
	for i := range rows {
		rows[i] = int32(i)
	}
	for j := range k.Cols {
		k.Cols[j].addRows(&o.Cols[j], rows)
	}
	k.N += o.N
}

var errShort = errors.New("columns: the encoded chunk is cut short")

// absent is set in the type of an encoded column that has no value at all:
// in wide tables most have none.
const absent = 0x80

func (c *Column) allMissing(n int) bool {
	for i := range n {
		if !c.Missing(i) {
			return false
		}
	}
	return true
}

// Encode appends the rows in a compact form that Decode reads back. Names
// and types travel along; lines, raw rows and refused rows do not.
func (k *Chunk) Encode(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(k.N))
	dst = binary.AppendUvarint(dst, uint64(len(k.Cols)))
	for j := range k.Cols {
		c := &k.Cols[j]
		dst = binary.AppendUvarint(dst, uint64(len(c.Name)))
		dst = append(dst, c.Name...)
		if c.allMissing(k.N) {
			dst = append(dst, byte(c.Type)|absent, c.Scale)
			continue
		}
		dst = append(dst, byte(c.Type), c.Scale)
		switch c.Type {
		case Text, List:
			for i := range k.N {
				b, ok := c.Bytes(i)
				if !ok {
					dst = append(dst, 0)
					continue
				}
				dst = binary.AppendUvarint(dst, uint64(len(b))+1)
				dst = append(dst, b...)
			}
		case Float:
			for _, f := range c.Floats[:k.N] {
				dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(f))
			}
		default:
			last := int64(0)
			for _, v := range c.Ints[:k.N] { // differences: wrap-around is undone by Decode
				dst = binary.AppendVarint(dst, v-last)
				last = v
			}
		}
	}
	return dst
}

// maxRows bounds what a damaged form can make Decode allocate.
const maxRows = 1 << 31

// Decode reads one encoded chunk and returns what follows it. Texts keep
// pointing into b.
func Decode(b []byte) (k *Chunk, rest []byte, err error) {
	uvarint := func() uint64 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			err = errShort
			return 0
		}
		b = b[n:]
		return v
	}
	rows, cols := uvarint(), uvarint()
	if err != nil || cols > uint64(len(b)) {
		return nil, nil, errShort
	}
	whole := b
	k = &Chunk{N: int(rows), Cols: make([]Column, cols)}
	for j := range k.Cols {
		c := &k.Cols[j]
		n := uvarint()
		if err != nil || uint64(len(b)) < n+2 {
			return nil, nil, errShort
		}
		c.Name, c.Type, c.Scale = string(b[:n]), Type(b[n]), b[n+1]
		b = b[n+2:]
		if c.Type&absent != 0 {
			if rows > maxRows {
				return nil, nil, errShort
			}
			c.Type &^= absent
			for range rows {
				c.AddMissing()
			}
			continue
		}
		if uint64(len(b)) < rows {
			return nil, nil, errShort
		}
		switch c.Type {
		case Text, List:
			c.Data, c.Spans = whole, make([]Span, rows)
			for i := range c.Spans {
				n := uvarint()
				if err != nil {
					return nil, nil, err
				}
				if n == 0 {
					c.Spans[i] = MissingSpan
					continue
				}
				if n-1 > uint64(len(b)) {
					return nil, nil, errShort
				}
				start := uint32(len(whole) - len(b))
				c.Spans[i] = Span{start, start + uint32(n-1)}
				b = b[n-1:]
			}
		case Float:
			if uint64(len(b)) < 8*rows {
				return nil, nil, errShort
			}
			c.Floats = make([]float64, rows)
			for i := range c.Floats {
				c.Floats[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
			}
			b = b[8*rows:]
		case Int, Bool, Date, Time, Clock, Money:
			c.Ints = make([]int64, rows)
			last := int64(0)
			for i := range c.Ints {
				d, n := binary.Varint(b)
				if n <= 0 {
					return nil, nil, errShort
				}
				b = b[n:]
				last += d
				c.Ints[i] = last
			}
		default:
			return nil, nil, fmt.Errorf("columns: unknown type %d of column %q", c.Type, c.Name)
		}
	}
	return k, b, nil
}

// Only is the columns of those names that the chunk has, in the chunk's
// order. They share its memory.
func (k *Chunk) Only(names []string) *Chunk {
	o := &Chunk{N: k.N}
	for i := range k.Cols {
		if slices.Contains(names, k.Cols[i].Name) {
			o.Cols = append(o.Cols, k.Cols[i])
		}
	}
	return o
}
