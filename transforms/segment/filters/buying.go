package filters

import (
	"math"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/transforms/segment"
)

// buying are the filters of the transactional group that ask how somebody
// buys: shares, sizes, rhythm.
func buying() []segment.Filter {
	return []segment.Filter{
		{
			Name: "full_price_only", Group: "transactional", Type: segment.Flag,
			Doc:     "bought, and never at a discount or with a promotion",
			Example: "{in_last: 1y}",
			Params:  segment.WindowKeys(),
			Needs:   segment.Needs{customer.OfOrders: {"counted", "discount", "promo_code"}},
			Bind: func(s *segment.Scope) segment.Test {
				orders := s.Facts(customer.OfOrders)
				all, less := orders.Count(orders.Counted()), orders.Count(reduced(orders))
				return s.Flag(func(i int) segment.Truth { return segment.Of(all(i) > 0 && less(i) == 0) })
			},
		},
		{
			Name: "discount_share", Group: "transactional", Type: segment.Number,
			Doc:     "share of orders that had a discount or a promotion, from 0 to 1; missing without an order, of the value also where orders come to nothing",
			Example: "{ge: 0.5, in_last: 1y}",
			Params:  append(segment.WindowKeys(), segment.WordKey("of", "whether orders are counted or their amounts added up", "orders", "value")),
			Needs:   segment.Needs{customer.OfOrders: {"counted", "discount", "promo_code", "amount"}},
			Bind: func(s *segment.Scope) segment.Test {
				orders := s.Facts(customer.OfOrders)
				counted, less := orders.Counted(), reduced(orders)
				if s.Params.Get("of").Text() == "value" {
					return s.Float(share(orders.Sum("amount", less), orders.Sum("amount", counted)))
				}
				return s.Float(share(orders.Count(less), orders.Count(counted)))
			},
		},
		{
			Name: "returns", Group: "transactional", Type: segment.Number,
			Doc:     "how many returns there were, each on its own day",
			Example: "{ge: 2, share: {ge: 0.3}, in_last: 1y}",
			Params:  append(segment.WindowKeys(), segment.NumberKey("share", "what was returned / what orders came to, of the same days; missing where they come to nothing", "{ge: 0.3}")),
			Needs:   segment.Needs{customer.OfOrders: {"counted", "kind", "amount"}},
			Bind: func(s *segment.Scope) segment.Test {
				orders := s.Facts(customer.OfOrders)
				returned := orders.OneOf("kind", "return")
				test := s.Whole(orders.Count(returned))
				if of := s.Under("share"); of != nil {
					back := orders.Sum("amount", returned)
					test = test.And(of.Float(share(func(i int) int64 { return -back(i) }, orders.Sum("amount", orders.Counted()))))
				}
				return test
			},
		},
		{
			Name: "basket_items", Group: "transactional", Type: segment.Number,
			Doc:     "lines per order, on average or at most; missing without an order that has lines",
			Example: "{ge: 3, of: average, in_last: 1y}",
			Params:  append(segment.WindowKeys(), segment.WordKey("of", "the average or the largest", "average", "max")),
			Needs:   segment.Needs{customer.OfOrders: {"counted", "line_count"}},
			Bind: func(s *segment.Scope) segment.Test {
				orders := s.Facts(customer.OfOrders)
				counted, lines := orders.Counted(), orders.Column("line_count").Ints
				with := func(r int) bool { return counted(r) && lines[r] > 0 }
				if s.Params.Get("of").Text() == "max" {
					return s.Whole(orders.Max("line_count", with))
				}
				return s.Float(share(orders.Sum("line_count", with), orders.Count(with)))
			},
		},
		{
			Name: "interpurchase_days", Group: "transactional", Type: segment.Number,
			Doc:     "days from one day with an order to the next, the customer's own median or mean; missing for who has bought on fewer than two days",
			Example: "{le: 30}",
			Params:  []config.Spec{segment.WordKey("of", "which of them", "median", "mean")},
			Needs:   segment.Needs{customer.OfOrders: {"counted"}},
			Bind: func(s *segment.Scope) segment.Test {
				gaps := gapsOf(s.AllFacts(customer.OfOrders))
				if s.Params.Get("of").Text() == "mean" {
					return s.Float(func(i int) float64 { return mean(gaps(i)) })
				}
				return s.Float(func(i int) float64 { return median(gaps(i)) })
			},
		},
		{
			Name: "overdue_ratio", Group: "transactional", Type: segment.Number,
			Doc:     "days since the last order / the customer's own median of days between orders: 1 is due, 2 is late by as much again; missing for who has bought on fewer than two days",
			Example: "{ge: 1.5, lt: 3}",
			Needs:   segment.Needs{customer.OfOrders: {"counted"}},
			Bind: func(s *segment.Scope) segment.Test {
				orders := s.AllFacts(customer.OfOrders)
				gaps, last := gapsOf(orders), orders.DayOf(orders.Last(orders.Counted()))
				return s.Float(func(i int) float64 { return float64(int64(s.AsOf())-last(i)) / median(gaps(i)) })
			},
		},
	}
}

// reduced are the orders that count and had a discount or a promotion.
func reduced(orders *segment.Facts) func(row int) bool {
	counted, discount, promo := orders.Counted(), orders.Column("discount"), orders.Column("promo_code")
	return func(r int) bool {
		return counted(r) && (discount.Ints[r] != columns.MissingInt && discount.Ints[r] != 0 || !promo.Missing(r))
	}
}

// share is a part of a whole, missing where there is no whole.
func share(part, whole func(i int) int64) func(i int) float64 {
	return func(i int) float64 {
		if whole(i) == 0 {
			return math.NaN()
		}
		return float64(part(i)) / float64(whole(i))
	}
}

// gapsOf are the days between days with an order that counts, in order of
// size. The slice is good until the next call.
func gapsOf(orders *segment.Facts) func(i int) []int64 {
	counted := orders.Counted()
	var gaps []int64
	later := int64(columns.MissingInt)
	do := func(r int) bool {
		if day := orders.Day(r); counted(r) && day != later {
			if later != columns.MissingInt {
				gaps = append(gaps, later-day)
			}
			later = day
		}
		return true
	}
	return func(i int) []int64 {
		gaps, later = gaps[:0], columns.MissingInt
		orders.Newest(i, do)
		slices.Sort(gaps)
		return gaps
	}
}

// median is the middle one, or the mean of the two in the middle; missing of
// none.
func median(sorted []int64) float64 {
	n := len(sorted)
	if n == 0 {
		return math.NaN()
	}
	return float64(sorted[(n-1)/2]+sorted[n/2]) / 2
}

// mean is missing of none.
func mean(all []int64) float64 {
	sum := int64(0)
	for _, v := range all {
		sum += v
	}
	return float64(sum) / float64(len(all))
}
