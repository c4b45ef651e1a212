// Package cohort counts, for customers who bought first in the same month,
// how many came back in each month after it.
//
// Only which months a customer bought in is kept, as bits: a list of orders
// per customer was rejected, it costs some fifteen bytes per order and says
// no more here.
package cohort

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"slices"

	"github.com/habitue-data/habitue/customer"
)

// Measure keeps the months of counted orders of customers.
type Measure struct{ Months []Months }

// Months is a set of months. The zero value is empty.
type Months struct {
	First int32    // the least month of the set
	Bits  uint64   // bit n: First + n; bit 0 is set unless the set is empty
	More  []uint64 // the months from First+64 on, where there are any
}

// Empty tells whether there is no month.
func (s *Months) Empty() bool { return s.Bits == 0 }

// Add puts a month into the set.
func (s *Months) Add(month int32) {
	switch {
	case s.Empty():
		s.First, s.Bits = month, 1
		return
	case month < s.First:
		s.shift(int(s.First - month))
		s.First = month
		s.Bits |= 1
		return
	}
	n := int(month - s.First)
	if n < 64 {
		s.Bits |= 1 << n
		return
	}
	word := n/64 - 1
	for len(s.More) <= word {
		s.More = append(s.More, 0)
	}
	s.More[word] |= 1 << (n % 64)
}

// shift moves every month up by n places.
func (s *Months) shift(n int) {
	if len(s.More) == 0 && bits.Len64(s.Bits)+n <= 64 {
		s.Bits <<= n
		return
	}
	moved := Months{First: s.First, Bits: 1} // bit 0 belongs to the month that is about to be added
	for m := range s.All {
		moved.Add(m + int32(n))
	}
	s.Bits, s.More = moved.Bits, moved.More
}

// All gives the months in order.
func (s *Months) All(yield func(int32) bool) {
	for b := s.Bits; b != 0; b &= b - 1 {
		if !yield(s.First + int32(bits.TrailingZeros64(b))) {
			return
		}
	}
	for i, w := range s.More {
		for ; w != 0; w &= w - 1 {
			if !yield(s.First + int32(64*(i+1)+bits.TrailingZeros64(w))) {
				return
			}
		}
	}
}

// Grow makes room for n customers.
func (m *Measure) Grow(n int) {
	if n > len(m.Months) {
		m.Months = append(m.Months, make([]Months, n-len(m.Months))...)
	}
}

// Add takes in the month of a counted order.
func (m *Measure) Add(i int, f *customer.Fact) {
	if f.Sale {
		m.Months[i].Add(f.Month)
	}
}

// Append appends customer i's months; none is one byte.
func (m *Measure) Append(dst []byte, i int) []byte {
	s := &m.Months[i]
	if s.Empty() {
		return append(dst, 0)
	}
	dst = binary.AppendUvarint(dst, uint64(len(s.More))+1)
	dst = binary.AppendVarint(dst, int64(s.First))
	dst = binary.AppendUvarint(dst, s.Bits)
	for _, w := range s.More {
		dst = binary.AppendUvarint(dst, w)
	}
	return dst
}

var errShort = errors.New("cohort: encoded months are cut short")

// Merge takes in appended months.
func (m *Measure) Merge(i int, b []byte) ([]byte, error) {
	if len(b) > 0 && b[0] == 0 {
		return b[1:], nil
	}
	words, n := binary.Uvarint(b)
	if n <= 0 || words > uint64(len(b)) {
		return nil, errShort
	}
	b = b[n:]
	first, n := binary.Varint(b)
	if n <= 0 {
		return nil, errShort
	}
	b = b[n:]
	into := &m.Months[i]
	for w := range int(words) {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, errShort
		}
		b = b[n:]
		if w == 0 && into.Empty() && words == 1 { // the usual case: nothing there yet
			into.First, into.Bits = int32(first), v
			continue
		}
		for ; v != 0; v &= v - 1 {
			into.Add(int32(first) + int32(64*w+bits.TrailingZeros64(v)))
		}
	}
	return b, nil
}

var _ customer.Measure = (*Measure)(nil)

// Cell is a cohort in one of its periods.
type Cell struct{ Cohort, Period int32 } // month, and months since it

// Cube counts customers per cell: the fold over a Measure's customers.
type Cube struct {
	measure *Measure
	cells   map[Cell]int64
}

// NewCube counts the customers of m, or only merges where m is nil.
func NewCube(m *Measure) *Cube { return &Cube{measure: m, cells: map[Cell]int64{}} }

// Add counts customer i in every month that it bought in.
func (c *Cube) Add(i int) {
	s := &c.measure.Months[i]
	for month := range s.All {
		c.cells[Cell{s.First, month - s.First}]++
	}
}

// Append appends the counts.
func (c *Cube) Append(dst []byte) []byte {
	for _, cell := range c.Cells() {
		dst = binary.AppendVarint(dst, int64(cell.Cohort))
		dst = binary.AppendVarint(dst, int64(cell.Period))
		dst = binary.AppendVarint(dst, c.cells[cell])
	}
	return dst
}

// Merge adds the counts of another part.
func (c *Cube) Merge(b []byte) error {
	for len(b) > 0 {
		var v [3]int64
		for k := range v {
			x, n := binary.Varint(b)
			if n <= 0 {
				return errors.New("cohort: an encoded cube is cut short")
			}
			v[k], b = x, b[n:]
		}
		c.cells[Cell{int32(v[0]), int32(v[1])}] += v[2]
	}
	return nil
}

// Cells are the cells that somebody is in, by cohort and period.
func (c *Cube) Cells() []Cell {
	cells := make([]Cell, 0, len(c.cells))
	for cell := range c.cells {
		cells = append(cells, cell)
	}
	slices.SortFunc(cells, func(a, b Cell) int {
		if a.Cohort != b.Cohort {
			return int(a.Cohort - b.Cohort)
		}
		return int(a.Period - b.Period)
	})
	return cells
}

// Customers is the number of customers in a cell.
func (c *Cube) Customers(cell Cell) int64 { return c.cells[cell] }

var _ customer.Fold = (*Cube)(nil)
