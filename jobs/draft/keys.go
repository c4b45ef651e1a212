package draft

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/customer"
)

// A column that is named as a key and is none joins strangers for good: better
// no key than such a one.

var (
	peopleNames = regexp.MustCompile(`^\p{L}[\p{L}.'’-]*([ ,]+\p{L}[\p{L}.'’-]*)+$`)
	masked      = regexp.MustCompile(`[*•#]|[xX]{3,}`)
	amounts     = regexp.MustCompile(`^[-+(]?[$€£₽]?[-+]?[0-9][0-9 ,]*[.,][0-9]{2}\)?$|^0$|^-`)
	fourDigits  = regexp.MustCompile(`^[0-9]{4}$`)
)

// few is the share of a column's values that may be something else.
const few = .2

// noKey says what the values of a column are that its name takes for a key of
// a customer, "" where they may be one.
func (t *table) noKey(kind customer.Kind, field string, column int, linked bool) string {
	s, n := t.shapes[column], t.names[column]
	is := func(what *regexp.Regexp) bool { return matching(s, what) > few }
	switch field {
	case "contact_id", "login":
		named := n.has("id", "code", "no", "nr", "number", "key", "uid", "guid", "ид", "код", "номер", "kod", "nomer", "login", "username") || strings.HasSuffix(n.flat, "id")
		switch {
		case is(peopleNames), field == "contact_id" && !linked && !named && s.digits < .5 && s.email == 0:
			return "names"
		case field == "contact_id" && !linked && s.email >= .8:
			return "e-mails"
		case kind == customer.Contact && s.alone < .5:
			return "of several contacts each"
		}
	case "loyalty_card":
		switch {
		case is(masked):
			return "masked"
		case is(amounts):
			return "amounts"
		case kind == customer.Contact && s.alone < .5:
			return "of several contacts each"
		case !n.has("loyalty", "bonus", "discount", "бонусная") && matching(s, fourDigits) >= most:
			return "the last digits of cards"
		}
	case "email":
		if is(masked) {
			return "masked"
		}
	}
	return ""
}

// noKeys tells of columns that are named as keys of customers, and are taken
// for none because of their values.
func (t *table) noKeys(fields []Field) (say []string) {
	for i, n := range t.names {
		if slices.ContainsFunc(fields, func(f Field) bool { return slices.Contains(f.Columns, t.header[i]) }) {
			continue
		}
		for _, w := range words[t.kind] {
			if n.fit(knownNames(w.names)) < fitsInside-worst {
				continue
			}
			if what := t.noKey(t.kind, w.field, i, false); what != "" {
				say = append(say, fmt.Sprintf("%s of %s: no %s is made of it, for its values are %s, as %s.", t.header[i], t.Name, w.field, what, t.firstOf(i)))
				break
			}
		}
	}
	return say
}

// firstOf is the first value of a column.
func (t *table) firstOf(column int) string {
	values := t.Columns[column].Values
	return values[max(0, slices.IndexFunc(values, func(v string) bool { return v != "" }))]
}

// crowds tells of values of keys that so many rows have that they may stand for
// nobody: the customer of a till that asks no name.
func (t *table) crowds(fields []Field) (say []string) {
	for _, f := range fields {
		if def, _ := t.kind.Field(f.Field); def.Type != customer.KeyField || len(f.Columns) != 1 || f.Field == "client_id" {
			continue
		}
		s := t.shapes[slices.Index(t.header, f.Columns[0])]
		for _, v := range slices.Sorted(maps.Keys(s.counts)) {
			if n := s.counts[v]; s.filled >= 50 && share(n, s.filled) > .1 {
				say = append(say, fmt.Sprintf("%s of %s: %s of the rows that have one have %s; if it stands for nobody, map it to \"\", or all of them are one customer.", f.Field, t.Name, percent(share(n, s.filled)), v))
			}
		}
	}
	return say
}
