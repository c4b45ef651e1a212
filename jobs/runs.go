package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/progress"
	"github.com/habitue-data/habitue/jobs/schedule"
	"github.com/habitue-data/habitue/jobs/serve"
)

// runRow is a run as `runs list` tells it.
type runRow struct {
	RunID       string `json:"run_id"`
	RunDate     string `json:"run_date"`
	OnLine      bool   `json:"on_line"`
	Known       string `json:"known"`
	Predecessor string `json:"predecessor,omitempty"`
	Inputs      int    `json:"inputs"`
	Tables      int    `json:"tables"`
	Rows        int64  `json:"rows"`
	Bytes       int64  `json:"bytes"`

	Without []string        `json:"without,omitempty"` // sources that it did not wait for
	Night   *schedule.Night `json:"night,omitempty"`   // as the schedule has it; one without a run is a row of its own
}

// Run lists the runs of the lake, by date.
func (c *RunsListCommand) Run(app *App) error {
	p, err := app.ProjectToRead()
	if err != nil {
		return err
	}
	rows, err := runRows(lakeOf(p))
	if err != nil {
		return err
	}
	if app.JSON {
		return app.PrintJSON(rows)
	}
	w := tabwriter.NewWriter(app.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "RUN\tLINE\tKNOWN\tAFTER\tINPUTS\tTABLES\tROWS\tBYTES\tNIGHT")
	for _, r := range rows {
		if r.RunID == "" {
			fmt.Fprintf(w, "%s\t-\t-\t-\t-\t-\t-\t-\t%s\n", r.RunDate, r.Night)
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\t%s\t%s\t%s\n", r.RunID, yes(r.OnLine), r.Known, orDash(r.Predecessor),
			r.Inputs, r.Tables, progress.Thousands(r.Rows), progress.Bytes(r.Bytes), orDash(r.night()))
	}
	return w.Flush()
}

// night is what the schedule, or a run that repeats one of its nights, says.
func (r *runRow) night() string {
	if r.Night != nil {
		return r.Night.String()
	}
	if r.Without != nil {
		return "without " + strings.Join(r.Without, ", ")
	}
	return ""
}

func runRows(l lake.Lake) ([]runRow, error) {
	book, err := schedule.Open(bookOf(l))
	if err != nil {
		return nil, err
	}
	ids, err := l.List()
	if err != nil {
		return nil, err
	}
	line, err := l.LineRuns()
	if err != nil {
		return nil, err
	}
	rows := []runRow{}
	for _, id := range ids {
		m, err := l.Load(id)
		if err != nil {
			return nil, err
		}
		r := runRow{RunID: id, RunDate: m.RunDate, OnLine: slices.Contains(line, id), Known: m.Known,
			Predecessor: m.Predecessor, Inputs: len(m.Inputs), Tables: len(m.Tables), Without: m.Without, Night: book.Of(id)}
		for _, t := range m.Tables {
			r.Rows += t.Rows
			r.Bytes += t.Bytes()
		}
		rows = append(rows, r)
	}
	for _, n := range book.Nights {
		if n.RunID == "" {
			rows = append(rows, runRow{RunDate: n.Date, Night: n})
		}
	}
	return rows, nil
}

// Run shows one run: what it was made from and what it wrote.
func (c *RunsShowCommand) Run(app *App) error {
	p, err := app.ProjectToRead()
	if err != nil {
		return err
	}
	l := lakeOf(p)
	m, err := l.Named(c.RunID)
	if err != nil {
		return err
	}
	line, err := l.LineRuns()
	if err != nil {
		return err
	}
	book, err := schedule.Open(bookOf(l))
	if err != nil {
		return err
	}
	onLine, night := slices.Contains(line, m.RunID), book.Of(m.RunID)
	if app.JSON {
		return app.PrintJSON(struct {
			lake.Manifest
			OnLine bool            `json:"on_line"`
			Night  *schedule.Night `json:"night,omitempty"`
		}{m, onLine, night})
	}
	w := tabwriter.NewWriter(app.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "run\t%s\ndate\t%s\non the line\t%s\nknown\t%s\nafter\t%s\nconfig\t%s\nversion\t%s\n",
		m.RunID, m.RunDate, yes(onLine), m.Known, orDash(m.Predecessor), m.ConfigSHA256, m.EngineVersion)
	if m.Without != nil {
		fmt.Fprintf(w, "without\t%s: it had waited long enough for their files of the day\n", strings.Join(m.Without, ", "))
	}
	if night != nil {
		fmt.Fprintln(w, "\nTRIED\tTIMES\tENDED IN\tWHY")
		for _, t := range night.Tries {
			fmt.Fprintf(w, "%s\t%d\t%s\t%s\n", t.At.UTC().Format("2006-01-02 15:04"), t.Times, t.Exit, orDash(strings.ReplaceAll(t.Why, "\n", " ")))
		}
	}
	fmt.Fprintln(w, "\nTABLE\tROWS\tFILES\tBYTES\tCONTENT")
	for _, name := range serve.InDocsOrder(lake.TableNames(m)) {
		t := m.Tables[name]
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\n", name, progress.Thousands(t.Rows), len(t.Files), progress.Bytes(t.Bytes()), t.Content)
	}
	fmt.Fprintln(w, "\nSOURCE\tINPUT\tDELIVERED\tBYTES\tSHA-256")
	for _, in := range m.Inputs {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", in.Source, in.Path, in.Delivered, progress.Bytes(in.Bytes), in.SHA256)
	}
	return w.Flush()
}

// Run deletes what no kept run names.
func (c *RunsPruneCommand) Run(ctx context.Context, app *App) (err error) {
	p, err := app.ProjectToRead()
	if err != nil {
		return err
	}
	keep := c.Keep
	if keep == 0 {
		keep = p.Publish.KeepRuns
	}
	_, unlock, err := lock(ctx, app, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	runs, files, err := lakeOf(p).Prune(keep)
	if err != nil {
		return err
	}
	if app.JSON {
		return app.PrintJSON(map[string][]string{"runs": orEmpty(runs), "files": orEmpty(files)})
	}
	for _, id := range runs {
		fmt.Fprintf(app.Out, "run %s\n", id)
	}
	_, err = fmt.Fprintf(app.Out, "%d runs and %d files deleted\n", len(runs), len(files))
	return err
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
