package customer

import (
	"testing"
	"time"
)

// TestDayAndMonthAgreeWithTime walks two years hour by hour in zones with
// and without summer time.
func TestDayAndMonthAgreeWithTime(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Moscow", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Africa/Cairo"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		c := NewCalendar(zone)
		for at := time.Date(1969, 6, 1, 0, 30, 0, 0, time.UTC); at.Year() < 1972; at = at.Add(time.Hour) {
			check(t, c, at, zone)
		}
		for at := time.Date(2017, 12, 1, 0, 30, 0, 0, time.UTC); at.Year() < 2020; at = at.Add(time.Hour) {
			check(t, c, at, zone)
		}
	}
}

func check(t *testing.T, c *Calendar, at time.Time, zone *time.Location) {
	t.Helper()
	l := at.In(zone)
	want := time.Date(l.Year(), l.Month(), l.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400
	day := c.Day(at.UnixMicro())
	if int64(day) != want {
		t.Fatalf("Day(%v) = %d, want %d", l, day, want)
	}
	if got, want := Month(day), int32((l.Year()-1970)*12+int(l.Month())-1); got != want {
		t.Fatalf("Month(%v) = %d, want %d", l, got, want)
	}
	if got := DayText(FirstOfMonth(Month(day))); got != l.Format("2006-01")+"-01" {
		t.Fatalf("FirstOfMonth(%v) = %s", l, got)
	}
	y, w := l.ISOWeek()
	monday := time.Unix(int64(FirstOfWeek(Week(day)))*86400, 0).UTC()
	if my, mw := monday.ISOWeek(); my != y || mw != w || monday.Weekday() != time.Monday {
		t.Fatalf("the week of %v begins on %v", l, monday)
	}
	if s := c.Start(day); c.Day(s) != day || c.Day(s-1) != day-1 {
		t.Fatalf("Start(%v) = %v: not the first instant of the day", l, time.UnixMicro(s).In(zone))
	}
}
