package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/habitue-data/habitue/connectors"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/jobs/serve"
)

// CheckRows is how many rows of a source's newest file check reads.
const CheckRows = 10_000

// CheckCommand is `habitue check`.
type CheckCommand struct{}

// checkReport is what check found, as --json prints it.
type checkReport struct {
	File    string       `json:"-"`
	OK      bool         `json:"ok"`
	Faults  []told       `json:"faults"`
	Sources []sourceLook `json:"sources"`
}

// told is a fault in JSON.
type told struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Col     int    `json:"col,omitempty"`
	Warning bool   `json:"warning"`
	What    string `json:"what"`
	Why     string `json:"why,omitempty"`
	Todo    string `json:"todo,omitempty"`
}

// Run looks at the project file and into its sources. It writes no file.
func (c *CheckCommand) Run(ctx context.Context, app *App) error {
	report, faults, err := look(ctx, app)
	if err != nil {
		return err
	}
	if app.JSON {
		return errors.Join(app.PrintJSON(report), faults.Err(fault.Config))
	}
	return report.print(app, faults)
}

// look is what there is to say of the project file and of its sources.
func look(ctx context.Context, app *App) (report checkReport, faults fault.List, err error) {
	p, faults := project.Load(app.Path(app.Config), app.Env)
	report = checkReport{File: app.Config, Faults: []told{}, Sources: []sourceLook{}}
	if p != nil {
		report.File = p.File
		formats := connectors.Formats()
		for i := range p.Sources {
			s := &p.Sources[i]
			look, found, err := lookAt(ctx, p, s, formats[s.Format])
			if err != nil {
				return report, nil, fmt.Errorf("look into the source %s: %w", s.Name, err)
			}
			if !s.Faulty {
				report.Sources = append(report.Sources, look)
			}
			faults = append(faults, found...)
		}
		if faults.Err(fault.Config) == nil && p.Warehouse.Kind != "" {
			found, err := asFaults(serve.Replaceable(ctx, p, lakeOf(p)))
			if err != nil {
				return report, nil, err
			}
			faults = append(faults, found...)
		}
		faults = append(faults, warnings(p, app.Now())...)
	}
	faults.Sort()
	report.OK = faults.Err(fault.Config) == nil
	for _, f := range faults {
		report.Faults = append(report.Faults, told{f.File, f.Line, f.Col, f.Warning, f.What, f.Why, f.Todo})
	}
	return report, faults, nil
}

// print tells a person; faults beyond warnings are the error.
func (r *checkReport) print(app *App, faults fault.List) error {
	for _, s := range r.Sources {
		s.print(app.Out)
	}
	if err := faults.Err(fault.Config); err != nil {
		return err
	}
	for _, f := range faults {
		fmt.Fprintln(app.Err, f)
	}
	_, err := fmt.Fprintf(app.Out, "%s is good\n", r.File)
	return err
}
