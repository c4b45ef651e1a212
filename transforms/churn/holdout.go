package churn

import (
	"errors"
	"fmt"
	"math"

	"github.com/habitue-data/habitue/customer"
)

// window is a horizon that has passed: who was known before it, and on how
// many days of it each of them bought.
type window struct {
	cut, end int32
	then     []past
	bought   []int
}

// look is the horizon up to the end of a day.
func (t *trial) look(end int32) *window {
	w := &window{cut: end - t.Horizon, end: end}
	for _, days := range t.customers {
		if p, ok := lookBack(days, w.cut); ok {
			w.then, w.bought = append(w.then, p), append(w.bought, boughtIn(days, w.cut, end))
		}
	}
	return w
}

// lacks is why a window is no test; "" where it is one.
func (w *window) lacks(least int) string {
	churned := 0
	for _, b := range w.bought {
		if b == 0 {
			churned++
		}
	}
	if bought := len(w.bought) - churned; bought < least || churned < least {
		return fmt.Sprintf("in the hold-out %d customers bought and %d did not; %d of each are needed", bought, churned, least)
	}
	return ""
}

// holdOut looks one horizon back; the reason is why it is no test.
func (t *trial) holdOut() (reason string) {
	t.first = math.MaxInt32
	for _, days := range t.customers {
		for _, d := range days {
			if d.Orders > 0 {
				t.first = min(t.first, d.Day)
			}
		}
	}
	if t.first == math.MaxInt32 {
		return "nobody has a counted order"
	}
	// The logistic regression needs a horizon to learn from before the one
	// that it is held against, and that a history before it.
	if history := t.asOf - t.first + 1; history < 3*t.Horizon {
		return fmt.Sprintf("the history has %d days; three horizons of %d days are needed", history, t.Horizon)
	}
	t.held = t.look(t.asOf)
	if reason := t.held.lacks(t.MinBuyers); reason != "" {
		return reason
	}
	t.checkConstants()
	return ""
}

