package jobs

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/habitue-data/habitue/transforms/segment"
	"github.com/habitue-data/habitue/transforms/segment/filters"
)

// FiltersCommand is `habitue filters`.
type FiltersCommand struct {
	Traits bool `help:"The traits that a where clause may name instead."`
}

// Run prints the catalogue of filters, or the traits.
func (c *FiltersCommand) Run(app *App) error {
	catalogue, err := filters.Catalogue()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(app.Out, 0, 0, 2, ' ', 0)
	switch {
	case c.Traits && app.JSON:
		return app.PrintJSON(segment.Traits())
	case c.Traits:
		for _, t := range segment.Traits() {
			fmt.Fprintf(w, "%s\t%s\t%s\n", t.Name, t.Type, t.Doc)
		}
		return w.Flush()
	case app.JSON:
		return app.PrintJSON(catalogue.Entries())
	}
	entries := catalogue.Entries()
	for _, group := range segment.Groups() {
		title := strings.ToUpper(group) + "\n"
		for _, e := range entries {
			if e.Group == group {
				fmt.Fprintf(w, "%s  %s\t%s\n  \t  %s\n", title, e.Name, e.Doc, e.Example)
				title = ""
			}
		}
	}
	fmt.Fprintln(w, "\nhabitue filters --traits lists what a where clause may name.")
	return w.Flush()
}
