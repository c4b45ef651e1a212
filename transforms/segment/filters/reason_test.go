package filters

import (
	"testing"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/transforms/segment"
)

// orders are the histories of one known customer with orders of 10.00 on
// these days, each delivered on its day.
func orders(days ...int64) *customer.Histories {
	h := &customer.Histories{IDs: []customer.ID{{1}}}
	people := &h.Tables[customer.OfCustomers]
	people.N, people.Starts, people.Supplied = 1, []int32{0, 1}, true
	people.Cols = []columns.Column{{Name: "kind"}}
	people.Cols[0].AddText("known")
	o := &h.Tables[customer.OfOrders]
	o.N, o.Starts, o.Supplied = len(days), []int32{0, int32(len(days))}, true
	ones := make([]int64, len(days))
	for i := range ones {
		ones[i] = 1
	}
	o.Cols = []columns.Column{{Name: "counted", Type: columns.Bool, Ints: ones}, {Name: "order_date", Type: columns.Date, Ints: days}, {Name: "first_delivered", Type: columns.Date, Ints: days}}
	return h
}

// TestAMoveHasAReason replays a night: as of day 100 the customer was there
// with the orders before, today is 101.
func TestAMoveHasAReason(t *testing.T) {
	t.Parallel()
	const old, edited = "segment: s\nwhen: {all: [{orders_count: {ge: 2, in_last: 30d}}]}", "segment: s\nwhen: {all: [{orders_count: {ge: 1, in_last: 30d}}, {orders_count: {le: 9}}]}"
	for name, c := range map[string]struct {
		yesterday, today string
		days             []int64
		reason, clause   string
	}{
		"an order let it in":               {old, old, []int64{90, 101}, "data", "orders_count: {ge: 2, in_last: 30d}"},
		"a window passed":                  {old, old, []int64{71, 72}, "time", "orders_count: {ge: 2, in_last: 30d}"},
		"an easier definition let it in":   {old, edited, []int64{90}, "definition", "orders_count: {ge: 1, in_last: 30d}"},
		"a stricter one put it out":        {edited, old, []int64{90}, "definition", "orders_count: {ge: 2, in_last: 30d}"},
		"the segment is new":               {"segment: other\nwhen: {age: 3}", old, []int64{90, 95}, "first_run", "orders_count: {ge: 2, in_last: 30d}"},
		"the order would not have done it": {old, edited, []int64{90, 101}, "definition", "orders_count: {ge: 1, in_last: 30d}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := orders(c.days...)
			bind := func(text string, asOf, factsTo int32) *segment.Evaluator {
				set, faults := segment.NewSet(read(t, text))
				if faults != nil {
					t.Fatal(faults)
				}
				h := *h
				h.Tables[customer.OfCustomers].Cols = append([]columns.Column{{Name: "birth_date", Type: columns.Date, Ints: []int64{0}}}, h.Tables[customer.OfCustomers].Cols...)
				e, err := set.Bind(&h, segment.Env{View: customer.View{AsOf: asOf, Known: factsTo}, FactsTo: factsTo})
				if err != nil {
					t.Fatal(err)
				}
				return e
			}
			reason, clause := segment.Why("s", []segment.Step{
				{Eval: bind(c.yesterday, 100, 100)},
				{Reason: segment.ByEdit, Eval: bind(c.today, 100, 100)},
				{Reason: segment.ByData, Eval: bind(c.today, 100, 101)},
				{Reason: segment.ByTime, Eval: bind(c.today, 101, 101)},
			})
			if reason != c.reason || clause != c.clause {
				t.Errorf("%s by %q, want %s by %q", reason, clause, c.reason, c.clause)
			}
		})
	}
}
