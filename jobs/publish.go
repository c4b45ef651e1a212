package jobs

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/habitue-data/habitue/connectors/duckdb"
	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/connectors/postgres"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/progress"
	"github.com/habitue-data/habitue/jobs/project"
)

// Run publishes a committed run again: the serving database as its manifest
// has it.
func (c *PublishCommand) Run(ctx context.Context, app *App) (err error) {
	p, err := app.Project()
	if err != nil {
		return err
	}
	m, err := lakeOf(p).Named(c.RunID)
	if err != nil {
		return err
	}
	if p.Warehouse.Kind == "" && len(p.Activation) == 0 && p.Report == "" {
		return fault.With(errors.New("the project has no warehouse, no activation and no report: its tables are served from the lake, there is nothing to publish"), fault.Usage)
	}
	ctx, unlock, err := lock(ctx, app, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if err := servable(ctx, app, p); err != nil {
		return err
	}
	if err := publish(ctx, app, p, m, int64(c.Memory)); err != nil {
		return err
	}
	delivered, err := deliver(ctx, app, p, m, c.Resend)
	if err != nil {
		return err
	}
	page, err := publishReport(ctx, app, p, m, int64(c.Memory))
	if err != nil {
		return err
	}
	if app.JSON {
		return app.PrintJSON(map[string]any{"run_id": m.RunID, "warehouse": p.Warehouse.String(), "delivered": delivered, "report": page})
	}
	if p.Warehouse.Kind != "" && !p.Warehouse.DryRun {
		_, err = fmt.Fprintf(app.Out, "%s serves run %s\n", p.Warehouse, m.RunID)
	}
	return errors.Join(err, tellDelivered(app.Out, delivered), tellReport(app.Out, page))
}

// publish builds the serving database of a committed run and puts it in
// place. It may be done again at any time; whoever calls it holds the lock.
// Memory of 0 is the project's. A project without a warehouse has nothing to
// publish.
func publish(ctx context.Context, app *App, p *project.Project, m lake.Manifest, memory int64) error {
	if p.Warehouse.Kind == "" {
		return nil
	}
	step := app.Progress.Start("publish", 0)
	err := build(ctx, app, p, m, memory, step)
	step.End(err)
	if err != nil && ctx.Err() != nil {
		return fault.With(fmt.Errorf("stopped; run %s is committed in the lake, the serving database is still the old one: habitue publish %s puts the new one in place", m.RunID, m.RunID), fault.Cancelled)
	}
	if err != nil {
		return fault.With(fmt.Errorf("publish run %s: %w", m.RunID, damage(ctx, p, m, err)), fault.Publish)
	}
	return nil
}

// patience is how long a publish waits for readers to leave the old tables.
const patience = 10 * time.Minute

func build(ctx context.Context, app *App, p *project.Project, m lake.Manifest, memory int64, step *progress.Step) (err error) {
	if p.Warehouse.NoFacts {
		m = withoutFacts(m)
	}
	switch p.Warehouse.Kind {
	case project.BigQuery:
		return intoBigQuery(ctx, app, p, m)
	case project.Postgres:
		snapshot, err := snapshotOf(lakeOf(p), m, p.Publish)
		if err != nil {
			return err
		}
		report, err := postgres.Publish(ctx, postgres.Snapshot{Snapshot: snapshot, Parts: partsOf(lakeOf(p), m)}, postgresOf(p), patience)
		step.Add(report.Rows, 0)
		return err
	}
	near, drop, err := reachable(ctx, lakeOf(p), m, p.Publish)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	snapshot, err := snapshotOf(near, m, p.Publish)
	if err != nil {
		return err
	}
	return duckdb.Build(ctx, snapshot, p.Path(p.Warehouse.Path), duckdb.BuildOptions{
		Resources:    duckdb.Resources{Memory: memoryOf(p, memory)},
		FactsAsViews: p.Warehouse.Views,
	})
}

// withoutFacts is the run without its by-month tables.
func withoutFacts(m lake.Manifest) lake.Manifest {
	m.Tables = maps.Clone(m.Tables)
	maps.DeleteFunc(m.Tables, func(_ string, t lake.Table) bool { return t.Layout == "month" })
	return m
}

// damage tells of an error what mends it where files of the run are not what
// they were: to publish again would never help.
func damage(ctx context.Context, p *project.Project, m lake.Manifest, err error) error {
	found, failed := lakeOf(p).Verify(ctx, m)
	if failed != nil || len(found) == 0 {
		return err
	}
	return fmt.Errorf("files of the lake are damaged, habitue run --as-of %s writes them anew: %s: %w", m.RunDate, lake.Listed(found), err)
}

// memoryOf is the budget: the command line's where it names one, else the
// project's.
func memoryOf(p *project.Project, memory int64) int64 {
	if memory > 0 {
		return memory
	}
	return p.Memory
}
