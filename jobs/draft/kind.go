package draft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/transforms/mapping"
)

// hintTells is how much a file's name tells of its kind, leastTells how much
// must be told of a file before it is taken for anything. A column tells
// double where its name says it in full.
const (
	hintTells  = 8
	leastTells = 6
)

// choose finds the kind that a sample fits best, or why it fits none.
func (t *table) choose(contacts []contactKey) {
	best, second := 0, 0
	var short []string
	t.why = ""
	for _, name := range customer.Kinds() {
		kind, _ := customer.ParseKind(name)
		fields := t.fieldsOf(kind, contacts)
		tells := 0
		for _, m := range fields {
			if tells += m.tells; m.fits > fitsPartly {
				tells += m.tells
			}
		}
		hint := hinted(t.Name, kind)
		if hint {
			tells += hintTells
		}
		if lacks := t.lacks(kind, fields, hint); lacks != "" {
			if hint {
				short = append([]string{"as " + name + "s " + lacks}, short...)
			} else if tells >= leastTells {
				short = append(short, "as "+name+"s "+lacks)
			}
			continue
		}
		if tells > best {
			t.kind, t.fields, best, second = kind, fields, tells, best
			t.fits = Reason{Why: t.told(kind, fields, hint)}
		} else {
			second = max(second, tells)
		}
	}
	switch {
	case t.Rows == 0:
		t.why = "it has no rows"
	case len(t.Columns) == 1:
		t.why = "it has one column, " + t.header[0]
	case best < leastTells && len(short) > 0:
		t.why = "it fits no kind of record: " + short[0]
	case best < leastTells:
		t.why = "it fits no kind of record: too few of its columns are named as anything of a contact, order, event, interaction, product or store"
	case best >= 2*second && best >= 16:
		t.fits.Surety = Sure
	case 2*best >= 3*second:
		t.fits.Surety = Likely
	}
}

// noAmount says what looks like an amount and is none.
func (t *table) noAmount() string {
	if list := t.nested(); list != "" {
		return ": what it sold is a list in each row, " + list + ", of which a field takes one; export a row for each line, or the total"
	}
	best, column, names := fitsNot, -1, knownNames(amountNames)
	for k, n := range t.names {
		if fits := n.fit(names); fits > best && t.shapes[k].filled > 0 && !n.isBesides() {
			best, column = fits, k
		}
	}
	if column < 0 {
		return ""
	}
	if out, _ := t.mapped(customer.Order, mapping.FieldSpec{Field: "amount", Columns: []string{t.header[column]}}); len(out.Rejects) > 0 {
		return ": of " + t.header[column] + ", " + out.Rejects[0].Detail
	}
	return ""
}

// nested is a list of several things in a row, "" where there is none.
func (t *table) nested() string {
	for _, c := range t.Columns {
		if c.List != "" {
			return c.List
		}
	}
	return ""
}

// told says what speaks for a kind.
func (t *table) told(kind customer.Kind, fields map[string]match, hint bool) string {
	var has []string
	for _, w := range words[kind] {
		if m, ok := fields[w.field]; ok && w.tells > 0 {
			has = append(has, t.header[m.column])
		}
	}
	if len(has) > 4 {
		has = has[:4]
	}
	why := "it has " + strings.Join(has, ", ")
	if hint {
		why = "by its name; " + why
	}
	return why
}

// lacks says what a sample would need to be of a kind, "" where it has it.
func (t *table) lacks(kind customer.Kind, fields map[string]match, hint bool) string {
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { _, ok := fields[n]; return ok })
	}
	repeated := func(field string) bool {
		m, ok := fields[field]
		return ok && t.shapes[m.column].alone < .95
	}
	if _, happens := kind.Field("at"); happens && !has("at") {
		return "no column tells when"
	}
	contactKeys := []string{"contact_id", "email", "phone", "loyalty_card", "login", "client_id"}
	switch kind {
	case customer.Contact:
		switch {
		case !hint && hinted(t.Name, customer.Order):
			return "its name says that it has orders" // whose numbers would be taken for people's
		case !has("id", "email", "phone", "loyalty_card", "login"):
			return "no column tells who"
		case repeated("id"):
			return fmt.Sprintf("%s is not of one row each", t.header[fields["id"].column])
		case !has("email", "phone", "first_name", "last_name", "full_name", "birth_date", "gender", "marital_status", "income_band", "city"):
			return "nothing tells of a person"
		}
	case customer.Order:
		switch {
		case !hint && readName(t.Name).has("abandoned", "cart", "carts", "wishlist", "wishlists", "quotes", "estimates", "корзины"):
			return "its name says that nothing of it was bought"
		case !has("id"):
			return "no column is the number of an order"
		case !has("amount", "price"):
			return "no column is an amount" + t.noAmount()
		}
	case customer.Event:
		if !has("client_id", "name", "page", "session") {
			return "no column tells what happened, or on which device"
		}
	case customer.Interaction:
		switch {
		case !has(contactKeys...):
			return "no column tells with whom"
		case !has("kind", "campaign", "value", "text") && !hint:
			return "no column tells what it was"
		}
	case customer.Product:
		switch {
		case !has("sku") || repeated("sku"):
			return "no column is an article of one row each"
		case !has("name", "category", "brand", "price"):
			return "no column tells of an article"
		}
	case customer.Store:
		switch {
		case !has("id") || repeated("id"):
			return "no column is an id of one row each"
		case !hint && !has("lat"):
			return "nothing tells of a store"
		}
	}
	return ""
}
