package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/night"
	"github.com/habitue-data/habitue/jobs/project"
)

// replayer runs a run again from its recorded inputs into a scratch lake and
// tells which tables have another content, or fails on an input that is gone.
type replayer func(ctx context.Context, app *App, p *project.Project, m lake.Manifest, memory int64) ([]lake.Difference, error)

// Run hashes every file of a run again and compares with its manifest.
func (c *RunsVerifyCommand) Run(ctx context.Context, app *App) error {
	return c.verify(ctx, app, replay)
}

// verify is Run with the function that --replay calls.
func (c *RunsVerifyCommand) verify(ctx context.Context, app *App, again replayer) error {
	load := app.ProjectToRead
	if c.Replay {
		load = app.Project
	}
	p, err := load()
	if err != nil {
		return err
	}
	l := lakeOf(p)
	m, err := l.Named(c.RunID)
	if err != nil {
		return err
	}
	found, err := l.Verify(ctx, m)
	if err != nil {
		return err
	}
	if c.Replay {
		differ, err := again(ctx, app, p, m, memoryOf(p, int64(c.Memory)))
		if err != nil {
			return fmt.Errorf("replay run %s: %w", m.RunID, err)
		}
		found = append(found, differ...)
	}
	return c.tell(app, m, found)
}

func (c *RunsVerifyCommand) tell(app *App, m lake.Manifest, found []lake.Difference) error {
	files := 0
	for _, t := range m.Tables {
		files += len(t.Files)
	}
	if app.JSON {
		if found == nil {
			found = []lake.Difference{}
		}
		if err := app.PrintJSON(map[string]any{"run_id": m.RunID, "files": files, "replayed": c.Replay, "differences": found}); err != nil {
			return err
		}
	} else {
		for _, d := range found {
			fmt.Fprintln(app.Out, d)
		}
		if len(found) == 0 {
			replayed := ""
			if c.Replay {
				replayed = ", and made again from its inputs they have the same content"
			}
			fmt.Fprintf(app.Out, "run %s: %d files of %d tables are as its manifest says%s\n", m.RunID, files, len(m.Tables), replayed)
		}
	}
	if len(found) > 0 {
		return fault.With(fmt.Errorf("run %s: %d differences from its manifest", m.RunID, len(found)), fault.Mismatch)
	}
	return nil
}

// replay runs a run again from its recorded inputs, under the lock.
func replay(ctx context.Context, app *App, p *project.Project, m lake.Manifest, memory int64) (differ []lake.Difference, err error) {
	if p.ConfigSHA256 != m.ConfigSHA256 {
		return nil, fault.With(fault.Fault{File: p.File, What: fmt.Sprintf("the project file, or a file that it names, changed since run %s", m.RunID),
			Why: fmt.Sprintf("its hash was %.12s and is %.12s", m.ConfigSHA256, p.ConfigSHA256), Todo: "take it back out of version control to replay the run"}, fault.Config)
	}
	ctx, unlock, err := lock(ctx, app, p)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	return night.Replay(ctx, worldOf(app), p, lakeOf(p), m, memory)
}
