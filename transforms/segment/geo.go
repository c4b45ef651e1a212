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

// Point is a place in degrees.
type Point struct{ Lat, Lon float64 }

// Within tests whether one of a customer's places lies within the radius of
// one of some points. It is unknown of who has no place, and of everybody where
// there is no point.
func (s *Scope) Within(points []Point, places func(i int, place func(lat, lon float64))) Test {
	radius := s.Params.Decimal("radius")
	nearest := math.Inf(1)
	near := func(lat, lon float64) {
		for _, p := range points {
			nearest = min(nearest, distance(p.Lat, p.Lon, lat, lon))
		}
	}
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
			switch {
			case points == nil:
				return "no such store has a place"
			case math.IsInf(km, 1):
				return "missing"
			}
			return strconv.FormatFloat(km, 'f', 1, 64) + " km"
		},
	}
}
