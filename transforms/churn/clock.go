package churn

import (
	"errors"
	"math"
	"slices"

	"github.com/habitue-data/habitue/customer"
)

// Clock is the shop's own time: it runs fast in busy months and slowly in
// quiet ones, so that on it a customer buys at one rate all year. A nil Clock
// counts days.
//
// To let seasons change the rate of a model of buying is what Bachmann,
// Meierer, Näf ("The Role of Time-Varying Contextual Factors in Latent
// Attrition Models for Customer Base Analysis", Marketing Science 40, 2021)
// do for Pareto/NBD, with factors per customer; here all share one, and then
// it is no more than another clock.
type Clock struct {
	First int32     // the day before which it counts days
	Ends  []float64 // its reading at the end of that day and those after it
}

// tick is what readings are rounded to, in days: with few distinct times a
// likelihood is quick, and seasons are not known that well.
const tick = .25

// at is the reading at the end of a day. After the last day that it knows it
// counts days.
func (c *Clock) at(day int32) float64 {
	switch at := int(day - c.First); {
	case at < 0:
		return float64(at) + 1
	case at >= len(c.Ends):
		return c.Ends[len(c.Ends)-1] + float64(at-len(c.Ends)+1)
	default:
		return c.Ends[at]
	}
}

// between is the time between the ends of two days.
func (c *Clock) between(from, to int32) float64 {
	if c == nil {
		return float64(to - from)
	}
	return c.at(to) - c.at(from)
}

// after is the first day at whose end so much time has passed since the end
// of a day; there must be one soon.
func (c *Clock) after(from int32, time float64) int32 {
	if c == nil {
		return from + int32(math.Ceil(time))
	}
	day := from
	for c.between(from, day) < time {
		day++
	}
	return day
}

// newClock runs at the pace of each day from first on.
func newClock(first int32, pace []float64) *Clock {
	c := &Clock{First: first, Ends: make([]float64, len(pace))}
	sum := 0.
	for i, p := range pace {
		sum += p
		c.Ends[i] = math.Round(sum/tick) * tick
	}
	return c
}

// traffic is what is seen of all customers by day: how many bought the first
// time, and how many again.
type traffic struct {
	first         int32
	joined, again []float64
}

// newTraffic is that of customers up to the end of a day, all of whom bought.
func newTraffic(all []past, histories [][]customer.OrderDay, end int32) *traffic {
	t := &traffic{first: slices.MinFunc(all, func(a, b past) int { return int(a.first) - int(b.first) }).first}
	n := int(end-t.first) + 1
	t.joined, t.again = make([]float64, n), make([]float64, n)
	for _, days := range histories {
		any := false
		for _, d := range days {
			switch {
			case d.Day > end || d.Orders == 0:
			case any:
				t.again[d.Day-t.first]++
			default:
				t.joined[d.Day-t.first]++
				any = true
			}
		}
	}
	return t
}

// year is how many days before a day its season was last seen.
const year = 365

// warmUp is for how many days after the first purchase of all a shop's
// traffic says nothing of its seasons.
const warmUp = 30

// knows tells whether at the end of a day all days of the horizon after it had
// been seen a year before.
func (t *trial) knows(day int32) bool {
	return t.Horizon <= year && day-t.first+1-year >= warmUp
}

// pseudo is how many purchases a month's pace of 1 is believed in before any
// is seen.
const pseudo = 50

// paces are the pace of each day so far and of a horizon to come: of a month
// that was seen what came over what the model expected of a steady shop, of a
// month to come the same of all years.
func (t *traffic) paces(expected func(time float64) float64, c *Clock, horizon int32) []float64 {
	steady := t.steady(expected, c)
	type sums struct{ seen, steady float64 }
	var byMonth [12]sums
	months := map[int32]*sums{}
	month := func(i int) int32 { return customer.Month(t.first + int32(i)) }
	for i := range t.again {
		s := months[month(i)]
		if s == nil {
			s = &sums{}
			months[month(i)] = s
		}
		s.seen += t.again[i]
		s.steady += steady[i]
		if i >= warmUp {
			m := &byMonth[month(i)%12]
			m.seen += t.again[i]
			m.steady += steady[i]
		}
	}
	pace := func(s *sums) float64 { return (s.seen + pseudo) / (s.steady + pseudo) }
	all := make([]float64, len(t.again)+int(horizon))
	for i := range all {
		if i < len(t.again) {
			all[i] = pace(months[month(i)])
		} else {
			all[i] = pace(&byMonth[month(i)%12])
		}
	}
	last := all[max(0, len(t.again)-year):len(t.again)]
	mean := 0.
	for _, p := range last {
		mean += p / float64(len(last))
	}
	for i := range all {
		all[i] /= mean // so that times are in days of a usual year
	}
	return all
}

// steady is how many repeat purchases of each day the model expects at a
// pace of 1. expected is the number in a time since the first purchase.
func (t *traffic) steady(expected func(time float64) float64, c *Clock) []float64 {
	ends := make([]float64, len(t.again))
	for i := range ends {
		ends[i] = c.between(t.first, t.first+int32(i))
	}
	rate := make([]float64, int(ends[len(ends)-1]/tick)+1)
	before := 0.
	for i := range rate {
		now := expected(float64(i+1) * tick)
		rate[i], before = (now-before)/tick, now
	}
	sums := make([]float64, len(t.again))
	for from, n := range t.joined {
		if n == 0 {
			continue
		}
		for i := from + 1; i < len(sums); i++ {
			sums[i] += n * rate[int((ends[i-1]-ends[from])/tick)]
		}
	}
	return sums
}

var errNoYear = errors.New("the history is too short to test a season: the months of the hold-out had not been seen a year before it")

// fitSeason fits MBG/NBD on the shop's own clock, and the clock: in turns,
// as each needs the other.
func fitSeason(all []past, t *traffic, horizon int32) (m MBG, c *Clock, logLikelihood float64, err error) {
	const turns = 3
	for turn := 0; ; turn++ {
		if m, logLikelihood, err = FitMBG(on(c, all), m); err != nil || turn == turns {
			return m, c, logLikelihood, err
		}
		c = newClock(t.first, t.paces(func(time float64) float64 { return m.Expected(Buying{}, time) }, c, horizon))
	}
}
