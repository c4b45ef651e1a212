package churn

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// cdnow is the public summary of 2,357 customers of CDNOW, in weeks.
func cdnow(t *testing.T) (all []Buying) {
	t.Helper()
	f, err := os.Open("../../../shared/data/clv/cdnow_customers_summary.csv")
	if err != nil {
		t.Skip("CDNOW is not here: ../shared/data/clv beside the project is missing")
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		x, e1 := strconv.Atoi(r[1])
		tx, e2 := strconv.ParseFloat(r[2], 64)
		end, e3 := strconv.ParseFloat(r[3], 64)
		if e1 != nil || e2 != nil || e3 != nil {
			t.Fatal(r)
		}
		all = append(all, Buying{x, tx, end})
	}
	return all
}

func near(t *testing.T, what string, got, want, by float64) {
	t.Helper()
	if !(math.Abs(got-want) <= by) {
		t.Errorf("%s is %.7g, want %.7g", what, got, want)
	}
}

// TestMBGOnCDNOW holds the fit against lifetimes 0.11.3.
func TestMBGOnCDNOW(t *testing.T) {
	all := cdnow(t)
	m, ll, err := FitMBG(all, MBG{})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "r", m.R, .52484, 2e-4)
	near(t, "alpha", m.Alpha, 6.18299, 2e-3)
	near(t, "a", m.A, .89136, 2e-3)
	near(t, "b", m.B, 1.61400, 5e-3)
	near(t, "log-likelihood", ll, -9582.1327, 1e-3)
	sum := 0.0
	for _, c := range all {
		sum += m.Expected(c, 39)
	}
	near(t, "purchases expected in 39 weeks", sum, 1576.74, .05)
}

// simulate plays customers of a model, who are watched for unlike times.
func simulate(m MBG, n int, seed uint64) (all []Buying, later []bool) {
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range n {
		rate, leave := drawGamma(r, m.R)/m.Alpha, 0.0
		p, q := drawGamma(r, m.A), drawGamma(r, m.B)
		leave = p / (p + q)
		end := 100 + 630*float64(i)/float64(n)
		c := Buying{T: end}
		bought, at := false, 0.0
		for r.Float64() >= leave {
			if at += r.ExpFloat64() / rate; at > end {
				bought = at <= end+90
				break
			}
			c.X++
			c.TX = at
		}
		all, later = append(all, c), append(later, bought)
	}
	return all, later
}

func drawGamma(r *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return drawGamma(r, shape+1) * math.Pow(1-r.Float64(), 1/shape)
	}
	d := shape - 1./3
	for {
		x := r.NormFloat64()
		v := 1 + x/math.Sqrt(9*d)
		if v > 0 && math.Log(1-r.Float64()) < .5*x*x+d-d*v*v*v+d*math.Log(v*v*v) {
			return d * v * v * v
		}
	}
}

func TestParametersAreFoundAgain(t *testing.T) {
	want := MBG{R: .85, Alpha: 22, A: .9, B: 6}
	all, later := simulate(want, 20_000, 3)
	m, _, err := FitMBG(all, MBG{})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range [4]float64{m.R / want.R, m.Alpha / want.Alpha, m.A / want.A, m.B / want.B} {
		near(t, mbgNames[i]+" over the truth", v, 1, []float64{.05, .05, .15, .2}[i])
	}
	risk, gone := 0.0, 0.0
	for i, c := range all {
		risk += m.Risk(c, 90)
		if !later[i] {
			gone++
		}
	}
	near(t, "mean risk over the share that bought nothing", risk/gone, 1, .02)
}

// TestExpectedIsTheIntegral holds the closed form against the posterior
// itself, integrated: who is alive buys at lambda until leaving.
func TestExpectedIsTheIntegral(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, c := drawMBG(t), drawBuying(t)
		time := rapid.Float64Range(1, 400).Draw(t, "time")
		got := m.Expected(c, time)
		// E = PAlive * int int (1 - e^(-lambda p time))/p, under the posterior
		// of who is alive: lambda ~ Gamma(r+x, alpha+T), p ~ Beta(a, b+x+1).
		// The mean of lambda over Gamma has a closed form; p goes by steps.
		const steps = 20_000
		shape, rate := m.R+float64(c.X), m.Alpha+c.T
		sum, weight := 0.0, 0.0
		for i := range steps {
			// p = u^k makes both ends of the Beta tame
			u := (float64(i) + .5) / steps
			k := math.Max(1, 4/m.A)
			p := math.Pow(u, k)
			w := math.Exp((m.A-1)*math.Log(p) + (m.B+float64(c.X))*math.Log1p(-p) + math.Log(k) + (k-1)*math.Log(u))
			sum += w * -math.Expm1(-shape*math.Log1p(p*time/rate)) / p
			weight += w
		}
		want := m.PAlive(c) * sum / weight
		if math.Abs(got-want) > 2e-3*want+1e-9 {
			t.Fatalf("%+v %+v in %g: expected %g, by the integral %g", m, c, time, got, want)
		}
	})
}

