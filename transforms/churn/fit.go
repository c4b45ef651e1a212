package churn

import (
	"fmt"
	"math"

	"github.com/habitue-data/habitue/customer"
)

// Result is a model with what it was fitted to and how it was judged.
type Result struct {
	Model  Model
	Fits   []Parameter
	Checks []Check
}

// Parameter is one that was fitted, to what was known at the end of a day.
type Parameter struct {
	Model         string
	Day           int32
	Name          string
	Value         float64
	LogLikelihood float64
	Customers     int64 // fitted to
}

// Check is a finding about a candidate, or about all where Model is "".
type Check struct {
	Model, Name  string
	Decile       int // 1 has the least risk; 0 where it is about all
	Value        float64
	Predicted    float64 // what the candidate said of Value
	HasPredicted bool
	Customers    int64
	Detail       string
}

// trial is the way from histories to a Result.
type trial struct {
	Options
	customers [][]customer.OrderDay
	asOf, cut int32
	then      []past // known at cut: the customers of the hold-out
	bought    []int  // days on which each bought since
	mbgThen   *MBG   // fitted to what was known then; nil where it could not be
	result    *Result
}

// Fit judges the candidates and fits the best anew. The customers come in an
// order that says nothing about them: halves of it must be alike.
func Fit(customers [][]customer.OrderDay, asOf int32, o Options) *Result {
	t := &trial{Options: o, customers: customers, asOf: asOf, cut: asOf - o.Horizon, result: &Result{Model: Model{Horizon: o.Horizon}}}
	if reason := t.run(); reason != "" {
		t.result.Model = Model{Horizon: o.Horizon, Reason: reason}
		t.check(Check{Name: "verdict", Detail: "no prediction: " + reason})
	}
	return t.result
}

func (t *trial) check(c Check) { t.result.Checks = append(t.result.Checks, c) }

// run is the reason why there is no model, "" where there is one.
func (t *trial) run() (reason string) {
	if reason := t.holdOut(); reason != "" {
		return reason
	}
	var best *candidate
	var all []*candidate
	for _, name := range t.Models {
		c, err := t.try(name)
		if err != nil {
			t.check(Check{Model: name, Name: "verdict", Detail: err.Error()})
			continue
		}
		all = append(all, c)
		if best == nil || c.before(best) {
			best = c
		}
	}
	if best == nil {
		return "no candidate could be fitted"
	}
	constant := best.constant()
	for _, c := range all {
		detail := "not the best"
		if c == best {
			detail = "the best"
		}
		if c.brier() >= constant {
			detail += ", and worse than a constant"
		}
		t.check(Check{Model: c.name, Name: "verdict", Detail: detail})
	}
	if best.brier() >= constant {
		return fmt.Sprintf("%s is worse than a constant on the hold-out: Brier %.4f, the constant %.4f", best.name, best.brier(), constant)
	}
	return t.publish(best)
}

// publish fits the best candidate to all that is known.
func (t *trial) publish(best *candidate) (reason string) {
	m := &t.result.Model
	m.Name, m.Level = best.name, best.level
	for _, name := range t.Models {
		if name != best.name && name != MBGNBD { // what tells of orders is MBG/NBD alone
			continue
		}
		err := t.fit(m, name, t.asOf)
		switch {
		case err != nil && name == best.name:
			return fmt.Sprintf("%s, fitted to all that is known: %v", name, err)
		case err != nil:
			t.check(Check{Model: name, Name: "verdict", Detail: "fitted to all that is known: " + err.Error()})
		}
	}
	m.Orders = m.MBG != nil && t.mbgThen != nil && t.ordersBeatConstant()
	if m.Level != nil {
		for i, v := range []float64{m.Level.Intercept, m.Level.Slope} {
			t.result.Fits = append(t.result.Fits, Parameter{Model: m.Name, Day: t.asOf, Name: []string{"level_intercept", "level_slope"}[i], Value: v, Customers: int64(len(t.then))})
		}
	}
	return ""
}

// fit puts a candidate, fitted to what was known at the end of a day, into m.
func (t *trial) fit(m *Model, name string, day int32) error {
	tell := func(names []string, values []float64, logLikelihood float64, customers int) {
		for i, v := range values {
			t.result.Fits = append(t.result.Fits, Parameter{name, day, names[i], v, logLikelihood, int64(customers)})
		}
	}
	switch name {
	case MBGNBD:
		var all []Buying
		for _, days := range t.customers {
			if p, ok := lookBack(days, day); ok {
				all = append(all, p.Buying)
			}
		}
		mbg, ll, err := FitMBG(all)
		if err != nil {
			return err
		}
		m.MBG = &mbg
		tell(mbgNames[:], []float64{mbg.R, mbg.Alpha, mbg.A, mbg.B}, ll, len(all))
	case LogisticOnRFM: // learns from the horizon before the day
		var traits [][4]float64
		var churned []bool
		for _, days := range t.customers {
			if p, ok := lookBack(days, day-t.Horizon); ok {
				traits, churned = append(traits, p.traits()), append(churned, boughtIn(days, day-t.Horizon, day) == 0)
			}
		}
		w, ll, err := fitLogistic(traits, churned)
		if err != nil {
			return err
		}
		m.Logistic = &Logistic{w[0], w[1], w[2], w[3]}
		tell(logisticNames[:], w[:], ll, len(traits))
	default:
		return fmt.Errorf("no candidate is called %q", name)
	}
	return nil
}

// ordersBeatConstant tells whether expected orders were nearer to what came
// than the mean that came, for everyone, would have been.
func (t *trial) ordersBeatConstant() bool {
	n := float64(len(t.then))
	seen, expected, off, offConstant := 0., 0., 0., 0.
	for i := range t.then {
		e := t.mbgThen.Expected(t.then[i].Buying, float64(t.Horizon))
		seen += float64(t.bought[i])
		expected += e
		off += math.Abs(e - float64(t.bought[i]))
	}
	for _, b := range t.bought {
		offConstant += math.Abs(seen/n - float64(b))
	}
	customers := int64(len(t.then))
	t.check(Check{Model: MBGNBD, Name: "mean_orders", Value: seen / n, Predicted: expected / n, HasPredicted: true, Customers: customers,
		Detail: "order days per customer in the hold-out"})
	t.check(Check{Model: MBGNBD, Name: "mae_orders", Value: off / n, Customers: customers, Detail: "mean absolute error of expected order days"})
	t.check(Check{Name: "mae_orders_constant", Value: offConstant / n, Customers: customers, Detail: "the same of the mean that came, for everyone"})
	return off < offConstant
}
