// Package lifecycle says at which stage of buying a customer is, by its own
// rhythm where it has one and the shop's where not. All of it is whole
// numbers of days.
//
// A median of one gap is no rhythm: who came on two days running would be
// lost by the end of the week. So a customer's own median counts from three
// order days on.
package lifecycle

import (
	"encoding/binary"
	"errors"
	"slices"

	"github.com/habitue-data/habitue/customer"
)

// Stage is where a customer is.
type Stage int

const (
	Prospect    Stage = iota // no counted order
	New                      // the first order within the last Recent days
	Active                   // the last order is no longer ago than 1.5 median gaps
	AtRisk                   // nor than 3
	Lapsed                   // longer
	Reactivated              // back within the last Recent days after a gap of more than 3 median gaps
)

// Names are the stages as tables have them.
func Names() []string {
	return customer.Words("customers", "lifecycle_stage")
}

// Recent is for how many days, today among them, a customer is new or
// reactivated.
const Recent = 60

// unknown is the rhythm of a shop that nobody has come back to yet: with it
// who bought is active for 90 days and lapsed after 180.
const unknown Rhythm = 2 * 60

// Rhythm is twice a median of days: of an even number it may be a half. 0 is
// none.
type Rhythm int64

// Days is the median.
func (r Rhythm) Days() float64 { return float64(r) / 2 }

// longer tells whether days are more than halves/2 medians.
func (r Rhythm) longer(days int32, halves int64) bool { return 4*int64(days) > halves*int64(r) }

// Own is a customer's median gap between order days; 0 where it has only one
// or none.
func Own(days []customer.OrderDay) Rhythm {
	gaps := gapsOf(days)
	n := len(gaps)
	if n == 0 {
		return 0
	}
	slices.Sort(gaps)
	return Rhythm(gaps[(n-1)/2]) + Rhythm(gaps[n/2])
}

// gapsOf are the days from each order day to the next.
func gapsOf(days []customer.OrderDay) (gaps []int32) {
	last, any := int32(0), false
	for _, d := range days {
		if d.Orders == 0 {
			continue
		}
		if any {
			gaps = append(gaps, d.Day-last)
		}
		last, any = d.Day, true
	}
	return gaps
}

// Of is a customer's stage at the end of a day.
func Of(days []customer.OrderDay, shop Rhythm, asOf int32) Stage {
	rhythm, gaps := shop, gapsOf(days)
	switch {
	case len(gaps) >= 2:
		rhythm = Own(days)
	case shop == 0:
		rhythm = unknown
	}
	var first, last int32
	any := false
	for _, d := range days {
		if d.Orders > 0 {
			if !any {
				first, any = d.Day, true
			}
			last = d.Day
		}
	}
	switch {
	case !any:
		return Prospect
	case asOf-first < Recent:
		return New
	}
	back := last
	for _, gap := range slices.Backward(gaps) {
		if asOf-back >= Recent {
			break
		}
		if rhythm.longer(gap, 6) {
			return Reactivated
		}
		back -= gap
	}
	switch {
	case !rhythm.longer(asOf-last, 3):
		return Active
	case !rhythm.longer(asOf-last, 6):
		return AtRisk
	}
	return Lapsed
}

// Gaps counts the gaps of customers by their length: the fold that the
// shop's median comes from, exactly.
type Gaps struct{ counts []int64 }

// Add counts the gaps of a customer.
func (g *Gaps) Add(days []customer.OrderDay) {
	for _, gap := range gapsOf(days) {
		g.count(int(gap), 1)
	}
}

func (g *Gaps) count(gap int, n int64) {
	if gap >= len(g.counts) {
		g.counts = append(g.counts, make([]int64, gap+1-len(g.counts))...)
	}
	g.counts[gap] += n
}

// Append appends the counts.
func (g *Gaps) Append(dst []byte) []byte {
	for gap, n := range g.counts {
		if n > 0 {
			dst = binary.AppendUvarint(dst, uint64(gap))
			dst = binary.AppendUvarint(dst, uint64(n))
		}
	}
	return dst
}

// Merge adds the counts of another part.
func (g *Gaps) Merge(b []byte) error {
	for len(b) > 0 {
		gap, n := binary.Uvarint(b)
		if n <= 0 || gap > 1<<24 {
			return errors.New("lifecycle: encoded gaps are cut short")
		}
		b = b[n:]
		count, n := binary.Uvarint(b)
		if n <= 0 {
			return errors.New("lifecycle: encoded gaps are cut short")
		}
		b = b[n:]
		g.count(int(gap), int64(count))
	}
	return nil
}

// Median is the shop's rhythm: the median of all gaps.
func (g *Gaps) Median() Rhythm {
	total := int64(0)
	for _, n := range g.counts {
		total += n
	}
	if total == 0 {
		return 0
	}
	at := func(rank int64) Rhythm { // counted from 0
		for gap, n := range g.counts {
			if rank < n {
				return Rhythm(gap)
			}
			rank -= n
		}
		return 0
	}
	return at((total-1)/2) + at(total/2)
}
