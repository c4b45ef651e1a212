package filters

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/transforms/segment"
)

func transactional() []segment.Filter {
	return []segment.Filter{
		{
			Name: "orders_count", Group: "transactional", Type: segment.Number,
			Doc:     "how many orders count: sales above zero that were not cancelled",
			Example: "{ge: 3, in_last: 365d}",
			Params:  segment.WindowKeys(),
			Needs:   segment.Needs{customer.OfOrders: {"counted"}},
			Bind: func(s *segment.Scope) segment.Test {
				orders := s.Facts(customer.OfOrders)
				return s.Whole(orders.Count(orders.Counted()))
			},
		},
		{
			Name: "total_spent", Group: "transactional", Type: segment.Number,
			Doc:     "counted orders plus returns, each on its own day; may be below zero",
			Example: "{ge: 500, in_last: 12mo}",
			Params:  append(segment.WindowKeys(), segment.CurrencyKey),
			Needs:   segment.Needs{customer.OfOrders: {"counted", "kind", "amount"}},
			Bind: func(s *segment.Scope) segment.Test {
				orders := s.Facts(customer.OfOrders)
				counted, returned := orders.Counted(), orders.OneOf("kind", "return")
				return s.Money(orders.Column("amount").Scale, orders.Sum("amount", func(r int) bool { return counted(r) || returned(r) }))
			},
		},
		{
			Name: "orders_placed", Group: "transactional", Type: segment.Event,
			Doc:     "orders that count, narrowed, counted, added up",
			Example: "{count: {ge: 3}, in_last: 365d}",
			Facts: segment.Events{
				Of: customer.OfOrders, Only: (*segment.Facts).Counted, Needs: []string{"counted"},
				Where: []segment.Field{
					{Key: "amount", Column: "amount", Doc: "amount of each"}, {Key: "store", Column: "store", Doc: "id of the store"},
					{Key: "channel", Column: "channel", Doc: "sales channel"}, {Key: "status", Column: "status", Doc: "status in the source"},
					{Key: "payment_method", Column: "payment_method", Doc: "how it was paid"}, {Key: "delivery_method", Column: "delivery_method", Doc: "how it was delivered"},
					{Key: "promo_code", Column: "promo_code", Doc: "promotion used"},
				},
				Sum: []string{"amount"}, Distinct: []string{"store", "channel"},
			},
		},
		{
			Name: "avg_order_value", Group: "transactional", Type: segment.Number,
			Doc:     "what orders come to on average, rounded half away from zero; missing without an order",
			Example: "{ge: 80, in_last: 12mo}",
			Params:  segment.WindowKeys(),
			Needs:   segment.Needs{customer.OfOrders: {"counted", "amount"}},
			Bind: func(s *segment.Scope) segment.Test {
				orders := s.Facts(customer.OfOrders)
				sum, n := orders.Sum("amount", orders.Counted()), orders.Count(orders.Counted())
				return s.Money(orders.Column("amount").Scale, func(i int) int64 {
					if n(i) == 0 {
						return columns.MissingInt
					}
					return customer.DivideRounded(sum(i), n(i))
				})
			},
		},
		{
			Name: "max_order_value", Group: "transactional", Type: segment.Number,
			Doc:     "amount of the largest order; missing without an order",
			Example: "{ge: 300, in_last: 12mo}",
			Params:  segment.WindowKeys(),
			Needs:   segment.Needs{customer.OfOrders: {"counted", "amount"}},
			Bind: func(s *segment.Scope) segment.Test {
				orders := s.Facts(customer.OfOrders)
				return s.Money(orders.Column("amount").Scale, orders.Max("amount", orders.Counted()))
			},
		},
		{
			Name: "first_order_date", Group: "transactional", Type: segment.Date,
			Doc:     "day of the first order that counts; missing for who never bought",
			Example: "{in_last: 30d}",
			Needs:   segment.Needs{customer.OfOrders: {"counted"}},
			Bind: func(s *segment.Scope) segment.Test {
				orders := s.AllFacts(customer.OfOrders)
				return s.Date(orders.DayOf(orders.First(orders.Counted())))
			},
		},
		{
			Name: "last_order_date", Group: "transactional", Type: segment.Date,
			Doc:     "day of the last order that counts; missing for who never bought",
			Example: "{older_than: 45d}",
			Needs:   segment.Needs{customer.OfOrders: {"counted"}},
			Bind: func(s *segment.Scope) segment.Test {
				orders := s.AllFacts(customer.OfOrders)
				return s.Date(orders.DayOf(orders.Last(orders.Counted())))
			},
		},
		{
			Name: "nth_order_date", Group: "transactional", Type: segment.Date,
			Doc:     "day of the n-th order that counts, from the first; missing for who has fewer",
			Example: "{n: 2, in_last: 30d, days_between: {le: 60}}",
			Params: []config.Spec{
				{Name: "n", Type: config.Int, Min: 1, Max: 1_000_000, Required: true, Example: "2", Doc: "which order"},
				segment.NumberKey("days_between", "days from the order before it to it", "{le: 60}"),
			},
			Needs: segment.Needs{customer.OfOrders: {"counted"}},
			Bind: func(s *segment.Scope) segment.Test {
				orders, n := s.AllFacts(customer.OfOrders), s.Params.Get("n").Int()
				day, before := nthDay(orders, n), nthDay(orders, n-1)
				test := s.Date(day)
				if between := s.Under("days_between"); between != nil {
					test = test.And(between.Whole(func(i int) int64 {
						if day(i) == columns.MissingInt || before(i) == columns.MissingInt {
							return columns.MissingInt
						}
						return day(i) - before(i)
					}))
				}
				return test
			},
		},
		{
			Name: "last_order_status", Group: "transactional", Type: segment.Text,
			Doc:     "status, in the source, of the last order, one that was cancelled too; missing for who has none",
			Example: "[new, packed]",
			Needs:   segment.Needs{customer.OfOrders: {"kind", "status"}},
			Bind: func(s *segment.Scope) segment.Test {
				orders := s.AllFacts(customer.OfOrders)
				return s.Text(orders.TextOf("status", orders.Last(orders.OneOf("kind", "sale", "cancelled"))))
			},
		},
		{
			Name: "bought_at_store", Group: "transactional", Type: segment.Event,
			Doc:     "orders that count and were placed at a store",
			Example: "{ids: [s-12, s-14], count: {ge: 2}, in_last: 6mo}",
			Facts: segment.Events{
				Of: customer.OfOrders, Only: countedWith("store"), Needs: []string{"counted", "store"},
				Where: []segment.Field{{Key: "ids", Column: "store", Doc: "id of the store"}, {Key: "amount", Column: "amount", Doc: "amount of each"}},
				Sum:   []string{"amount"}, Distinct: []string{"store"},
			},
		},
		{
			Name: "promo_code_used", Group: "transactional", Type: segment.Event,
			Doc:     "orders that count and were placed with a promotion",
			Example: "{code: {starts: spring}, in_last: 90d}",
			Facts: segment.Events{
				Of: customer.OfOrders, Only: countedWith("promo_code"), Needs: []string{"counted", "promo_code"},
				Where: []segment.Field{{Key: "code", Column: "promo_code", Doc: "the promotion"}, {Key: "amount", Column: "amount", Doc: "amount of each"}},
				Sum:   []string{"amount"}, Distinct: []string{"promo_code"},
			},
		},
		orderHabit("order_channel", "channel", "sales channel of orders that count", "{mostly: web, in_last: 1y}"),
		orderHabit("payment_method", "payment_method", "how orders that count were paid", "{last: card}"),
		orderHabit("delivery_method", "delivery_method", "how orders that count were delivered", "{ever: [courier, locker]}"),
	}
}

