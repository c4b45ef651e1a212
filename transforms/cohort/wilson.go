package cohort

import "math"

// z95 is the two-sided 95% point of the normal distribution.
const z95 = 1.959963984540054

// Wilson is the 95% score interval of a share of k in n, n > 0:
//
//	(p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n), p = k/n
//
// E. B. Wilson, Probable inference, the law of succession, and statistical
// inference, JASA 22 (1927), 209-212, the roots of equation (4). Unlike the
// interval p ± z √(p(1-p)/n) it stays between 0 and 1 and keeps a width where
// nobody or everybody came back.
func Wilson(k, n int64) (low, high float64) {
	p, all := float64(k)/float64(n), float64(n)
	middle := p + z95*z95/(2*all)
	wide := float64(z95 * math.Sqrt(p*(1-p)/all+z95*z95/(4*all*all))) // rounded here: a processor that fuses it with the sums below would give other last digits
	scale := 1 + z95*z95/all
	low, high = (middle-wide)/scale, (middle+wide)/scale
	if k == 0 {
		low = 0 // as the formula has it, but for rounding
	}
	if k == n {
		high = 1
	}
	return low, high
}
