package cohort

import (
	"math"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// TestWilson holds the interval against the examples of R. G. Newcombe,
// Two-sided confidence intervals for the single proportion, Statistics in
// Medicine 17 (1998), table I, method 3.
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		k, n      int64
		low, high float64
	}{{81, 263, .2553, .3662}, {15, 148, .0624, .1605}, {0, 20, 0, .1611}, {1, 29, .0061, .1718}} {
		low, high := Wilson(c.k, c.n)
		if math.Abs(low-c.low) > 5e-5 || math.Abs(high-c.high) > 5e-5 {
			t.Errorf("Wilson(%d, %d) = %.6f, %.6f, want %.4f, %.4f", c.k, c.n, low, high, c.low, c.high)
		}
		if none, all := Wilson(c.n-c.k, c.n); math.Abs(none-(1-high)) > 1e-15 || math.Abs(all-(1-low)) > 1e-15 {
			t.Errorf("Wilson(%d, %d) is not that of %d turned round", c.n-c.k, c.n, c.k)
		}
	}
	if low, high := Wilson(0, 7); low != 0 || high >= 1 {
		t.Errorf("nobody of 7: %v, %v", low, high)
	}
	if low, high := Wilson(7, 7); low <= 0 || high != 1 {
		t.Errorf("everybody of 7: %v, %v", low, high)
	}
}

func TestLinesLeaveOutWhatIsNotOver(t *testing.T) {
	cells := []Cell{
		{Month, 0, 0, On, Customers, 1000, 1000, true}, {Month, 0, 1, On, Customers, 500, 1000, true}, {Month, 0, 2, On, Customers, 10, 1000, false},
		{Month, 31, 0, On, Customers, 500, 500, true}, {Month, 31, 1, On, Customers, 400, 500, false},
	}
	line := func(period int32, value, eligible, cohorts int64, mean float64, complete bool) Line {
		return Line{Cell{Month, 0, period, On, Customers, value, eligible, complete}, cohorts, mean * float64(cohorts)}
	}
	for unfinished, want := range map[bool][]Line{
		false: {line(0, 1500, 1500, 2, 1, true), line(1, 500, 1000, 1, .5, true)},
		true:  {line(0, 1500, 1500, 2, 1, true), line(1, 900, 1500, 2, .65, false), line(2, 10, 1000, 1, .01, false)},
	} {
		lines := NewLines(unfinished)
		lines.Add(cells[:3])
		lines.Add(cells[3:])
		if diff := gocmp.Diff(want, lines.All); diff != "" {
			t.Errorf("unfinished %v: %s", unfinished, diff)
		}
	}
}
