package churn

import (
	"math"

	"github.com/habitue-data/habitue/customer"
)

// past is a customer as known at the end of a day.
type past struct {
	first, last, end int32 // order days, and the day
	again            int   // order days after the first
	orders           int64
	net              int64
}

// lookBack is what was known at the end of a day; ok is false where there
// was no counted order by then.
func lookBack(days []customer.OrderDay, end int32) (p past, ok bool) {
	p.end = end
	for _, d := range days {
		if d.Day > end {
			break
		}
		p.net += d.Net
		if d.Orders == 0 {
			continue
		}
		if !ok {
			p.first, ok = d.Day, true
		} else {
			p.again++
		}
		p.last = d.Day
		p.orders += int64(d.Orders)
	}
	return p, ok
}

// on is what models of buying see of it, on a clock.
func (p *past) on(c *Clock) Buying {
	return Buying{p.again, c.between(p.first, p.last), c.between(p.first, p.end)}
}

// on is customers as models of buying see them, on a clock.
func on(c *Clock, all []past) []Buying {
	seen := make([]Buying, len(all))
	for i := range all {
		seen[i] = all[i].on(c)
	}
	return seen
}

// recency is how many days ago the last order was.
func (p *past) recency() float64 { return float64(p.end - p.last) }

// boughtIn is on how many days after one day and up to another a customer
// bought.
func boughtIn(days []customer.OrderDay, after, end int32) (n int) {
	for _, d := range days {
		if d.Day > after && d.Day <= end && d.Orders > 0 {
			n++
		}
	}
	return n
}

// traits are the logarithms of recency, frequency and money, behind a one
// for the intercept. Who gave back more than was bought counts as nothing.
func (p *past) traits() [4]float64 {
	return [4]float64{1, math.Log1p(p.recency()), math.Log(float64(p.orders)), math.Log1p(float64(max(p.net, 0)))}
}
