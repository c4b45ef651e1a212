package draft

import (
	"fmt"
	"math"
	"slices"

	"github.com/habitue-data/habitue/customer"
)

// Shops export orders in several files: their heads, their lines, what was
// paid for them. Every source of orders adds to revenue, so of several that
// tell of the same ones a draft uses one.

// sameOrders leaves out sources of orders that another one has.
func (p *Project) sameOrders() {
	var orders []*orderBook
	for _, s := range p.Sources {
		if s.Kind == customer.Order && !s.returns() {
			orders = append(orders, newOrderBook(s))
		}
	}
	slices.SortStableFunc(orders, func(a, b *orderBook) int { return b.tells - a.tells })
	var kept []*orderBook
	for _, o := range orders {
		out := false
		for _, k := range kept {
			has, how := o.again(k)
			if how == "" {
				continue
			}
			why := fmt.Sprintf("%s of its orders are those of %s, %s: each source of orders adds to revenue", percent(has), k.Name, how)
			if out = has >= .5; out {
				p.Sources = slices.DeleteFunc(p.Sources, func(s *Source) bool { return s == o.Source })
				p.LeftOut = append(p.LeftOut, LeftOut{o.Path, why + "; to have what both say, export them joined"})
				break
			}
			o.note(why + ".")
		}
		if !out {
			kept = append(kept, o)
		}
	}
}

// returns tells whether all rows of a source are returns.
func (s *Source) returns() bool {
	f := s.Field("kind")
	return f != nil && f.Constant != nil && *f.Constant == "return"
}

// orderBook is what a source tells of orders, by their numbers.
type orderBook struct {
	*Source
	tells int // who bought is worth most, then what they were worth
	worth map[string]float64
	days  map[string]int64
	who   map[string]map[string]string // field -> number -> value
}

// buyers are the fields that say who bought.
var buyers = []string{"contact_id", "email", "phone", "loyalty_card", "login"}

func newOrderBook(s *Source) *orderBook {
	o := &orderBook{Source: s, worth: map[string]float64{}, days: map[string]int64{}, who: map[string]map[string]string{}}
	t := newTable(s.Sample)
	out, ok := t.mapped(customer.Order, s.Field("id").FieldSpec)
	if !ok {
		return o
	}
	ids := out.Col("id")
	each := func(do func(i int, id string)) {
		for i := range s.Rows {
			if b, ok := ids.Bytes(i); ok {
				do(i, string(b))
			}
		}
	}
	each(func(_ int, id string) { o.worth[id] = 0 })
	if at, ok := t.mapped(customer.Order, s.Field("at").FieldSpec); ok {
		each(func(i int, id string) { o.days[id] = at.Col("at").Ints[i] / dayMicros })
	}
	if f := s.Field("amount"); f != nil {
		o.tells++
		amounts := t.numbers(customer.Order, f.FieldSpec)
		each(func(i int, id string) {
			if !math.IsNaN(amounts[i]) {
				o.worth[id] += amounts[i]
			}
		})
	}
	for _, field := range buyers {
		values := s.values(field)
		if values == nil {
			continue
		}
		if o.who[field] = map[string]string{}; o.tells < 2 {
			o.tells += 2
		}
		each(func(i int, id string) { o.who[field][id] = values[i] })
	}
	return o
}

// again is the share of the orders that another source tells of too, and how
// that is known, "" where it is not: two tills may use the same numbers, so
// both must name who bought, or what it was worth, or the day alike.
func (o *orderBook) again(other *orderBook) (has float64, how string) {
	shared, worth, days, who, named := 0, 0, 0, 0, 0
	for id, w := range o.worth {
		v, also := other.worth[id]
		if !also {
			continue
		}
		shared++
		if math.Abs(v-w) < .005 {
			worth++
		}
		if o.days[id] == other.days[id] {
			days++
		}
		asked, same := false, false
		for _, field := range buyers {
			if a, b := o.who[field][id], other.who[field][id]; a != "" && b != "" {
				asked, same = true, same || a == b
			}
		}
		if asked {
			named++
		}
		if same {
			who++
		}
	}
	has = share(shared, len(o.worth))
	switch {
	case shared < 5:
		return has, ""
	case named > 0 && share(who, named) > .8:
		return has, "by the same customers"
	case named == 0 && share(worth, shared) > .5:
		return has, "worth the same"
	case named == 0 && share(days, shared) > .95:
		return has, "of the same days"
	}
	return has, ""
}
