package cronspec

import (
	"errors"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/fault"
)

const layout = "2006-01-02T15:04:05Z07:00"

// fires are expressions, zones and dates: what fires after an instant.
var fires = []struct {
	spec, zone, after string
	want              []string
	why               string
}{
	{"15 3 * * *", "UTC", "2025-12-31T00:00:00Z", []string{"2025-12-31T03:15:00Z", "2026-01-01T03:15:00Z"}, "the plain case, over the end of a year"},
	{"15 3 * * *", "UTC", "2025-12-31T03:15:00Z", []string{"2026-01-01T03:15:00Z"}, "what fires now is not what fires next"},
	{"15 3 * * *", "UTC", "2025-12-31T03:14:59Z", []string{"2025-12-31T03:15:00Z"}, "a second before"},
	{"15 3 * * *", "Europe/Moscow", "2025-12-30T23:00:00Z", []string{"2025-12-31T03:15:00+03:00"}, "the zone's day, not UTC's"},
	{"15 3 * * *", "Asia/Kathmandu", "2025-12-30T21:00:00Z", []string{"2025-12-31T03:15:00+05:45"}, "a zone of quarters of an hour"},
	{"15 3 * * *", "Pacific/Kiritimati", "2025-12-30T13:00:00Z", []string{"2025-12-31T03:15:00+14:00"}, "the first zone of the day"},
	{"15 3 * * *", "Pacific/Pago_Pago", "2025-12-31T14:00:00Z", []string{"2025-12-31T03:15:00-11:00"}, "the last zone of the day"},
	{"0 5 29 2 *", "Europe/Berlin", "2025-01-01T00:00:00Z", []string{"2028-02-29T05:00:00+01:00"}, "a leap day: within five years"},
	{"0 5 1 * *", "Europe/Berlin", "2026-01-31T12:00:00Z", []string{"2026-02-01T05:00:00+01:00", "2026-03-01T05:00:00+01:00"}, "once a month"},
	{"0 5 31 * *", "Europe/Berlin", "2026-01-31T12:00:00Z", []string{"2026-03-31T05:00:00+02:00"}, "months without a 31st are left out"},
	{"0 5 * * MON", "Europe/Berlin", "2026-01-01T00:00:00Z", []string{"2026-01-05T05:00:00+01:00", "2026-01-12T05:00:00+01:00"}, "once a week"},
	{"0 2 13 * FRI", "UTC", "2026-11-10T00:00:00Z", []string{"2026-11-13T02:00:00Z", "2026-11-20T02:00:00Z"}, "the 13th or a Friday, not a Friday the 13th"},
	{"*/30 3-4 * * *", "UTC", "2026-01-01T03:10:00Z", []string{"2026-01-01T03:30:00Z", "2026-01-01T04:00:00Z", "2026-01-01T04:30:00Z", "2026-01-02T03:00:00Z"}, "several times a night, for nights that are pending"},
	{"@daily", "Europe/Berlin", "2026-01-01T00:00:00+01:00", []string{"2026-01-02T00:00:00+01:00"}, "midnight of the zone"},
	{"@weekly", "Europe/Berlin", "2026-01-01T00:00:00Z", []string{"2026-01-04T00:00:00+01:00"}, "Sunday"},
	{"@every 24h", "Europe/Berlin", "2026-03-28T12:00:00Z", []string{"2026-03-29T01:00:00+01:00", "2026-03-30T02:00:00+02:00"}, "from midnight UTC, whenever the program was started"},
	{"@every 90m", "UTC", "2026-01-01T00:10:00Z", []string{"2026-01-01T01:30:00Z", "2026-01-01T03:00:00Z"}, "multiples, not the time since the start"},

	// Clocks go forward.
	{"30 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", []string{"2027-03-28T03:00:00+02:00", "2027-03-29T02:30:00+02:00"}, "no 02:30: the first instant after the gap (the library leaves the night out)"},
	{"0 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", []string{"2027-03-28T03:00:00+02:00", "2027-03-29T02:00:00+02:00"}, "the gap's own first minute"},
	{"59 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", []string{"2027-03-28T03:00:00+02:00"}, "the gap's last minute"},
	{"0 3 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", []string{"2027-03-28T03:00:00+02:00"}, "the first minute after it is a plain one"},
	{"59 1 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", []string{"2027-03-28T01:59:00+01:00"}, "the last minute before it too"},
	{"0 2,3 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", []string{"2027-03-28T03:00:00+02:00", "2027-03-29T02:00:00+02:00"}, "two times that become one instant are one"},
	{"*/15 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", []string{"2027-03-28T03:00:00+02:00", "2027-03-29T02:00:00+02:00"}, "four times in the gap are one"},
	{"30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", []string{"2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00"}, "the other side of the ocean on another day"},
	{"30 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00+11:00", []string{"2026-10-04T02:30:00+11:00"}, "a gap of half an hour ends with 02:30"},
	{"10 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00+11:00", []string{"2026-10-04T02:30:00+11:00", "2026-10-05T02:10:00+11:00"}, "and 02:10 lies in it"},
	{"0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00:00Z", []string{"2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"}, "a night without midnight"},
	{"0 0 * * *", "Asia/Beirut", "2026-03-28T12:00:00Z", []string{"2026-03-29T01:00:00+03:00"}, "another one"},
	{"30 0 * * *", "Africa/Cairo", "2026-04-23T12:00:00Z", []string{"2026-04-24T01:00:00+03:00"}, "a Friday"},
	{"30 2 * * *", "Africa/Casablanca", "2026-03-21T12:00:00Z", []string{"2026-03-22T03:00:00+01:00", "2026-03-23T02:30:00+01:00"}, "the end of Ramadan"},
	{"15 3 * * *", "Pacific/Apia", "2011-12-29T20:00:00Z", []string{"2011-12-31T00:00:00+14:00", "2011-12-31T03:15:00+14:00"}, "a day that there was not, and then the next"},
	{"30 2 * * SUN", "Europe/Berlin", "2027-03-22T00:00:00Z", []string{"2027-03-28T03:00:00+02:00", "2027-04-04T02:30:00+02:00"}, "once a week, just then"},
	{"30 2 28 3 *", "Europe/Berlin", "2027-01-01T00:00:00Z", []string{"2027-03-28T03:00:00+02:00", "2028-03-28T02:30:00+02:00"}, "once a year, just then"},
	{"30 2 * * *", "Europe/Berlin", "2027-03-28T03:00:00+02:00", []string{"2027-03-29T02:30:00+02:00"}, "asked at the instant itself, not once more"},

	// Clocks go back.
	{"30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", []string{"2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"}, "two of 02:30: the first alone (the library fires twice)"},
	{"0 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", []string{"2026-10-25T02:00:00+02:00", "2026-10-26T02:00:00+01:00"}, "the first minute that is there twice"},
	{"0 3 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", []string{"2026-10-25T03:00:00+01:00", "2026-10-26T03:00:00+01:00"}, "03:00 is there once"},
	{"30 2 * * *", "Europe/Berlin", "2026-10-25T02:10:00+01:00", []string{"2026-10-26T02:30:00+01:00"}, "started in the hour's second turn: that night is over"},
	{"30 2 * * *", "Europe/Berlin", "2026-10-25T02:10:00+02:00", []string{"2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"}, "started in its first"},
	{"*/30 * * * *", "Europe/Berlin", "2026-10-25T02:20:00+02:00", []string{"2026-10-25T02:30:00+02:00", "2026-10-25T03:00:00+01:00"}, "the second turn of the hour has no times of its own"},
	{"30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", []string{"2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"}, "the other side of the ocean"},
	{"45 1 * * *", "Australia/Lord_Howe", "2026-04-04T12:00:00+11:00", []string{"2026-04-05T01:45:00+11:00", "2026-04-06T01:45:00+10:30"}, "half an hour twice"},
	{"30 23 * * *", "America/Sao_Paulo", "2018-02-17T12:00:00Z", []string{"2018-02-17T23:30:00-02:00", "2018-02-18T23:30:00-03:00"}, "back from midnight into the day before"},
	{"0 0 * * *", "America/Sao_Paulo", "2018-02-17T12:00:00Z", []string{"2018-02-18T00:00:00-03:00", "2018-02-19T00:00:00-03:00"}, "and that midnight is there once"},
	{"30 2 * * *", "Africa/Casablanca", "2026-02-14T12:00:00Z", []string{"2026-02-15T02:30:00+01:00", "2026-02-16T02:30:00Z"}, "the beginning of Ramadan"},
}

