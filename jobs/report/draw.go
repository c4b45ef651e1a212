package report

import (
	"math"
	"strconv"
)

// pct is a length of a drawing, in percent of its place: a drawing is as wide
// as there is room, and the words beside it stay as large as all others.
type pct float64

func (v pct) String() string { return strconv.FormatFloat(float64(v), 'f', 2, 64) + "%" }

// scale is an axis from a least to a greatest value.
type scale struct{ low, high float64 }

// around is the scale that has all the values, and zero.
func around(values []int64) (s scale) {
	for _, v := range values {
		s.low, s.high = min(s.low, float64(v)), max(s.high, float64(v))
	}
	return s
}

// at is where a value lies.
func (s scale) at(v float64) pct {
	if s.high <= s.low {
		return 0
	}
	return pct(100 * (min(max(v, s.low), s.high) - s.low) / (s.high - s.low))
}

// bar begins at the smaller value and is so long as the two lie apart.
func (s scale) bar(a, b float64) (begin, long pct) {
	begin = s.at(min(a, b))
	return begin, s.at(max(a, b)) - begin
}

// bar is the length of a value that is held against a greatest one.
func bar(v, most float64) pct { return scale{high: most}.at(v) }

// barRow is a line of a figure: what, a bar, how many.
type barRow struct {
	Label string
	figure
	Title string
	Kind  string // class of the bar
	X, W  pct
}

// tone is the colour of a cell: how strong, in tenths, and the classes by
// which it is a loss and by which the text on it turns: on a dark page it
// turns sooner. Tenths, because between them the text would be hard to read.
type tone struct {
	Heat  int
	Shade string
}

// toneOf is the tone of a value that is held against the greatest one, 1.
func toneOf(v float64) tone {
	t := tone{Heat: int(math.Round(10 * (0.06 + 0.94*min(math.Abs(v), 1))))}
	switch {
	case t.Heat >= 9:
		t.Shade = " warm hot"
	case t.Heat >= 7:
		t.Shade = " warm"
	}
	if v < 0 {
		t.Shade += " loss"
	}
	return t
}
