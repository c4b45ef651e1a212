package filters

import (
	"cmp"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/transforms/segment"
)

// Fields of events.
var (
	eventArticle  = segment.Field{Key: "ids", Column: "sku", Doc: "article"}
	eventCategory = segment.Field{Key: "category", Column: "category", Doc: "category of the article"}
	eventValue    = segment.Field{Key: "value", Column: "value", Doc: "value of each"}
	eventDevice   = segment.Field{Key: "device", Column: "device", Doc: "the device"}
)

func web() []segment.Filter {
	articles := []string{"sku", "category"}
	return []segment.Filter{
		{
			Name: "visited_page", Group: "web", Type: segment.Event,
			Doc:     "visits of pages (page_view)",
			Example: "{path: {starts: /sale}, count: {ge: 2}, in_last: 14d}",
			Facts: segment.Events{
				Of: customer.OfEvents, Only: named("page_view"), Needs: []string{"name"},
				Where: []segment.Field{
					{Key: "url", Column: "page", Doc: "the page, as the source has it"},
					{Key: "path", Column: "page", Take: pathOf, Doc: "the page without host, query and fragment: /sale of https://shop.example/sale?page=2"}, eventDevice,
				},
				Distinct: []string{"page"},
			},
		},
		{
			Name: "viewed_product", Group: "web", Type: segment.Event,
			Doc:     "views of articles (view_item)",
			Example: "{ids: [kettle-1, kettle-2], count: {ge: 3}, in_last: 30d}",
			Params:  []config.Spec{tagKey}, NeedsOf: tagNeeds(customer.OfEvents),
			Facts: segment.Events{
				Of: customer.OfEvents, Only: tagged(viewed), Needs: []string{"name"},
				Where: []segment.Field{eventArticle, eventCategory, eventValue, eventDevice}, Sum: []string{"value"}, Distinct: articles,
			},
		},
		{
			Name: "viewed_category", Group: "web", Type: segment.Event,
			Doc:     "views of articles and lists of them (view_item, view_item_list), by category",
			Example: "{ids: [coffee], count: {ge: 3}, in_last: 30d}",
			Facts: segment.Events{
				Of: customer.OfEvents, Only: named("view_item", "view_item_list"), Needs: []string{"name"},
				Where: []segment.Field{{Key: "ids", Column: "category", Doc: "the category"}, eventDevice}, Distinct: articles,
			},
		},
		{
			Name: "searched", Group: "web", Type: segment.Event,
			Doc:     "searches in the shop (search, view_search_results)",
			Example: "{term: {contains: kettle}, in_last: 30d}",
			Facts: segment.Events{
				Of: customer.OfEvents, Only: named("search", "view_search_results"), Needs: []string{"name"},
				Where: []segment.Field{{Key: "term", Column: "page", Take: termOf, Doc: "what was searched for: the q, query, search, s, text or search_term of the page's query"}, eventDevice},
			},
		},
		{
			Name: "added_to_cart", Group: "web", Type: segment.Event,
			Doc:     "articles put into the cart (add_to_cart)",
			Example: "{category: coffee, sum: {value: {ge: 100}}, in_last: 7d}",
			Facts: segment.Events{
				Of: customer.OfEvents, Only: named("add_to_cart"), Needs: []string{"name"},
				Where: []segment.Field{eventArticle, eventCategory, eventValue, eventDevice}, Sum: []string{"value"}, Distinct: articles,
			},
		},
		{
			Name: "abandoned_cart", Group: "web", Type: segment.Event,
			Doc:     "articles put into the cart (add_to_cart) that no order that counts followed within some hours; an order later than the as-of day is not known",
			Example: "{hours: 24, value: {ge: 50}, in_last: 7d}",
			Params:  []config.Spec{hoursKey()},
			Needs:   segment.Needs{customer.OfOrders: {"counted", "order_at"}},
			Facts: segment.Events{
				Of: customer.OfEvents, Only: abandoned("add_to_cart"), Needs: []string{"name", "event_at"},
				Where: []segment.Field{eventArticle, eventCategory, eventValue, eventDevice}, Sum: []string{"value"}, Distinct: articles,
			},
		},
		{
			Name: "abandoned_checkout", Group: "web", Type: segment.Date,
			Doc:     "day of the last checkout (begin_checkout) that no order that counts followed within some hours; missing for who has none",
			Example: "{in_last: 7d, value: {ge: 50}}",
			Params:  []config.Spec{hoursKey(), segment.NumberKey("value", "only checkouts of this value", "{ge: 50}")},
			Needs:   segment.Needs{customer.OfEvents: {"name", "event_at", "value"}, customer.OfOrders: {"counted", "order_at"}},
			Bind: func(s *segment.Scope) segment.Test {
				events := s.AllFacts(customer.OfEvents)
				return s.Date(events.DayOf(events.Last(events.Narrowed(abandoned("begin_checkout")(events), eventValue))))
			},
		},
		{
			Name: "viewed_not_bought", Group: "web", Type: segment.Event,
			Doc:     "views of articles (view_item) that the customer did not buy",
			Example: "{same: category, count: {ge: 2}, in_last: 14d, bought: since}",
			Params: []config.Spec{
				segment.WordKey("same", "what was not bought: the article that was viewed, or any of its category", "product", "category"),
				{Name: "bought", Type: config.OneOf, Example: "since", Doc: "when it was not bought: ever, unless said; since: at the time of the view or later; or within some days, as {in_last: 90d}",
					Shapes: []config.Spec{{Type: config.Enum, Values: []string{"ever", "since"}}, segment.WindowKey("", "", "")}},
			},
			Needs: segment.Needs{customer.OfLines: {"kind", "sku", "category", "order_at"}},
			Facts: segment.Events{
				Of: customer.OfEvents, Only: notBought, Needs: []string{"name", "sku", "category", "event_at"},
				Where: []segment.Field{eventArticle, eventCategory, eventValue, eventDevice}, Distinct: articles,
			},
		},
	}
}

