package jobs

import (
	"context"
	"fmt"
	"strings"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/project"
)

// replay runs a run again from its recorded inputs into a scratch lake and
// tells which tables have another content, or fails on an input that is gone.
type replay func(ctx context.Context, app *App, p *project.Project, m lake.Manifest, memory int64) ([]lake.Difference, error)

// Run hashes every file of a run again and compares with its manifest.
func (c *RunsVerifyCommand) Run(ctx context.Context, app *App) error {
	return c.verify(ctx, app, replayRun)
}

// verify is Run with the function that --replay calls.
func (c *RunsVerifyCommand) verify(ctx context.Context, app *App, again replay) error {
	p, err := app.Project()
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

// listed are differences in one line.
func listed(found []lake.Difference) string {
	var all []string
	for _, d := range found {
		all = append(all, d.String())
	}
	return strings.Join(all, "; ")
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
