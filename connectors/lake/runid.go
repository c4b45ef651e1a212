package lake

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/habitue-data/habitue/internal/store"
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
// one above the greatest that has a manifest or is taken.
func (l Lake) NextRunID(date string) (string, error) {
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		return "", fmt.Errorf("run of %q: %w", date, err)
	}
	runs, err := l.runsBeside(".json", takenMark)
	if err != nil {
		return "", err
	}
	next := run{date, 1}
	for _, r := range runs {
		if r.date == date && r.n >= next.n {
			next.n = r.n + 1
		}
	}
	return next.String(), nil
}

// takenMark ends the name of a file beside the manifests that says that a
// run's id is taken.
const takenMark = ".taken"

// Take keeps a run's id from being given again, for a run whose workers may
// outlive whoever started it, and a job that failed: what they write late must
// not be where another run wrote.
func (l Lake) Take(id string) error {
	if err := store.Write(l.Path(manifests+"/"+id+takenMark), nil); err != nil {
		return fmt.Errorf("take the run id %s: %w", id, err)
	}
	return nil
}

// Release takes the mark away of a run that was committed, whose manifest keeps
// its id. Of any other it stays.
func (l Lake) Release(id string) error {
	if err := store.Remove(l.Path(manifests + "/" + id + takenMark)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("release the run id %s: %w", id, err)
	}
	return nil
}
