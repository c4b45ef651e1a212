package filters

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/transforms/segment"
)

func custom() []segment.Filter {
	return []segment.Filter{{
		Name: "attribute", Group: "custom", Type: segment.Text,
		Doc:     "any field of the profile, compared as text",
		Example: "{name: preferred_channel, eq: sms}",
		Params:  []config.Spec{{Name: "name", Type: config.Enum, Values: profileColumns(), Required: true, Example: "preferred_channel", Doc: "the field"}},
		NeedsOf: func(params segment.Operands) segment.Needs {
			return segment.Needs{customer.OfCustomers: {params.Get("name").Text()}}
		},
		Bind: func(s *segment.Scope) segment.Test {
			c := s.Profile(s.Params.Get("name").Text())
			var text []byte
			return s.Text(func(i int) ([]byte, bool) {
				text = c.AppendValue(text[:0], i)
				return text, !c.Missing(i)
			})
		},
	}}
}

// profileColumns are the columns of customers.
func profileColumns() (names []string) {
	table, _ := customer.TableNamed("customers")
	for _, c := range table.Columns {
		names = append(names, c.Name)
	}
	return names
}
