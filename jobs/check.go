package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/habitue-data/habitue/connectors"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/project"
)

// CheckRows is how many rows of a source's newest file check reads.
const CheckRows = 10_000

// CheckCommand is `habitue check`.
type CheckCommand struct{}

// checkReport is what check found, as --json prints it.
type checkReport struct {
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
	p, faults := project.Load(app.Path(app.Config), app.Env)
	report := checkReport{Faults: []told{}, Sources: []sourceLook{}}
	if p != nil {
		formats := connectors.Formats()
		for i := range p.Sources {
			s := &p.Sources[i]
			look, found, err := lookAt(ctx, p, s, formats[s.Format])
			if err != nil {
				return fmt.Errorf("look into the source %s: %w", s.Name, err)
			}
			if !s.Faulty {
				report.Sources = append(report.Sources, look)
			}
			faults = append(faults, found...)
		}
		if faults.Err(fault.Config) == nil && p.Warehouse.Kind != "" {
			found, err := asFaults(replaceable(ctx, p))
			if err != nil {
				return err
			}
			faults = append(faults, found...)
		}
		faults = append(faults, warnings(p)...)
	}
	faults.Sort()
	err := faults.Err(fault.Config)
	report.OK = err == nil
	if app.JSON {
		for _, f := range faults {
			report.Faults = append(report.Faults, told{f.File, f.Line, f.Col, f.Warning, f.What, f.Why, f.Todo})
		}
		return errors.Join(app.PrintJSON(report), err)
	}
	for _, s := range report.Sources {
		s.print(app.Out)
	}
	if err != nil {
		return err
	}
	for _, f := range faults {
		fmt.Fprintln(app.Err, f)
	}
	_, err = fmt.Fprintf(app.Out, "%s is good\n", p.File)
	return err
}
