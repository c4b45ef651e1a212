package segment

import (
	"math"
	"strconv"
	"strings"
)

// decimal is units / 10^scale, exactly as it was written.
type decimal struct {
	units int64
	scale uint8
}

// parseDecimal reads 12, -0.5, 1200.00: up to 18 digits.
func parseDecimal(text string) (d decimal, ok bool) {
	whole, fraction, point := strings.Cut(text, ".")
	digits := strings.TrimPrefix(whole, "-") + fraction
	if len(digits) == 0 || len(digits) > 18 || point && fraction == "" || strings.Trim(digits, "0123456789") != "" {
		return d, false
	}
	d.units, _ = strconv.ParseInt(digits, 10, 64) // at most 18 digits
	d.scale = uint8(len(fraction))
	if strings.HasPrefix(text, "-") {
		d.units = -d.units
	}
	return d, true
}

// at is d in units of 10^-scale: the greatest below or at it, and the least
// at or above it; both are equal where d is one exactly.
func (d decimal) at(scale uint8) (floor, ceil int64) {
	n := d.units
	for ; d.scale < scale; d.scale++ {
		switch { // beyond any amount that a column holds
		case n > math.MaxInt64/10:
			return math.MaxInt64, math.MaxInt64
		case n < -(math.MaxInt64 / 10):
			return -math.MaxInt64, -math.MaxInt64
		}
		n *= 10
	}
	by := int64(1)
	for ; d.scale > scale; d.scale-- {
		by *= 10
	}
	floor = n / by
	if n%by < 0 {
		floor--
	}
	ceil = floor
	if n%by != 0 {
		ceil++
	}
	return floor, ceil
}

// float is the float nearest to d.
func (d decimal) float() float64 {
	f, _ := strconv.ParseFloat(strconv.FormatInt(d.units, 10)+"e-"+strconv.Itoa(int(d.scale)), 64)
	return f
}
