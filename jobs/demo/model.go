package demo

import (
	"math"
	"math/rand/v2"
	"strconv"
)

// The model of buying is MBG/NBD (Batislam, Denizel, Filiztekin 2007): a
// person buys as a Poisson process of rate lambda ~ Gamma(shape, per) on the
// shop's clock and leaves for good after any purchase, the first too, with
// chance p ~ Beta(stayA, stayB).
const (
	rateShape = .85 // r
	ratePer   = 22. // alpha, days of the shop's clock
	leaveA    = .90 // a
	leaveB    = 6.  // b

	surfShape = .80  // gamma of web sessions, of people who go online
	surfPer   = 75.  // days of the shop's clock
	leftSurf  = .20  // share of sessions that remain once a person has left
	prospects = .10  // share of people who never buy
	offline   = .40  // share of people never seen on the web
	basketExt = 1.15 // mean lines of a basket beyond the first

	familyShare  = .02 // share the phone of the person before
	secondEmail  = .12
	secondPhone  = .08
	copiedOnce   = .10 // contacts entered twice
	copiedTwice  = .02 // and three times
	contactLost  = .08 // contacts that never reached the CRM
	returnShare  = .025
	exchangeRate = .01
	cancelShare  = .008
	againShare   = .001 // receipts sent in the next day's file too
	twiceShare   = .003 // receipts with a line written twice
	giftShare    = .001 // purchases with a free gift on a receipt of its own
	promoShare   = .08
)

// modelRows is truth/model.csv: every parameter that a check may want.
func modelRows(season string) [][2]string {
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	rows := [][2]string{{"parameter", "value"}}
	add := func(name string, v float64) { rows = append(rows, [2]string{name, number(v)}) }
	add("r", rateShape)
	add("alpha", ratePer)
	add("a", leaveA)
	add("b", leaveB)
	add("session_shape", surfShape)
	add("session_per", surfPer)
	add("session_share_after_leaving", leftSurf)
	add("prospect_share", prospects)
	add("offline_share", offline)
	add("basket_lines", 1+basketExt)
	add("family_phone_share", familyShare)
	add("second_email_share", secondEmail)
	add("second_phone_share", secondPhone)
	add("return_share", returnShare)
	add("exchange_share", exchangeRate)
	add("cancelled_share", cancelShare)
	ofYear, ofHoldOut := func(f float64) float64 { return f }, 1.
	if season != Seasons[0] {
		ofYear = func(float64) float64 { return 1 }
	}
	if season == Seasons[2] {
		ofHoldOut = holdOutFactor
	}
	for m, f := range monthFactors {
		add("month_"+strconv.Itoa(m+1), ofYear(f))
	}
	for w, f := range weekdayFactors {
		add("weekday_"+strconv.Itoa(w), f)
	}
	for _, h := range holidays {
		add(h.name, ofYear(h.factor))
	}
	add("hold_out_last_90_days", ofHoldOut)
	return rows
}

// stream is a random source that can be pointed at any person's state, so
// that a person costs 16 bytes of chance and no allocation.
type stream struct{ state *rand.PCG }

// Uint64 is the next draw of the person at hand.
func (s *stream) Uint64() uint64 { return s.state.Uint64() }

// What a stream of draws is for: streams of different purposes have nothing
// in common.
const (
	forPerson = iota + 1
	forContact
	forCatalogue
	forDirt
	forMail
)

func seeded(seed, purpose, index uint64) rand.PCG {
	a := mix(seed + mix(purpose))
	var p rand.PCG
	p.Seed(a, mix(a+mix(index)))
	return p
}

// mix is the finaliser of SplitMix64.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func chance(r *rand.Rand, p float64) bool { return r.Float64() < p }

// gamma draws from Gamma(shape, 1) (Marsaglia and Tsang 2000).
func gamma(r *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gamma(r, shape+1) * math.Pow(1-r.Float64(), 1/shape)
	}
	d := shape - 1./3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(1-r.Float64()) < .5*x*x+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

func beta(r *rand.Rand, a, b float64) float64 {
	x, y := gamma(r, a), gamma(r, b)
	return x / (x + y)
}

// poisson draws by counting exponential gaps: for small means.
func poisson(r *rand.Rand, mean float64) int {
	n := 0
	for t := r.ExpFloat64(); t < mean; t += r.ExpFloat64() {
		n++
	}
	return n
}

// pick is an index drawn with those weights.
func pick(r *rand.Rand, weights []float64) int {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	left := r.Float64() * total
	for i, w := range weights {
		if left < w {
			return i
		}
		left -= w
	}
	return len(weights) - 1
}
