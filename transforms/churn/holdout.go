package churn

import (
	"errors"
	"fmt"
	"math"

	"github.com/habitue-data/habitue/customer"
)

// holdOut looks one horizon back; the reason is why it is no test.
func (t *trial) holdOut() (reason string) {
	first := int32(math.MaxInt32)
	for _, days := range t.customers {
		p, ok := lookBack(days, t.cut)
		for _, d := range days {
			if d.Orders > 0 && d.Day < first {
				first = d.Day
			}
		}
		if ok {
			t.then, t.bought = append(t.then, p), append(t.bought, boughtIn(days, t.cut, t.asOf))
		}
	}
	if first == math.MaxInt32 {
		return "nobody has a counted order"
	}
	// The logistic regression needs a horizon to learn from before the one
	// that it is held against, and that a history before it.
	if history := t.asOf - first + 1; history < 3*t.Horizon {
		return fmt.Sprintf("the history has %d days; three horizons of %d days are needed", history, t.Horizon)
	}
	churned := 0
	for _, b := range t.bought {
		if b == 0 {
			churned++
		}
	}
	sample := ""
	if n := int64(len(t.customers)); n < t.Scored {
		sample = fmt.Sprintf("; a sample of %d of %d customers", n, t.Scored)
	}
	t.check(Check{Name: "hold_out", Value: float64(churned) / float64(max(len(t.bought), 1)), Customers: int64(len(t.then)),
		Detail: fmt.Sprintf("share of buyers up to %s who bought nothing in the %d days after it; customers are put together as they are today%s", customer.DayText(t.cut), t.Horizon, sample)})
	if bought := len(t.bought) - churned; bought < t.MinBuyers || churned < t.MinBuyers {
		return fmt.Sprintf("in the hold-out %d customers bought and %d did not; %d of each are needed", bought, churned, t.MinBuyers)
	}
	t.checkConstants()
	return ""
}

// candidate is one with its forecast of the hold-out, as it would be
// published.
type candidate struct {
	model *Model // fitted to what was known then
	forecast
	level *Level
}

// before tells whether c is to be published rather than d: by Brier score,
// or by AUC where they are within a standard error of each other.
func (c *candidate) before(d *candidate) bool {
	by, standardError := c.better(&d.forecast)
	if math.Abs(by) <= standardError {
		return c.auc() > d.auc()
	}
	return by > 0
}

// tooFar is a distance of risk and outcome, in a decile, that is mended where
// that can be done.
const tooFar = .05

// try fits a candidate to what was known and holds it against what happened.
func (t *trial) try(name string) (*candidate, error) {
	m, err := t.fit(name, t.cut)
	if err != nil {
		return nil, err
	}
	c := &candidate{model: m, forecast: forecast{make([]float64, len(t.then)), make([]bool, len(t.then))}}
	for i := range t.then {
		c.risk[i], c.churned[i] = m.risk(&t.then[i]), t.bought[i] == 0
		if math.IsNaN(c.risk[i]) {
			return nil, errors.New("no convergence: a risk is not a number")
		}
	}
	if gap := c.gap(); gap > tooFar {
		if err := t.mend(c, gap); err != nil {
			return nil, err
		}
	}
	t.checkForecast(name, &c.forecast)
	return c, nil
}

// mend moves the level of a forecast to that of the hold-out, where that is
// surely better: each half of the customers is mended by what the other half
// did, so that the checks are of customers that were not learnt from.
func (t *trial) mend(c *candidate, gap float64) error {
	mended := forecast{make([]float64, len(c.risk)), c.churned}
	for half := range 2 {
		var other forecast
		for i := 1 - half; i < len(c.risk); i += 2 {
			other.risk, other.churned = append(other.risk, c.risk[i]), append(other.churned, c.churned[i])
		}
		level, err := fitLevel(other.risk, other.churned)
		if err != nil {
			return fmt.Errorf("its level is off by %.3f in a decile and cannot be mended: %w", gap, err)
		}
		for i := half; i < len(c.risk); i += 2 {
			mended.risk[i] = level.Mend(c.risk[i])
		}
	}
	by, standardError := mended.better(&c.forecast)
	if by <= standardError || mended.gap() >= gap {
		return nil
	}
	level, err := fitLevel(c.risk, c.churned)
	if err != nil {
		return fmt.Errorf("its level is off by %.3f in a decile and cannot be mended: %w", gap, err)
	}
	n := int64(len(c.risk))
	t.check(Check{Model: c.model.Name, Name: "brier_unmended", Value: c.brier(), Customers: n, Detail: "Brier score before the level was mended"})
	t.check(Check{Model: c.model.Name, Name: "gap_unmended", Value: gap, Customers: n,
		Detail: "before the level was mended: the hold-out was busier or quieter than the history, as where a season falls into it alone"})
	c.level, c.forecast = level, mended
	return nil
}

// checkConstants tells what a candidate must beat.
func (t *trial) checkConstants() {
	n := int64(len(t.then))
	recency := forecast{make([]float64, n), make([]bool, n)}
	for i := range t.then {
		recency.risk[i], recency.churned[i] = t.then[i].recency(), t.bought[i] == 0
	}
	t.check(Check{Name: "auc_recency", Value: recency.auc(), Customers: n, Detail: "AUC of recency alone"})
	t.check(Check{Name: "brier_constant", Value: recency.constant(), Customers: n, Detail: "Brier score of the share itself, for everyone"})
}

func (t *trial) checkForecast(name string, f *forecast) {
	n, deciles := int64(len(f.risk)), f.deciles()
	t.check(Check{Model: name, Name: "auc", Value: f.auc(), Customers: n, Detail: "chance that of one who bought nothing and one who bought the first has the higher risk"})
	t.check(Check{Model: name, Name: "brier", Value: f.brier(), Customers: n, Detail: "mean squared distance of risk and outcome"})
	t.check(Check{Model: name, Name: "lift", Value: deciles[9].churned / f.base(), Customers: int64(deciles[9].customers), Detail: "share that bought nothing in the riskiest decile, over that of all"})
	t.check(Check{Model: name, Name: "calibration_gap", Value: f.gap(), Customers: n, Detail: "most that mean risk and outcome lie apart in a decile"})
	for k, d := range deciles {
		t.check(Check{Model: name, Name: "calibration", Decile: k + 1, Value: d.churned, Predicted: d.risk, HasPredicted: true, Customers: int64(d.customers),
			Detail: "share that bought nothing, and mean risk"})
	}
}
