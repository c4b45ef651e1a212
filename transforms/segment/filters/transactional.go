package filters

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
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
			Params:  segment.WindowKeys(),
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
			Name: "full_price_only", Group: "transactional", Type: segment.Flag,
			Doc:     "bought, and never at a discount or with a promotion",
			Example: "{in_last: 1y}",
			Params:  segment.WindowKeys(),
			Needs:   segment.Needs{customer.OfOrders: {"counted", "discount", "promo_code"}},
			Bind: func(s *segment.Scope) segment.Test {
				orders := s.Facts(customer.OfOrders)
				counted, discount, promo := orders.Counted(), orders.Column("discount"), orders.Column("promo_code")
				all := orders.Count(counted)
				reduced := orders.Count(func(r int) bool {
					return counted(r) && (discount.Ints[r] != columns.MissingInt && discount.Ints[r] != 0 || !promo.Missing(r))
				})
				return s.Flag(func(i int) segment.Truth { return segment.Of(all(i) > 0 && reduced(i) == 0) })
			},
		},
	}
}
