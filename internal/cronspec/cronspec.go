// Package cronspec says when a cron expression fires in a zone, and refuses the
// expressions that nobody can have meant.
//
// It promises: no text makes it panic; what it accepts fires within five years;
// a time that a night without it skips (clocks go forward) fires at the first
// instant after the gap, one that a night has twice (clocks go back) fires the
// first time alone. Expressions have the five fields of crontab, or are one of
// @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually, @every.
//
// The fields are robfig/cron's. Its own Next is asked in UTC only, as if that
// were the wall clock: in a zone it leaves out the night without 02:30 and runs
// the one with two of them twice.
package cronspec

import (
	"fmt"
	"strings"
	"time"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/robfig/cron/v3"
)

// Spec is an expression that fires. The zero Spec never does.
type Spec struct {
	text   string
	fields *cron.SpecSchedule
	every  time.Duration // instead of fields
}

// horizon is how far robfig/cron looks for the next time.
const horizon = 5 * 365 * 24 * time.Hour

// Parse reads an expression. The error is a fault.Fault without a place.
func Parse(text string) (Spec, error) {
	trimmed := strings.TrimSpace(text)
	refuse := func(todo, what string, args ...any) (Spec, error) {
		return Spec{}, fault.Fault{What: fmt.Sprintf("the schedule %q "+what, append([]any{text}, args...)...), Todo: todo}
	}
	const usual = `write minute, hour, day of month, month and day of week, as "15 3 * * *"`
	if trimmed == "" {
		return refuse(usual, "is empty")
	}
	if first := strings.ToUpper(strings.Fields(trimmed)[0]); strings.HasPrefix(first, "TZ=") || strings.HasPrefix(first, "CRON_TZ=") { // of which the parser panics on some
		return refuse("take it out: times are in timezone of the project", "names a zone of its own")
	}
	parsed, err := cron.ParseStandard(trimmed)
	if err != nil {
		return refuse(usual, "cannot be read: %v", err)
	}
	s := Spec{text: trimmed}
	switch p := parsed.(type) {
	case *cron.SpecSchedule:
		s.fields = p
		p.Location = time.UTC                                                               // stands for the wall clock of any zone
		nothing := p.Minute == 0 || p.Hour == 0 || p.Dom == 0 || p.Month == 0 || p.Dow == 0 // which Next takes long to find
		if nothing || p.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
			return refuse("name a day that the month has", "never fires")
		}
	case cron.ConstantDelaySchedule:
		// What the parser makes of less than a second, or of less than nothing, is a second.
		said, err := time.ParseDuration(strings.TrimSpace(strings.TrimPrefix(trimmed, "@every")))
		switch {
		case err != nil || said < time.Minute:
			return refuse("write a minute or more, as @every 30m", "is to fire more often than every minute")
		case said > horizon:
			return refuse("write a year at most", "does not fire within five years")
		}
		s.every = said
	default:
		return refuse(usual, "is of a kind that is not known")
	}
	return s, nil
}

// String is the expression.
func (s Spec) String() string { return s.text }

// Next is the first time that it fires after an instant.
//
// What fires every so often does so at the multiples of that since the year 1
// in UTC, so that a program that was started anew goes on as before.
func (s Spec) Next(after time.Time, zone *time.Location) time.Time {
	if s.fields == nil {
		if s.every == 0 {
			return time.Time{}
		}
		return after.Truncate(s.every).Add(s.every).In(zone)
	}
	after = after.Round(0).In(zone)
	for wall := s.fields.Next(reading(after)); !wall.IsZero(); wall = s.fields.Next(wall) {
		if at, _ := instant(wall, zone); at.After(after) {
			return at
		}
	}
	return time.Time{}
}

// reading is what the wall clock shows, as a time in UTC.
func reading(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// shift is what the clock does at a time of the wall.
type shift string

const (
	even    shift = ""
	gap     shift = "gap"     // it never shows it
	overlap shift = "overlap" // it shows it twice
)

// instant is when the wall clock of a zone first shows a time, or where it jumps
// over it, when it jumps.
func instant(wall time.Time, zone *time.Location) (time.Time, shift) {
	t := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, zone)
	start, end := t.ZoneBounds()
	if shown := reading(t); shown.After(wall) {
		return start.In(zone), gap
	} else if shown.Before(wall) {
		return end.In(zone), gap
	}
	if !start.IsZero() { // the same reading may have been there before the clock went back
		_, before := start.Add(-time.Nanosecond).In(zone).Zone()
		if first := wall.Add(-time.Duration(before) * time.Second); first.Before(start) {
			return first.In(zone), overlap
		}
	}
	if !end.IsZero() {
		_, after := end.In(zone).Zone()
		if second := wall.Add(-time.Duration(after) * time.Second); !second.Before(end) {
			return t, overlap
		}
	}
	return t, even
}