func drawMBG(t *rapid.T) MBG {
	log := func(name string, low, high float64) float64 {
		return math.Exp(rapid.Float64Range(math.Log(low), math.Log(high)).Draw(t, name))
	}
	return MBG{log("r", .1, 10), log("alpha", .5, 300), log("a", .1, 8), log("b", .1, 50)}
}

func drawBuying(t *rapid.T) Buying {
	c := Buying{X: rapid.IntRange(0, 300).Draw(t, "x"), T: rapid.Float64Range(0, 2000).Draw(t, "T")}
	if c.X > 0 {
		c.TX = rapid.Float64Range(0, c.T).Draw(t, "t_x")
	}
	return c
}

// TestChancesBehave holds what theory says of them.
func TestChancesBehave(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, c := drawMBG(t), drawBuying(t)
		h := rapid.Float64Range(1, 400).Draw(t, "horizon")
		risk, alive, expected := m.Risk(c, h), m.PAlive(c), m.Expected(c, h)
		later := c
		later.T += rapid.Float64Range(.1, 300).Draw(t, "days of silence")
		switch {
		case !(risk >= 0 && risk <= 1 && alive >= 0 && alive <= 1 && expected >= 0):
			t.Fatalf("risk %g, alive %g, expected %g", risk, alive, expected)
		case risk < 1-alive-1e-12:
			t.Fatalf("risk %g is below the chance of having left, %g", risk, 1-alive)
		case m.Risk(c, h+1) > risk+1e-12:
			t.Fatalf("a longer horizon has more risk")
		case m.PAlive(later) > alive+1e-12:
			t.Fatalf("silence makes alive likelier: %g, then %g", alive, m.PAlive(later))
		case m.Risk(later, h) < risk-1e-12:
			t.Fatalf("silence makes risk smaller: %g, then %g", risk, m.Risk(later, h))
		case expected < 1-risk-1e-6:
			t.Fatalf("expected %g is below the chance of one purchase, %g", expected, 1-risk)
		case m.Expected(c, h+1) < expected-1e-9:
			t.Fatalf("a longer time has fewer purchases")
		}
		if due, ok := m.Due(c); ok && math.Abs(m.Risk(c, due)-.5) > 1e-9 {
			t.Fatalf("due in %g, when the risk is %g", due, m.Risk(c, due))
		}
	})
}

// TestGradient holds the gradient against differences.
func TestGradient(t *testing.T) {
	all, _ := simulate(MBG{.85, 22, .9, 6}, 300, 5)
	s := newMBGSearch(newCounts(all))
	rapid.Check(t, func(t *rapid.T) {
		m := drawMBG(t)
		point := []float64{math.Log(m.R), math.Log(m.Alpha), math.Log(m.A), math.Log(m.B)}
		grad := make([]float64, 4)
		s.logLikelihood(point, grad)
		for i := range point {
			const step = 1e-5
			up, down := append([]float64{}, point...), append([]float64{}, point...)
			up[i] += step
			down[i] -= step
			slope := (s.logLikelihood(up, nil) - s.logLikelihood(down, nil)) / (2 * step)
			if math.Abs(slope-grad[i]) > 1e-4*math.Abs(slope)+1e-3 {
				t.Fatalf("by %s: gradient %g, slope %g", mbgNames[i], grad[i], slope)
			}
		}
	})
}

func BenchmarkFitMBG(b *testing.B) {
	all, _ := simulate(MBG{.85, 22, .9, 6}, 200_000, 5)
	for b.Loop() {
		if _, _, err := FitMBG(all, MBG{}); err != nil {
			b.Fatal(err)
		}
	}
}
