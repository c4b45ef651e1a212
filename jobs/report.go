package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/habitue-data/habitue/connectors/duckdb"
	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/serving"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/jobs/report"
	"github.com/habitue-data/habitue/jobs/serve"
)

// ReportCommand is `habitue report`.
type ReportCommand struct {
	RunID  string `arg:"" optional:"" name:"run" help:"The run, as 2025-12-31.1; the newest unless said."`
	Out    string `placeholder:"FILE" help:"Where the page goes; report of the project file unless said, or else report.html."`
	Open   bool   `help:"Show it in the browser."`
	Memory Size   `placeholder:"SIZE" help:"Budget of the process; the project's unless said."`
}

// Run writes the report of a run.
func (c *ReportCommand) Run(ctx context.Context, app *App) error {
	p, err := app.ProjectToRead()
	if err != nil {
		return err
	}
	l := lakeOf(p)
	m, err := newest(l)
	if c.RunID != "" {
		m, err = l.Named(c.RunID)
	}
	if err != nil {
		return err
	}
	told, path := c.Out, app.Path(c.Out)
	switch {
	case told == "" && p.Report != "":
		told, path = p.Report, p.Path(p.Report)
	case told == "":
		told, path = "report.html", app.Path("report.html")
	}
	if err := writeReport(ctx, app, p, m, path, int64(c.Memory)); err != nil {
		return err
	}
	if app.JSON {
		err = app.PrintJSON(map[string]any{"run_id": m.RunID, "report": told})
	} else {
		_, err = fmt.Fprintf(app.Out, "report of run %s: %s\n", m.RunID, told)
	}
	if err != nil || !c.Open {
		return err
	}
	return show(ctx, app, told, path)
}

// show hands a page to whatever shows pages here.
func show(ctx context.Context, app *App, told, path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("find the report: %w", err)
	}
	for _, opener := range []string{"xdg-open", "open"} {
		if _, err := exec.LookPath(opener); err == nil {
			if err := exec.CommandContext(ctx, opener, path).Run(); err != nil {
				return fmt.Errorf("show the report with %s: %w", opener, err)
			}
			return nil
		}
	}
	_, err = fmt.Fprintf(app.Err, "nothing here opens pages: open %s yourself\n", told)
	return err
}

// publishReport writes the report of a committed run where the project file
// wants it; path is as the project file has it, "" where it wants none.
func publishReport(ctx context.Context, app *App, p *project.Project, m lake.Manifest, memory int64) (path string, err error) {
	if p.Report == "" {
		return "", nil
	}
	if err := writeReport(ctx, app, p, m, p.Path(p.Report), memory); err != nil {
		return "", fault.With(fmt.Errorf("run %s is published, its report is not: %w", m.RunID, err), fault.Publish)
	}
	return p.Report, nil
}

// tellReport prints where the report is.
func tellReport(out io.Writer, path string) error {
	if path == "" {
		return nil
	}
	_, err := fmt.Fprintf(out, "report: %s\n", path)
	return err
}

// writeReport makes the page from the run's tables in the lake, and puts it
// in place of what is there.
func writeReport(ctx context.Context, app *App, p *project.Project, m lake.Manifest, path string, memory int64) (err error) {
	step := app.Progress.Start("report", 0)
	defer func() { step.End(err) }()
	asked, err := reportTables()
	if err != nil {
		return err
	}
	near, drop, err := serve.Near(ctx, lakeOf(p), m, asked)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	s, err := serve.SnapshotOf(near, m, asked)
	if err != nil {
		return err
	}
	tables, err := duckdb.Open(ctx, duckdb.QueryOptions{Resources: duckdb.Resources{Memory: memoryOf(p, memory)}, Snapshot: &s})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tables.Close()) }()
	served := func(table, column string) bool {
		return slices.ContainsFunc(s.Tables, func(t serving.Table) bool {
			return t.Name == table && slices.ContainsFunc(t.Columns, func(c serving.Column) bool { return c.Name == column })
		})
	}
	page, err := report.Make(ctx, report.Facts{Project: p.Name, RunDate: m.RunDate, Known: m.Known, Zone: p.Zone.String(), Currency: p.Currency, Scale: m.Scale}, tables, served)
	if err != nil {
		return err
	}
	return store.Write(path, page)
}

// reportTables are what the report is made of. It is asked of the lake: that
// has what became of every row, whatever is published.
func reportTables() (asked project.Publish, err error) {
	needs, err := report.Needs()
	for table, columns := range needs {
		asked.Tables = append(asked.Tables, project.Table{Name: table, Columns: columns})
	}
	return asked, err
}
