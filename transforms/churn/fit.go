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
	asOf      int32
	first     int32   // day of the first counted order
	held      *window // the hold-out: the last horizon
	season    *season // up to the last day, where it was asked for
	result    *Result
}

// Fit judges the candidates and fits the best anew. The customers come in an
// order that says nothing about them: halves of it must be alike.
func Fit(customers [][]customer.OrderDay, asOf int32, o Options) *Result {
	t := &trial{Options: o, customers: customers, asOf: asOf, result: &Result{}}
	m, reason := t.run()
	if reason != "" {
		m = &Model{Reason: reason}
		t.check(Check{Name: "verdict", Detail: "no prediction: " + reason})
	}
	m.Horizon = o.Horizon
	t.result.Model = *m
	return t.result
}

func (t *trial) check(c Check) { t.result.Checks = append(t.result.Checks, c) }

// run is the model to be published, or the reason why there is none.
func (t *trial) run() (m *Model, reason string) {
	if reason := t.holdOut(); reason != "" {
		return nil, reason
	}
	var all, buying []*candidate // all, and those that tell of orders
	for _, name := range t.Models {
		c, err := t.try(name)
		if err != nil {
			t.check(Check{Model: name, Name: "verdict", Detail: err.Error()})
			continue
		}
		all = append(all, c)
		if c.model.MBG != nil {
			buying = append(buying, c)
		}
	}
	best, orders := t.choose(all), t.choose(buying)
	t.judge(all, best)
	if best == nil {
		return nil, "no candidate stood its tests; model_checks has the reason of each"
	}
	if best.brier() >= best.constant() {
		return nil, fmt.Sprintf("%s is worse than a constant on the hold-out: Brier %.4f, the constant %.4f", best.model.Name, best.brier(), best.constant())
	}
	return t.publish(best, orders)
}

// choose is the best of those that may speak of the horizon to come; nil
// where none may.
func (t *trial) choose(all []*candidate) *candidate {
	for {
		var best *candidate
		for _, c := range all {
			if c.unsuited == nil && (best == nil || c.before(best)) {
				best = c
			}
		}
		if best == nil {
			return nil
		}
		if t.suits(best); best.unsuited == nil {
			return best
		}
	}
}

// judge says what became of those that stood the test of the hold-out.
func (t *trial) judge(all []*candidate, best *candidate) {
	for _, c := range all {
		detail := "not the best"
		if c == best {
			detail = "the best"
		}
		if c.brier() >= c.constant() {
			detail += ", and worse than a constant"
		}
		if c.caveat != "" {
			detail += "; " + c.caveat
		}
		if c.unsuited != nil {
			detail = c.unsuited.Error()
		}
		t.check(Check{Model: c.model.Name, Name: "verdict", Detail: detail})
	}
}

// publish fits the best candidate to all that is known, and beside it, where
// it tells nothing of orders, the best of those that do.
func (t *trial) publish(best, orders *candidate) (m *Model, reason string) {
	m, err := t.today(best)
	if err != nil {
		return nil, fmt.Sprintf("%s, fitted to all that is known: %v", best.model.Name, err)
	}
	t.result.Fits = append(t.result.Fits, best.fits...)
	m.Level = best.level
	if m.Level != nil {
		t.result.Fits = append(t.result.Fits,
			parameters(m.Name, t.asOf, []string{"level_intercept", "level_slope"}, []float64{m.Level.Intercept, m.Level.Slope}, 0, len(t.held.then))...)
	}
	if orders == nil {
		return m, ""
	}
	if orders != best {
		o, err := t.today(orders)
		if err != nil {
			t.check(Check{Model: orders.model.Name, Name: "verdict", Detail: "fitted to all that is known: " + err.Error()})
			return m, ""
		}
		t.result.Fits = append(t.result.Fits, orders.fits...)
		m.MBG, m.Clock = o.MBG, o.Clock
	}
	m.Orders = t.ordersBeatConstant(orders.model)
	return m, ""
}

