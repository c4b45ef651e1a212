package segments

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

// FreshColumns are columns of customers that change whenever something new is
// known of one.
var FreshColumns = []string{"contact_count", "event_count", "first_seen_date", "key_count", "net_revenue", "order_count", "return_count"}

// keyColumns are those of them that change where customers come together.
var keyColumns = []string{"contact_count", "key_count"}

// NewsColumns are the columns by which rows that hold rather than happen tell of
// something new.
var NewsColumns = map[customer.HistoryTable][]string{
	customer.OfContacts: {"created_at", "updated_at"},
	customer.OfConsents: {"since_at", "suppressed_at"},
}

// news is what was not known of a customer on a day.
type news struct {
	today   bool                    // of a day after it
	earlier bool                    // of that day or one before, that came since
	undated []customer.HistoryTable // that have rows of which nobody can say it
}

func (n news) any() bool { return n.today || n.earlier }

// dayColumns are those by which facts are dated.
var dayColumns = map[customer.HistoryTable]string{customer.OfOrders: "order_date", customer.OfLines: "order_date", customer.OfEvents: "event_date", customer.OfInteractions: "interaction_date"}

func (r *reasons) newsOf(i int, day int32) (n news) {
	for t, dated := range dayColumns {
		rows := &r.past.Tables[t]
		on, delivered := rows.Col(dated), rows.Col("first_delivered")
		for row, to := rows.Of(i); row < to; row++ {
			switch {
			case on != nil && on.Ints[row] > int64(day):
				n.today = true
			case delivered != nil && delivered.Ints[row] > int64(day):
				n.earlier = true
			}
		}
	}
	for _, t := range []customer.HistoryTable{customer.OfContacts, customer.OfConsents} {
		rows := &r.h.Tables[t]
		for row, to := rows.Of(i); row < to; row++ {
			at := int64(columns.MissingInt)
			for _, name := range NewsColumns[t] {
				if c := rows.Col(name); c != nil {
					at = max(at, c.Ints[row]) // a missing one is less than any
				}
			}
			switch {
			case at == columns.MissingInt:
				n.undated = append(n.undated, t)
			case r.cal.Day(at) > day:
				n.today = true
			}
		}
	}
	if n.any() {
		return n
	}
	n.today = r.h.Tables[customer.OfCustomers].Col("first_seen_date").Ints[i] > int64(day)
	return n
}

// seenBy tells whether there are records of a customer of that day or an earlier
// one.
func (r *reasons) seenBy(i int, day int32) bool {
	seen := r.h.Tables[customer.OfCustomers].Col("first_seen_date").Ints[i]
	return seen != columns.MissingInt && seen <= int64(day)
}
