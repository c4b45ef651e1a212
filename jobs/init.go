package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/habitue-data/habitue/internal/atomicfile"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/draft"
	"github.com/habitue-data/habitue/jobs/sample"
)

// InitCommand is `habitue init`.
type InitCommand struct {
	Files []string `arg:"" name:"file" help:"Exports: files, folders, or globs such as 'exports/*.csv'."`
	Force bool     `help:"Write over the project file that is there."`
}

// initReport is what init did, as --json prints it.
type initReport struct {
	File    string       `json:"file"`
	Sources []initSource `json:"sources"`
	LeftOut []initLeft   `json:"left_out"`
	First   []string     `json:"look_at_first"`
	Check   checkReport  `json:"check"`
}

type initSource struct {
	Name     string `json:"name"`
	Path     string `json:"path"`
	Files    int    `json:"files"`
	Rows     int    `json:"rows_read"`
	Record   string `json:"record"`
	Sure     string `json:"sure"`
	Why      string `json:"why"`
	Delivery string `json:"delivery"`
	Used     int    `json:"columns_used"`
	Columns  int    `json:"columns"`
}

type initLeft struct {
	Path string `json:"path"`
	Why  string `json:"why"`
}

// Run drafts a project file and checks it.
func (c *InitCommand) Run(ctx context.Context, app *App) error {
	file := app.Path(app.Config)
	if err := c.mayWrite(file, app.Config); err != nil {
		return err
	}
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return fmt.Errorf("find the folder of %s: %w", app.Config, err)
	}
	d, err := c.draft(ctx, app, dir)
	if err != nil {
		return err
	}
	if err := c.write(file, app.Config, d.YAML()); err != nil {
		return err
	}
	report := newInitReport(app.Config, d)
	if !app.JSON {
		report.print(app.Out)
	}
	check, faults, err := look(ctx, app)
	if err != nil {
		return err
	}
	if app.JSON {
		report.Check = check
		return errors.Join(app.PrintJSON(report), faults.Err(fault.Config))
	}
	return check.print(app, faults)
}

// mayWrite is a fault where a project file stands that nobody wants replaced.
func (c *InitCommand) mayWrite(file, told string) error {
	if c.Force {
		return nil
	}
	if _, err := filepath.EvalSymlinks(file); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return isThere(told)
}

func isThere(told string) error {
	return fault.With(fault.Fault{File: told, What: "the project file is there already", Todo: "name another with -c FILE, or write over it with --force"}, fault.Usage)
}

func (c *InitCommand) write(file, told, text string) (err error) {
	f, err := atomicfile.Create(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Abort()) }()
	if _, err := io.WriteString(f, text); err != nil {
		return fmt.Errorf("write %s: %w", told, err)
	}
	if c.Force {
		return f.Commit()
	}
	if err := f.CommitNew(); errors.Is(err, fs.ErrExist) {
		return isThere(told)
	} else if err != nil {
		return err
	}
	return nil
}

// draft samples the exports and drafts a project of those that can be read.
// A file that cannot is left out and told, unless nothing else is there.
func (c *InitCommand) draft(ctx context.Context, app *App, dir string) (*draft.Project, error) {
	families, left, faults, err := exports(app, dir, c.Files)
	if err != nil {
		return nil, err
	}
	var samples []*draft.Sample
	for _, f := range families {
		s, err := sample.Read(ctx, dir, f)
		found, err := asFaults(err)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", f.Pattern, err)
		}
		for _, one := range found {
			one.File = relative(dir, one.File)
			faults = append(faults, one)
			left = append(left, draft.LeftOut{Path: one.File, Why: "it cannot be read: " + one.What})
		}
		if found == nil {
			samples = append(samples, s)
		}
	}
	d := draft.Draft(draft.ProjectName(filepath.Base(dir)), samples)
	d.LeftOut = append(d.LeftOut, left...)
	if len(d.Sources) == 0 {
		for _, l := range d.LeftOut {
			if !slices.ContainsFunc(faults, func(f fault.Fault) bool { return f.File == l.Path }) {
				faults = append(faults, fault.Fault{File: l.Path, What: l.Why, Todo: "name other files, or write habitue.yaml by hand: docs/config.md has every key"})
			}
		}
		return nil, fault.With(faults, fault.Input)
	}
	for _, f := range faults {
		f.Warning = true
		fmt.Fprintln(app.Err, f)
	}
	return d, nil
}

func newInitReport(file string, d *draft.Project) initReport {
	r := initReport{File: file, Sources: []initSource{}, LeftOut: []initLeft{}, First: append([]string{}, d.First...)}
	for _, s := range d.Sources {
		r.Sources = append(r.Sources, initSource{Name: s.Name, Path: s.Path, Files: s.Files, Rows: s.Rows, Record: s.Kind.String(),
			Sure: s.Fits.Surety.String(), Why: s.Fits.Why, Delivery: s.Delivery, Used: s.Used(), Columns: len(s.Columns)})
	}
	for _, l := range d.LeftOut {
		r.LeftOut = append(r.LeftOut, initLeft{l.Path, l.Why})
	}
	return r
}

// print tells what was found. What cannot be printed is let go, as in
// sourceLook.print.
func (r *initReport) print(w io.Writer) {
	for _, s := range r.Sources {
		fmt.Fprintf(w, "%s: %ss, %s (%s)\n  %s, %s, %d of %s used\n", s.Path, s.Record, s.Sure, s.Why,
			counted(s.Files, "file"), counted(s.Rows, "row")+" read", s.Used, counted(s.Columns, "column"))
	}
	for _, l := range r.LeftOut {
		fmt.Fprintf(w, "%s: left out: %s\n", l.Path, l.Why)
	}
	if len(r.First) > 0 {
		fmt.Fprintln(w, "\nlook at these first:")
	}
	for _, f := range r.First {
		fmt.Fprintf(w, "  %s\n", f)
	}
	fmt.Fprintf(w, "\n%s is drafted; habitue check says of it:\n", r.File)
}
