package score

import (
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/churn"
)

// writeFits writes model_fits and model_checks.
func writeFits(w *work.Worker, r *churn.Result, out *flow.Outputs) error {
	var p churn.Parameter
	fits, row, err := w.NewRows("model_fits", 0, map[string]func(*columns.Column){
		"model":     func(c *columns.Column) { c.AddText(p.Model) },
		"fit_date":  func(c *columns.Column) { work.AddInt(c, int64(p.Day)) },
		"parameter": func(c *columns.Column) { c.AddText(p.Name) },
		"value":     func(c *columns.Column) { work.AddFloat(c, p.Value, true) },
		"log_likelihood": func(c *columns.Column) {
			work.AddFloat(c, p.LogLikelihood, p.LogLikelihood != 0)
		},
		"customer_count": func(c *columns.Column) { work.AddInt(c, p.Customers) },
	})
	if err != nil {
		return err
	}
	if fits != nil {
		for _, p = range r.Fits {
			if err := fits.Row(row); err != nil {
				return err
			}
		}
	}
	if err := fits.Close(out, "fitfiles"); err != nil {
		return err
	}
	var k churn.Check
	checks, row, err := w.NewRows("model_checks", 0, map[string]func(*columns.Column){
		"model": func(c *columns.Column) { c.AddOptional(k.Model) },
		"check": func(c *columns.Column) { c.AddText(k.Name) },
		"decile": func(c *columns.Column) {
			if k.Decile == 0 {
				c.AddMissing()
				return
			}
			work.AddInt(c, int64(k.Decile))
		},
		"value":          func(c *columns.Column) { work.AddFloat(c, k.Value, k.Customers > 0) },
		"predicted":      func(c *columns.Column) { work.AddFloat(c, k.Predicted, k.HasPredicted) },
		"customer_count": func(c *columns.Column) { work.AddInt(c, k.Customers) },
		"detail":         func(c *columns.Column) { c.AddText(k.Detail) },
	})
	if err != nil {
		return err
	}
	if checks != nil {
		for _, k = range r.Checks {
			if err := checks.Row(row); err != nil {
				return err
			}
		}
	}
	return checks.Close(out, "fitfiles")
}
