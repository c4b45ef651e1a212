package segment

import (
	"cmp"
	"math"
	"strconv"

	"github.com/habitue-data/habitue/internal/config"
)

// band is what the operators of a number or a date come to: every one of
// them is a range, or all but a range, so that a value is judged by a few
// comparisons whatever was asked. Ranges include both ends.
type band[T cmp.Ordered] struct {
	low, high T
	holes     [][2]T
	absence
}

// absence is what is said of a customer without a value.
type absence struct {
	missing Truth // what holds where the value is missing: unknown, unless the operators speak of it
	only    bool  // missing: true, so that no value holds
}

func (b *band[T]) within(low, high T) { b.low, b.high = max(b.low, low), min(b.high, high) }

func (b *band[T]) without(low, high T) { b.holes = append(b.holes, [2]T{low, high}) }

// holds judges a value that is there.
func (b *band[T]) holds(v T) Truth {
	if b.only || v < b.low || v > b.high {
		return False
	}
	for _, h := range b.holes {
		if h[0] <= v && v <= h[1] {
			return False
		}
	}
	return True
}

// presenceKeys are the operators that speak of missing values, of every type
// that can miss.
func presenceKeys() []config.Spec {
	return []config.Spec{
		{Name: "exists", Type: config.Bool, Example: "true", Doc: "there is a value; false: there is none"},
		{Name: "missing", Type: config.Bool, Example: "true", Doc: "there is no value; false: there is one"},
		{Name: "or_missing", Type: config.Bool, Example: "true", Doc: "also those without a value, of whom the other operators say nothing"},
	}
}

// absenceOf reads them.
func absenceOf(ops Operands) absence {
	a := absence{missing: Unknown}
	for _, o := range ops {
		switch o.Name {
		case "exists", "missing":
			if o.Value.Bool() == (o.Name == "missing") {
				a.missing, a.only = True, true
			} else if !a.only {
				a.missing = False
			}
		}
	}
	if ops.Get("or_missing").Bool() {
		a.missing = True
	}
	return a
}

// numberKeys are the operators of numbers.
func numberKeys() []config.Spec {
	number := func(name, doc, example string) config.Spec {
		return config.Spec{Name: name, Type: config.Text, Check: isDecimal, Doc: doc, Example: example}
	}
	return []config.Spec{
		number("eq", "equal to", "3"), number("ne", "not equal to", "0"),
		number("lt", "less than", "10"), number("le", "at most", "10"), number("gt", "more than", "0"), number("ge", "at least", "3"),
		{Name: "between", Type: config.List, Of: &config.Spec{Type: config.Text, Check: isDecimal}, Check: isRange, Example: "[3, 10]",
			Doc: "from the first to the second; whole numbers include the second, money and other decimals do not"},
	}
}

func isDecimal(v *config.Value, say func(at *config.Value, what, todo string)) {
	if _, ok := parseDecimal(v.Text()); !ok {
		say(v, strconv.Quote(v.Text())+" is not a number", "write it as 3 or 1200.50, money in major units")
	}
}

func isRange(v *config.Value, say func(at *config.Value, what, todo string)) {
	if len(v.Items()) != 2 {
		say(v, "a range has two ends", "write it as [3, 10]")
		return
	}
	low, _ := parseDecimal(v.Items()[0].Text())
	high, _ := parseDecimal(v.Items()[1].Text())
	if low.float() > high.float() {
		say(v, "the range ends before it begins", "write the smaller number first")
	}
}

// unitsBand is the band of whole numbers (closed) or of amounts with so many
// digits after the point.
func unitsBand(ops Operands, scale uint8, closed bool) *band[int64] {
	b := &band[int64]{low: math.MinInt64, high: math.MaxInt64, absence: absenceOf(ops)}
	read := func(key *config.Value) (floor, ceil int64) {
		d, _ := parseDecimal(key.Text()) // its check read it before
		return d.at(scale)
	}
	for _, e := range ops {
		floor, ceil := read(e.Value) // of an operator that takes no number it means nothing
		switch e.Name {
		case "eq":
			b.within(ceil, floor) // empty where no amount is exactly that
		case "ne":
			b.without(ceil, floor)
		case "lt":
			b.within(math.MinInt64, ceil-1)
		case "le":
			b.within(math.MinInt64, floor)
		case "gt":
			b.within(floor+1, math.MaxInt64)
		case "ge":
			b.within(ceil, math.MaxInt64)
		case "between":
			_, low := read(e.Value.Items()[0])
			high, beyond := read(e.Value.Items()[1])
			if !closed {
				high = beyond - 1
			}
			b.within(low, high)
		}
	}
	return b
}

// floatBand is the band of shares and other decimals.
func floatBand(ops Operands) *band[float64] {
	b := &band[float64]{low: math.Inf(-1), high: math.Inf(1), absence: absenceOf(ops)}
	read := func(key *config.Value) float64 {
		d, _ := parseDecimal(key.Text())
		return d.float()
	}
	below := func(f float64) float64 { return math.Nextafter(f, math.Inf(-1)) }
	for _, e := range ops {
		f := read(e.Value)
		switch e.Name {
		case "eq":
			b.within(f, f)
		case "ne":
			b.without(f, f)
		case "lt":
			b.within(math.Inf(-1), below(f))
		case "le":
			b.within(math.Inf(-1), f)
		case "gt":
			b.within(math.Nextafter(f, math.Inf(1)), math.Inf(1))
		case "ge":
			b.within(f, math.Inf(1))
		case "between":
			b.within(read(e.Value.Items()[0]), below(read(e.Value.Items()[1])))
		}
	}
	return b
}
