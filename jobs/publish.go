package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/jobs/serve"
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
	if err := serve.Ready(ctx, placesOf(app), p, lakeOf(p)); err != nil {
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
	rows, err := serve.Build(ctx, placesOf(app), p, lakeOf(p), m, memoryOf(p, memory))
	step.Add(rows, 0)
	step.End(err)
	if err != nil && ctx.Err() != nil {
		return fault.With(fmt.Errorf("stopped; run %s is committed in the lake, the serving database is still the old one: habitue publish %s puts the new one in place", m.RunID, m.RunID), fault.Cancelled)
	}
	if err != nil {
		return fault.With(fmt.Errorf("publish run %s: %w", m.RunID, serve.Damage(ctx, lakeOf(p), m, err)), fault.Publish)
	}
	return nil
}

// placesOf is what serving may touch of the world.
func placesOf(app *App) serve.World { return serve.World{Now: app.Now, Err: app.Err} }

// memoryOf is the budget: the command line's where it names one, else the
// project's.
func memoryOf(p *project.Project, memory int64) int64 {
	if memory > 0 {
		return memory
	}
	return p.Memory
}
