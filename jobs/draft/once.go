package draft

import (
	"fmt"
	"math"
	"strconv"

	"github.com/habitue-data/habitue/customer"
)

// Some exports of order lines say what is of the whole order (its total, its
// discount, its state) on one line of it alone, Shopify's on the first.

// once tells whether a column is so.
func (s *fieldList) once(column int) bool {
	lines, filled := map[string]int{}, map[string]int{}
	ids := s.ids()
	for i, v := range s.Columns[column].Values {
		lines[ids[i]]++
		if v != "" {
			filled[ids[i]]++
		}
	}
	several, one := 0, 0
	for id, n := range lines {
		if n > 1 && filled[id] > 0 {
			several++
			if filled[id] == 1 {
				one++
			}
		}
	}
	return several > 0 && share(one, several) > .95
}

// net is a rule for the amount of a line that takes the discount of the order
// off, where the lines of orders that have one come to a total of theirs that
// is less by just that.
func (s *fieldList) net(quantity, price int) (f Field, ok bool) {
	discount := s.columnOf("discount")
	d, q, p := s.at("discount"), s.at("quantity"), s.at("price")
	if discount < 0 || !s.once(discount) || s.list[d].Decimal+s.list[q].Decimal+s.list[p].Decimal != "" || s.list[d].Unit+s.list[q].Unit+s.list[p].Unit != "" {
		return f, false
	}
	type order struct{ goods, off float64 }
	orders := map[string]*order{}
	ids := s.ids()
	values := func(field string) []float64 { return s.numbers(customer.Order, s.list[s.at(field)].FieldSpec) }
	units, each, off := values("quantity"), values("price"), values("discount")
	for i := range s.Rows {
		if orders[ids[i]] == nil {
			orders[ids[i]] = &order{}
		}
		if goods := units[i] * each[i]; !math.IsNaN(goods) {
			orders[ids[i]].goods += goods
		}
		if !math.IsNaN(off[i]) {
			orders[ids[i]].off += off[i]
		}
	}
	names := knownNames(amountNames)
	for k, n := range s.names {
		total, _, ok := s.ruleOf(customer.Order, k, "amount")
		if n.fit(names) == fitsNot || !ok || !s.once(k) {
			continue
		}
		discounted, less := 0, 0
		for i, v := range s.numbers(customer.Order, total) {
			o := orders[ids[i]]
			if !math.IsNaN(v) && o.off != 0 {
				discounted++
				if math.Abs(o.goods-o.off-v) < .005 {
					less++
				}
			}
		}
		if discounted > 0 && share(less, discounted) > .9 {
			of := func(column int) string { return "decimal(row[" + strconv.Quote(s.header[column]) + "])" }
			goods := of(quantity) + " * " + of(price)
			f.Field = "amount"
			f.Expr = fmt.Sprintf("row[%q] == null ? %s : %s - %s", s.header[discount], goods, goods, of(discount))
			f.Reason = Reason{Likely, fmt.Sprintf("quantity times price, less %s, which is of the whole order: so its lines come to %s", s.header[discount], s.header[k])}
			return f, s.reads(customer.Order, f.FieldSpec) >= most // an expr knows no marks and groups
		}
	}
	return f, false
}

// wholeKind says what becomes of an order of lines whose kind stands on one of
// them: it cannot turn the others' amounts, so what came back whole is taken out.
func (s *fieldList) wholeKind(f *Field) {
	if len(f.Columns) != 1 || f.Map == nil {
		return
	}
	for k, h := range s.header {
		if h != f.Columns[0] || !s.once(k) {
			continue
		}
		for v, kind := range f.Map {
			if kind == "return" {
				f.Map[v] = "cancelled"
				f.Why += "; it stands on one line of an order, so an order that came back is taken out whole"
			}
		}
	}
}

// amountNames are those of the field.
var amountNames = func() string {
	for _, w := range words[customer.Order] {
		if w.field == "amount" {
			return w.names
		}
	}
	return ""
}()
