// Package night is one run of one day, from the files that are there to a
// committed manifest: what is read, what the pipeline is told, and the tables that
// need the clock or the ledger of deliveries.
//
// It promises that nothing of a night counts before its manifest stands, and that
// a night which failed has changed nothing. It does not serve: what a run made
// goes into a database or to a destination only later.
package night

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/progress"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/pipelines/flow"
)

// World is what a night may touch of the world outside, but for files.
type World struct {
	Now      func() time.Time
	Err      io.Writer
	Progress *progress.Progress
	Version  string // of the program
}

// Runner runs nights, one after the other.
type Runner struct {
	World
	Project *project.Project
	Lake    lake.Lake
	Where   flow.Runner
	Ungated bool
	Memory  int64
	Known   string // now or then
	Attempt Attempt

	facts lake.Facts
}

// Attempt is what the schedule knows of the night that it has run. The zero
// Attempt is of a run that somebody started.
type Attempt struct {
	Number  int       // of this try
	First   time.Time // when the first one was
	Without []string  // sources whose file of the day is no longer waited for
}

// load is the manifest of a run, nil for none.
func (r *Runner) load(id string) (*lake.Manifest, error) {
	if id == "" {
		return nil, nil
	}
	m, err := r.Lake.Load(id)
	return &m, err
}

// Make runs the days in order. Runs of several days join the line together,
// in one step, when the last is committed.
func (r *Runner) Make(ctx context.Context, days []int32, onLine bool) (last *Night, err error) {
	before, err := r.Lake.PredecessorOf(customer.DayText(days[0]))
	if err != nil {
		return nil, err
	}
	if r.facts, err = r.Lake.Facts(); err != nil {
		return nil, err
	}
	previous, err := r.load(before)
	if err != nil {
		return nil, err
	}
	id, err := r.Lake.LineEnd()
	if err != nil {
		return nil, err
	}
	var end *lake.Manifest // where the line knows more than the run before
	if id != before {
		if end, err = r.load(id); err != nil {
			return nil, err
		}
	}
	var ids []string
	for _, d := range days {
		n := &Night{Runner: r, day: d, onLine: onLine, previous: previous, end: end, Started: r.Now()}
		if err := n.run(ctx); err != nil {
			return nil, fmt.Errorf("run of %s: %w", customer.DayText(d), err)
		}
		previous, last = &n.Manifest, n
		r.facts.Add(n.Manifest)
		ids = append(ids, n.Manifest.RunID)
	}
	if onLine {
		err = r.Lake.Join(ids...)
	}
	return last, err
}
