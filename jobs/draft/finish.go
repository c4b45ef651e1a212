package draft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/transforms/mapping"
)

// finish makes the fields of the sample's kind from its matches, in the order
// of the tables, and adds what more than one column tells.
func (t *table) finish() (fields []Field) {
	for name, m := range t.fields {
		fields = append(fields, t.field(name, m))
	}
	s := &fieldList{t, fields, map[int]bool{}}
	for _, m := range t.fields {
		s.used[m.column] = true
	}
	s.clock()
	switch t.kind {
	case customer.Order:
		s.orders()
	case customer.Event:
		s.values()
	case customer.Interaction:
		s.interactions()
	}
	place := func(f Field) int {
		return slices.IndexFunc(t.kind.Fields(), func(d customer.Field) bool {
			return d.Name == f.Field || d.Prefix && strings.HasPrefix(f.Field, d.Name)
		})
	}
	slices.SortFunc(s.list, func(a, b Field) int {
		if n := place(a) - place(b); n != 0 {
			return n
		}
		return strings.Compare(a.Field, b.Field)
	})
	return s.list
}

// field is a match with its reason.
func (t *table) field(name string, m match) Field {
	f := Field{FieldSpec: m.rule}
	def, _ := t.kind.Field(name)
	values := ""
	if def.Type != customer.TextField && def.Type != customer.KeyField || name == "email" || name == "phone" {
		values = " and values"
	}
	switch {
	case m.guess != "":
		f.Reason = Reason{Guess, m.guess}
	case m.link != "":
		f.Reason = Reason{Sure, "its values are " + m.link}
	case m.fits > fitsPartly:
		f.Reason = Reason{Sure, "by its name" + values}
	case m.fits > fitsWeakly:
		f.Reason = Reason{Likely, "by its name" + values + ", more or less"}
	default:
		f.Reason = Reason{Guess, "its name says little, its values fit"}
	}
	if m.why != "" {
		f.Why += "; " + m.why
	}
	if m.why == ambiguous {
		f.Surety = Guess
	}
	if f.Map == nil && f.PrefixMap == nil && t.shapes[m.column].counts[notSet] > 0 {
		f.Map = map[string]string{notSet: ""}
		f.Why += "; " + notSet + " is no value"
	}
	if def.Type == customer.MoneyField && t.names[m.column].unit == "minor" {
		f.Unit = "minor"
		f.Why += "; its name says minor units"
	}
	return f
}

// notSet is what Google Analytics writes in place of a value.
const notSet = "(not set)"

// fieldList is the fields of a source that is being made.
type fieldList struct {
	*table
	list []Field
	used map[int]bool // columns
}

func (s *fieldList) at(field string) int {
	return slices.IndexFunc(s.list, func(f Field) bool { return f.Field == field })
}

// column is where the field's column stands, -1 where it has none.
func (s *fieldList) columnOf(field string) int {
	if m, ok := s.fields[field]; ok && s.at(field) >= 0 {
		return m.column
	}
	return -1
}

func (s *fieldList) drop(field string) {
	if i := s.at(field); i >= 0 {
		s.used[s.fields[field].column] = false
		s.list = slices.Delete(s.list, i, i+1)
	}
}

// values takes further columns as the value of an event: GA4 has the revenue
// of a purchase and the value of the rest in two places.
func (s *fieldList) values() {
	i := s.at("value")
	if i < 0 {
		return
	}
	f := &s.list[i]
	for k, n := range s.names {
		if s.used[k] || n.last != "value" && n.last != "purchase_revenue" {
			continue
		}
		if rule, _, ok := s.ruleOf(customer.Event, k, "value"); ok && rule.Decimal == f.Decimal {
			f.Columns = append(f.Columns, s.header[k])
			s.used[k] = true
		}
	}
	if len(f.Columns) > 1 {
		f.Why = "the first that has a value"
	}
}

// orders adds what an order has of several columns: what its amount is, what
// its rows tell of, discounts of several kinds.
func (s *fieldList) orders() {
	s.lines()
	s.discounts()
	s.amount()
	s.orderKind()
}

// lines says whether a row is a line, and holds that the number of a line is
// one.
func (s *fieldList) lines() {
	id := s.columnOf("id")
	f := &s.list[s.at("id")]
	if s.shapes[id].alone > .98 {
		f.Why += "; it is there once, so a row is an order"
		s.drop("line")
		if s.at("sku") < 0 && s.at("quantity") < 0 {
			s.drop("name") // of the order, or of who ordered
		}
		return
	}
	f.Why += "; it is there again and again, so a row is a line"
	line := s.columnOf("line")
	if line < 0 {
		f.Why += " (without a number: two equal ones are two)"
		return
	}
	seen := map[[2]string]int{}
	ids, lines := s.Columns[id].Values, s.Columns[line].Values
	for i := range s.InNewest {
		seen[[2]string{ids[i], lines[i]}]++
	}
	if share(len(seen), s.InNewest) < .9 {
		s.drop("line")
	}
}

