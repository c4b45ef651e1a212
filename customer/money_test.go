package customer

import (
	"math"
	"testing"
)

func TestDivideRounded(t *testing.T) {
	for _, c := range []struct{ n, by, want int64 }{
		{0, 7, 0}, {10, 4, 3}, {9, 4, 2}, {-3000, 1, -3000}, {-7405, 2, -3703}, {-7404, 2, -3702}, {7405, 2, 3703},
		{1, 3, 0}, {-1, 3, 0}, {2, 3, 1}, {-2, 3, -1}, {MostMoney, 2, 5e17}, {-MostMoney, 2, -5e17},
		{math.MaxInt64, math.MaxInt64, 1}, {math.MaxInt64 - 1, math.MaxInt64, 1}, {math.MinInt64 + 1, math.MaxInt64, -1},
	} {
		if got := DivideRounded(c.n, c.by); got != c.want {
			t.Errorf("%d / %d = %d, want %d", c.n, c.by, got, c.want)
		}
	}
}
