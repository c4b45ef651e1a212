package jobs

import (
	"fmt"
	"os"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/transforms/segment"
	"github.com/habitue-data/habitue/transforms/segment/filters"
	"github.com/habitue-data/habitue/transforms/segment/script"
)

// SegmentTestCommand is `habitue segment test FILE...`.
type SegmentTestCommand struct {
	Files []string `arg:"" name:"file" help:"Files of people and of the segments that they are expected in."`
}

// Run runs files of people, segments and who is expected where. A segment
// that they only name is the project's.
func (c *SegmentTestCommand) Run(app *App) error {
	catalogue, err := filters.Catalogue()
	if err != nil {
		return err
	}
	var known []*segment.Definition
	if _, err := os.Stat(app.Path(app.Config)); err == nil {
		p, err := app.ProjectToRead()
		if err != nil {
			return err
		}
		if p.Segments.Set != nil {
			known = p.Segments.Set.Definitions
		}
	}
	var all fault.List
	for _, file := range c.Files {
		data, err := os.ReadFile(app.Path(file))
		if err != nil {
			return fault.With(fmt.Errorf("read the test: %w", err), fault.Usage)
		}
		f, faults := script.Run(file, data, catalogue, known...)
		if len(faults) == 0 {
			fmt.Fprintf(app.Out, "%s: %s as expected\n", file, counted(f.Expectations(), "answer"))
		}
		all = append(all, faults...)
	}
	return all.Err(fault.Config)
}
