package filters

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/transforms/segment"
)

func web() []segment.Filter {
	return []segment.Filter{
		{
			Name: "visited_page", Group: "web", Type: segment.Event,
			Doc:     "visits of pages",
			Example: "{url: {starts: /sale}, count: {ge: 2}, in_last: 14d}",
			Facts: segment.Events{
				Of: customer.OfEvents, Only: named("page_view"), Needs: []string{"name"},
				Where:    []segment.Field{{Key: "url", Column: "page", Doc: "the page"}, {Key: "device", Column: "device", Doc: "the device"}},
				Distinct: []string{"page"},
			},
		},
	}
}

// named are the events of one of these names.
func named(names ...string) func(f *segment.Facts) func(row int) bool {
	return func(f *segment.Facts) func(row int) bool { return f.OneOf("name", names...) }
}