// today is a candidate, fitted to all that is known.
func (t *trial) today(c *candidate) (m *Model, err error) {
	if c.now == nil {
		c.now, c.fits, err = t.fit(c.model.Name, t.asOf)
	}
	return c.now, err
}

func parameters(model string, day int32, names []string, values []float64, logLikelihood float64, customers int) (all []Parameter) {
	for i, v := range values {
		all = append(all, Parameter{model, day, names[i], v, logLikelihood, int64(customers)})
	}
	return all
}

// fit is a candidate, fitted to what was known at the end of a day.
func (t *trial) fit(name string, day int32) (*Model, []Parameter, error) {
	switch name {
	case MBGNBD, MBGSeason:
		return t.fitMBG(name, day)
	case LogisticOnRFM:
		return t.fitLogistic(day)
	}
	return nil, nil, fmt.Errorf("no candidate is called %q", name)
}

// known is who had bought by the end of a day.
func (t *trial) known(day int32) (all []past) {
	for _, days := range t.customers {
		if p, ok := lookBack(days, day); ok {
			all = append(all, p)
		}
	}
	return all
}

func (t *trial) fitMBG(name string, day int32) (m *Model, fits []Parameter, err error) {
	m = &Model{Name: name, Horizon: t.Horizon}
	all := t.known(day)
	var mbg MBG
	var ll float64
	if name == MBGSeason {
		if !t.knows(day) {
			return nil, nil, errNoYear
		}
		mbg, m.Clock, ll, err = fitSeason(all, newTraffic(all, t.customers, day), t.Horizon)
	} else {
		mbg, ll, err = FitMBG(on(nil, all), MBG{})
	}
	if err != nil {
		return nil, nil, err
	}
	m.MBG = &mbg
	fits = parameters(name, day, mbgNames[:], []float64{mbg.R, mbg.Alpha, mbg.A, mbg.B}, ll, len(all))
	if m.Clock != nil {
		fits = append(fits, parameters(name, day, []string{"pace"}, []float64{m.Clock.between(day, day+t.Horizon) / float64(t.Horizon)}, 0, len(all))...)
	}
	return m, fits, nil
}

// fitLogistic learns from the horizon before the day.
func (t *trial) fitLogistic(day int32) (*Model, []Parameter, error) {
	var traits [][4]float64
	var churned []bool
	for _, days := range t.customers {
		if p, ok := lookBack(days, day-t.Horizon); ok {
			traits, churned = append(traits, p.traits()), append(churned, boughtIn(days, day-t.Horizon, day) == 0)
		}
	}
	w, ll, err := fitLogistic(traits, churned)
	if err != nil {
		return nil, nil, err
	}
	return &Model{Name: LogisticOnRFM, Horizon: t.Horizon, Logistic: &Logistic{w[0], w[1], w[2], w[3]}},
		parameters(LogisticOnRFM, day, logisticNames[:], w[:], ll, len(traits)), nil
}

// ordersBeatConstant tells whether the orders that a model of back then
// expected were nearer to what came than the mean that came, for everyone,
// would have been.
func (t *trial) ordersBeatConstant(m *Model) bool {
	w := t.held
	n := float64(len(w.then))
	seen, expected, off, offConstant := 0., 0., 0., 0.
	for i := range w.then {
		e := m.MBG.Expected(w.then[i].on(m.Clock), m.Clock.between(w.cut, w.end))
		seen += float64(w.bought[i])
		expected += e
		off += math.Abs(e - float64(w.bought[i]))
	}
	for _, b := range w.bought {
		offConstant += math.Abs(seen/n - float64(b))
	}
	customers := int64(len(w.then))
	t.check(Check{Model: m.Name, Name: "mean_orders", Value: seen / n, Predicted: expected / n, HasPredicted: true, Customers: customers,
		Detail: "order days per customer in the hold-out"})
	t.check(Check{Model: m.Name, Name: "mae_orders", Value: off / n, Customers: customers, Detail: "mean absolute error of expected order days"})
	t.check(Check{Name: "mae_orders_constant", Value: offConstant / n, Customers: customers, Detail: "the same of the mean that came, for everyone"})
	return off < offConstant
}
