package filters

import (
	"bytes"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/transforms/segment"
)

// lineFields are what lines can be narrowed by.
var lineFields = []segment.Field{
	{Key: "ids", Column: "sku", Doc: "article"}, {Key: "category", Column: "category", Doc: "category of the article"},
	{Key: "brand", Column: "brand", Doc: "brand of the article"},
}

func product() []segment.Filter {
	pieces := segment.Field{Key: "quantity", Column: "quantity", Doc: "pieces or weight of each line"}
	all := []string{"sku", "category", "brand"}
	return []segment.Filter{
		{
			Name: "bought_product", Group: "product", Type: segment.Event,
			Doc:     "lines of sales with an article",
			Example: "{ids: [kettle-1, kettle-2], quantity: {ge: 2}, in_last: 6mo}",
			Params:  []config.Spec{tagKey}, NeedsOf: tagNeeds(customer.OfLines),
			Facts: segment.Events{
				Of: customer.OfLines, Only: tagged(sold), Needs: []string{"kind"},
				Where: append(lineFields[:3:3], pieces), Sum: []string{"amount", "quantity"}, Distinct: all,
			},
		},
		{
			Name: "bought_category", Group: "product", Type: segment.Event,
			Doc:     "lines of sales by category: any of some, all of them, nothing else",
			Example: "{any: [coffee, tea], sum: {amount: {ge: 50}}, in_last: 6mo}",
			Facts: segment.Events{
				Of: customer.OfLines, Only: sold, Needs: []string{"kind"}, Among: "category",
				Where: []segment.Field{{Key: "any", Column: "category", Doc: "category of the line"}, lineFields[2], pieces}, Sum: []string{"amount", "quantity"}, Distinct: all,
			},
		},
		{
			Name: "bought_brand", Group: "product", Type: segment.Event,
			Doc:     "lines of sales by brand: any of some, all of them, nothing else",
			Example: "{only: [acme], in_last: 1y}",
			Facts: segment.Events{
				Of: customer.OfLines, Only: sold, Needs: []string{"kind"}, Among: "brand",
				Where: []segment.Field{{Key: "any", Column: "brand", Doc: "brand of the line"}, lineFields[1], pieces}, Sum: []string{"amount", "quantity"}, Distinct: all,
			},
		},
		{
			Name: "bought_x_not_y", Group: "product", Type: segment.Event,
			Doc:     "lines of sales with x, since when no y was bought, on the same receipt or later",
			Example: "{x: {category: vacuum cleaners}, y: {category: filters}, in_last: 1y, lag: 30d}",
			Params: []config.Spec{
				segment.FieldsKey("x", "what was bought", "{category: vacuum cleaners}", customer.OfLines, lineFields...),
				segment.FieldsKey("y", "what was not bought since", "{ids: [filter-9]}", customer.OfLines, lineFields...),
				segment.SpanKey("lag", "only x of so long ago, when y was to be expected: 30d are D-30 and earlier", "30d"),
			},
			Needs: segment.Needs{customer.OfLines: {"order_at", "sku", "category", "brand"}},
			Facts: segment.Events{Of: customer.OfLines, Only: withoutY, Needs: []string{"kind"}, Sum: []string{"amount"}},
		},
		{
			Name: "first_product", Group: "product", Type: segment.Event,
			Doc:     "lines of the first order of all, as far as they were sold",
			Example: "{category: coffee}",
			Facts: segment.Events{
				Of: customer.OfLines, Only: ofFirstOrder, Needs: []string{"kind", "source", "record_id"},
				Where: lineFields, Sum: []string{"amount", "quantity"}, Distinct: all,
			},
		},
	}
}

// sold are the lines that were sold: not returned, not cancelled.
func sold(f *segment.Facts) func(row int) bool { return f.OneOf("kind", "sale") }

func withoutY(f *segment.Facts) func(row int) bool {
	s, is, at := f.Scope(), sold(f), f.Column("order_at").Ints
	isX, newest := f.Fits(s.Params.Under("x"), lineFields...), int64(s.AsOf())
	if s.Params.Get("lag") != nil {
		newest = int64(s.Params.Span("lag").Before(s.AsOf()))
	}
	lines := s.AllFacts(customer.OfLines)
	isY := lines.Fits(s.Params.Under("y"), lineFields...)
	lastY := segment.Once(f, lines.Last(func(r int) bool { return is(r) && isY(r) }))
	return func(r int) bool {
		if !is(r) || !isX(r) || f.Day(r) > newest {
			return false
		}
		y := lastY()
		return y < 0 || at[y] < at[r]
	}
}

func ofFirstOrder(f *segment.Facts) func(row int) bool {
	is, source, id := sold(f), f.Column("source"), f.Column("record_id")
	first := segment.Once(f, f.Scope().AllFacts(customer.OfLines).First(is))
	same := func(c interface{ Bytes(i int) ([]byte, bool) }, a, b int) bool {
		x, _ := c.Bytes(a)
		y, _ := c.Bytes(b)
		return bytes.Equal(x, y)
	}
	return func(r int) bool { return is(r) && same(id, first(), r) && same(source, first(), r) }
}
