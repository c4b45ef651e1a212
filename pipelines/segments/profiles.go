package segments

import (
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/work"
)

// knew is what is known of customers at a step from the run before to this one.
type knew struct {
	asOf   int32
	to     int32            // facts up to this day
	known  int32            // that were known on this one
	begins bool             // it is the first: what the run before made of a customer goes before what is counted
	others func(i int) bool // of whom golden values are today's
}

// profiles are the columns of customers at a step: its facts counted as of its
// day, scores of today from where a customer's orders are today's, if these are
// others than they were.
func (r *reasons) profiles(k knew) columns.Chunk {
	own := work.Counted{AsOf: k.asOf, Cal: r.cal}
	fill := own.Columns()
	isOther, isThere := r.differs(r.people, func(name string) bool { return slices.Contains(orderCounts, name) }), r.ordered(k)
	out := columns.Chunk{N: r.people.N, Cols: slices.Clone(r.people.Cols)}
	for j := range out.Cols {
		was, name := &r.people.Cols[j], r.people.Cols[j].Name
		now := r.h.Tables[customer.OfCustomers].Col(name)
		c := columns.Column{Name: name, Type: was.Type, Scale: was.Scale}
		isToday := k.others
		switch {
		case !slices.Contains(r.asked, name) || k.begins && r.had(name):
			continue
		case slices.Contains(ofOrders, name) || slices.Contains(ofEvents, name):
			for i := range r.h.IDs {
				own.Sum, own.Seen = r.count.of(i, k.to, k.known)
				fill[name](&c)
			}
			out.Cols[j] = c
			continue
		case slices.Contains(scores, name):
			isToday = func(i int) bool { return isOther(i) && isThere(i) }
		}
		for i := range r.h.IDs {
			if isToday(i) {
				c.AddFrom(now, i)
			} else {
				c.AddFrom(was, i)
			}
		}
		out.Cols[j] = c
	}
	return out
}

// ordered tells whose orders are all there at a step.
func (r *reasons) ordered(k knew) func(i int) bool {
	now := &r.h.Tables[customer.OfCustomers]
	orders, returns, net := now.Col("order_count").Ints, now.Col("return_count").Ints, now.Col("net_revenue").Ints
	return func(i int) bool {
		sum, _ := r.count.of(i, k.to, k.known)
		return sum.Orders == orders[i] && sum.Returns == returns[i] && sum.Net == net[i]
	}
}
