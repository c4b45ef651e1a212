package filters

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/transforms/segment"
)

// sessionGap is how long nothing happens before a new session begins, in
// microseconds.
const sessionGap = 30 * 60e6

// visits are the filters of the web group that ask when somebody was there.
func visits() []segment.Filter {
	return []segment.Filter{
		{
			Name: "sessions", Group: "web", Type: segment.Number,
			Doc:     "how many sessions began: an event begins one where there was none in the 30 minutes before it, and counts for its own day",
			Example: "{ge: 3, in_last: 30d}",
			Params:  segment.WindowKeys(),
			Needs:   segment.Needs{customer.OfEvents: {"event_at"}},
			Bind:    func(s *segment.Scope) segment.Test { return s.Whole(sessions(s)) },
		},
		{
			Name: "last_visit", Group: "web", Type: segment.Date,
			Doc:     "day of the last event of any name; missing for who has none",
			Example: "{older_than: 60d}",
			Needs:   segment.Needs{customer.OfEvents: nil},
			Bind: func(s *segment.Scope) segment.Test {
				events := s.AllFacts(customer.OfEvents)
				return s.Date(events.DayOf(events.Last(func(int) bool { return true })))
			},
		},
		{
			Name: "active_days", Group: "web", Type: segment.Number,
			Doc:     "on how many days there was an event of any name",
			Example: "{ge: 5, in_last: 30d}",
			Params:  segment.WindowKeys(),
			Needs:   segment.Needs{customer.OfEvents: nil},
			Bind: func(s *segment.Scope) segment.Test {
				events, later := s.Facts(customer.OfEvents), int64(columns.MissingInt)
				days := events.Count(func(r int) bool {
					another := events.Day(r) != later
					later = events.Day(r)
					return another
				})
				return s.Whole(func(i int) int64 {
					later = columns.MissingInt
					return days(i)
				})
			},
		},
	}
}

// sessions counts the sessions that begin within the window. An event is
// held until the one before it is known: that may lie before the window.
func sessions(s *segment.Scope) func(i int) int64 {
	within, events := s.Facts(customer.OfEvents), s.AllFacts(customer.OfEvents)
	at := events.Column("event_at").Ints
	n, held := int64(0), -1
	do := func(r int) bool {
		if held >= 0 && at[held]-at[r] > sessionGap {
			n++
		}
		held = -1
		if within.Has(r) {
			held = r
		}
		return held >= 0 || !within.Over(r)
	}
	return func(i int) int64 {
		n, held = 0, -1
		events.Newest(i, do)
		if held >= 0 {
			n++
		}
		return n
	}
}
