package schedule

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/cronspec"
	"github.com/habitue-data/habitue/internal/fault"
)

func day(t *testing.T, text string) int32 {
	t.Helper()
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return int32(d.Unix() / 86400)
}

func TestWhatIsDue(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cron, zone, last, now string
		all                   bool
		want                  []string
		why                   string
	}{
		{"15 3 * * *", "Europe/Berlin", "", "2026-01-10T04:00:00+01:00", false, []string{"2026-01-09"}, "the first night is yesterday's"},
		{"15 3 * * *", "Europe/Berlin", "", "2026-01-10T03:00:00+01:00", false, nil, "and not before its time"},
		{"15 3 * * *", "Europe/Berlin", "2026-01-08", "2026-01-10T03:14:59+01:00", false, nil, "a second before"},
		{"15 3 * * *", "Europe/Berlin", "2026-01-08", "2026-01-10T03:15:00+01:00", false, []string{"2026-01-09"}, "to the second"},
		{"15 3 * * *", "Europe/Berlin", "2026-01-09", "2026-01-10T23:00:00+01:00", false, nil, "once a date"},
		{"15 3 * * *", "Europe/Berlin", "2026-01-12", "2026-01-10T23:00:00+01:00", false, nil, "a clock that was set back runs nothing again"},
		{"15 3 * * *", "Europe/Berlin", "2026-01-06", "2026-01-10T01:00:00+01:00", false, []string{"2026-01-07", "2026-01-08"}, "missed nights in order, but not the one whose time is to come"},
		{"15 3 * * *", "Europe/Berlin", "2026-01-06", "2026-01-10T01:00:00+01:00", true, []string{"2026-01-07", "2026-01-08", "2026-01-09"}, "all that are over"},
		{"15 3 * * 1", "Europe/Berlin", "2026-01-04", "2026-01-12T04:00:00+01:00", false, []string{"2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08", "2026-01-09", "2026-01-10", "2026-01-11"}, "a week of nights on Monday"},
		{"30 2 * * *", "Europe/Berlin", "2027-03-26", "2027-03-28T03:00:00+02:00", false, []string{"2027-03-27"}, "a night without 02:30"},
		{"30 2 * * *", "Europe/Berlin", "2027-03-26", "2027-03-28T01:59:59+01:00", false, nil, "not before the gap"},
		{"30 2 * * *", "Europe/Berlin", "2026-10-24", "2026-10-25T02:30:00+01:00", false, nil, "the second 02:30 has nothing to do"},
		{"30 2 * * *", "Europe/Berlin", "2026-10-23", "2026-10-25T02:30:00+02:00", false, []string{"2026-10-24"}, "the first has"},
		{"0 0 * * *", "America/Sao_Paulo", "2018-11-02", "2018-11-04T01:00:00-02:00", false, []string{"2018-11-03"}, "a day that begins at one"},
		{"30 23 * * *", "Europe/Berlin", "2026-01-07", "2026-01-09T23:00:00+01:00", false, nil, "late in the evening: of the day before"},
		{"30 23 * * *", "Europe/Berlin", "2026-01-07", "2026-01-09T23:30:00+01:00", false, []string{"2026-01-08"}, "the same"},
		{"@every 6h", "UTC", "2026-01-08", "2026-01-10T00:00:00Z", false, []string{"2026-01-09"}, "as soon as the day is over"},
	} {
		cron, err := cronspec.Parse(c.cron)
		if err != nil {
			t.Fatal(err)
		}
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		last := int32(0)
		if c.last != "" {
			last = day(t, c.last)
		}
		var got []string
		for _, d := range (Clock{Cron: cron, Zone: zone, Now: now, All: c.all}).Due(last, c.last != "") {
			got = append(got, customer.DayText(d))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s in %s at %s after %s (%s): %s", c.cron, c.zone, c.now, c.last, c.why, diff)
		}
	}
}

// TestTheBook: tries that end the same are one line with a number, one that did
// not end was killed, and a run by hand is a run.
func TestTheBook(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lake", "_nights.json")
	at := func(hour int) time.Time { return time.Date(2026, 1, 10, hour, 0, 0, 0, time.UTC) }
	b, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	n := b.Night("2026-01-09")
	var news []bool
	for hour, code := range []fault.Code{fault.Gate, fault.Gate, fault.Gate, fault.Input} {
		n.Begin(at(hour))
		news = append(news, n.End(at(hour), code, "why", nil))
	}
	n.Begin(at(5))
	b.Night("2026-01-08").RunID = "2026-01-08.1"
	if err := b.Save(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]bool{true, false, false, true}, news); diff != "" {
		t.Errorf("news: %s", diff)
	}
	if b, err = Open(path); err != nil {
		t.Fatal(err)
	}
	b.Recover()
	if got, want := fmt.Sprint(b.Pending()), "[pending: killed, 5 tries since 2026-01-10 00:00]"; got != want {
		t.Errorf("pending are %s, want %s", got, want)
	}
	if got := b.Exit(); got != fault.OK { // of a killed one nobody knows
		t.Errorf("it ended in %d", got)
	}
	n = b.Night("2026-01-09")
	n.Begin(at(6))
	n.End(at(6), fault.Gate, "why", nil)
	if got := b.Exit(); got != fault.Gate {
		t.Errorf("it ended in %d, want the gate", got)
	}
	n.Tries = n.Tries[:len(n.Tries)-1]
	b.Made([]string{"2026-01-07.1", "2026-01-09.2"})
	if got, want := b.Night("2026-01-09").String(), "5 tries since 2026-01-10 00:00, gate, input, killed"; got != want || b.Of("2026-01-09.2") == nil || len(b.Nights) != 2 {
		t.Errorf("the night run by hand is %s, want %s", got, want)
	}
	for i := range 500 {
		b.Night(customer.DayText(day(t, "2027-01-01") + int32(i)))
	}
	if err := b.Save(); err != nil || len(b.Nights) != pages || b.Nights[0].Date != "2027-04-11" {
		t.Errorf("%d nights from %s on are kept, %v", len(b.Nights), b.Nights[0].Date, err)
	}
}