// orderHabit is a filter that asks what orders ever, lately, mostly were.
func orderHabit(name, column, doc, example string) segment.Filter {
	return segment.Filter{
		Name: name, Group: "transactional", Type: segment.Habit, Doc: doc, Example: example,
		Needs: segment.Needs{customer.OfOrders: {"counted", column}},
		Bind: func(s *segment.Scope) segment.Test {
			orders := s.Facts(customer.OfOrders)
			return s.Habit(orders, column, orders.Counted())
		},
	}
}

// countedWith are the orders that count and have a value in the column.
func countedWith(column string) func(f *segment.Facts) func(row int) bool {
	return func(f *segment.Facts) func(row int) bool {
		counted, c := f.Counted(), f.Column(column)
		return func(r int) bool { return counted(r) && !c.Missing(r) }
	}
}

// nthDay is the day of the n-th order that counts.
func nthDay(orders *segment.Facts, n int64) func(i int) int64 {
	counted := orders.Counted()
	all := orders.Count(counted)
	left, found := int64(0), int64(0)
	do := func(r int) bool {
		if counted(r) {
			if left--; left == 0 {
				found = orders.Day(r)
			}
		}
		return left > 0
	}
	return func(i int) int64 {
		left, found = all(i)-n+1, columns.MissingInt
		if n > 0 && left > 0 {
			orders.Newest(i, do)
		}
		return found
	}
}
