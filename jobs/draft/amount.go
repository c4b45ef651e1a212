package draft

import (
	"fmt"
	"math"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/transforms/mapping"
)

// What an order of several rows is worth is the sum of what they say, so a
// total that stands on each of them must not be taken for what a row says.

// amount decides between a column and quantity times price, and finds its
// unit.
func (s *fieldList) amount() {
	total := s.orderTotal()
	amount, quantity, price := s.at("amount"), s.columnOf("quantity"), s.columnOf("price")
	switch {
	case amount >= 0:
		f := &s.list[amount]
		if quantity >= 0 && price >= 0 {
			s.compareAmount(f)
		} else {
			s.stripes(f)
		}
		f.Why += s.returns(s.columnOf("amount"))
	case quantity >= 0 && price >= 0:
		s.multiply(total)
	case price >= 0:
		f := s.list[s.at("price")]
		f.Field = "amount"
		f.Reason = Reason{Guess, "no column is the amount of a row, and none a quantity"}
		if total >= 0 {
			f.Reason = s.against(f.FieldSpec, total, s.header[s.columnOf("price")])
		}
		s.list = append(s.list, f)
	case total >= 0:
		s.oneRow(total)
	}
}

// orderTotal takes back an amount that is of the whole order, and gives its
// column; -1 where the amount is that of a row.
func (s *fieldList) orderTotal() (total int) {
	k := s.columnOf("amount")
	if k < 0 || !s.lined || s.once(k) && s.columnOf("price") < 0 || !s.ofOrder(k) {
		return -1
	}
	s.drop("amount")
	s.used[k] = true
	best, names := fitsNot, knownNames(amountNames)
	for other, n := range s.names {
		if s.used[other] || n.fit(names) <= best || s.ofOrder(other) {
			continue
		}
		if rule, why, ok := s.ruleOf(customer.Order, other, "amount"); ok {
			best = n.fit(names)
			s.fields["amount"] = match{column: other, fits: best, rule: rule, why: why}
		}
	}
	s.used[k] = false
	if best > fitsNot {
		s.list = append(s.list, s.field("amount", s.fields["amount"]))
		s.used[s.fields["amount"].column] = true
	}
	return k
}

// ofOrder tells whether a column of amounts is of whole orders: it is the same
// in all rows of one, or stands on one of them alone, and is not what quantity
// and price of its row come to.
func (s *fieldList) ofOrder(column int) bool {
	if s.once(column) {
		return true
	}
	rule, _, _ := s.ruleOf(customer.Order, column, "amount")
	whole, hundred := s.times(rule, true)
	return whole < .8 && hundred < .8 && s.onEach(column)
}

// onEach tells whether a column of amounts is the same in all rows of orders
// that have several and any amount in it.
func (s *fieldList) onEach(column int) bool {
	first, rows, differ, some := map[string]string{}, map[string]int{}, map[string]bool{}, map[string]bool{}
	ids := s.ids()
	for i, v := range s.Columns[column].Values {
		id := ids[i]
		if rows[id]++; rows[id] == 1 {
			first[id] = v
		}
		differ[id] = differ[id] || v != first[id]
		some[id] = some[id] || v != "" && countDigits(v) > 0 && !zero(v)
	}
	several, same, values := 0, 0, map[string]bool{}
	for id, n := range rows {
		if n > 1 && some[id] {
			several++
			if !differ[id] {
				same++
			}
		}
		if some[id] {
			values[first[id]] = true
		}
	}
	return several > 0 && len(values) > 1 && share(same, several) > .95
}

// zero tells whether an amount is one of nothing.
func zero(v string) bool {
	for i := range len(v) {
		if '1' <= v[i] && v[i] <= '9' {
			return false
		}
	}
	return true
}

// times is the share of the rows in which an amount is about quantity times
// price, and of those in which it is a hundred times that; of orders of
// several rows alone where that is asked. What is not there counts as one.
func (s *fieldList) times(amount mapping.FieldSpec, several bool) (whole, hundred float64) {
	price := s.at("price")
	if price < 0 {
		return 0, 0
	}
	values := func(f mapping.FieldSpec) []float64 {
		f.Unit = ""
		return s.numbers(customer.Order, f)
	}
	amounts, prices, quantities := values(amount), values(s.list[price].FieldSpec), []float64(nil)
	if k := s.at("quantity"); k >= 0 {
		quantities = values(s.list[k].FieldSpec)
	}
	rowsOf := map[string]int{}
	for _, id := range s.ids() {
		rowsOf[id]++
	}
	rows, as, a100 := 0, 0, 0
	for i, a := range amounts {
		goods := prices[i]
		if quantities != nil {
			goods *= quantities[i]
		}
		if math.IsNaN(a) || math.IsNaN(goods) || a == 0 || goods == 0 || several && rowsOf[s.ids()[i]] < 2 {
			continue
		}
		rows++
		switch times := math.Abs(a / goods); {
		case .5 < times && times < 1.5:
			as++
		case 50 < times && times < 150:
			a100++
		}
	}
	return share(as, rows), share(a100, rows)
}

