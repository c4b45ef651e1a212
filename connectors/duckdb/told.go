package duckdb

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	driver "github.com/duckdb/duckdb-go/v2"
	"github.com/habitue-data/habitue/internal/fault"
)

// innerError is an error of a statement that was put inside another one, on a
// line of its own after the first.
type innerError struct{ error }

func (e innerError) Unwrap() error { return e.error }

func inner(err error) error {
	if err == nil {
		return nil
	}
	return innerError{err}
}

// told is an error of a statement with its place in the whole text. DuckDB
// counts lines and columns from where the statement begins and may show only
// a part of a long line.
func told(err error, name, sql string, s statement) error {
	var e *driver.Error
	if !errors.As(err, &e) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if limited := explain(err); limited != err {
		return limited
	}
	what, excerpt, _ := strings.Cut(e.Msg, "\n\nLINE ")
	text := s.text
	var in innerError
	within := errors.As(err, &in)
	if within {
		text = "\n" + text
	}
	line, col := place(excerpt, text)
	if within && line > 0 {
		line--
	}
	before := sql[:s.begin]
	if line <= 1 { // the statement's first line begins somewhere in one of the text
		col += len([]rune(before[strings.LastIndexByte(before, '\n')+1:]))
	}
	if col == 0 {
		col = 1
	}
	line = max(line, 1) + strings.Count(before, "\n")
	f := fault.Fault{File: name, Line: line, Col: col, What: strings.ReplaceAll(strings.TrimSpace(what), "\n", "; ")}
	return fault.With(fault.List{f}, fault.Usage)
}

// explain tells a person what to do where memory or disk ran out; other
// errors stay as they are. DuckDB gives the system's error as text only.
func explain(err error) error {
	var e *driver.Error
	switch {
	case !errors.As(err, &e):
		return err
	case strings.Contains(e.Msg, "No space left on device"), strings.Contains(e.Msg, "max_temp_directory_size"):
		return fault.With(fmt.Errorf("the disk is full, free some space and run again: %w", err), fault.NoSpace)
	case e.Type == driver.ErrorTypeOutOfMemory:
		return fmt.Errorf("it takes more memory than it may have, raise --memory: %w", err)
	}
	return err
}

// place reads `3: text of the line` and the caret under it; both are from 1,
// 0 where there is none.
func place(excerpt, statement string) (line, col int) {
	number, rest, found := strings.Cut(excerpt, ": ")
	line, err := strconv.Atoi(number)
	if !found || err != nil {
		return 0, 0
	}
	shownLine, under, _ := strings.Cut(rest, "\n")
	under, _, _ = strings.Cut(under, "\n")
	col = len([]rune(under)) - len("LINE "+number+": ") // the caret ends its line
	lines := strings.Split(statement, "\n")
	if cut, found := strings.CutPrefix(shownLine, "..."); found && line <= len(lines) {
		cut = strings.TrimSuffix(cut, "...")
		if at := strings.Index(lines[line-1], cut); at >= 0 {
			col += len([]rune(lines[line-1][:at])) - len("...")
		}
	}
	return line, max(col, 0)
}
