package churn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/customer"
)

const (
	worldDays    = 730
	worldHorizon = 90
	worldStart   = int32(20_000)
	worldEnd     = worldStart + worldDays - 1
)

// world plays customers of MBG/NBD who join evenly, on a clock that runs by
// a factor per day, to a horizon after the last day.
func world(customers int, seed uint64, factor func(day int) float64) (all [][]customer.OrderDay) {
	m := MBG{R: .85, Alpha: 22, A: .9, B: 6}
	r := rand.New(rand.NewPCG(seed, 2))
	var clock [worldDays + worldHorizon]float64
	sum := 0.
	for d := range clock {
		sum += factor(d)
		clock[d] = sum
	}
	for range customers {
		rate := drawGamma(r, m.R) / m.Alpha
		p, q := drawGamma(r, m.A), drawGamma(r, m.B)
		at, day := r.Float64()*clock[worldDays-1], 0
		var days []customer.OrderDay
		for {
			for day < len(clock) && clock[day] < at {
				day++
			}
			if day == len(clock) {
				break
			}
			if n := len(days); n == 0 || days[n-1].Day != worldStart+int32(day) {
				days = append(days, customer.OrderDay{Day: worldStart + int32(day)})
			}
			days[len(days)-1].Orders++
			days[len(days)-1].Net += int64(1000 + r.IntN(100_000))
			if r.Float64() < p/(p+q) {
				break
			}
			at += r.ExpFloat64() / rate
		}
		all = append(all, days)
	}
	return all
}

func steady(int) float64 { return 1 }

var usual = Options{Horizon: worldHorizon, Models: Models(), MinBuyers: 200}

func checkOf(r *Result, model, name string) (c Check, ok bool) {
	for _, c := range r.Checks {
		if c.Model == model && c.Name == name {
			return c, true
		}
	}
	return c, false
}

func value(t *testing.T, r *Result, model, name string) float64 {
	t.Helper()
	c, ok := checkOf(r, model, name)
	if !ok {
		t.Fatalf("no check %s of %q", name, model)
	}
	return c.Value
}

// outcome is the published risk beside what happened after the last day.
func outcome(r *Result, all [][]customer.OrderDay) (f forecast) {
	for _, days := range all {
		if s, ok := r.Model.Score(days, worldEnd); ok {
			f.risk, f.churned = append(f.risk, s.Risk), append(f.churned, boughtIn(days, worldEnd, worldEnd+r.Model.Horizon) == 0)
		}
	}
	return f
}

// known is what is there on the last day.
func known(all [][]customer.OrderDay) (cut [][]customer.OrderDay) {
	for _, days := range all {
		for len(days) > 0 && days[len(days)-1].Day > worldEnd {
			days = days[:len(days)-1]
		}
		cut = append(cut, days)
	}
	return cut
}

func TestASteadyShopIsPublished(t *testing.T) {
	all := world(8000, 1, steady)
	r := Fit(known(all), worldEnd, usual)
	if r.Model.Name == "" || r.Model.Level != nil || !r.Model.Orders {
		t.Fatalf("%+v, checks %+v", r.Model, r.Checks)
	}
	name := r.Model.Name
	if auc, recency := value(t, r, name, "auc"), value(t, r, "", "auc_recency"); auc <= recency {
		t.Errorf("AUC %.4f, of recency %.4f", auc, recency)
	}
	if brier, constant := value(t, r, name, "brier"), value(t, r, "", "brier_constant"); brier >= constant {
		t.Errorf("Brier %.4f, of a constant %.4f", brier, constant)
	}
	f := outcome(r, all)
	if gap := f.gap(); gap > .05 {
		t.Errorf("after the last day a decile is off by %.3f: %+v", gap, f.deciles())
	}
	if again := Fit(known(all), worldEnd, usual); !reflect.DeepEqual(r, again) {
		t.Error("the same customers gave another result")
	}
}

// TestASeasonInTheHoldOutAlone plays a rush that no history knows: it is
// refused with its numbers; of one too weak for that the risks still hold when
// it is over.
func TestASeasonInTheHoldOutAlone(t *testing.T) {
	for rush, published := range map[float64]bool{3: false, 2: false, 1.3: false, 1.1: true, .8: true, .3: false} {
		all := world(8000, 1, func(day int) float64 {
			if day >= worldDays-worldHorizon && day < worldDays {
				return rush
			}
			return 1
		})
		r := Fit(known(all), worldEnd, usual)
		if !published {
			verdict, _ := checkOf(r, MBGNBD, "verdict")
			t.Logf("rush %g: %s", rush, verdict.Detail)
			if r.Model.Name != "" || !strings.Contains(verdict.Detail, "busier or quieter") {
				t.Errorf("rush %g: %+v, checks %+v", rush, r.Model, r.Checks)
			}
			continue
		}
		f := outcome(r, all)
		t.Logf("rush %g: %s, calibration gap %.3f in the hold-out and %.3f after it", rush, r.Model.Name, value(t, r, r.Model.Name, "calibration_gap"), f.gap())
		if f.gap() > .05 {
			t.Errorf("rush %g: a decile is off by %.3f: %+v", rush, f.gap(), f.deciles())
		}
	}
}

