package jobs

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/heap"
	"github.com/habitue-data/habitue/jobs/night"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/jobs/serve"
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
	onLine, err := c.onLine(r.Lake, days)
	if err != nil {
		return err
	}
	if err := c.pull(ctx, app, p, days); err != nil {
		return err
	}
	r.Ungated, r.Known = c.NoGates, c.Known
	if r.Known == "" {
		r.Known = "now"
		if !c.From.IsZero() {
			r.Known = "then"
		}
	}
	return all(ctx, app, r, days, onLine)
}

// begin makes ready for nights: what would stop them all is found before the
// first. A warehouse that is away stops none: it may be back when the night is
// made. Whoever calls it holds the lock. The runner is the project's unless
// another is named, and so is the budget.
func begin(ctx context.Context, app *App, p *project.Project, named string, memory int64) (*night.Runner, error) {
	if err := serve.Ready(ctx, placesOf(app), p, lakeOf(p)); fault.CodeOf(err) == fault.Publish {
		fmt.Fprintf(app.Err, "%s; the night is made all the same\n", app.told(err))
	} else if err != nil {
		return nil, err
	}
	where := flow.Runner{Name: p.Runner.Name, Options: p.Runner.Options}
	if named != "" && named != where.Name {
		where.Name = named
		if where.Local() {
			where.Options = nil
		}
	}
	if err := (project.Runner{Name: where.Name, Options: where.Options}).Err(p); err != nil {
		return nil, err
	}
	if !where.Local() { // its workers have working folders of their own
		var err error
		if p.Dir, err = filepath.Abs(p.Dir); err != nil {
			return nil, fmt.Errorf("find the project's folder: %w", err)
		}
	}
	l := lakeOf(p)
	if err := errors.Join(night.Tidy(l, p), serve.Sweep(p)); err != nil {
		return nil, err
	}
	r := &night.Runner{World: worldOf(app), Project: p, Lake: l, Where: where, Memory: memoryOf(p, memory)}
	heap.Spare(r.Memory)
	return r, nil
}

// days are the days to run for. Each must be over: what a run has as yesterday
// cannot be a day of which half is still to come, and one of next year by a
// slip of the pen would stand at the line's end until then.
func (c *RunCommand) days(app *App, p *project.Project) ([]int32, error) {
	yesterday := p.Yesterday(app.Now())
	day := func(d Date) int32 { return customer.DayOf(d.Time) }
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

// worldOf is what nights may touch of it.
func worldOf(app *App) night.World {
	return night.World{Now: app.Now, Err: app.Err, Progress: app.Progress, Version: Version()}
}

// all runs the days, serves the last one and tells of it.
func all(ctx context.Context, app *App, r *night.Runner, days []int32, onLine bool) error {
	last, err := r.Make(ctx, days, onLine)
	if err != nil {
		return err
	}
	if onLine {
		if err := finish(ctx, app, r, last.Manifest, &last.Summary); err != nil {
			return err
		}
		if err := last.PruneKept(); err != nil {
			return err
		}
	}
	last.Summary.Seconds = app.Now().Sub(last.Started).Seconds()
	return tell(app, last, onLine)
}

// finish publishes a run of the line, sends its files and makes its report, then
// forgets runs that are too old. It may be done again at any time. What was sent,
// and where the report is, goes into the summary.
func finish(ctx context.Context, app *App, r *night.Runner, m lake.Manifest, s *night.Summary) (err error) {
	if r.Project.Warehouse.Kind != "" || r.Project.Report != "" { // the database has the same budget, and needs it now
		heap.Give()
	}
	if err := publish(ctx, app, r.Project, m, r.Memory); err != nil {
		return err
	}
	if s.Delivered, err = deliver(ctx, app, r.Project, m, false); err != nil {
		return err
	}
	if s.Report, err = publishReport(ctx, app, r.Project, m, r.Memory); err != nil {
		return err
	}
	_, _, err = r.Lake.Prune(r.Project.Publish.KeepRuns)
	return err
}
