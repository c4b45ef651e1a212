package filters

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/alike"
	"github.com/habitue-data/habitue/transforms/segment"
)

// tagKey asks for the tags that products have: facts of articles say only which
// article it was.
var tagKey = segment.OneOrMore("tag", "only of articles with one of these tags, as products have them", "[new, gift]")

// tagNeeds are what it reads, beside facts of a table.
func tagNeeds(t customer.HistoryTable) func(params segment.Operands) segment.Needs {
	return func(params segment.Operands) segment.Needs {
		if params.Get("tag") == nil {
			return nil
		}
		return segment.Needs{t: {"sku"}, customer.OfProducts: {"record_id", "tags"}}
	}
}

// tagged are those of some facts whose article has one of the tags that the
// condition asks for; all of them where it asks for none.
func tagged(only func(f *segment.Facts) func(row int) bool) func(f *segment.Facts) func(row int) bool {
	return func(f *segment.Facts) func(row int) bool {
		is, asked := only(f), f.Params().Words("tag")
		if asked == nil {
			return is
		}
		wanted := map[string]bool{}
		for _, tag := range asked {
			wanted[alike.Fold([]byte(tag))] = true
		}
		products := f.Scope().Rows(customer.OfProducts)
		id, tags := products.Column("record_id"), products.Column("tags")
		var articles []string
		for r := range products.All() {
			has := false
			segment.Split(tags, r, func(tag []byte) { has = has || wanted[alike.Fold(tag)] })
			if sku, _ := id.Bytes(r); has {
				articles = append(articles, string(sku))
			}
		}
		has := f.OneOf("sku", articles...)
		return func(r int) bool { return is(r) && has(r) }
	}
}
