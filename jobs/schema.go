package jobs

import (
	"fmt"

	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/transforms/segment/filters"
)

// SchemaCommand is `habitue schema`.
type SchemaCommand struct {
	Of string `arg:"" optional:"" enum:"project,segment" default:"project" help:"What file: project or segment."`
}

// Run prints the JSON schema of the project file, or of segment files.
func (c *SchemaCommand) Run(app *App) error {
	of := project.Schema
	if c.Of == "segment" {
		catalogue, err := filters.Catalogue()
		if err != nil {
			return err
		}
		of = catalogue.Schema
	}
	text, err := of()
	if err != nil {
		return err
	}
	if _, err := app.Out.Write(text); err != nil {
		return fmt.Errorf("print the schema: %w", err)
	}
	return nil
}
