package customer

import (
	"fmt"
	"math"
	"time"
)

// Calendar cuts instants into the local days and months of one zone. It
// remembers the offset in force around the last instant, so it belongs to
// one goroutine.
type Calendar struct {
	zone     *time.Location
	from, to int64 // seconds since 1970 between which offset holds
	offset   int64 // seconds east of UTC
}

// NewCalendar cuts in that zone.
func NewCalendar(zone *time.Location) *Calendar { return &Calendar{zone: zone} }

// Day is the local day of an instant in microseconds UTC, as days since
// 1970-01-01.
func (c *Calendar) Day(at int64) int32 {
	s := floorDiv(at, 1e6)
	if s < c.from || s >= c.to {
		c.look(s)
	}
	return int32(floorDiv(s+c.offset, 86400))
}

func (c *Calendar) look(s int64) {
	t := time.Unix(s, 0).In(c.zone)
	_, offset := t.Zone()
	start, end := t.ZoneBounds()
	c.from, c.to, c.offset = math.MinInt64, math.MaxInt64, int64(offset)
	if !start.IsZero() {
		c.from = start.Unix()
	}
	if !end.IsZero() {
		c.to = end.Unix()
	}
}

// Start is the first instant of a local day, in microseconds UTC.
func (c *Calendar) Start(day int32) int64 {
	t := time.Date(1970, 1, 1+int(day), 0, 0, 0, 0, c.zone)
	for d := NewCalendar(c.zone); d.Day(t.UnixMicro()) < day; { // midnight fell into a gap
		t = t.Add(15 * time.Minute)
	}
	return t.UnixMicro()
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Month is the month of a day, as months since 1970-01.
func Month(day int32) int32 {
	y, m, _ := Civil(day)
	return int32((y-1970)*12 + m - 1)
}

// FirstOfMonth is the first day of a month.
func FirstOfMonth(month int32) int32 {
	y, m := floorDiv(int64(month), 12), int64(month)-12*floorDiv(int64(month), 12)
	return int32(time.Date(1970+int(y), time.Month(m+1), 1, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// Week is the ISO week of a day: weeks from Monday to Sunday, counted from
// that of 1970-01-01, a Thursday.
func Week(day int32) int32 { return int32(floorDiv(int64(day)+3, 7)) }

// FirstOfWeek is the Monday of a week.
func FirstOfWeek(week int32) int32 { return 7*week - 3 }

// Civil is a day as year, month (1 to 12) and day of the month: the
// algorithm of Howard Hinnant's "chrono-Compatible Low-Level Date
// Algorithms", which needs no loop.
func Civil(day int32) (year, month, dom int) {
	z := int64(day) + 719468
	era := floorDiv(z, 146097)
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	m := mp + 3
	if m > 12 {
		m -= 12
	}
	y := yoe + era*400
	if m <= 2 {
		y++
	}
	return int(y), int(m), int(doy - (153*mp+2)/5 + 1)
}

// DayText writes 2006-01-02.
func DayText(day int32) string {
	return DayTime(day).Format(time.DateOnly)
}

// ParseDay reads what DayText writes.
func ParseDay(text string) (int32, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, fmt.Errorf("read a day: %w", err)
	}
	return DayOf(t), nil
}

// DayOf is the day of a date at 00:00 UTC.
func DayOf(date time.Time) int32 { return int32(date.Unix() / 86400) }

// DayTime is a day at 00:00 UTC.
func DayTime(day int32) time.Time { return time.Unix(int64(day)*86400, 0).UTC() }
