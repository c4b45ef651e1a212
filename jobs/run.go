package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/pipelines/flow"
)

// Run runs the night of one day, or of several one after the other.
func (c *RunCommand) Run(ctx context.Context, app *App) (err error) {
	p, err := app.Project()
	if err != nil {
		return err
	}
	days, err := c.days(app, p)
	if err != nil {
		return err
	}
	ctx, unlock, err := lock(ctx, app, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	r, err := begin(ctx, app, p, c.Runner, int64(c.Memory))
	if err != nil {
		return err
	}
	onLine, err := c.onLine(r.lake, days)
	if err != nil {
		return err
	}
	r.ungated, r.known = c.NoGates, c.Known
	if r.known == "" {
		r.known = "now"
		if !c.From.IsZero() {
			r.known = "then"
		}
	}
	return r.all(ctx, days, onLine)
}

// begin makes ready for nights: what would stop them all is found before the
// first. Whoever calls it holds the lock. The runner is the project's unless
// another is named, and so is the budget.
func begin(ctx context.Context, app *App, p *project.Project, named string, memory int64) (*runner, error) {
	if err := servable(ctx, app, p); err != nil {
		return nil, err
	}
	where := flow.Runner{Name: p.Runner.Name, Options: p.Runner.Options}
	if named != "" && named != where.Name {
		where.Name = named
		if where.Local() {
			where.Options = nil
		}
	}
	if err := (project.Runner{Name: where.Name, Options: where.Options}).Err(); err != nil {
		return nil, err
	}
	if !where.Local() { // its workers have working folders of their own
		var err error
		if p.Dir, err = filepath.Abs(p.Dir); err != nil {
			return nil, fmt.Errorf("find the project's folder: %w", err)
		}
	}
	l := lakeOf(p)
	if err := tidy(l, p); err != nil {
		return nil, err
	}
	r := &runner{app: app, project: p, lake: l, runner: where, memory: memoryOf(p, memory)}
	r.spareMemory()
	return r, nil
}

// days are the days to run for. Each must be over: what a run has as yesterday
// cannot be a day of which half is still to come, and one of next year by a
// slip of the pen would stand at the line's end until then.
func (c *RunCommand) days(app *App, p *project.Project) ([]int32, error) {
	yesterday := customer.NewCalendar(p.Zone).Day(app.Now().UnixMicro()) - 1
	day := func(d Date) int32 { return int32(d.Unix() / 86400) }
	for _, said := range []struct {
		flag string
		Date
	}{{"--as-of", c.AsOf}, {"--from", c.From}, {"--to", c.To}} {
		if !said.IsZero() && day(said.Date) > yesterday {
			return nil, fault.With(fmt.Errorf("%s %s is not over in %s: the last complete day is %s", said.flag, customer.DayText(day(said.Date)), p.Zone, customer.DayText(yesterday)), fault.Usage)
		}
	}
	switch {
	case !c.From.IsZero():
		if c.To.Before(c.From.Time) {
			return nil, fault.With(fmt.Errorf("--from %s is after --to %s", customer.DayText(day(c.From)), customer.DayText(day(c.To))), fault.Usage)
		}
		var days []int32
		for d := day(c.From); d <= day(c.To); d++ {
			days = append(days, d)
		}
		return days, nil
	case !c.AsOf.IsZero():
		return []int32{day(c.AsOf)}, nil
	}
	return []int32{yesterday}, nil
}

// onLine tells whether the days join the line: they do unless a single one
// lies before the line's end and nobody said --publish.
func (c *RunCommand) onLine(l lake.Lake, days []int32) (bool, error) {
	var dates []string
	for _, d := range days {
		dates = append(dates, customer.DayText(d))
	}
	err := l.MayJoin(dates...)
	if fault.CodeOf(err) == fault.Line && c.From.IsZero() && !c.Publish {
		return false, nil
	}
	return err == nil, err
}

// tidy removes what a killed run left behind. Whoever calls it holds the
// lock.
func tidy(l lake.Lake, p *project.Project) error {
	side, err := localSide(l)
	if err != nil {
		return err
	}
	for _, dir := range []string{l.Path(scratchDir), filepath.Join(side, scratchDir)} {
		if err := store.RemoveAll(dir); err != nil {
			return fmt.Errorf("remove the scratch folder of an earlier run: %w", err)
		}
	}
	if err := l.Ready(); err != nil {
		return err
	}
	if _, err := l.Sweep(); err != nil {
		return fmt.Errorf("remove what an earlier run left: %w", err)
	}
	for i := range p.Activation { // its own folder alone: what else is beside it is not ours
		d := &p.Activation[i]
		if _, err := store.Sweep(p.Path(store.Join(d.Path, d.Name))); err != nil {
			return fmt.Errorf("remove what an earlier delivery left: %w", err)
		}
	}
	return sweepServing(p)
}

// sweepServing removes serving databases and reports that were not finished.
func sweepServing(p *project.Project) error {
	for _, path := range []string{p.Warehouse.Path, p.Report} { // of a warehouse that is no file there is no path
		if path == "" || store.Remote(path) {
			continue
		}
		left, err := filepath.Glob(p.Path(path) + ".tmp-*")
		if err != nil {
			return fmt.Errorf("look for what is left of %s: %w", path, err)
		}
		for _, l := range left {
			if err := os.RemoveAll(l); err != nil {
				return fmt.Errorf("remove what is left of %s: %w", path, err)
			}
		}
	}
	return nil
}

// scratchDir holds what does not outlive a run, beside the lake so that
// every worker reaches it; on the local side where this process is the worker.
const scratchDir = "_scratch"

// runner runs nights.
type runner struct {
	app     *App
	project *project.Project
	lake    lake.Lake
	runner  flow.Runner
	ungated bool
	memory  int64
	known   string
	facts   lake.Facts
	ballast []byte
	attempt attempt
}

// attempt is what the schedule knows of the night that it has run. The zero
// attempt is of a run that somebody started.
type attempt struct {
	number  int       // of this try
	first   time.Time // when the first one was
	without []string  // sources whose file of the day is no longer waited for
}

// spareMemory sets the garbage collector for heaps that hold almost no
// pointers: a percentage of 25 to 50 costs no time and spares memory.
func (r *runner) spareMemory() {
	debug.SetGCPercent(50)
	// What is never touched is not resident, but it counts as live: so a small
	// heap is not collected hundreds of times.
	r.ballast = make([]byte, min(48<<20, r.memory/8))
	if r.memory > 0 {
		debug.SetMemoryLimit(max(r.memory, leastHeap))
	}
}

// leastHeap is what a heap may have whatever was said: below it the
// collector would do nothing but collect.
const leastHeap = 64 << 20

// load is the manifest of a run, nil for none.
func (r *runner) load(id string) (*lake.Manifest, error) {
	if id == "" {
		return nil, nil
	}
	m, err := r.lake.Load(id)
	return &m, err
}

// all runs the days, serves the last one and tells of it.
func (r *runner) all(ctx context.Context, days []int32, onLine bool) error {
	last, err := r.make(ctx, days, onLine)
	if err != nil {
		return err
	}
	if onLine {
		if err := r.serve(ctx, last.manifest, &last.summary); err != nil {
			return err
		}
		if err := last.pruneKept(); err != nil {
			return err
		}
	}
	last.summary.Seconds = r.app.Now().Sub(last.started).Seconds()
	return last.tell()
}

// make runs the days in order. Runs of several days join the line together,
// in one step, when the last is committed.
func (r *runner) make(ctx context.Context, days []int32, onLine bool) (last *night, err error) {
	before, err := r.lake.PredecessorOf(customer.DayText(days[0]))
	if err != nil {
		return nil, err
	}
	if r.facts, err = r.lake.Facts(); err != nil {
		return nil, err
	}
	previous, err := r.load(before)
	if err != nil {
		return nil, err
	}
	id, err := r.lake.LineEnd()
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
		n := &night{runner: r, day: d, onLine: onLine, previous: previous, end: end, started: r.app.Now()}
		if err := n.run(ctx); err != nil {
			return nil, fmt.Errorf("run of %s: %w", customer.DayText(d), err)
		}
		previous, last = &n.manifest, n
		r.facts.Add(n.manifest)
		ids = append(ids, n.manifest.RunID)
	}
	if onLine {
		err = r.lake.Join(ids...)
	}
	return last, err
}

// serve publishes a run of the line, sends its files and makes its report, then
// forgets runs that are too old. It may be done again at any time. What was sent,
// and where the report is, goes into the summary.
func (r *runner) serve(ctx context.Context, m lake.Manifest, s *summary) (err error) {
	if r.project.Warehouse.Kind != "" || r.project.Report != "" { // the database has the same budget, and needs it now
		r.ballast = nil
		debug.FreeOSMemory()
	}
	if err := publish(ctx, r.app, r.project, m, r.memory); err != nil {
		return err
	}
	if s.Delivered, err = deliver(ctx, r.app, r.project, m, false); err != nil {
		return err
	}
	if s.Report, err = publishReport(ctx, r.app, r.project, m, r.memory); err != nil {
		return err
	}
	_, _, err = r.lake.Prune(r.project.Publish.KeepRuns)
	return err
}

// seconds is a duration as tables have it.
func seconds(d time.Duration) float64 { return float64(d.Milliseconds()) / 1000 }
