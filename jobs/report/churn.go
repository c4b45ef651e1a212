package report

import (
	"strings"

	"github.com/habitue-data/habitue/transforms/cohort"
)

// churn is who may buy nothing for a while, and how far that can be believed.
type churn struct {
	Why    string // there is no prediction
	Model  string
	Bands  []band
	Points []decile
	Checks []check
	Models []verdict
	Hold   string // what the hold-out is
}

type band struct {
	Name           string
	Customers, Net figure
	Risk           figure
	Wide           pct
	customers, net int64
}

// decile of the hold-out: what was said and what happened.
type decile struct {
	Number            int64
	Predicted, Found  figure
	Customers         figure
	X, Y, YLow, YHigh pct
}

// check is a number of the model, and the one to beat.
type check struct {
	Name, Meaning string
	Value, Beat   figure
	BeatName      string
	Good          bool
}

type verdict struct{ Model, Text string }

// The square of the calibration leaves room for the words at its left and
// below it.
const (
	squareLeft  = 14
	squareSide  = 80
	squareFloor = 86
)

type modelCheck struct {
	Model, Check, Detail string
	Decile, Customers    int64
	Value, Predicted     number
}

func (p *page) churn() *churn {
	c := &churn{}
	checks, lacks := ask[modelCheck](&p.asker, "model_checks")
	bands, why := ask[struct {
		Band, Model, Reason string
		Customers           int64
		Risk, Net           number
	}](&p.asker, "churn")
	for _, r := range checks {
		if r.Check == "verdict" && r.Model != "" {
			c.Models = append(c.Models, verdict{r.Model, r.Detail})
		}
		if r.Check == "verdict" && r.Model == "" {
			c.Why = strings.ToUpper(r.Detail[:1]) + r.Detail[1:] + "."
		}
		if r.Check == "hold_out" {
			c.Hold = r.Detail
		}
	}
	if why != "" && c.Why == "" {
		c.Why = why
	}
	var most int64
	for _, b := range bands {
		if b.Reason != "" && c.Why == "" {
			c.Why = "No prediction: " + b.Reason + "."
		}
		if b.Model != "" {
			c.Model = b.Model
		}
		most = max(most, b.Customers)
	}
	if c.Why == "" && len(bands) == 0 {
		c.Why = "No customer has a counted order."
	}
	if c.Why != "" {
		return c
	}
	for _, b := range bands {
		name := "churn." + b.Band
		c.Bands = append(c.Bands, band{Name: b.Band, Customers: count(name+".customers", b.Customers), Net: p.money(name+".net", p.minor(b.Net)), Risk: share(name+".risk", b.Risk),
			Wide: bar(float64(b.Customers), float64(most)), customers: b.Customers, net: p.minor(b.Net)})
	}
	if lacks == "" {
		c.calibration(checks)
		c.measures(checks)
	}
	return c
}

// calibration is the deciles of the model that is published.
func (c *churn) calibration(checks []modelCheck) {
	for _, r := range checks {
		if r.Model != c.Model || r.Check != "calibration" || r.Customers == 0 {
			continue
		}
		name := "calibration." + count("", r.Decile).Value
		k := int64(float(r.Value)*float64(r.Customers) + 0.5)
		low, high := cohort.Wilson(k, r.Customers)
		y := func(v float64) pct { return pct(squareFloor - squareSide*v) }
		c.Points = append(c.Points, decile{Number: r.Decile, Predicted: share(name+".predicted", r.Predicted), Found: share(name+".found", r.Value), Customers: count(name+".customers", r.Customers),
			X: pct(squareLeft + squareSide*float(r.Predicted)), Y: y(float(r.Value)), YLow: y(low), YHigh: y(high)})
	}
}

// measures are the model's numbers beside those of who knows nothing.
func (c *churn) measures(checks []modelCheck) {
	of := func(model, name string) (modelCheck, bool) {
		for _, r := range checks {
			if r.Model == model && r.Check == name {
				return r, true
			}
		}
		return modelCheck{}, false
	}
	add := func(name, meaning, beat, beatName string, less bool) {
		r, ok := of(c.Model, name)
		if !ok {
			return
		}
		one := check{Name: strings.ReplaceAll(name, "_", " "), Meaning: meaning, Value: decimal("churn_check."+name, r.Value, 3)}
		if b, ok := of("", beat); ok {
			one.Beat, one.BeatName = decimal("churn_check."+beat, b.Value, 3), beatName
			one.Good = float(r.Value) > float(b.Value) != less
		}
		c.Checks = append(c.Checks, one)
	}
	add("auc", "the chance that of one who bought nothing and one who bought the first has the higher risk", "auc_recency", "recency alone", false)
	add("brier", "mean squared distance of risk and outcome, the less the better", "brier_constant", "the same risk for everyone", true)
	add("lift", "the share that bought nothing in the riskiest decile over that of all", "", "", false)
	add("calibration_gap", "the most that mean risk and what happened lie apart in a decile", "", "", true)
}
