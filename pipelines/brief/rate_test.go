package brief

import "testing"

func TestRatesAreExactAndRoundHalfAwayFromZero(t *testing.T) {
	for _, c := range []struct {
		rate  Rate
		minor int64
		want  int64
		ok    bool
	}{{Rate{985, 10}, 100, 9850, true}, {Rate{1, 2}, 1, 1, true}, {Rate{1, 2}, -1, -1, true}, {Rate{1, 3}, 1, 0, true}, {Rate{1 << 62, 1}, 4, 0, false}} {
		if got, ok := c.rate.Apply(c.minor); got != c.want || ok != c.ok {
			t.Errorf("%v of %d = %d, %v; want %d, %v", c.rate, c.minor, got, ok, c.want, c.ok)
		}
	}
}