func (s *fieldList) discounts() {
	i := s.at("discount")
	if i < 0 {
		return
	}
	f, own := &s.list[i], s.columnOf("discount")
	var all []string
	for k, n := range s.names {
		if k != own && (s.used[k] || s.once(k) != s.once(own) || !n.has("discount", "disc", "rebate", "skidka", "скидка") || n.has("percent", "pct", "rate", "code", "type")) {
			continue
		}
		rule, _, ok := s.ruleOf(customer.Order, k, "discount")
		if ok && rule.Decimal == f.Decimal {
			all = append(all, s.header[k])
			s.used[k] = true
		}
	}
	if len(all) > 1 {
		f.Columns, f.Sum = nil, all
		f.Reason = Reason{Likely, "several columns are named as discounts"}
	}
}

// amount decides between a column and quantity times price, and finds its
// unit.
func (s *fieldList) amount() {
	amount, quantity, price := s.columnOf("amount"), s.columnOf("quantity"), s.columnOf("price")
	if amount >= 0 && quantity >= 0 && price >= 0 && s.isOrderTotal(amount) {
		s.drop("amount")
		amount = -1
	}
	switch {
	case amount < 0 && quantity >= 0 && price >= 0:
		q, p := s.list[s.at("quantity")], s.list[s.at("price")]
		if net, ok := s.net(quantity, price); ok {
			s.list = append(s.list, net)
		} else if q.Decimal == p.Decimal {
			rule := mapping.FieldSpec{Field: "amount", Multiply: []string{s.header[quantity], s.header[price]}, Decimal: p.Decimal, Unit: p.Unit}
			s.list = append(s.list, Field{rule, Reason{Likely, "no column is the amount of a row" + s.returns(quantity)}})
		}
	case amount < 0 && price >= 0:
		rule := s.list[s.at("price")].FieldSpec
		rule.Field = "amount"
		s.list = append(s.list, Field{rule, Reason{Guess, "no column is the amount of a row, and none a quantity"}})
	case amount >= 0:
		f := &s.list[s.at("amount")]
		if quantity >= 0 && price >= 0 {
			s.compareAmount(f, amount, quantity, price)
		}
		f.Why += s.returns(amount)
	}
}

// returns says what becomes of values below zero.
func (s *fieldList) returns(column int) string {
	if n := s.shapes[column].negative; n > 0 {
		return fmt.Sprintf("; %s below zero: an order of such lines alone is a return", percent(n))
	}
	return ""
}

// isOrderTotal tells whether a column is the same in all lines of an order, or
// stands on one of them alone, and not what its line is worth.
func (s *fieldList) isOrderTotal(amount int) bool {
	if s.once(amount) {
		return true
	}
	ids, amounts, prices := s.Columns[s.columnOf("id")].Values, s.Columns[amount].Values, s.Columns[s.columnOf("price")].Values
	first := map[string]int{}
	again, same, samePrice := 0, 0, 0
	for i, id := range ids {
		if k, ok := first[id]; ok && amounts[i] != "" {
			again++
			if amounts[i] == amounts[k] {
				same++
			}
			if prices[i] == prices[k] {
				samePrice++
			}
		} else if !ok {
			first[id] = i
		}
	}
	return share(same, again) > .95 && share(samePrice, again) < .8
}

// compareAmount finds the unit of the amount by what quantity and price give.
func (s *fieldList) compareAmount(f *Field, amount, quantity, price int) {
	whole, hundred, rows := 0, 0, 0
	for i := range s.Rows {
		a, okA := number(s.Columns[amount].Values[i])
		q, okQ := number(s.Columns[quantity].Values[i])
		p, okP := number(s.Columns[price].Values[i])
		if !okA || !okQ || !okP || a == 0 || q*p == 0 {
			continue
		}
		rows++
		switch times := max(a/(q*p), -a/(q*p)); {
		case .5 < times && times < 1.5:
			whole++
		case 50 < times && times < 150:
			hundred++
		}
	}
	switch {
	case share(hundred, rows) > .8:
		f.Unit = "minor"
		f.Reason = Reason{Sure, "it is 100 times quantity times price, so minor units"}
	case share(whole, rows) > .8:
		f.Reason = Reason{Sure, "it is about quantity times price"}
	}
}

// number reads what is a number at first sight; a guess needs no exactness.
func number(text string) (v float64, ok bool) {
	text = strings.ReplaceAll(strings.ReplaceAll(text, ",", "."), " ", "")
	_, err := fmt.Sscanf(text, "%g", &v)
	return v, err == nil
}

func percent(share float64) string {
	switch {
	case share > 0 && share < .01:
		return "under 1%"
	case share < 1 && share > .99:
		return "over 99%"
	}
	return fmt.Sprintf("%.0f%%", 100*share)
}

func itoa(n int) string { return fmt.Sprint(n) }
