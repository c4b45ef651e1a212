package cohort

import (
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
// which nobody came back, by grain, cohort, period, definition and measure.
//
// On the calendar's clock the customers of a cohort pass from one period to
// the next together. So those for whom n periods have passed are the whole
// cohort, from the first day of the period on.
func (c *Cube) Cells(asOf int32) (cells []Cell) {
	for g, grain := range c.question.Grains {
		now, tomorrow := grain.period(asOf), grain.period(asOf+1)
		for _, cohort := range slices.Sorted(maps.Keys(c.cohorts[g])) {
			on := c.cohorts[g][cohort]
			size := on[0].customers
			after := make([]counts, now-cohort+2) // what lies in a period or in a later one
			for n := int(now - cohort); n >= 0; n-- {
				after[n] = after[n+1]
				if n < len(on) {
					after[n].add(on[n])
				}
			}
			for n := range now - cohort + 1 {
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
						cells = append(cells, Cell{grain, grain.first(cohort), n, definition, measure, in.value(measure), size, cohort+n < tomorrow})
					}
				}
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

// Line is a period over all cohorts.
type Line struct {
	Cell             // Cohort is none, Value and Eligible are sums over the cohorts
	Cohorts  int64   // how many
	MeanRate float64 // the mean of the cohorts' rates; of customers only
}

// Lines are the overall lines of cells as Cells gives them: of those that
// are complete, or of all.
func Lines(cells []Cell, unfinished bool) (lines []Line) {
	type key struct {
		grain               Grain
		period              int32
		definition, measure string
	}
	at := map[key]int{}
	for i := range cells {
		c := &cells[i]
		if !c.Complete && !unfinished {
			continue
		}
		k := key{c.Grain, c.Period, c.Definition, c.Measure}
		n, ok := at[k]
		if !ok { // the oldest cohort has every period: so lines come in order
			n = len(lines)
			at[k] = n
			lines = append(lines, Line{Cell: Cell{Grain: c.Grain, Period: c.Period, Definition: c.Definition, Measure: c.Measure, Complete: true}})
		}
		l := &lines[n]
		l.Cohorts++
		l.Value += c.Value
		l.Eligible += c.Eligible
		l.MeanRate += c.Rate() // summed in the order of the cohorts
		l.Complete = l.Complete && c.Complete
	}
	for i := range lines {
		lines[i].MeanRate /= float64(lines[i].Cohorts)
	}
	return lines
}

// Rate is the share of the eligible; it means something of customers only.
func (c *Cell) Rate() float64 { return float64(c.Value) / float64(c.Eligible) }