// named are the events of one of these names.
func named(names ...string) func(f *segment.Facts) func(row int) bool {
	return func(f *segment.Facts) func(row int) bool { return f.OneOf("name", names...) }
}

// viewed are the views of articles.
func viewed(f *segment.Facts) func(row int) bool { return named("view_item")(f) }

func hoursKey() config.Spec {
	return config.Spec{Name: "hours", Type: config.Int, Min: 1, Max: 24 * 366, Example: "24", Doc: "an order that counts follows within so many hours; 24 unless said"}
}

// abandoned are the events of a name that no order followed in time.
func abandoned(name string) func(f *segment.Facts) func(row int) bool {
	return func(f *segment.Facts) func(row int) bool {
		s, is, at := f.Scope(), f.OneOf("name", name), f.Column("event_at").Ints
		hours := int64(24)
		if h := s.Params.Get("hours"); h != nil {
			hours = h.Int()
		}
		orders := s.AllFacts(customer.OfOrders)
		counted, placed := orders.Counted(), orders.Column("order_at").Ints
		var times []int64
		do := func(r int) bool {
			if counted(r) {
				times = append(times, placed[r])
			}
			return true
		}
		ordered := segment.Once(f, func(i int) []int64 {
			times = times[:0]
			orders.Newest(i, do)
			slices.Reverse(times)
			return times
		})
		return func(r int) bool {
			if !is(r) {
				return false
			}
			times := ordered()
			next, _ := slices.BinarySearch(times, at[r])
			return next == len(times) || times[next] > at[r]+hours*3600e6
		}
	}
}

// notBought are the views of what was not bought.
func notBought(f *segment.Facts) func(row int) bool {
	s, column := f.Scope(), "sku"
	if s.Params.Get("same").Text() == "category" {
		column = "category"
	}
	type purchase struct {
		code int
		at   int64
	}
	lines, since := s.FactsWithin(customer.OfLines, "bought"), s.Params.Get("bought").Text() == "since"
	is, isSold, seen, had, codes := viewed(f), sold(lines), f.Column(column), lines.Column(column), segment.NewCodes()
	viewedAt, soldAt := f.Column("event_at").Ints, lines.Column("order_at").Ints
	var all []purchase
	do := func(r int) bool {
		if text, there := had.Bytes(r); there && isSold(r) {
			all = append(all, purchase{codes.Of(text), soldAt[r]})
		}
		return true
	}
	bought := segment.Once(f, func(i int) []purchase {
		all = all[:0]
		lines.Newest(i, do)
		slices.SortFunc(all, func(a, b purchase) int { return cmp.Or(cmp.Compare(a.code, b.code), cmp.Compare(b.at, a.at)) })
		return all
	})
	return func(r int) bool {
		text, there := seen.Bytes(r)
		if !there || !is(r) {
			return false
		}
		all := bought()
		last, found := slices.BinarySearchFunc(all, codes.Of(text), func(p purchase, code int) int { return cmp.Compare(p.code, code) })
		return !found || since && all[last].at < viewedAt[r]
	}
}
