package filters

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/transforms/segment"
)

func product() []segment.Filter {
	return []segment.Filter{
		{
			Name: "bought_product", Group: "product", Type: segment.Event,
			Doc:     "lines of sales with an article",
			Example: "{ids: [kettle-1, kettle-2], quantity: {ge: 2}, in_last: 6mo}",
			Facts: segment.Events{
				Of: customer.OfLines, Only: sold, Needs: []string{"kind"},
				Where: []segment.Field{
					{Key: "ids", Column: "sku", Doc: "article"}, {Key: "category", Column: "category", Doc: "category of the article"}, {Key: "brand", Column: "brand", Doc: "brand of the article"},
					{Key: "quantity", Column: "quantity", Doc: "pieces or weight of each line"},
				},
				Sum: []string{"amount", "quantity"}, Distinct: []string{"sku", "category", "brand"},
			},
		},
	}
}

// sold are the lines that were sold: not returned, not cancelled.
func sold(f *segment.Facts) func(row int) bool { return f.OneOf("kind", "sale") }
