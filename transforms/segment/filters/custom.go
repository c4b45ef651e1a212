package filters

import (
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/transforms/segment"
)

func custom() []segment.Filter {
	fields, traits := fieldsOf(customer.OfContacts, "customer_id", "consents", "attributes", "src_file", "src_line", "first_delivered"), fieldsOf(customer.OfCustomers, "customer_id")
	return []segment.Filter{
		{
			Name: "attribute", Group: "custom", Type: segment.Record,
			Doc:     "any field of contacts, and any column of a source that no field names; each must hold of one of the customer's contacts, and is unknown where none has a value",
			Example: "{household_size: {ge: 3}, attributes: {shoe_size: {ge: 42}}}",
			Params:  append(segment.FieldKeys(customer.OfContacts, fields...), segment.AttributesKey("attributes", "columns that no field names, by their names", "{shoe_size: {ge: 42}}")),
			NeedsOf: func(params segment.Operands) segment.Needs {
				needs := segment.FieldNeeds(params, fields...)
				if params.Get("attributes") != nil {
					needs = append(needs, "attributes")
				}
				return segment.Needs{customer.OfContacts: needs}
			},
			Bind: func(s *segment.Scope) segment.Test {
				contacts := s.Rows(customer.OfContacts)
				asked := s.Asked(contacts.Column, fields...)
				if s.Params.Get("attributes") != nil {
					asked = append(asked, s.AskedAttributes(contacts.Column("attributes"), "attributes")...)
				}
				return s.Any(contacts.Of, asked)
			},
		},
		{
			Name: "trait", Group: "custom", Type: segment.Record,
			Doc:     "any column of the table customers: golden profile, traits, scores",
			Example: "{average_order: {ge: 50}, temperature: hot}",
			Params:  segment.FieldKeys(customer.OfCustomers, traits...),
			NeedsOf: func(params segment.Operands) segment.Needs {
				return segment.Needs{customer.OfCustomers: segment.FieldNeeds(params, traits...)}
			},
			Bind: func(s *segment.Scope) segment.Test {
				return s.Any(func(i int) (from, to int) { return i, i + 1 }, s.Asked(s.Profile, traits...))
			},
		},
	}
}

// fieldsOf are the columns of a table but for instants, beside each of which
// its day stands, and those named.
func fieldsOf(t customer.HistoryTable, but ...string) (fields []segment.Field) {
	table, _ := customer.TableNamed(t.String())
	for _, c := range table.Columns {
		if c.Type.Held() != columns.Time && !slices.Contains(but, c.Name) {
			fields = append(fields, segment.Field{Key: c.Name, Column: c.Name, Doc: c.Doc})
		}
	}
	return fields
}
