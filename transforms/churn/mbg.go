package churn

import "math"

// MBG is a fitted MBG/NBD: Batislam, Denizel, Filiztekin, "Empirical
// validation and comparison of models for customer base analysis",
// International Journal of Research in Marketing 24 (2007). A customer buys
// as a Poisson process of rate lambda ~ Gamma(R, Alpha) and leaves for good
// after any purchase, the first too, with chance p ~ Beta(A, B).
//
// Its chances are told from the posterior of lambda and p: a customer is
// alive with PAlive, then lambda is Gamma(R+x, Alpha+T), and until the next
// purchase nobody leaves.
type MBG struct{ R, Alpha, A, B float64 }

// gone is the odds of having left: a/(b+x) ((alpha+T)/(alpha+t_x))^(r+x).
func (m MBG) gone(c Buying) float64 {
	x := float64(c.X)
	return math.Exp(math.Log(m.A/(m.B+x)) + (m.R+x)*math.Log((m.Alpha+c.T)/(m.Alpha+c.TX)))
}

// PAlive is the chance that the customer has not left for good.
func (m MBG) PAlive(c Buying) float64 { return 1 / (1 + m.gone(c)) }

// idle is the chance that who is alive buys nothing for a time.
func (m MBG) idle(c Buying, time float64) float64 {
	return math.Exp((m.R + float64(c.X)) * math.Log((m.Alpha+c.T)/(m.Alpha+c.T+time)))
}

// Risk is the chance that the customer buys nothing within the horizon.
func (m MBG) Risk(c Buying, horizon float64) float64 {
	alive := m.PAlive(c)
	return 1 - alive + alive*m.idle(c, horizon)
}

// Expected is how many purchase days a customer is expected to have within a
// time: the conditional expectation of the paper, with Euler's
// transformation of its hypergeometric function, whose terms else overflow
// for who buys often:
//
//	(a+b+x)/(a-1) (1 - (1-z)^(a-1) 2F1(a+b-r, a-1; a+b+x; z)) PAlive
//	z = time/(alpha+T+time)
func (m MBG) Expected(c Buying, time float64) float64 {
	a := m.A
	if math.Abs(a-1) < 1e-5 { // its limit is smooth there, the formula is not
		a = 1 + 1e-5
	}
	x := float64(c.X)
	z := time / (m.Alpha + c.T + time)
	none := scaledSeries((a-1)*math.Log1p(-z), a+m.B-m.R, a-1, a+m.B+x, z)
	return max(0, (a+m.B+x)/(a-1)*(1-none)*m.PAlive(c))
}

// scaledSeries is exp(scale) 2F1(a, b; c; z) for 0 <= z < 1, c > 0, by its
// series. mathext.Hypergeo of gonum 0.17.0 does not come back for some
// arguments; this ends after mostTerms.
func scaledSeries(scale, a, b, c, z float64) float64 {
	const mostTerms, large = 200_000, 1e200
	sum, term := 1., 1.
	for k := 0.; k < mostTerms; k++ {
		factor := (a + k) * (b + k) / ((c + k) * (k + 1)) * z
		term *= factor
		sum += term
		if math.Abs(factor) < 1 && math.Abs(term) <= 1e-17*math.Abs(sum) {
			break
		}
		if math.Abs(term) > large {
			sum, term, scale = sum/large, term/large, scale+math.Log(large)
		}
	}
	return math.Exp(scale) * sum
}

// Due is the time after which the customer is as likely as not to have
// bought; ok is false where that never comes.
func (m MBG) Due(c Buying) (time float64, ok bool) {
	alive := m.PAlive(c)
	idle := (.5 - (1 - alive)) / alive
	if idle <= 0 {
		return 0, false
	}
	return (m.Alpha + c.T) * math.Expm1(-math.Log(idle)/(m.R+float64(c.X))), true
}
