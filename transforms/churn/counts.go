package churn

import (
	"cmp"
	"slices"
)

// Buying is what models of buying see of a customer: repeat purchase days,
// the time of the last of them, and the time observed, both since the first
// purchase day and in one unit.
type Buying struct {
	X     int
	TX, T float64
}

// counts are customers of equal Buying put together, in an order of their
// own, so that sums over them come out the same however they came.
type counts struct {
	rows  []row
	xs    []float64 // distinct X
	times []float64 // distinct TX and T
	n     float64   // customers
}

// row points into the distinct values: a likelihood has logarithms and gamma
// functions of those alone.
type row struct {
	x, tx, t int32
	n        float64
}

func newCounts(all []Buying) *counts {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b Buying) int {
		return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.TX, b.TX), cmp.Compare(a.T, b.T))
	})
	c := &counts{n: float64(len(all))}
	for _, b := range all {
		c.xs, c.times = append(c.xs, float64(b.X)), append(c.times, b.TX, b.T)
	}
	slices.Sort(c.times)
	c.xs, c.times = slices.Compact(c.xs), slices.Compact(c.times)
	find := func(in []float64, v float64) int32 { at, _ := slices.BinarySearch(in, v); return int32(at) }
	for i, b := range all {
		if i > 0 && b == all[i-1] {
			c.rows[len(c.rows)-1].n++
			continue
		}
		c.rows = append(c.rows, row{find(c.xs, float64(b.X)), find(c.times, b.TX), find(c.times, b.T), 1})
	}
	return c
}
