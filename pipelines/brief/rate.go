package brief

import "math/bits"

// Apply turns minor units of one currency into the other's, half away from
// zero; false where it overflows.
func (r Rate) Apply(minor int64) (int64, bool) {
	negative := minor < 0
	u := uint64(minor)
	if negative {
		u = -u
	}
	hi, lo := bits.Mul64(u, uint64(r.Num))
	lo, carry := bits.Add64(lo, uint64(r.Den)/2, 0)
	hi += carry
	if hi >= uint64(r.Den) {
		return 0, false
	}
	q, _ := bits.Div64(hi, lo, uint64(r.Den))
	if q > 1<<62 {
		return 0, false
	}
	if negative {
		return -int64(q), true
	}
	return int64(q), true
}
