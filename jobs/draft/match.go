package draft

import (
	"cmp"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/transforms/mapping"
)

// match is a column as a field.
type match struct {
	column int
	fits   int
	tells  int
	rule   mapping.FieldSpec
	why    string // beyond the name
	link   string // whose values it holds, "" for nobody's
	guess  string // why it is a guess however well its name fits, "" where it is none
}

// candidate is a match that is not judged by its values yet.
type candidate struct {
	field  string
	place  int // of the field among the words of the kind
	column int
	fits   int
	tells  int
	link   string
}

// fieldsOf gives each field of a kind the column that fits it best, and each
// column to one field. contacts are the keys by which other samples know
// them.
func (t *table) fieldsOf(kind customer.Kind, contacts []contactKey) map[string]match {
	var all []candidate
	for place, w := range words[kind] {
		names := knownNames(w.names)
		for i, n := range t.names {
			fits := n.fit(names)
			if 0 < fits && fits <= fitsWeakly && !w.weakly || w.field == "at" && n.has("start", "end", "birth", "due", "valid", "expires", "updated") {
				fits = fitsNot
			}
			if fits == fitsNot && (w.field == "email" && t.shapes[i].email >= .8) {
				fits = fitsWeakly
			}
			if fits > fitsNot {
				all = append(all, candidate{field: w.field, place: place, column: i, fits: fits, tells: w.tells})
			}
		}
	}
	all = t.linked(kind, all, contacts)
	slices.SortStableFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.fits, a.fits), cmp.Compare(a.place, b.place), cmp.Compare(a.column, b.column))
	})
	fields, used := map[string]match{}, map[int]bool{}
	for _, c := range all {
		if _, has := fields[c.field]; has || used[c.column] {
			continue
		}
		if c.link == "" && c.field == "contact_id" && t.shapes[c.column].token > .8 {
			continue // a cookie
		}
		if t.noKey(kind, c.field, c.column, c.link != "") != "" {
			continue
		}
		if rule, why, ok := t.ruleOf(kind, c.column, c.field); ok {
			fields[c.field] = match{column: c.column, fits: c.fits, tells: c.tells, rule: rule, why: why, link: c.link}
			used[c.column] = true
		}
	}
	if kind == customer.Contact {
		t.consents(fields, used)
	}
	return fields
}

// contactKey is a column by which a sample of contacts is known.
type contactKey struct {
	field  string // of orders, events and interactions
	whose  string // the source and the column
	source string
	values map[string]int
}

// keyFields are the keys of contacts whose values cannot be told from each
// other by their looks, and what other records call them.
var keyFields = map[string]string{"id": "contact_id", "login": "login", "loyalty_card": "loyalty_card"}

// contactKeys are those of all samples of contacts.
func contactKeys(tables []*table) (keys []contactKey) {
	for _, t := range tables {
		if t.why != "" || t.kind != customer.Contact {
			continue
		}
		for _, own := range []string{"id", "login", "loyalty_card"} {
			if m, ok := t.fields[own]; ok {
				keys = append(keys, contactKey{keyFields[own], t.Name + "'s " + t.header[m.column], t.Name, t.shapes[m.column].counts})
			}
		}
	}
	return keys
}

// linked judges columns that are a key by their name anew, by whose values
// they hold.
func (t *table) linked(kind customer.Kind, all []candidate, contacts []contactKey) []candidate {
	isKey := func(field string) bool {
		return field == "contact_id" || field == "login" || field == "loyalty_card" || field == "client_id"
	}
	seen := map[int]bool{}
	for _, c := range all {
		if !isKey(c.field) || seen[c.column] {
			continue
		}
		seen[c.column] = true
		best, most := contactKey{}, .2
		for _, k := range contacts {
			if n := overlap(t.shapes[c.column].counts, k.values); n > most {
				best, most = k, n
			}
		}
		if best.field == "" {
			continue
		}
		place := slices.IndexFunc(words[kind], func(w word) bool { return w.field == best.field })
		if place >= 0 {
			all = append(all, candidate{best.field, place, c.column, fitsWhole + 1, words[kind][place].tells, best.whose})
		}
	}
	return all
}

// overlap is the share of the values of one column that are in another, 0
// where there are too few to tell.
func overlap(of, in map[string]int) float64 {
	both := 0
	for v := range of {
		if in[v] > 0 {
			both++
		}
	}
	if both < 5 {
		return 0
	}
	return share(both, len(of))
}
