package cohort

import (
	"encoding/binary"
	"math/bits"

	"github.com/habitue-data/habitue/customer"
)

// months is the measure where only customers by month are asked for: the
// months of a customer's counted orders.
type months struct{ sets []Months }

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
func (m *months) Grow(n int) {
	if n > len(m.sets) {
		m.sets = append(m.sets, make([]Months, n-len(m.sets))...)
	}
}

// Add takes in the month of a counted order.
func (m *months) Add(i int, f *customer.Fact) {
	if f.Sale {
		m.sets[i].Add(f.Month)
	}
}

// Append appends customer i's months; none is one byte.
func (m *months) Append(dst []byte, i int) []byte {
	s := &m.sets[i]
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

// Merge takes in appended months.
func (m *months) Merge(i int, b []byte) ([]byte, error) {
	if len(b) > 0 && b[0] == 0 {
		return b[1:], nil
	}
	r := reader{b: b}
	words, first := r.uvarint(), int32(r.varint())
	into := &m.sets[i]
	for w := int32(0); uint64(w) < words && r.err == nil; w++ {
		v := r.uvarint()
		if w == 0 && into.Empty() && words == 1 { // the usual case: nothing there yet
			into.First, into.Bits = first, v
			continue
		}
		for ; v != 0; v &= v - 1 {
			into.Add(first + 64*w + int32(bits.TrailingZeros64(v)))
		}
	}
	return r.b, r.err
}

// visits gives each month once.
func (m *months) visits(dst []visit, i int) []visit {
	for month := range m.sets[i].All {
		dst = append(dst, visit{when: month, orders: 1})
	}
	return dst
}

func (m *months) period(_ Grain, when int32) int32 { return when }

var _ Measure = (*months)(nil)
