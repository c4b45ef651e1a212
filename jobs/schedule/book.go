// Package schedule keeps the book of the nights that run by themselves, and
// tells of them: on a page of metrics, as health, in messages.
//
// It promises that nothing of a customer leaves by it: what it tells are dates,
// counts, names of sources and of exit codes, never the text of an error, which
// may quote a row. It runs no night and knows no clock: who does, tells it.
//
// To keep the book in the table of runs was rejected: a night that waits has no
// run, and is just what somebody wants to know of.
package schedule

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/store"
)

// Night is what became of a day.
type Night struct {
	Date    string    `json:"run_date"`
	Tries   []Try     `json:"tries"`
	RunID   string    `json:"run_id,omitempty"`      // "" while it is pending
	Without []string  `json:"without,omitempty"`     // sources that it no longer waited for
	Passed  bool      `json:"passed_over,omitempty"` // somebody ran a later day, so it is not run any more
	Seconds float64   `json:"seconds,omitempty"`     // of the try that made it
	Served  time.Time `json:"served_at,omitzero"`    // when what it made was, or what rests on it
}

// Try is one time, or several that ended the same.
type Try struct {
	At       time.Time `json:"at"`
	Last     time.Time `json:"last,omitzero"` // of several
	Times    int       `json:"times"`
	Exit     string    `json:"exit"` // name of the exit code, or running, or killed
	Why      string    `json:"why,omitempty"`
	WaitsFor []string  `json:"waits_for,omitempty"`
}

const (
	running = "running"
	killed  = "killed"
)

// Pending tells whether the night has still to be run.
func (n *Night) Pending() bool { return n.RunID == "" && !n.Passed }

// Count is how often it was tried.
func (n *Night) Count() (count int) {
	for _, t := range n.Tries {
		count += t.Times
	}
	return count
}

// Since is when it was first tried, zero for never.
func (n *Night) Since() time.Time {
	if len(n.Tries) == 0 {
		return time.Time{}
	}
	return n.Tries[0].At
}

// last is the last try.
func (n *Night) last() Try {
	if len(n.Tries) == 0 {
		return Try{}
	}
	return n.Tries[len(n.Tries)-1]
}

// Begin notes a try before it is made, so that one which is killed is known.
func (n *Night) Begin(at time.Time) { n.Tries = append(n.Tries, Try{At: at, Times: 1, Exit: running}) }

// End notes how the try ended. It is news where the one before did not end the
// same.
func (n *Night) End(at time.Time, code fault.Code, why string, waitsFor []string) (news bool) {
	t := &n.Tries[len(n.Tries)-1]
	t.Exit, t.Why, t.WaitsFor = fault.Codes[code].Name, why, waitsFor
	if len(n.Tries) < 2 {
		return true
	}
	before := &n.Tries[len(n.Tries)-2]
	if before.Exit != t.Exit || before.Why != t.Why || !slices.Equal(before.WaitsFor, t.WaitsFor) {
		return true
	}
	before.Times, before.Last = before.Times+1, at
	n.Tries = n.Tries[:len(n.Tries)-1]
	return false
}

// String is what happened and what was decided, in a line.
func (n *Night) String() string {
	var parts []string
	last := n.last()
	switch {
	case n.Passed:
		parts = append(parts, "passed over")
	case n.Pending() && len(last.WaitsFor) > 0:
		parts = append(parts, "waits for "+strings.Join(last.WaitsFor, ", "))
	case n.Pending():
		parts = append(parts, "pending: "+last.Exit)
	case n.Served.IsZero() && last.Exit == fault.Codes[fault.Publish].Name:
		parts = append(parts, "not served")
	}
	if len(n.Without) > 0 {
		parts = append(parts, "without "+strings.Join(n.Without, ", "))
	}
	if count := n.Count(); count > 1 || n.Pending() && count > 0 {
		tries := "tries"
		if count == 1 {
			tries = "try"
		}
		parts = append(parts, fmt.Sprintf("%d %s since %s", count, tries, n.Since().UTC().Format("2006-01-02 15:04")))
	}
	for _, t := range n.Tries {
		if !n.Pending() && t.Exit != fault.Codes[fault.OK].Name {
			parts = append(parts, t.Exit)
		}
	}
	return strings.Join(parts, ", ")
}

// Book is every night that the schedule has had to do with, by date.
type Book struct {
	path   string
	Nights []*Night
}

// pages is how many nights a book keeps.
const pages = 400

// Open reads a book. One that is not there yet is empty.
func Open(path string) (*Book, error) {
	b := &Book{path: path}
	text, err := store.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the book of nights: %w", err)
	}
	if err := json.Unmarshal(text, &b.Nights); err != nil {
		return nil, fault.With(fmt.Errorf("read the book of nights %s: %w; take it away: what it had to tell is lost, and nothing else", path, err), fault.Mismatch)
	}
	return b, nil
}

// Recover notes that tries which did not end were killed. Whoever calls it holds
// the lock, so none is going on.
func (b *Book) Recover() {
	for _, n := range b.Nights {
		for i := range n.Tries {
			if t := &n.Tries[i]; t.Exit == running {
				t.Exit, t.Why = killed, "the process ended in the midst of it"
			}
		}
	}
}

// Night is the page of a date.
func (b *Book) Night(date string) *Night {
	i, found := slices.BinarySearchFunc(b.Nights, date, func(n *Night, date string) int { return strings.Compare(n.Date, date) })
	if !found {
		b.Nights = slices.Insert(b.Nights, i, &Night{Date: date})
	}
	return b.Nights[i]
}

// Made notes the runs of the line, whoever made them, and the nights before its end
// that it has not: the line never comes back to them by itself.
func (b *Book) Made(line []string) {
	made := map[string]string{}
	end := ""
	for _, id := range line {
		end, _, _ = strings.Cut(id, ".")
		made[end] = id
	}
	for _, n := range b.Nights {
		if n.RunID == "" {
			n.RunID = made[n.Date]
			n.Passed = n.RunID == "" && n.Date < end
		}
	}
}

// Of is the page of the night that a run made, nil for none.
func (b *Book) Of(runID string) *Night {
	for _, n := range b.Nights {
		if n.RunID == runID {
			return n
		}
	}
	return nil
}

// Pending are the nights that have still to be run.
func (b *Book) Pending() (all []*Night) {
	for _, n := range b.Nights {
		if n.Pending() {
			all = append(all, n)
		}
	}
	return all
}

// Exit is what the first night ended in that is pending, or was made and could not
// be served; fault.OK for none. So a process that has just begun knows how the one
// before it ended.
func (b *Book) Exit() fault.Code {
	for _, n := range b.Nights {
		for _, c := range fault.Codes {
			if c.Name == n.last().Exit && (n.Pending() || n.RunID != "" && n.Served.IsZero() && c.Code == fault.Publish) {
				return c.Code
			}
		}
	}
	return fault.OK
}

// Save writes the book.
func (b *Book) Save() error {
	b.Nights = b.Nights[max(0, len(b.Nights)-pages):]
	text, err := json.MarshalIndent(b.Nights, "", "  ")
	if err == nil {
		err = store.Write(b.path, append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("write the book of nights: %w", err)
	}
	return nil
}
