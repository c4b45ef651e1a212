package cronspec

import (
	"fmt"
	"time"
)

// starBit is how robfig/cron marks a field that is a star.
const starBit = 1 << 63

// Surprises are what an expression does that its writer may not expect: in the
// two years from an instant, where the clocks of the zone jump; one line each.
func (s Spec) Surprises(from time.Time, zone *time.Location) (all []string) {
	if s.fields == nil {
		return nil
	}
	if s.fields.Dom&starBit == 0 && s.fields.Dow&starBit == 0 {
		all = append(all, "it names days of the month and days of the week: it fires on each of the one and on each of the other")
	}
	told := map[shift]bool{}
	from = from.In(zone)
	until := from.AddDate(2, 0, 0)
	for _, end := from.ZoneBounds(); !end.IsZero() && end.Before(until) && len(told) < 2; _, end = end.In(zone).ZoneBounds() {
		around := reading(end.In(zone)).Add(-25 * time.Hour)
		for wall := s.fields.Next(around); !wall.IsZero() && wall.Before(around.Add(50*time.Hour)); wall = s.fields.Next(wall) {
			at, how := instant(wall, zone)
			if how == even || told[how] {
				continue
			}
			told[how] = true
			day, clock := wall.Format(time.DateOnly), wall.Format("15:04")
			if how == gap {
				all = append(all, fmt.Sprintf("%s has no %s in %s: it fires once, at %s", day, clock, zone, at.Format("15:04")))
			} else {
				all = append(all, fmt.Sprintf("%s has %s twice in %s: it fires the first time", day, clock, zone))
			}
		}
	}
	return all
}
