package cohort

import (
	"encoding/binary"
	"maps"
	"slices"

	"github.com/habitue-data/habitue/customer"
)

// Cube counts what the customers of each cohort did in each period since:
// the fold over a Measure's customers.
type Cube struct {
	question Question
	cohorts  []map[int32][]counts // by place in Grains, by cohort, by period

	measure Measure
	room    []visit
}

// counts are a cohort in one of its periods.
type counts struct {
	customers int64 // with a counted order in it
	last      int64 // whose last counted order is in it
	orders    int64
	net       int64
}

func (c *counts) add(o counts) {
	c.customers += o.customers
	c.last += o.last
	c.orders += o.orders
	c.net += o.net
}

// NewCube is an empty cube for a question.
func NewCube(q Question) *Cube {
	c := &Cube{question: q}
	for range q.Grains {
		c.cohorts = append(c.cohorts, map[int32][]counts{})
	}
	return c
}

// Over says whose customers Add counts from now on.
func (c *Cube) Over(m Measure) { c.measure = m }

// Add counts customer i, if it has a counted order.
func (c *Cube) Add(i int) {
	c.room = c.measure.visits(c.room[:0], i)
	first := slices.IndexFunc(c.room, func(v visit) bool { return v.orders > 0 })
	if first < 0 {
		return
	}
	for g, grain := range c.question.Grains {
		cohort := c.measure.period(grain, c.room[first].when)
		cells := c.cohorts[g][cohort]
		ordered := int32(-1)               // the last period with an order so far
		for _, v := range c.room[first:] { // what was brought back before belongs to no period since
			n := c.measure.period(grain, v.when) - cohort
			for int(n) >= len(cells) {
				cells = append(cells, counts{})
			}
			cells[n].orders += int64(v.orders)
			cells[n].net += v.net
			if v.orders > 0 && n > ordered {
				cells[n].customers++
				ordered = n
			}
		}
		cells[ordered].last++
		c.cohorts[g][cohort] = cells
	}
}

// Append appends the counts.
func (c *Cube) Append(dst []byte) []byte {
	for _, cohorts := range c.cohorts {
		dst = binary.AppendUvarint(dst, uint64(len(cohorts)))
		for _, cohort := range slices.Sorted(maps.Keys(cohorts)) {
			dst = binary.AppendVarint(dst, int64(cohort))
			dst = binary.AppendUvarint(dst, uint64(len(cohorts[cohort])))
			for _, n := range cohorts[cohort] {
				dst = binary.AppendUvarint(dst, uint64(n.customers))
				dst = binary.AppendUvarint(dst, uint64(n.last))
				dst = binary.AppendUvarint(dst, uint64(n.orders))
				dst = binary.AppendVarint(dst, n.net)
			}
		}
	}
	return dst
}

// Merge adds the counts of another part.
func (c *Cube) Merge(b []byte) error {
	r := reader{b: b}
	for _, cohorts := range c.cohorts {
		for left := r.uvarint(); left > 0 && r.err == nil; left-- {
			cohort := int32(r.varint())
			cells := cohorts[cohort]
			periods := int(r.uvarint())
			for n := 0; n < periods && r.err == nil; n++ {
				if n == len(cells) {
					cells = append(cells, counts{})
				}
				cells[n].add(counts{int64(r.uvarint()), int64(r.uvarint()), int64(r.uvarint()), r.varint()})
			}
			cohorts[cohort] = cells
		}
	}
	return r.err
}

var _ customer.Fold = (*Cube)(nil)
