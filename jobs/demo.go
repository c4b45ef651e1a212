package jobs

import (
	"context"
	"fmt"

	"github.com/habitue-data/habitue/jobs/demo"
)

// Run makes the shop.
func (c *DemoCommand) Run(ctx context.Context, app *App) error {
	s, err := demo.Make(ctx, demo.Options{Customers: c.Customers, Days: c.Days, Seed: c.Seed, Out: app.Path(c.Out), Until: c.Until.Time, Season: c.Season, Deliver: c.Deliver})
	if err != nil {
		return err
	}
	if app.JSON {
		return app.PrintJSON(s)
	}
	_, err = fmt.Fprintf(app.Out, "a shop of %d customers over %d days is in %s; habitue -c %s/habitue.yaml run --as-of %s\n", c.Customers, c.Days, c.Out, c.Out, c.Until.Format("2006-01-02"))
	return err
}
