package cohort

import (
	"iter"
	"maps"
	"slices"
)

// Cell is a cohort in one of its periods, by one definition and measure.
type Cell struct {
	Grain      Grain
	Cohort     int32 // first day of its period
	Period     int32 // periods since
	Definition string
	Measure    string
	Value      int64 // minor units where it is money
	Eligible   int64 // customers for whom so many periods have passed
	Complete   bool  // the period is over
}

// Cells are the cells of every period that had begun by a day, those too in
// which nobody came back: one cohort after the other, by grain and cohort, and
// in each by period, definition and measure. The slice is good for one turn.
//
// On the calendar's clock the customers of a cohort pass from one period to
// the next together. So those for whom n periods have passed are the whole
// cohort, from the first day of the period on.
func (c *Cube) Cells(asOf int32) iter.Seq[[]Cell] {
	return func(yield func([]Cell) bool) {
		var cells []Cell
		for g, grain := range c.question.Grains {
			for _, cohort := range slices.Sorted(maps.Keys(c.cohorts[g])) {
				cells = c.appendCells(cells[:0], grain, cohort, c.cohorts[g][cohort], asOf)
				if !yield(cells) {
					return
				}
			}
		}
	}
}

// appendCells appends the cells of a cohort.
func (c *Cube) appendCells(cells []Cell, grain Grain, cohort int32, on []counts, asOf int32) []Cell {
	periods, tomorrow := grain.period(asOf)-cohort+1, grain.period(asOf+1)
	after := make([]counts, periods+1) // what lies in a period or in a later one
	for n := int(periods) - 1; n >= 0; n-- {
		after[n] = after[n+1]
		if n < len(on) {
			after[n].add(on[n])
		}
	}
	for n := range periods {
		for _, definition := range c.question.Definitions {
			var in counts
			switch {
			case definition == OnOrAfter:
				in = after[n]
				in.customers = in.last
			case int(n) < len(on):
				in = on[n]
			}
			for _, measure := range c.question.Measures {
				cells = append(cells, Cell{grain, grain.first(cohort), n, definition, measure, in.value(measure), on[0].customers, cohort+n < tomorrow})
			}
		}
	}
	return cells
}

func (c *counts) value(measure string) int64 {
	switch measure {
	case Orders:
		return c.orders
	case NetRevenue:
		return c.net
	}
	return c.customers
}

// Rate is the share of the eligible; it means something of customers only.
func (c *Cell) Rate() float64 { return float64(c.Value) / float64(c.Eligible) }
