package filters

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/transforms/segment"
)

func geographic() []segment.Filter {
	return []segment.Filter{
		profileText("country", "geographic", "country of the profile", "[DE, AT]"),
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
