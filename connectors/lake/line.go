package lake

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/store"
)

// The line is the one history that tomorrow builds on: at most one run per
// date. It is the file _manifests/_line.json, an array of run ids by date,
// which is only ever replaced whole. So a rerun of many dates takes the place
// of the old runs in one step, and a run whose process died between its
// manifest and this file is a run beside the line: the date is run again.
//
// Rejected: to take the line from the manifests' own "line": true. Then no
// single rename can move several dates at once.
const lineFile = manifests + "/_line.json"

// LineRuns are the ids of the runs on the line, by date; nil where none was
// ever made for it. A line that cannot be read, or is gone from a lake that had
// one, has the exit code Mismatch: without it a run would know no customer of
// yesterday, and give no sign of it.
func (l Lake) LineRuns() ([]string, error) {
	ids, _, err := l.line()
	return ids, err
}

// line are the runs on the line and the version of its file, which is what
// setLine may replace.
func (l Lake) line() (ids []string, version string, err error) {
	text, version, err := store.ReadVersion(l.Path(lineFile))
	if errors.Is(err, fs.ErrNotExist) {
		if was, err := l.lastLine(); err != nil || len(was) == 0 {
			return nil, "", err
		}
		return nil, "", l.lineLost(errors.New("it is gone"))
	}
	if err != nil {
		return nil, "", fmt.Errorf("read the line of runs: %w", err)
	}
	if ids, err = parseLine(text); err != nil {
		return nil, "", l.lineLost(err)
	}
	return ids, version, nil
}

// lineLost is the error of a line that cannot be read.
func (l Lake) lineLost(why error) error {
	was, err := l.lastLine()
	if err != nil {
		return err
	}
	text, _ := json.Marshal(was) // texts
	return fault.With(fmt.Errorf("the line of runs %s cannot be read: %w; put the file back, or where there is no copy write %s into it: by the manifests that is the line", l.Path(lineFile), why, text), fault.Mismatch)
}

// lastLine is the line by the manifests: the newest run that was made for it,
// and each before it that the next one was made after. A run that did not come
// to join the line may stand at its end, and is as good.
func (l Lake) lastLine() ([]string, error) {
	ids, err := l.List()
	line, next := []string{}, ""
	for i := len(ids) - 1; i >= 0 && err == nil; i-- {
		var m Manifest
		if m, err = l.Load(ids[i]); m.RunID == next || len(line) == 0 && m.Line {
			line = slices.Insert(line, 0, ids[i])
			next = m.Predecessor
		}
	}
	return line, err
}

// startLine makes the line's file before the first manifest that is made for
// it is written: then a line that is gone can be told from one that never was.
func (l Lake) startLine() error {
	ids, version, err := l.line()
	if err == nil && ids == nil {
		err = l.setLine([]string{}, version)
	}
	return err
}

func parseLine(text []byte) ([]string, error) {
	var ids []string
	if err := json.Unmarshal(text, &ids); err != nil {
		return nil, err
	}
	for i, id := range ids {
		r, err := parseRunID(id)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", id, err)
		}
		if i > 0 {
			if last, _ := parseRunID(ids[i-1]); last.date >= r.date {
				return nil, fmt.Errorf("%s stands after %s", id, ids[i-1])
			}
		}
	}
	return ids, nil
}

// LineEnd is the id of the line's last run, "" where the line is empty.
func (l Lake) LineEnd() (string, error) {
	ids, err := l.LineRuns()
	if err != nil || len(ids) == 0 {
		return "", err
	}
	return ids[len(ids)-1], nil
}

// PredecessorOf is the run on the line of the greatest date before the given
// one: what a run of that date stands behind. It is "" for the first.
func (l Lake) PredecessorOf(date string) (string, error) {
	ids, err := l.LineRuns()
	if err != nil {
		return "", err
	}
	before, _ := split(ids, date)
	if len(before) == 0 {
		return "", nil
	}
	return before[len(before)-1], nil
}

// MayJoin tells, before any work is done, whether runs of these dates, in
// order, may join the line: every later date of the line must be among them,
// since its ledgers rest on what is made anew. The error has the exit code
// Line.
func (l Lake) MayJoin(dates ...string) error {
	ids, err := l.LineRuns()
	if err != nil {
		return err
	}
	return mayJoin(ids, dates)
}

func mayJoin(line, dates []string) error {
	if len(dates) == 0 || !slices.IsSorted(dates) || len(slices.Compact(slices.Clone(dates))) != len(dates) {
		return fmt.Errorf("join the line: the dates %q are not in order", dates)
	}
	_, replaced := split(line, dates[0])
	for _, id := range replaced {
		r, _ := parseRunID(id)
		if !slices.Contains(dates, r.date) {
			end, _ := parseRunID(line[len(line)-1])
			return fault.With(fmt.Errorf("the line of runs goes on to %s, and %s rests on what this run of %s would make anew; "+
				"run them together with --from %s --to %s, or leave the line alone with --as-of and without --publish",
				end.date, id, dates[0], dates[0], end.date), fault.Line)
		}
	}
	return nil
}

// Join puts committed runs on the line, in place of every run of their first
// date or later, in one step. The first one's predecessor must be the run
// that it then stands behind, the next one's the first, and so on.
func (l Lake) Join(runIDs ...string) error {
	line, version, err := l.line()
	if err != nil {
		return err
	}
	dates := make([]string, len(runIDs))
	for i, id := range runIDs {
		r, err := parseRunID(id)
		if err != nil {
			return fmt.Errorf("join the line: run %q: %w", id, err)
		}
		dates[i] = r.date
	}
	if err := mayJoin(line, dates); err != nil {
		return err
	}
	before, _ := split(line, dates[0])
	moved := slices.Clone(before)
	for _, id := range runIDs {
		m, err := l.Load(id)
		if err != nil {
			return fmt.Errorf("join the line: %w", err)
		}
		behind := ""
		if len(moved) > 0 {
			behind = moved[len(moved)-1]
		}
		if m.Predecessor != behind {
			return fault.With(fmt.Errorf("join the line: run %s was made after %q and would stand behind %q; run its date again", id, m.Predecessor, behind), fault.Line)
		}
		moved = append(moved, id)
	}
	return l.setLine(moved, version)
}

// setLine replaces the line, in a bucket only the version that was read.
func (l Lake) setLine(ids []string, version string) error {
	text, err := json.MarshalIndent(ids, "", "  ")
	if err != nil {
		return fmt.Errorf("write the line of runs: %w", err)
	}
	err = store.WriteOver(l.Path(lineFile), append(text, '\n'), version)
	if errors.Is(err, fs.ErrExist) {
		return fault.With(fmt.Errorf("the line of runs was changed by another run meanwhile: %w", err), fault.Locked)
	}
	if err != nil {
		return fmt.Errorf("write the line of runs: %w", err)
	}
	return nil
}

// split cuts the line before the first run of the date or a later one.
func split(line []string, date string) (before, from []string) {
	i := slices.IndexFunc(line, func(id string) bool {
		r, _ := parseRunID(id)
		return r.date >= date
	})
	if i < 0 {
		i = len(line)
	}
	return line[:i], line[i:]
}
