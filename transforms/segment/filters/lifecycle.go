package filters

import (
	"fmt"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/transforms/segment"
)

func lifecycle() []segment.Filter {
	return append([]segment.Filter{
		profileText("lifecycle_stage", "lifecycle", "prospect, new, active, at_risk, lapsed or reactivated, by the customer's own rhythm", "[at_risk, lapsed]"),
		{
			Name: "registered", Group: "lifecycle", Type: segment.Date,
			Doc:     "day on which the oldest contact of the customer was created; missing without one that has its day",
			Example: "{in_last: 30d}",
			Needs:   segment.Needs{customer.OfContacts: {"created_date"}},
			Bind: func(s *segment.Scope) segment.Test {
				contacts := s.Rows(customer.OfContacts)
				created := contacts.Column("created_date").Ints
				return s.Date(func(i int) int64 {
					oldest := int64(columns.MissingInt)
					for r, to := contacts.Of(i); r < to; r++ {
						if oldest == columns.MissingInt || created[r] != columns.MissingInt && created[r] < oldest {
							oldest = created[r]
						}
					}
					return oldest
				})
			},
		},
		{
			Name: "tenure_days", Group: "lifecycle", Type: segment.Number,
			Doc:     "days from the first order that counts to the as-of day; missing for who never bought",
			Example: "{ge: 365}",
			Needs:   segment.Needs{customer.OfOrders: {"counted"}},
			Bind: func(s *segment.Scope) segment.Test {
				first := firstOrder(s)
				return s.Whole(func(i int) int64 {
					day := first(i)
					if day == columns.MissingInt {
						return day
					}
					return int64(s.AsOf()) - day
				})
			},
		},
		{
			Name: "cohort", Group: "lifecycle", Type: segment.Text,
			Doc:     "month of the first order that counts, as 2025-03, or its ISO week, as 2025-W10; missing for who never bought",
			Example: "[2025-03, 2025-04]",
			Params:  []config.Spec{{Name: "by", Type: config.Enum, Values: []string{"month", "week"}, Default: "month", Example: "week", Doc: "which of the two"}},
			Needs:   segment.Needs{customer.OfOrders: {"counted"}},
			Bind: func(s *segment.Scope) segment.Test {
				first, names := firstOrder(s), map[int64][]byte{}
				name := func(day int64) string { return customer.DayText(int32(day))[:len("2025-03")] }
				if s.Params.Get("by").Text() == "week" {
					name = func(day int64) string {
						year, week := customer.DayTime(int32(day)).ISOWeek()
						return fmt.Sprintf("%04d-W%02d", year, week)
					}
				}
				return s.Text(func(i int) ([]byte, bool) {
					day := first(i)
					if day == columns.MissingInt {
						return nil, false
					}
					text, known := names[day]
					if !known {
						text = []byte(name(day))
						names[day] = text
					}
					return text, true
				})
			},
		},
		{
			Name: "sample", Group: "lifecycle", Type: segment.Number,
			Doc:     "a place from 0 to 100 that a customer keeps for ever, as if by lot: between takes a share of them, upper end left out",
			Example: "{between: [0, 10], salt: spring}",
			Params:  []config.Spec{{Name: "salt", Type: config.Text, Example: "spring", Doc: "another salt is another lot; segments that share one share their customers"}},
			Bind:    func(s *segment.Scope) segment.Test { return s.Float(s.Lot(s.Params.Get("salt").Text())) },
		},
		contactList("tags", "lifecycle", "tags of the customer's contacts; who has contacts without a tag has none of them, and that is known", "{contains_any: [vip, staff]}"),
	}, membership()...)
}

// firstOrder is the day of the first order that counts.
func firstOrder(s *segment.Scope) func(i int) int64 {
	orders := s.AllFacts(customer.OfOrders)
	return orders.DayOf(orders.First(orders.Counted()))
}

// contactList is a filter over a list that contacts have.
func contactList(column, group, doc, example string) segment.Filter {
	return segment.Filter{
		Name: column, Group: group, Type: segment.List, Doc: doc, Example: example,
		Needs: segment.Needs{customer.OfContacts: {column}},
		Bind: func(s *segment.Scope) segment.Test {
			contacts := s.Rows(customer.OfContacts)
			list := contacts.Column(column)
			return s.List(func(i int, yield func([]byte)) bool {
				from, to := contacts.Of(i)
				for r := from; r < to; r++ {
					segment.Split(list, r, yield)
				}
				return to > from
			})
		},
	}
}
