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

// RecountNeeds are what facts must say to be counted anew where segments need
// these columns: where they ask for what follows from facts, or for facts.
func RecountNeeds(asked segment.Needs) segment.Needs {
	needs, profile := segment.Needs{}, asked[customer.OfCustomers]
	among := func(names ...string) bool {
		return slices.ContainsFunc(profile, func(name string) bool { return slices.Contains(names, name) })
	}
	if asked[customer.OfOrders] != nil || asked[customer.OfLines] != nil || among(ofOrders...) || among(scores...) {
		needs[customer.OfOrders] = []string{"order_date", "first_delivered", "kind", "counted", "amount"}
	}
	if asked[customer.OfEvents] != nil || among(ofEvents...) {
		needs[customer.OfEvents] = []string{"event_date", "first_delivered"}
	}
	return needs
}

// counter counts a customer's orders and visits as of a day.
type counter struct {
	orders, events        *dated // nil where nothing asks for them
	counted, kind, amount *columns.Column
	sums                  rfm.Measure
	seen                  profile.Traits
	nothing               work.Counted
}

// dated are the rows of a table of facts.
type dated struct {
	*customer.HistoryRows
	day, at, delivered []int64
}

func datedOf(rows *customer.HistoryRows, day, at string) *dated {
	return &dated{rows, rows.Col(day).Ints, rows.Col(at).Ints, rows.Col("first_delivered").Ints}
}

func newCounter(h *customer.Histories, needs segment.Needs) *counter {
	c := &counter{}
	if needs[customer.OfOrders] != nil {
		o := &h.Tables[customer.OfOrders]
		c.orders, c.counted, c.kind, c.amount = datedOf(o, "order_date", "order_at"), o.Col("counted"), o.Col("kind"), o.Col("amount")
	}
	if needs[customer.OfEvents] != nil {
		c.events = datedOf(&h.Tables[customer.OfEvents], "event_date", "event_at")
	}
	c.sums.Grow(1)
	c.seen.Grow(1)
	c.nothing.Sum, c.nothing.Seen = c.sums.Sums[0], c.seen.Seen[0]
	return c
}

// of is what the facts of customer i up to a day come to, those that were known
// on one.
func (c *counter) of(i int, to, known int32) (rfm.Sum, profile.Seen) {
	c.sums.Sums[0], c.seen.Seen[0] = c.nothing.Sum, c.nothing.Seen
	c.each(c.orders, i, to, known, func(row int, f *customer.Fact) {
		kind, _ := c.kind.Bytes(row)
		f.Kind, f.Sale, f.Return, f.Amount = customer.Order, c.counted.Ints[row] == 1, string(kind) == "return", c.amount.Ints[row]
	})
	c.each(c.events, i, to, known, func(_ int, f *customer.Fact) { f.Kind = customer.Event })
	return c.sums.Sums[0], c.seen.Seen[0]
}

func (c *counter) each(rows *dated, i int, to, known int32, tell func(row int, f *customer.Fact)) {
	if rows == nil {
		return
	}
	for row, end := rows.Of(i); row < end; row++ {
		if rows.day[row] > int64(to) || rows.delivered[row] > int64(known) {
			continue
		}
		f := customer.Fact{At: rows.at[row], Day: int32(rows.day[row])}
		tell(row, &f)
		c.sums.Add(0, &f)
		c.seen.Add(0, &f)
	}
}
