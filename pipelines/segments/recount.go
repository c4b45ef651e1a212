package segments

import (
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/profile"
	"github.com/habitue-data/habitue/transforms/rfm"
	"github.com/habitue-data/habitue/transforms/segment"
)

// What the columns of customers follow from. Those of a customer's own orders and
// visits can be counted anew as of any day; scores also go by the day and by what
// others do, and are what a run made of them. All others are what the newest
// records say.
var (
	ofOrders = []string{"order_count", "return_count", "net_revenue", "gross_revenue", "average_order", "recency_days", "tenure_days",
		"first_order_at", "first_order_date", "last_order_at", "last_order_date"}
	ofEvents = []string{"event_count", "last_event_at", "last_event_date"}
	scores   = []string{"r_score", "f_score", "m_score", "rfm_group", "temperature", "median_gap_days", "lifecycle_stage", "churn_risk", "churn_band", "p_alive",
		"expected_orders", "next_order_date"}
)

// orderCounts are the columns that a change of a customer's orders shows in: where
// they stay, its scores are another's doing, or the day's.
var orderCounts = []string{"order_count", "return_count", "net_revenue"}

// RecountNeeds are the facts from which columns of customers are counted anew,
// where moves are decided by these.
func RecountNeeds(asked []string) segment.Needs {
	needs := segment.Needs{}
	for _, name := range asked {
		if slices.Contains(ofOrders, name) || slices.Contains(scores, name) {
			needs[customer.OfOrders] = []string{"order_date", "first_delivered", "kind", "counted", "amount"}
		}
		if slices.Contains(ofEvents, name) {
			needs[customer.OfEvents] = []string{"event_date", "first_delivered"}
		}
	}
	return needs
}

// recount is what the facts of customers up to a day come to, those that were
// known on one.
type recount struct {
	orders rfm.Measure
	seen   profile.Traits
}

func (r *reasons) recount(to, known int32) *recount {
	sum, needs := &recount{}, RecountNeeds(r.asked)
	sum.orders.Grow(len(r.h.IDs))
	sum.seen.Grow(len(r.h.IDs))
	each := func(t customer.HistoryTable, dated, timed string, tell func(row int, f *customer.Fact)) {
		if needs[t] == nil {
			return
		}
		rows := &r.h.Tables[t]
		day, at, delivered := rows.Col(dated).Ints, rows.Col(timed).Ints, rows.Col("first_delivered").Ints
		for i := range r.h.IDs {
			for row, end := rows.Of(i); row < end; row++ {
				if day[row] > int64(to) || delivered[row] > int64(known) {
					continue
				}
				f := customer.Fact{At: at[row], Day: int32(day[row])}
				tell(row, &f)
				sum.orders.Add(i, &f)
				sum.seen.Add(i, &f)
			}
		}
	}
	o := &r.h.Tables[customer.OfOrders]
	counted, kind, amount := o.Col("counted"), o.Col("kind"), o.Col("amount")
	each(customer.OfOrders, "order_date", "order_at", func(row int, f *customer.Fact) {
		text, _ := kind.Bytes(row)
		f.Kind, f.Sale, f.Return, f.Amount = customer.Order, counted.Ints[row] == 1, string(text) == "return", amount.Ints[row]
	})
	each(customer.OfEvents, "event_date", "event_at", func(_ int, f *customer.Fact) { f.Kind = customer.Event })
	return sum
}

// knew is what is known of customers at a step from the run before to this one.
type knew struct {
	asOf   int32
	facts  *recount
	begins bool             // it is the first: what the run before made of a customer goes before what is counted
	others func(i int) bool // of whom golden values are today's
}

// profiles are the columns of customers at a step: its facts counted as of its
// day, scores of today from where a customer's orders are today's, if these are
// others than they were.
func (r *reasons) profiles(k knew) columns.Chunk {
	own := work.Counted{AsOf: k.asOf, Cal: r.cal}
	fill := own.Columns()
	isOther, isThere := r.differs(r.people, func(name string) bool { return slices.Contains(orderCounts, name) }), r.orderedBy(k.facts)
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
				own.Sum, own.Seen = k.facts.orders.Sums[i], k.facts.seen.Seen[i]
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

// orderedBy tells whose orders are all there.
func (r *reasons) orderedBy(facts *recount) func(i int) bool {
	now := &r.h.Tables[customer.OfCustomers]
	orders, returns, net := now.Col("order_count").Ints, now.Col("return_count").Ints, now.Col("net_revenue").Ints
	return func(i int) bool {
		s := &facts.orders.Sums[i]
		return s.Orders == orders[i] && s.Returns == returns[i] && s.Net == net[i]
	}
}
