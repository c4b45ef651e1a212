package profile

import (
	"encoding/binary"
	"math"

	"github.com/habitue-data/habitue/customer"
)

// Traits are when a customer was seen and bought, and how often seen.
type Traits struct{ Seen []Seen }

// Seen is the traits of one customer. A first time is customer.NoTime, a
// last one Never, where there is none.
type Seen struct {
	First, Last           int64 // of any record
	FirstOrder, LastOrder int64 // counted ones
	LastEvent             int64
	Events                int64
}

// Never is before all times.
const Never = math.MinInt64

// Grow makes room for n customers.
func (t *Traits) Grow(n int) {
	for len(t.Seen) < n {
		t.Seen = append(t.Seen, Seen{customer.NoTime, Never, customer.NoTime, Never, Never, 0})
	}
}

// Add takes in one fact.
func (t *Traits) Add(i int, f *customer.Fact) {
	s := &t.Seen[i]
	if f.Kind == customer.Event {
		s.Events++
	}
	if f.At == customer.NoTime {
		return
	}
	s.First, s.Last = min(s.First, f.At), max(s.Last, f.At)
	if f.Sale {
		s.FirstOrder, s.LastOrder = min(s.FirstOrder, f.At), max(s.LastOrder, f.At)
	}
	if f.Kind == customer.Event {
		s.LastEvent = max(s.LastEvent, f.At)
	}
}

// Append appends customer i's traits.
func (t *Traits) Append(dst []byte, i int) []byte {
	s := &t.Seen[i]
	dst = binary.AppendVarint(dst, s.Events)
	for _, at := range []int64{s.First, s.Last, s.FirstOrder, s.LastOrder, s.LastEvent} {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(at))
	}
	return dst
}

// Merge takes in appended traits.
func (t *Traits) Merge(i int, b []byte) ([]byte, error) {
	events, n := binary.Varint(b)
	if n <= 0 || len(b) < n+40 {
		return nil, errShort
	}
	b = b[n:]
	at := func(k int) int64 { return int64(binary.LittleEndian.Uint64(b[8*k:])) }
	s := &t.Seen[i]
	s.Events += events
	s.First, s.Last = min(s.First, at(0)), max(s.Last, at(1))
	s.FirstOrder, s.LastOrder = min(s.FirstOrder, at(2)), max(s.LastOrder, at(3))
	s.LastEvent = max(s.LastEvent, at(4))
	return b[40:], nil
}

var _ customer.Measure = (*Traits)(nil)
