package demo

import (
	"math"
	"sort"
	"time"
)

const (
	daySeconds = 86_400
	utcOffset  = 3 * 3600 // Europe/Moscow, without summer time since 2014
)

// The shop's year: how much busier than usual a month, a weekday, a holiday
// is. A day's factor is the product of the three.
var (
	monthFactors   = [12]float64{.85, .90, 1.02, .98, 1.00, .94, .90, .96, 1.04, 1.03, 1.08, 1.30}
	weekdayFactors = [7]float64{1.15, .88, .86, .90, .95, 1.10, 1.16} // from Sunday
	holidays       = []holiday{
		{"new_year", time.January, 1, 8, .55},
		{"womens_day", time.March, 5, 7, 1.40},
		{"december_peak", time.December, 15, 30, 1.35},
	}
	// tillHours and webHours are how the visits of a day spread over it.
	tillHours = [24]float64{9: 3, 10: 5, 11: 6, 12: 7, 13: 7, 14: 6, 15: 6, 16: 7, 17: 9, 18: 11, 19: 10, 20: 7, 21: 4}
	webHours  = [24]float64{0: 3, 1: 1, 6: 1, 7: 3, 8: 4, 9: 5, 10: 6, 11: 6, 12: 7, 13: 7, 14: 6, 15: 6, 16: 6, 17: 6, 18: 7, 19: 8, 20: 10, 21: 11, 22: 10, 23: 6}
)

type holiday struct {
	name     string
	month    time.Month
	from, to int
	factor   float64
}

// Seasons are what a shop's year can be like: "year" is the one above, in a
// shop of "none" only weekdays differ, and "hold-out" is such a shop but that
// it is suddenly three times as busy in the last 90 days: what a model that
// is checked on just those days cannot have known.
var Seasons = []string{"year", "none", "hold-out"}

const (
	holdOut       = 90 // days
	holdOutFactor = 3.
)

// season is the factor of a day of history by its date and its number.
func season(name string, days int) func(date time.Time, d int) float64 {
	return func(date time.Time, d int) float64 {
		f := weekdayFactors[date.Weekday()]
		switch {
		case name == Seasons[2] && d >= days-holdOut && d < days:
			return f * holdOutFactor
		case name == Seasons[1] || name == Seasons[2]:
			return f
		}
		return f * yearFactor(date)
	}
}

func yearFactor(day time.Time) float64 {
	f := monthFactors[day.Month()-1]
	for _, h := range holidays {
		if day.Month() == h.month && day.Day() >= h.from && day.Day() <= h.to {
			f *= h.factor
		}
	}
	return f
}

// calendar turns the shop's clock, which runs fast on busy days, into days.
// On that clock every Poisson process of the model has a constant rate.
type calendar struct {
	first time.Time // midnight of the first day, as if local time were UTC
	ends  []float64 // reading of the shop's clock at the end of each day
}

func newCalendar(first time.Time, days int, factor func(date time.Time, d int) float64) calendar {
	c := calendar{first: first, ends: make([]float64, days)}
	sum := 0.0
	for d := range c.ends {
		sum += factor(c.date(d), d)
		c.ends[d] = sum
	}
	return c
}

func (c calendar) days() int            { return len(c.ends) }
func (c calendar) date(d int) time.Time { return c.first.AddDate(0, 0, d) }
func (c calendar) name(d int) string    { return c.date(d).Format(time.DateOnly) }
func (c calendar) end() float64         { return c.ends[len(c.ends)-1] }

// moment is when the shop's clock shows that: the day, and the local second
// since the first midnight.
func (c calendar) moment(clock float64, hours *[24]float64) (day int, second int64) {
	day = min(sort.SearchFloat64s(c.ends, clock), len(c.ends)-1)
	start := 0.0
	if day > 0 {
		start = c.ends[day-1]
	}
	rest := (clock - start) / (c.ends[day] - start)
	return day, int64(day)*daySeconds + secondOfDay(rest, hours)
}

// clock is the reverse of the day part of moment: the reading at midnight
// before day d.
func (c calendar) clock(d int) float64 {
	if d <= 0 {
		return 0
	}
	return c.ends[d-1]
}

// secondOfDay is the second by which that share of the day's visits is over.
func secondOfDay(share float64, hours *[24]float64) int64 {
	total := 0.0
	for _, h := range hours {
		total += h
	}
	left := share * total
	for h, w := range hours {
		if left < w {
			return min(int64(h)*3600+int64(math.Floor(left/w*3600)), daySeconds-1)
		}
		left -= w
	}
	return daySeconds - 1
}

// appendTime is a local second as 2025-12-31 23:59:59.
func (c calendar) appendTime(b []byte, second int64) []byte {
	return c.first.Add(time.Duration(second)*time.Second).AppendFormat(b, time.DateTime)
}

// micros is a local second as microseconds since 1970 UTC.
func (c calendar) micros(second int64) int64 {
	return (c.first.Unix() + second - utcOffset) * 1_000_000
}