// candidate is one with its forecast of the hold-out, as it would be
// published.
type candidate struct {
	model *Model // fitted to what was known then
	forecast
	level    *Level
	now      *Model // fitted to all that is known, where it was asked for
	fits     []Parameter
	unsuited error  // why it may not speak of the horizon to come
	caveat   string // what the hold-out cannot tell of it
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

// foretell is what a model says of a window, beside what happened.
func (w *window) foretell(m *Model) (f forecast, err error) {
	f = forecast{make([]float64, len(w.then)), make([]bool, len(w.then))}
	for i := range w.then {
		f.risk[i], f.churned[i] = m.risk(&w.then[i]), w.bought[i] == 0
		if math.IsNaN(f.risk[i]) {
			return f, errors.New("no convergence: a risk is not a number")
		}
	}
	return f, nil
}

// try fits a candidate to what was known and holds it against what happened.
func (t *trial) try(name string) (*candidate, error) {
	m, fits, err := t.fit(name, t.held.cut)
	if err != nil {
		return nil, err
	}
	t.result.Fits = append(t.result.Fits, fits...)
	f, err := t.held.foretell(m)
	if err != nil {
		return nil, err
	}
	c := &candidate{model: m, forecast: f}
	t.mend(c)
	t.checkForecast(name, &c.forecast)
	if err := c.offTooFar(); err != nil {
		return nil, err
	}
	return c, nil
}

// mostOff is how far mean risk and outcome may lie apart, of all and of a
// decile, and more only where chance alone may do it.
const mostOff = .05

// offTooFar tells where a forecast is off by more than it may, and surely.
func (c *candidate) offTooFar() error {
	const busier = "the shop was busier or quieter than anything before it tells, and whether it stays so nobody knows"
	if all := (decile{len(c.risk), c.mean(), c.base()}); all.off() > all.mayBeOff() {
		return fmt.Errorf("on the hold-out its mean risk is %.3f where %.3f bought nothing, off by more than %.3f: %s", all.risk, all.churned, all.mayBeOff(), busier)
	}
	if c.brier() >= c.constant() {
		return nil // which is the clearer reason
	}
	for k, d := range c.deciles() {
		if d.off() > d.mayBeOff() {
			return fmt.Errorf("on the hold-out its mean risk in decile %d is %.3f where %.3f bought nothing, off by more than %.3f: "+
				"it does not know these customers, or %s", k+1, d.risk, d.churned, d.mayBeOff(), busier)
		}
	}
	return nil
}

// mend moves the level of a forecast by what the same candidate was off by
// one horizon earlier, where that surely makes it better: what was so twice
// is the candidate's way, what was so once a season's. Then the level that is
// published comes from both. Of a candidate that knows no months it learns
// nothing: two horizons may lie in one season, and the one to come in another.
func (t *trial) mend(c *candidate) {
	if c.model.Name != MBGSeason || !t.knows(t.held.cut-t.Horizon) {
		return
	}
	earlier := t.look(t.held.cut)
	if earlier.lacks(t.MinBuyers) != "" {
		return
	}
	m, fits, err := t.fit(c.model.Name, earlier.cut)
	if err != nil {
		return
	}
	t.result.Fits = append(t.result.Fits, fits...)
	f, err := earlier.foretell(m)
	if err != nil {
		return
	}
	learnt, err := fitLevel(f.risk, f.churned)
	if err != nil {
		return
	}
	mended := forecast{make([]float64, len(c.risk)), c.churned}
	for i, r := range c.risk {
		mended.risk[i] = learnt.Mend(r)
	}
	if by, standardError := mended.better(&c.forecast); by <= standardError {
		return
	}
	both, err := fitLevel(append(f.risk, c.risk...), append(f.churned, c.churned...))
	if err != nil {
		return
	}
	n := int64(len(c.risk))
	t.check(Check{Model: c.model.Name, Name: "brier_unmended", Value: c.brier(), Customers: n, Detail: "Brier score before the level was mended by what it was off by a horizon earlier"})
	t.check(Check{Model: c.model.Name, Name: "calibration_gap_unmended", Value: c.gap(), Customers: n, Detail: "calibration_gap before the level was mended"})
	c.level, c.forecast = both, mended
}

// checkConstants tells what a candidate must beat.
func (t *trial) checkConstants() {
	w := t.held
	n := int64(len(w.then))
	recency := forecast{make([]float64, n), make([]bool, n)}
	for i := range w.then {
		recency.risk[i], recency.churned[i] = w.then[i].recency(), w.bought[i] == 0
	}
	sample := ""
	if n := int64(len(t.customers)); n < t.Scored {
		sample = fmt.Sprintf("; a sample of %d of %d customers", n, t.Scored)
	}
	t.check(Check{Name: "hold_out", Value: recency.base(), Customers: n, Detail: fmt.Sprintf(
		"share of buyers up to %s who bought nothing in the %d days after it; customers are put together as they are today%s", customer.DayText(w.cut), t.Horizon, sample)})
	t.check(Check{Name: "auc_recency", Value: recency.auc(), Customers: n, Detail: "AUC of recency alone"})
	t.check(Check{Name: "brier_constant", Value: recency.constant(), Customers: n, Detail: "Brier score of the share itself, for everyone"})
}

func (t *trial) checkForecast(name string, f *forecast) {
	n, deciles := int64(len(f.risk)), f.deciles()
	t.check(Check{Model: name, Name: "auc", Value: f.auc(), Customers: n, Detail: "chance that of one who bought nothing and one who bought the first has the higher risk"})
	t.check(Check{Model: name, Name: "brier", Value: f.brier(), Customers: n, Detail: "mean squared distance of risk and outcome"})
	t.check(Check{Model: name, Name: "level", Value: f.base(), Predicted: f.mean(), HasPredicted: true, Customers: n, Detail: "share that bought nothing, and mean risk"})
	t.check(Check{Model: name, Name: "lift", Value: deciles[9].churned / f.base(), Customers: int64(deciles[9].customers), Detail: "share that bought nothing in the riskiest decile, over that of all"})
	t.check(Check{Model: name, Name: "calibration_gap", Value: f.gap(), Customers: n, Detail: "most that mean risk and outcome lie apart in a decile"})
	for k, d := range deciles {
		t.check(Check{Model: name, Name: "calibration", Decile: k + 1, Value: d.churned, Predicted: d.risk, HasPredicted: true, Customers: int64(d.customers),
			Detail: "share that bought nothing, and mean risk"})
	}
}
