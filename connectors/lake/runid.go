package lake

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// run is a run id taken apart.
type run struct {
	date string // YYYY-MM-DD: dates in this form are ordered as texts
	n    int
}

var errRunID = errors.New("a run id is a date and a number, such as 2025-12-31.1")

func parseRunID(id string) (run, error) {
	date, number, found := strings.Cut(id, ".")
	n, err := strconv.Atoi(number)
	if _, bad := time.Parse(time.DateOnly, date); !found || err != nil || bad != nil || n < 1 || strconv.Itoa(n) != number {
		return run{}, errRunID
	}
	return run{date, n}, nil
}

func (r run) String() string { return fmt.Sprintf("%s.%d", r.date, r.n) }

func (r run) before(o run) bool { return r.date < o.date || r.date == o.date && r.n < o.n }

// NextRunID is the id for a new run of a date (YYYY-MM-DD): its number is
// one above the greatest that has a manifest.
func (l Lake) NextRunID(date string) (string, error) {
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		return "", fmt.Errorf("run of %q: %w", date, err)
	}
	ids, err := l.List()
	if err != nil {
		return "", err
	}
	next := run{date, 1}
	for _, id := range ids {
		if r, err := parseRunID(id); err == nil && r.date == date && r.n >= next.n {
			next.n = r.n + 1
		}
	}
	return next.String(), nil
}
