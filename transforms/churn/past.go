package churn

import (
	"math"

	"github.com/habitue-data/habitue/customer"
)

// past is a customer as known at the end of a day.
type past struct {
	Buying
	recency int32 // days since the last order
	orders  int64
	net     int64
}

// lookBack is what was known at the end of a day; ok is false where there
// was no counted order by then.
func lookBack(days []customer.OrderDay, end int32) (p past, ok bool) {
	var first, last int32
	for _, d := range days {
		if d.Day > end {
			break
		}
		p.net += d.Net
		if d.Orders == 0 {
			continue
		}
		if !ok {
			first, ok = d.Day, true
		} else {
			p.X++
		}
		last = d.Day
		p.orders += int64(d.Orders)
	}
	p.TX, p.T, p.recency = float64(last-first), float64(end-first), end-last
	return p, ok
}

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
	return [4]float64{1, math.Log1p(float64(p.recency)), math.Log(float64(p.orders)), math.Log1p(float64(max(p.net, 0)))}
}
