// Package fault is how things that a person can put right are told: where,
// what is wrong, why it matters, what to do; all of them at once; with a
// named exit code. Everything else stays a plain Go error.
package fault

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Fault is one thing wrong in a file that a person wrote or delivered.
type Fault struct {
	File      string // relative to the project
	Line, Col int    // from 1; 0 where there is none
	What      string // what is wrong
	Why       string // why it is, or "" where What says it
	Todo      string // what to do
	Warning   bool   // worth telling, stops nothing
}

// Error is file:line:col: what, why, what to do.
func (f Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d", f.Line)
		if f.Col > 0 {
			fmt.Fprintf(&b, ":%d", f.Col)
		}
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	if f.Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(f.What)
	if f.Why != "" {
		b.WriteString(", " + f.Why)
	}
	if f.Todo != "" {
		b.WriteString("; " + f.Todo)
	}
	return b.String()
}

// List is all faults found.
type List []Fault

// Error is one fault a line, all of them: who mends one by one would else meet
// the last in the next night.
func (l List) Error() string {
	var lines []string
	for _, f := range l {
		lines = append(lines, f.Error())
	}
	return strings.Join(lines, "\n")
}

// Sort puts the faults in order of file, line and column.
func (l List) Sort() {
	sort.SliceStable(l, func(i, j int) bool {
		a, b := l[i], l[j]
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Col < b.Col
	})
}

// Of are all faults inside an error, in order, whatever is wrapped around
// them or joined to them.
func Of(err error) (all List) {
	switch x := err.(type) {
	case nil:
		return nil
	case Fault:
		return List{x}
	case List:
		return x
	case interface{ Unwrap() error }:
		return Of(x.Unwrap())
	case interface{ Unwrap() []error }:
		for _, e := range x.Unwrap() {
			all = append(all, Of(e)...)
		}
	}
	return all
}

// Err is the list as an error with that exit code, nil where it holds no
// fault beyond warnings.
func (l List) Err(code Code) error {
	for _, f := range l {
		if !f.Warning {
			return With(l, code)
		}
	}
	return nil
}

// Code is an exit code of the program. Numbers never change their meaning.
type Code int

const (
	OK        Code = 0
	Internal  Code = 1  // a defect of the program, or of the machine
	Usage     Code = 2  // the command line
	Config    Code = 3  // the project file or what it names
	Input     Code = 4  // a source that cannot be read as declared
	Gate      Code = 5  // data that must not be published
	Locked    Code = 6  // another run is going on
	Publish   Code = 7  // the run is committed, the serving database or a warehouse is not
	Cancelled Code = 8  // stopped by a signal or a deadline
	Mismatch  Code = 9  // the lake is not what its manifests say
	NoSpace   Code = 10 // the disk is full
	Line      Code = 11 // the date cannot be run: the line of runs forbids it
	Waiting   Code = 12 // a source has not delivered, and may still

	Unreachable Code = 13 // a database that is a source does not answer
)

// Codes names every code, with what a person should know of it.
var Codes = []struct {
	Code      Code
	Name, Doc string
}{
	{OK, "ok", "done"},
	{Internal, "internal", "a defect of the program or of the machine; the old tables stand"},
	{Usage, "usage", "the command line is wrong"},
	{Config, "config", "the project file, or a file that it names, is wrong; nothing was read or written"},
	{Input, "input", "a source cannot be read as the project file declares it; nothing was published"},
	{Gate, "gate", "the data was read and must not be published; nothing was"},
	{Locked, "locked", "another run of this project is going on"},
	{Publish, "publish", "the run is committed in the lake, the serving database is still the old one; habitue publish RUN tries again"},
	{Cancelled, "cancelled", "stopped by a signal or a deadline; the old tables stand"},
	{Mismatch, "mismatch", "the lake differs from what its manifests say: verify found it, or a run would have rested on it and made nothing"},
	{NoSpace, "no-space", "the disk is full; the old tables stand"},
	{Line, "line", "the line of runs forbids this date; the message says what is allowed"},
	{Waiting, "waiting", "the schedule waits for a source that has not delivered; the old tables stand"},
	{Unreachable, "unreachable", "a database that is a source could not be read to the end; nothing of it was kept, and another try may do; the old tables stand"},
}

type coded struct {
	error
	code Code
}

func (c coded) Unwrap() error { return c.error }

// With gives an error its exit code. An inner code stays: who is nearest to
// the cause knows best.
func With(err error, code Code) error {
	var inner coded
	if err == nil || errors.As(err, &inner) {
		return err
	}
	return coded{err, code}
}

// CodeOf is the exit code of an error: Internal where nobody gave one.
func CodeOf(err error) Code {
	if err == nil {
		return OK
	}
	var c coded
	if errors.As(err, &c) {
		return c.code
	}
	return Internal
}

// Nearest is the candidate that a person who wrote word probably meant, ""
// where none is near: at most a third of the letters wrong.
func Nearest(word string, candidates []string) string {
	best, least := "", len(word)/3+1
	for _, c := range candidates {
		if d := distance(strings.ToLower(word), strings.ToLower(c), least); d < least {
			best, least = c, d
		}
	}
	return best
}

// distance is the number of letters put in, left out, changed or swapped
// with the neighbour; limit or more is told as limit.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) >= limit || len(y)-len(x) >= limit {
		return limit
	}
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return min(rows[len(x)][len(y)], limit)
}
