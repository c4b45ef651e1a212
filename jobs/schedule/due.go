package schedule

import (
	"time"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/cronspec"
)

// Clock is when nights are due.
type Clock struct {
	Cron cronspec.Spec
	Zone *time.Location
	Now  time.Time
	All  bool // every day that is over is due, whatever Cron says
}

// Due are the days to be run after the last one that was: those that are over and
// since whose end the schedule has fired, in order. Where no night was begun yet
// it is the last such day alone. So each date is due once, whatever clocks do,
// and one that was missed is due still.
func (c Clock) Due(last int32, begun bool) (days []int32) {
	calendar := customer.NewCalendar(c.Zone)
	yesterday := calendar.Day(c.Now.UnixMicro()) - 1
	if !begun {
		last = yesterday - 1
	}
	for day := last + 1; day <= yesterday; day++ {
		over := time.UnixMicro(calendar.Start(day + 1))
		if fires := c.Cron.Next(over.Add(-time.Nanosecond), c.Zone); !c.All && (fires.IsZero() || fires.After(c.Now)) {
			break
		}
		days = append(days, day)
	}
	return days
}

// Waited tells whether a night has waited for so long since the end of its day.
func (c Clock) Waited(day int32, wait time.Duration) bool {
	over := time.UnixMicro(customer.NewCalendar(c.Zone).Start(day + 1))
	return !c.Now.Before(over.Add(wait))
}
