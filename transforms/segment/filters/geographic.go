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
		withinKm(),
	}
}

// withinKm is the distance from a point, or from stores.
func withinKm() segment.Filter {
	radius := segment.DecimalKey("radius", "kilometres, this far included", "5")
	radius.Required = true
	return segment.Filter{
		Name: "within_km", Group: "geographic", Type: segment.Geo,
		Doc:     "the distance of a contact's place, over the ground, from a point or from the nearest of some stores; unknown of who has no place",
		Example: "{store: [s-12, s-14], radius: 5}",
		Params: []config.Spec{
			segment.DecimalKey("lat", "latitude of the point, degrees", "52.52"),
			segment.DecimalKey("lon", "longitude of the point, degrees", "13.405"),
			segment.OneOrMore("store", "ids of stores instead of a point; one without a place is none", "[s-12, s-14]"), radius,
		},
		Check: func(v *config.Value, say func(at *config.Value, what, todo string)) {
			if point := v.Has("lat") && v.Has("lon"); point == v.Has("store") || v.Has("lat") != v.Has("lon") {
				say(v, "within_km asks from where", "write lat and lon of a point, or store with ids of stores")
			}
		},
		NeedsOf: func(params segment.Operands) segment.Needs {
			needs := segment.Needs{customer.OfContacts: {"lat", "lon"}}
			if params.Get("store") != nil {
				needs[customer.OfStores] = []string{"record_id", "lat", "lon"}
			}
			return needs
		},
		Bind: func(s *segment.Scope) segment.Test {
			contacts := s.Rows(customer.OfContacts)
			place := placesOf(contacts)
			return s.Within(from(s), func(i int, at func(lat, lon float64)) {
				for r, to := contacts.Of(i); r < to; r++ {
					place(r, at)
				}
			})
		},
	}
}

// from are the points that a condition names.
func from(s *segment.Scope) (points []segment.Point) {
	add := func(lat, lon float64) { points = append(points, segment.Point{Lat: lat, Lon: lon}) }
	if s.Params.Get("store") == nil {
		add(s.Params.Decimal("lat"), s.Params.Decimal("lon"))
		return points
	}
	stores := s.Rows(customer.OfStores)
	named, place := stores.OneOf("record_id", s.Params.Words("store")...), placesOf(stores)
	for r := range stores.All() {
		if named(r) {
			place(r, add)
		}
	}
	return points
}

// placesOf yields where a row is, if that is known.
func placesOf(rows *segment.Rows) func(row int, at func(lat, lon float64)) {
	lat, lon := rows.Column("lat"), rows.Column("lon")
	return func(row int, at func(lat, lon float64)) {
		if !lat.Missing(row) && !lon.Missing(row) {
			at(lat.Floats[row], lon.Floats[row])
		}
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