// TestWorseThanAConstantIsRefused plays a hold-out in which as many buy as
// ever, but anyone does, whatever they did before.
func TestWorseThanAConstantIsRefused(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	all := known(world(4000, 1, steady))
	for i, days := range all {
		for len(days) > 0 && days[len(days)-1].Day > worldEnd-worldHorizon {
			days = days[:len(days)-1]
		}
		if len(days) > 0 && r.IntN(100) < 32 {
			days = append(days, customer.OrderDay{Day: worldEnd, Orders: 1, Net: 100})
		}
		all[i] = days
	}
	got := Fit(all, worldEnd, usual)
	if got.Model.Name != "" || !strings.Contains(got.Model.Reason, "worse than a constant on the hold-out: Brier") {
		t.Fatalf("%+v", got.Model)
	}
}

func TestNoPredictionHasAReason(t *testing.T) {
	steadyShop := known(world(1000, 1, steady))
	var young, idle [][]customer.OrderDay
	for _, days := range steadyShop {
		for len(days) > 0 && days[0].Day <= worldEnd-2*worldHorizon {
			days = days[1:]
		}
		young = append(young, days)
	}
	for i := range 1000 {
		idle = append(idle, []customer.OrderDay{{Day: worldStart + int32(i%300), Orders: 1, Net: 5}})
	}
	for name, c := range map[string]struct {
		customers [][]customer.OrderDay
		reason    string
	}{
		"nobody":       {nil, "nobody has a counted order"},
		"returns only": {[][]customer.OrderDay{{{Day: worldStart, Net: -5}}}, "nobody has a counted order"},
		"young":        {young, "the history has 180 days; three horizons of 90 days are needed"},
		"few":          {steadyShop[:100], "of each are needed"},
		"idle":         {idle, "in the hold-out 0 customers bought"},
	} {
		r := Fit(c.customers, worldEnd, usual)
		if r.Model.Name != "" || !strings.Contains(r.Model.Reason, c.reason) {
			t.Errorf("%s: %+v, want the reason %q", name, r.Model, c.reason)
		}
		if verdict, ok := checkOf(r, "", "verdict"); !ok || !strings.Contains(verdict.Detail, c.reason) {
			t.Errorf("%s: no check says so", name)
		}
		for _, days := range c.customers {
			if _, ok := r.Model.Score(days, worldEnd); ok {
				t.Errorf("%s: a customer is scored by no model", name)
			}
		}
	}
}

// TestHistoriesThatNoModelFits wants a result or a reason, never a NaN.
func TestHistoriesThatNoModelFits(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 7))
		var all [][]customer.OrderDay
		step, most := 1+r.IntN(200), 1+r.IntN(12)
		for range 600 {
			var days []customer.OrderDay
			for d := int32(r.IntN(300)); d < worldDays && len(days) < most; d += int32(1 + r.IntN(step)) {
				days = append(days, customer.OrderDay{Day: worldStart + d, Orders: 1, Net: int64(r.IntN(3)) * 1000})
			}
			all = append(all, days)
		}
		o := usual
		o.MinBuyers = 20
		got := Fit(all, worldEnd, o)
		if (got.Model.Name == "") == (got.Model.Reason == "") {
			t.Errorf("seed %d: %+v", seed, got.Model)
		}
		for _, days := range all {
			s, ok := got.Model.Score(days, worldEnd)
			if ok && !(s.Risk >= 0 && s.Risk <= 1 && s.Alive >= 0 && s.Alive <= 1 && s.Expected >= 0 && !math.IsInf(s.Expected, 0)) {
				t.Fatalf("seed %d: %+v of %v by %+v", seed, s, days, got.Model)
			}
		}
		for _, c := range got.Checks {
			if math.IsNaN(c.Value + c.Predicted) {
				t.Errorf("seed %d: %+v", seed, c)
			}
		}
	}
}

func ExampleModel_Score() {
	m := Model{Name: MBGNBD, Horizon: 90, MBG: &MBG{R: .85, Alpha: 22, A: .9, B: 6}}
	often := []customer.OrderDay{{Day: 0, Orders: 1}, {Day: 10, Orders: 1}, {Day: 20, Orders: 2}, {Day: 30, Orders: 1}}
	for _, today := range []int32{40, 90, 180} {
		s, _ := m.Score(often, today)
		fmt.Printf("day %d: risk %.2f, alive %.2f, %s\n", today, s.Risk, s.Alive, Bands()[Band(s.Risk)])
	}
	// Output:
	// day 40: risk 0.19, alive 0.84, low
	// day 90: risk 0.69, alive 0.34, high
	// day 180: risk 0.96, alive 0.05, high
}

func BenchmarkFit(b *testing.B) {
	all := known(world(200_000, 1, seasons))
	for b.Loop() {
		if r := Fit(all, worldEnd, usual); r.Model.Name == "" {
			b.Fatal(r.Model.Reason)
		}
	}
}
