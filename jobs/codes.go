package jobs

import (
	"fmt"
	"text/tabwriter"

	"github.com/habitue-data/habitue/internal/fault"
)

// CodesCommand is `habitue exit-codes`.
type CodesCommand struct{}

// Run prints every exit code.
func (c *CodesCommand) Run(app *App) error {
	type code struct {
		Code int    `json:"code"`
		Name string `json:"name"`
		Doc  string `json:"doc"`
	}
	var codes []code
	for _, c := range fault.Codes {
		codes = append(codes, code{int(c.Code), c.Name, c.Doc})
	}
	if app.JSON {
		return app.PrintJSON(codes)
	}
	w := tabwriter.NewWriter(app.Out, 0, 0, 2, ' ', 0)
	for _, c := range codes {
		fmt.Fprintf(w, "%d\t%s\t%s\n", c.Code, c.Name, c.Doc)
	}
	return w.Flush()
}