func TestWhenItFires(t *testing.T) {
	if len(fires) < 40 {
		t.Errorf("the table has %d rows", len(fires))
	}
	for _, c := range fires {
		s, err := Parse(c.spec)
		if err != nil {
			t.Errorf("%s: %v", c.spec, err)
			continue
		}
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(layout, c.after)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for range c.want {
			at = s.Next(at, zone)
			got = append(got, at.Format(layout))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s in %s after %s (%s): %s", c.spec, c.zone, c.after, c.why, diff)
		}
	}
}

// refused are expressions that nobody can have meant.
var refused = []struct{ spec, says, why string }{
	{"", "is empty", "nothing"},
	{"   ", "is empty", "no more than that"},
	{"TZ=", "a zone of its own", "the library panics"},
	{"TZ=0", "a zone of its own", "the library panics"},
	{"CRON_TZ=Europe/Berlin", "a zone of its own", "the library panics"},
	{"TZ=Europe/Berlin 15 3 * * *", "a zone of its own", "two zones are one too many: days are cut in the project's"},
	{"CRON_TZ=UTC @daily", "a zone of its own", "the same"},
	{" tz=UTC 15 3 * * *", "a zone of its own", "the same, written otherwise"},
	{"0 2 31 2 *", "never fires", "no February has it; the library takes it without a word"},
	{"0 2 30 2 *", "never fires", "the same"},
	{"0 2 31 4,6,9,11 *", "never fires", "none of these months has it"},
	{", 2 * * *", "never fires", "a field of nothing"},
	{"@every -1h", "more often than every minute", "the library makes a second of it"},
	{"@every 0s", "more often than every minute", "the same"},
	{"@every 1s", "more often than every minute", "a night is no heartbeat"},
	{"@every 59s", "more often than every minute", "the same"},
	{"@every 100000h", "within five years", "it would never come"},
	{"@every", "cannot be read", "every what"},
	{"@every day", "cannot be read", "no length of time"},
	{"@reboot", "cannot be read", "crontab has it, and it says no time"},
	{"@nightly", "cannot be read", "no such word"},
	{"15 3 * *", "cannot be read", "four fields"},
	{"0 15 3 * * *", "cannot be read", "six fields: seconds"},
	{"60 3 * * *", "cannot be read", "no such minute"},
	{"15 24 * * *", "cannot be read", "no such hour"},
	{"15 3 0 * *", "cannot be read", "no such day"},
	{"15 3 * 13 *", "cannot be read", "no such month"},
	{"15 3 * * 7", "cannot be read", "Sunday is 0 alone"},
	{"15 3 * * MONDAY", "cannot be read", "days have three letters"},
	{"*/0 3 * * *", "cannot be read", "a step of nothing"},
	{"5-1 3 * * *", "cannot be read", "a range that goes back"},
	{"L 3 * * *", "cannot be read", "words of another cron"},
	{"15 3 L * *", "cannot be read", "the same"},
	{"at three", "cannot be read", "words"},
}

