package filters

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/transforms/segment"
)

func geographic() []segment.Filter {
	return []segment.Filter{
		country(),
		profileText("city", "geographic", "city of the profile", "[Berlin, Hamburg]"),
		{
			Name: "within_km", Group: "geographic", Type: segment.Geo,
			Doc:     "the distance of a contact's place from a point, over the ground",
			Example: "{lat: 52.52, lon: 13.405, radius: 5}",
			Params: []config.Spec{
				segment.DecimalKey("lat", "latitude of the point, degrees", "52.52"),
				segment.DecimalKey("lon", "longitude of the point, degrees", "13.405"),
				segment.DecimalKey("radius", "kilometres, this far included", "5"),
			},
			Needs: segment.Needs{customer.OfContacts: {"lat", "lon"}},
			Bind: func(s *segment.Scope) segment.Test {
				contacts := s.Rows(customer.OfContacts)
				lat, lon := contacts.Column("lat"), contacts.Column("lon")
				return s.Within(func(i int, place func(lat, lon float64)) {
					for r, to := contacts.Of(i); r < to; r++ {
						if !lat.Missing(r) && !lon.Missing(r) {
							place(lat.Floats[r], lon.Floats[r])
						}
					}
				})
			},
		},
	}
}

// country is where somebody lives, or was seen last.
func country() segment.Filter {
	seen := func(params segment.Operands) bool { return params.Get("by").Text() == "last_seen" }
	return segment.Filter{
		Name: "country", Group: "geographic", Type: segment.Text,
		Doc:     "country of the profile, or of the last visit that has one",
		Example: "{in: [DE, AT], by: last_seen}",
		Params: []config.Spec{{Name: "by", Type: config.Enum, Values: []string{"home", "last_seen"}, Default: "home", Example: "last_seen",
			Doc: "home: as the profile has it; last_seen: of the last visit that has one, as its source spells it"}},
		NeedsOf: func(params segment.Operands) segment.Needs {
			if seen(params) {
				return segment.Needs{customer.OfEvents: {"country"}}
			}
			return segment.Needs{customer.OfCustomers: {"country"}}
		},
		Bind: func(s *segment.Scope) segment.Test {
			if seen(s.Params) {
				visits := s.AllFacts(customer.OfEvents)
				known := visits.Column("country")
				return s.Text(visits.TextOf("country", visits.Last(func(r int) bool { return !known.Missing(r) })))
			}
			home := s.Profile("country")
			return s.Text(func(i int) ([]byte, bool) { return home.Bytes(i) })
		},
	}
}

// profileText is a filter that asks a text of the profile.
func profileText(column, group, doc, example string) segment.Filter {
	return segment.Filter{
		Name: column, Group: group, Type: segment.Text, Doc: doc, Example: example, Words: customer.Words("customers", column),
		Needs: segment.Needs{customer.OfCustomers: {column}},
		Bind: func(s *segment.Scope) segment.Test {
			c := s.Profile(column)
			return s.Text(func(i int) ([]byte, bool) { return c.Bytes(i) })
		},
	}
}
