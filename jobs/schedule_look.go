package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/atomicfile"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/night"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/jobs/schedule"
)

// rowsOf is what became of the rows that a run read: nothing of one that is not kept
// any more, or whose place a run by hand took.
func rowsOf(l lake.Lake, id string) (rows []schedule.Rows, err error) {
	m, err := l.Load(id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var s night.Summary
	if err := json.Unmarshal(m.Summary, &s); err != nil {
		return nil, fmt.Errorf("read the summary of run %s: %w", m.RunID, err)
	}
	for _, one := range s.Sources {
		rows = append(rows, schedule.Rows{Source: one.Name, Read: one.Tie.Read, Kept: one.Tie.Kept, Rejected: one.Tie.Rejects})
	}
	return rows, nil
}

// look puts up what there is to tell, after a round that ended so.
func (s *scheduler) look(code fault.Code) error {
	l := lakeOf(s.project)
	book, err := schedule.Open(bookOf(l))
	if err != nil {
		return err
	}
	if code == fault.OK { // also where no round was yet
		code = book.Exit()
	}
	state := schedule.State{Project: s.project.Name, Pending: book.Pending(), Exit: code}
	for _, n := range book.Nights {
		if !n.Served.IsZero() {
			state.Last = n
		}
	}
	if state.Last != nil {
		if state.Rows, err = rowsOf(l, state.Last.RunID); err != nil {
			return err
		}
	}
	s.board.Set(state)
	return s.metrics(s.project, state, s.app.Now())
}

// metrics writes the file of metrics.
func (s *scheduler) metrics(p *project.Project, state schedule.State, now time.Time) error {
	if p.Schedule.Metrics == "" {
		return nil
	}
	path := p.Path(p.Schedule.Metrics)
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = atomicfile.Write(path, []byte(state.Metrics(now)))
	}
	if err != nil {
		return p.Unwritable(err, "the metrics cannot be written", "schedule", "metrics")
	}
	return nil
}
