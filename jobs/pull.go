package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/progress"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/jobs/pull"
)

// Run reads what is new in the databases that are sources.
func (c *PullCommand) Run(ctx context.Context, app *App) (err error) {
	p, err := app.Project()
	if err != nil {
		return err
	}
	var known []string
	for _, s := range databases(p) {
		known = append(known, s.Name)
	}
	for _, name := range c.Sources {
		if !slices.Contains(known, name) {
			return fault.With(fmt.Errorf("%s is no source that is a database; there is %s", name, orDash(strings.Join(known, ", "))), fault.Usage)
		}
	}
	ctx, unlock, err := lock(ctx, app, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	reports := []pull.Report{}
	var failed []error
	for _, s := range databases(p) {
		if len(c.Sources) > 0 && !slices.Contains(c.Sources, s.Name) {
			continue
		}
		r, err := pullOne(ctx, app, p, s, c.Whole)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		reports = append(reports, r)
		if !app.JSON {
			fmt.Fprintln(app.Out, pulledLine(r))
		}
	}
	if app.JSON {
		failed = append(failed, app.PrintJSON(reports))
	}
	return worst(failed...)
}

// databases are the sources that are pulled.
func databases(p *project.Project) (all []*project.Source) {
	for i := range p.Sources {
		if p.Sources[i].Pulled != nil {
			all = append(all, &p.Sources[i])
		}
	}
	return all
}

// pullOne pulls a source. Whoever calls it holds the lock.
func pullOne(ctx context.Context, app *App, p *project.Project, s *project.Source, whole bool) (pull.Report, error) {
	step := app.Progress.Start("pull "+s.Name, 0)
	r, err := pull.Source(ctx, p, s, app.Now(), whole, func(rows int64) { step.Add(rows, 0) })
	step.End(err)
	return r, err
}

func pulledLine(r pull.Report) string {
	if len(r.Files) == 0 {
		return r.Source + ": nothing new"
	}
	return r.Source + ": " + progress.Thousands(r.Rows) + " rows into " + strings.Join(r.Files, ", ")
}

// pull pulls every database before a run by hand: of the day that is just over,
// since a database tells of now and of no day before, or where it was asked for.
func (c *RunCommand) pull(ctx context.Context, app *App, p *project.Project, days []int32) error {
	if c.Pull == nil && (len(days) > 1 || days[0] != p.Yesterday(app.Now())) || c.Pull != nil && !*c.Pull {
		return nil
	}
	var failed []error
	for _, s := range databases(p) {
		_, err := pullOne(ctx, app, p, s, false)
		failed = append(failed, err)
	}
	return worst(failed...)
}
