package draft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/customer"
)

// finish makes the fields of the sample's kind from its matches, in the order
// of the tables, and adds what more than one column tells.
func (t *table) finish() (fields []Field) {
	for name, m := range t.fields {
		fields = append(fields, t.field(name, m))
	}
	s := &fieldList{table: t, list: fields, used: map[int]bool{}}
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
	if slices.Contains(guesses, m.why) {
		f.Surety = Guess
	}
	if list := t.Columns[m.column].List; list != "" {
		f.Reason = Reason{Guess, "the first of several in " + list + ": the others are not read"}
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
	list  []Field
	used  map[int]bool // columns
	lined bool         // a row is a line of an order

	numbered []string // see ids
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

// note keeps what a person should look at first, beside guesses.
func (t *table) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
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
	if list := s.nested(); list != "" {
		s.note("%s is a list in each row, of which a field takes one: articles, quantities and prices are left out; export a row for each line to have them.", list)
	}
	s.lines()
	s.amount()
	s.discounts()
	s.orderKind()
}

func (s *fieldList) discounts() {
	i := s.at("discount")
	if i < 0 {
		return
	}
	f, own := &s.list[i], s.columnOf("discount")
	if s.lined && s.onEach(own) {
		s.drop("discount")
		s.note("discount: %s is left out, for it is the same on each row of an order: it would count once for each.", s.header[own])
		return
	}
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

// returns says what becomes of values below zero.
func (s *fieldList) returns(column int) string {
	if n := s.shapes[column].negative; n > 0 {
		return fmt.Sprintf("; %s below zero: an order of such lines alone is a return", percent(n))
	}
	return ""
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
