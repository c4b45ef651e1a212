package mapping

import "math/bits"

// exact is a whole number of up to 128 bits times 10^-scale: wide enough
// for the product of two decimals and the sum of thousands.
type exact struct {
	hi, lo uint64 // magnitude
	neg    bool
	scale  uint
}

func exactOf(d decimal) exact {
	u := uint64(d.units)
	if d.units < 0 {
		u = -u
	}
	return exact{lo: u, neg: d.units < 0, scale: uint(d.scale)}
}

// timesWord is the magnitude times m; ok is false beyond 128 bits.
func (x exact) timesWord(m uint64) (exact, bool) {
	over, hi := bits.Mul64(x.hi, m)
	carry, lo := bits.Mul64(x.lo, m)
	hi, c := bits.Add64(hi, carry, 0)
	x.hi, x.lo = hi, lo
	return x, over == 0 && c == 0
}

// times is the exact product.
func (x exact) times(d decimal) (exact, bool) {
	y := exactOf(d)
	p, ok := x.timesWord(y.lo)
	p.neg, p.scale = x.neg != y.neg, x.scale+y.scale
	return p, ok
}

// rescaled is the same number with more digits after the point.
func (x exact) rescaled(scale uint) (exact, bool) {
	for x.scale < scale {
		by := min(scale-x.scale, maxDigits)
		var ok bool
		if x, ok = x.timesWord(uint64(pow10[by])); !ok {
			return x, false
		}
		x.scale += by
	}
	return x, true
}

// plus is the exact sum.
func (x exact) plus(y exact) (sum exact, ok bool) {
	scale := max(x.scale, y.scale)
	x, okX := x.rescaled(scale)
	y, okY := y.rescaled(scale)
	if !okX || !okY {
		return x, false
	}
	if x.neg == y.neg {
		lo, c := bits.Add64(x.lo, y.lo, 0)
		hi, over := bits.Add64(x.hi, y.hi, c)
		return exact{hi, lo, x.neg, scale}, over == 0
	}
	if x.hi < y.hi || x.hi == y.hi && x.lo < y.lo {
		x, y = y, x
	}
	lo, b := bits.Sub64(x.lo, y.lo, 0)
	hi, _ := bits.Sub64(x.hi, y.hi, b)
	return exact{hi, lo, x.neg, scale}, true
}

// round is the number in units of 10^-scale, rounded once, half away from
// zero; bad where that takes more than 18 digits.
//
// Only the first digit dropped decides, so the others may be cut off before.
func (x exact) round(scale uint8) int64 {
	x, ok := x.rescaled(uint(scale))
	if !ok {
		return bad
	}
	for cut := x.scale - uint(scale); cut > 1; {
		by := min(cut-1, maxDigits)
		x = x.divided(uint64(pow10[by]))
		cut -= by
		x.scale -= by
	}
	if x.scale > uint(scale) {
		tenth := x.divided(10)
		if x.lo-tenth.lo*10 >= 5 {
			tenth.lo++
			if tenth.lo == 0 {
				tenth.hi++
			}
		}
		x = tenth
	}
	if x.hi > 0 || x.lo >= limit {
		return bad
	}
	if x.neg {
		return -int64(x.lo)
	}
	return int64(x.lo)
}

// divided is the magnitude divided by m, cut off.
func (x exact) divided(m uint64) exact {
	r := x.hi % m
	x.hi /= m
	x.lo, _ = bits.Div64(r, x.lo, m)
	return x
}