func TestWhatIsRefused(t *testing.T) {
	for _, c := range refused {
		_, err := Parse(c.spec)
		var f fault.Fault
		if !errors.As(err, &f) || !strings.Contains(f.What, c.says) || f.Todo == "" {
			t.Errorf("%q (%s): %v, want %q", c.spec, c.why, err, c.says)
		}
	}
}

func TestSurprises(t *testing.T) {
	from := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		spec, zone string
		want       []string
	}{
		{"15 3 * * *", "Europe/Berlin", nil},
		{"30 2 * * *", "Europe/Moscow", nil},
		{"@every 1h", "Europe/Berlin", nil},
		{"30 2 * * *", "Europe/Berlin", []string{"2026-10-25 has 02:30 twice in Europe/Berlin: it fires the first time", "2027-03-28 has no 02:30 in Europe/Berlin: it fires once, at 03:00"}},
		{"0 0 * * *", "Asia/Beirut", []string{"2027-03-28 has no 00:00 in Asia/Beirut: it fires once, at 01:00"}},
		{"0 3 13 * FRI", "UTC", []string{"it names days of the month and days of the week: it fires on each of the one and on each of the other"}},
	} {
		s, err := Parse(c.spec)
		if err != nil {
			t.Fatal(err)
		}
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, s.Surprises(from, zone)); diff != "" {
			t.Errorf("%s in %s: %s", c.spec, c.zone, diff)
		}
	}
}

// TestOncePerDay asks for forty years of nights, in zones whose clocks do
// all that clocks do: whatever a day lacks or has twice, a time of day fires on
// each day once, but for days that there are not.
func TestOncePerDay(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Casablanca", "Africa/Cairo", "Asia/Gaza", "America/Havana", "Antarctica/Troll"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"0 0 * * *", "30 0 * * *", "30 1 * * *", "30 2 * * *", "30 23 * * *"} {
			s, err := Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			at := time.Date(2009, 12, 31, 23, 45, 0, 0, zone)
			for day := at.YearDay(); at.Year() < 2050; {
				next := s.Next(at, zone)
				if !next.After(at) || next.YearDay() != day%daysIn(at.Year())+1 {
					t.Fatalf("%s in %s: %s comes after %s", text, name, next, at)
				}
				day, at = next.YearDay(), next
			}
		}
	}
}

func daysIn(year int) int { return time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC).YearDay() }

// FuzzParse wants no text to make it panic, and what it accepts to fire.
func FuzzParse(f *testing.F) {
	for _, c := range fires {
		f.Add(c.spec)
	}
	for _, c := range refused {
		f.Add(c.spec)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		f.Fatal(err)
	}
	from := time.Date(2026, 10, 24, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(text)
		if err != nil {
			return
		}
		if next := s.Next(from, berlin); !next.After(from) || next.Sub(from) > horizon+48*time.Hour {
			t.Errorf("%q fires at %s", text, next)
		}
	})
}
