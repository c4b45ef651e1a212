package project

import (
	"time"

	"github.com/habitue-data/habitue/internal/config"
)

// plainDay holds that a text is a day.
func plainDay(v *config.Value, say say) {
	if _, err := time.Parse(time.DateOnly, v.Text()); err != nil {
		say(v, v.Path+" "+quoted(v.Text())+" is no day", "write it as 2025-12-31")
	}
}

// DateOf is the day that the name of a file says by the source's patterns;
// zero where it says none, or one that no calendar has.
func (s *Source) DateOf(path string) time.Time {
	for _, p := range s.Patterns {
		_, expr, order, err := p.compile()
		if err != nil {
			continue // Load has said so
		}
		if parts := expr.FindStringSubmatch(path); parts != nil {
			day, _, err := dateOf(order, parts[1:])
			if err != nil {
				return time.Time{}
			}
			return day
		}
	}
	return time.Time{}
}
