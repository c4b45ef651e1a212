package cohort

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/habitue-data/habitue/customer"
)

// days is the measure of everything: the days of a customer's counted orders
// and returns. The entries of all customers lie in one list, each with the
// place of the customer's entry before it, so that a customer costs no
// allocation.
type days struct {
	money   bool    // else returns and amounts are of no use
	last    []int32 // by customer: 1 + the place of its newest entry, 0 for none
	entries []entry
	room    []visit
}

type entry struct {
	visit
	before int32 // as in last
}

// Grow makes room for n customers.
func (d *days) Grow(n int) {
	if n > len(d.last) {
		d.last = append(d.last, make([]int32, n-len(d.last))...)
	}
}

// Add takes in a counted order, or a return where money is asked for.
func (d *days) Add(i int, f *customer.Fact) {
	v := visit{when: f.Day}
	switch {
	case f.Sale:
		v.orders = 1
	case !f.Return || !d.money:
		return
	}
	if d.money {
		v.net = f.Amount
	}
	d.add(i, v)
}

func (d *days) add(i int, v visit) {
	if at := d.last[i]; at > 0 && d.entries[at-1].when == v.when {
		d.entries[at-1].join(v)
		return
	}
	d.entries = append(d.entries, entry{v, d.last[i]})
	d.last[i] = int32(len(d.entries))
}

func (v *visit) join(o visit) {
	v.orders += o.orders
	v.net += o.net
}

// visits gives each day once, in order.
func (d *days) visits(dst []visit, i int) []visit {
	start := len(dst)
	for at := d.last[i]; at > 0; at = d.entries[at-1].before {
		dst = append(dst, d.entries[at-1].visit)
	}
	own := dst[start:]
	slices.Reverse(own) // in the order in which they came, which often is that of the days
	slices.SortFunc(own, func(a, b visit) int { return cmp.Compare(a.when, b.when) })
	n := 0
	for _, v := range own {
		if n > 0 && own[n-1].when == v.when {
			own[n-1].join(v)
			continue
		}
		own[n] = v
		n++
	}
	return dst[:start+n]
}

func (d *days) period(g Grain, when int32) int32 { return g.period(when) }

// Append appends customer i's days; none is one byte.
func (d *days) Append(dst []byte, i int) []byte {
	d.room = d.visits(d.room[:0], i)
	dst = binary.AppendUvarint(dst, uint64(len(d.room)))
	day := int32(0)
	for _, v := range d.room {
		dst = binary.AppendVarint(dst, int64(v.when-day))
		dst = binary.AppendUvarint(dst, uint64(v.orders))
		dst = binary.AppendVarint(dst, v.net)
		day = v.when
	}
	return dst
}

// Merge takes in appended days.
func (d *days) Merge(i int, b []byte) ([]byte, error) {
	r := reader{b: b}
	day := int64(0)
	for n := r.uvarint(); n > 0 && r.err == nil; n-- {
		day += r.varint()
		v := visit{when: int32(day), orders: int32(r.uvarint()), net: r.varint()}
		if r.err == nil {
			d.add(i, v)
		}
	}
	return r.b, r.err
}

var _ Measure = (*days)(nil)
