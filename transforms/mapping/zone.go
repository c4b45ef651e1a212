package mapping

import (
	"fmt"
	"math"
	"sort"
	"time"
	_ "time/tzdata" // a worker's machine may have no zone database
)

// zone turns clock readings of one place into instants and back.
//
// A reading that the clock skipped (spring) moves forward by what it
// skipped; one that it showed twice (autumn) is the first: in both cases the
// offset before the change is the one that holds.
type zone struct {
	location *time.Location
	spans    []zoneSpan // in order of time
}

// zoneSpan is a stretch of time with one offset. Its end is the start of
// the next.
type zoneSpan struct {
	local  int64 // first clock reading, seconds
	utc    int64 // first instant, seconds
	offset int64 // seconds east of Greenwich
}

// lastZoneYear is how far the changes are written out; later ones are asked
// of package time.
const lastZoneYear = 2100

// loadZone is the zone of that IANA name; "" is UTC.
func loadZone(name string) (*zone, error) {
	if name == "Local" {
		return nil, fmt.Errorf("zone Local is another one on every machine")
	}
	location, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("zone %s: %w", name, err)
	}
	z := &zone{location: location}
	at := time.Date(minYear, 1, 1, 0, 0, 0, 0, time.UTC).In(location)
	_, offset := at.Zone()
	z.spans = []zoneSpan{{local: math.MinInt64, utc: math.MinInt64, offset: int64(offset)}}
	for {
		start, end := at.ZoneBounds()
		_, offset := at.Zone()
		if before := z.spans[len(z.spans)-1].offset; before != int64(offset) {
			z.spans = append(z.spans, zoneSpan{start.Unix() + max(before, int64(offset)), start.Unix(), int64(offset)})
		}
		if end.IsZero() || at.Year() > lastZoneYear {
			return z, nil
		}
		if !end.After(at) { // at some ends of years package time stands still
			end = at.Add(time.Hour)
		}
		at = end
	}
}

// utc is the instant of a clock reading, both in seconds. hint is the span
// of the reading before, for rows are seldom far from their neighbours.
func (z *zone) utc(local int64, hint *int) int64 {
	i := *hint
	if local < z.spans[i].local || i+1 < len(z.spans) && local >= z.spans[i+1].local {
		i = sort.Search(len(z.spans), func(i int) bool { return z.spans[i].local > local }) - 1
		*hint = i
	}
	if i == len(z.spans)-1 && local >= lastZoneSecond {
		return z.utcFar(local)
	}
	return local - z.spans[i].offset
}

// lastZoneSecond is a clock reading before which every zone's spans are
// complete.
var lastZoneSecond = time.Date(lastZoneYear, 1, 1, 0, 0, 0, 0, time.UTC).Unix()

// utcFar is utc by the rules of package time's zones.
func (z *zone) utcFar(local int64) int64 {
	_, earlier := time.Unix(local-24*3600, 0).In(z.location).Zone()
	guess := time.Unix(local-int64(earlier), 0).In(z.location)
	_, offset := guess.Zone()
	if offset == earlier {
		return guess.Unix()
	}
	start, _ := guess.ZoneBounds()
	if local < start.Unix()+max(int64(earlier), int64(offset)) {
		return local - int64(earlier)
	}
	return local - int64(offset)
}

// local is the clock reading at an instant, both in seconds.
func (z *zone) local(utc int64) int64 {
	if utc >= lastZoneSecond {
		_, offset := time.Unix(utc, 0).In(z.location).Zone()
		return utc + int64(offset)
	}
	i := sort.Search(len(z.spans), func(i int) bool { return z.spans[i].utc > utc }) - 1
	return utc + z.spans[i].offset
}
