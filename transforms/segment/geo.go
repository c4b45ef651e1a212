package segment

import (
	"math"
	"strconv"
)

// earthRadius in kilometres: the mean one, as the haversine formula takes it.
const earthRadius = 6371.0088

// distance is the way between two points in degrees, in kilometres, by the
// haversine formula (R. W. Sinnott, "Virtues of the Haversine", Sky and
// Telescope 68(2), 1984): exact to half a percent, and near points too.
func distance(lat1, lon1, lat2, lon2 float64) float64 {
	const degree = math.Pi / 180
	a, b := math.Sin((lat2-lat1)*degree/2), math.Sin((lon2-lon1)*degree/2)
	return 2 * earthRadius * math.Asin(math.Sqrt(min(1, a*a+math.Cos(lat1*degree)*math.Cos(lat2*degree)*b*b)))
}

// Within tests whether the nearest of a customer's places lies within radius
// of the point lat, lon. Without a place it is unknown.
func (s *Scope) Within(places func(i int, place func(lat, lon float64))) Test {
	lat, lon, radius := s.Params.Decimal("lat"), s.Params.Decimal("lon"), s.Params.Decimal("radius")
	nearest := math.Inf(1)
	near := func(la, lo float64) { nearest = min(nearest, distance(lat, lon, la, lo)) }
	find := func(i int) float64 {
		nearest = math.Inf(1)
		places(i, near)
		return nearest
	}
	return Test{
		Truth: func(i int) Truth {
			km := find(i)
			if math.IsInf(km, 1) {
				return Unknown
			}
			return Of(km <= radius)
		},
		Value: func(i int) string {
			km := find(i)
			if math.IsInf(km, 1) {
				return "missing"
			}
			return strconv.FormatFloat(km, 'f', 1, 64) + " km"
		},
	}
}