// compareAmount finds the unit of the amount by what quantity and price give.
func (s *fieldList) compareAmount(f *Field) {
	switch whole, hundred := s.times(f.FieldSpec, false); {
	case hundred > .8:
		f.Unit = "minor"
		f.Reason = Reason{Sure, "it is 100 times quantity times price, so minor units"}
	case whole > .8:
		f.Reason = Reason{Sure, "it is about quantity times price"}
	}
}

// stripes takes whole numbers beside a currency in small letters for minor
// units, as Stripe's API gives them.
func (s *fieldList) stripes(f *Field) {
	amount, currency := s.columnOf("amount"), s.columnOf("currency")
	if currency < 0 || f.Unit != "" || !writtenAs(s.shapes[amount]).plainly() {
		return
	}
	for code := range s.shapes[currency].counts {
		if scale, ok := customer.CurrencyScale(strings.ToUpper(code)); !ok || scale == 0 || strings.ToLower(code) != code {
			return
		}
	}
	f.Unit = "minor"
	f.Reason = Reason{Guess, "whole numbers, and a currency in small letters, as Stripe's API gives them: taken for minor units"}
}

// multiply makes the amount of quantity and price. total is a column of what
// the whole order came to, -1 for none.
func (s *fieldList) multiply(total int) {
	quantity, price := s.columnOf("quantity"), s.columnOf("price")
	q, p := s.list[s.at("quantity")], s.list[s.at("price")]
	if net, ok := s.net(quantity, price); ok {
		s.list = append(s.list, net)
		return
	}
	rule := mapping.FieldSpec{Field: "amount", Multiply: []string{s.header[quantity], s.header[price]}, Decimal: p.Decimal, Unit: p.Unit}
	switch {
	case q.Decimal == p.Decimal || writtenAs(s.shapes[quantity]).plainly():
	case writtenAs(s.shapes[price]).plainly():
		rule.Decimal = q.Decimal
	default:
		s.note("no amount: the decimals of %s and %s are written in two ways, and a product takes one; write an expr.", s.header[quantity], s.header[price])
		return
	}
	f := Field{rule, Reason{Likely, "no column is the amount of a row"}}
	if total >= 0 {
		f.Reason = s.against(rule, total, "quantity times price")
	}
	f.Why += s.returns(quantity)
	s.list = append(s.list, f)
}

// against says how well what the rows of an order come to agrees with a total
// of it.
func (s *fieldList) against(rule mapping.FieldSpec, total int, what string) Reason {
	all, _, _ := s.ruleOf(customer.Order, total, "amount")
	all.Unit, rule.Unit = "", ""
	sums, totals := map[string]float64{}, map[string]float64{}
	goods, of := s.numbers(customer.Order, rule), s.numbers(customer.Order, all)
	for i, id := range s.ids() { // row by row: in the order of the file
		if !math.IsNaN(goods[i]) {
			sums[id] += goods[i]
		}
		if !math.IsNaN(of[i]) {
			totals[id] = of[i]
		}
	}
	agree := 0
	for id, t := range totals {
		if math.Abs(sums[id]-t) < .005 {
			agree++
		}
	}
	name := s.header[total]
	if share(agree, len(totals)) > .9 {
		return Reason{Likely, fmt.Sprintf("%s, for %s is of the whole order, and what its rows come to", what, name)}
	}
	return Reason{Guess, fmt.Sprintf("%s; %s is of the whole order, and but for %s of the orders not what their rows come to: discounts, delivery or tax are not in the amount", what, name, percent(share(agree, len(totals))))}
}

// oneRow reads the rows of an order as one, for nothing tells what a row of it
// is worth, and a total must be counted once.
func (s *fieldList) oneRow(total int) {
	for _, field := range []string{"line", "sku", "name", "category", "brand", "quantity"} {
		s.drop(field)
	}
	s.lined = false
	s.list[s.at("id")].Why = "by its name and values; the rows of an order are read as one"
	f := s.field("amount", s.fields["amount"])
	f.Reason = Reason{Guess, "it is of the whole order, and no column is of a row: so the rows of an order are read as one, and what they sold is left out"}
	s.list = append(s.list, f)
	s.used[total] = true
}
