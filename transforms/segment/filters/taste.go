package filters

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/transforms/segment"
)

// taste are the filters of the product group that ask what somebody likes
// best and how broad the taste is.
func taste() []segment.Filter {
	category := segment.NamesKey("category", "the categories")
	category.Required = true
	times := segment.NumberKey("times", "how many lines it is on", "{ge: 3}")
	columns := map[string]string{"": "sku", "products": "sku", "categories": "category", "brands": "brand"}
	return []segment.Filter{
		{
			Name: "category_affinity", Group: "product", Type: segment.Number,
			Doc:     "share of some categories in what was spent on lines of sales, or in views, from 0 to 1; missing where that is nothing",
			Example: "{category: [coffee], ge: 0.4, in_last: 1y}",
			Params:  append(segment.WindowKeys(), category, segment.WordKey("of", "what they are a share of", "spend", "views")),
			NeedsOf: func(params segment.Operands) segment.Needs {
				if params.Get("of").Text() == "views" {
					return segment.Needs{customer.OfEvents: {"name", "category"}}
				}
				return segment.Needs{customer.OfLines: {"kind", "category", "amount"}}
			},
			Bind: func(s *segment.Scope) segment.Test {
				asked := segment.Field{Key: "category", Column: "category"}
				if s.Params.Get("of").Text() == "views" {
					events := s.Facts(customer.OfEvents)
					is := viewed(events)
					return s.Float(share(events.Count(events.Narrowed(is, asked)), events.Count(is)))
				}
				lines := s.Facts(customer.OfLines)
				is := sold(lines)
				return s.Float(share(lines.Sum("amount", lines.Narrowed(is, asked)), lines.Sum("amount", is)))
			},
		},
		{
			Name: "most_bought_item", Group: "product", Type: segment.Text,
			Doc:     "the article on most lines of sales, of equal ones the one on the newest line, of a receipt the last; missing for who never bought",
			Example: "{in: [coffee-1, coffee-2], times: {ge: 3}}",
			Params:  []config.Spec{times},
			Needs:   segment.Needs{customer.OfLines: {"kind", "sku"}},
			Bind: func(s *segment.Scope) segment.Test {
				lines := s.AllFacts(customer.OfLines)
				most := lines.MostOften("sku", sold(lines))
				test := s.Text(lines.TextOf("sku", func(i int) int { r, _ := most(i); return r }))
				if often := s.Under("times"); often != nil {
					test = test.And(often.Whole(func(i int) int64 { _, n := most(i); return n }))
				}
				return test
			},
		},
		{
			Name: "variety", Group: "product", Type: segment.Number,
			Doc:     "how many different articles, categories or brands were bought",
			Example: "{ge: 5, of: categories, in_last: 1y}",
			Params:  append(segment.WindowKeys(), segment.WordKey("of", "what is counted", "products", "categories", "brands")),
			NeedsOf: func(params segment.Operands) segment.Needs {
				return segment.Needs{customer.OfLines: {"kind", columns[params.Get("of").Text()]}}
			},
			Bind: func(s *segment.Scope) segment.Test {
				lines := s.Facts(customer.OfLines)
				return s.Whole(lines.Distinct(columns[s.Params.Get("of").Text()], sold(lines)))
			},
		},
	}
}
