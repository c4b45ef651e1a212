package jobs

import (
	"fmt"

	"github.com/habitue-data/habitue/jobs/project"
)

// SchemaCommand is `habitue schema`.
type SchemaCommand struct{}

// Run prints the JSON schema of the project file.
func (c *SchemaCommand) Run(app *App) error {
	text, err := project.Schema()
	if err != nil {
		return err
	}
	if _, err := app.Out.Write(text); err != nil {
		return fmt.Errorf("print the schema: %w", err)
	}
	return nil
}
