package churn

import (
	"fmt"
	"math"
)

// season is MBG/NBD on the shop's own clock up to the last day, as far as the
// clock is known: what the others are held against, who know no months.
type season struct {
	MBG
	*Clock
	customers []past
	first     int32
}

func (t *trial) newSeason() (*season, error) {
	all := t.known(t.asOf)
	m, c, _, err := fitSeason(all, newTraffic(all, t.customers, t.asOf), t.Horizon)
	return &season{m, c, all, t.first}, err
}

// extremes are the times that passed on the clock in the quietest and the
// busiest horizon so far.
func (s *season) extremes(asOf, horizon int32) (quiet, busy float64) {
	quiet, busy = math.Inf(1), 0
	for day := s.first + warmUp; day+horizon <= asOf; day++ {
		time := s.between(day, day+horizon)
		quiet, busy = min(quiet, time), max(busy, time)
	}
	return quiet, busy
}

// off is by how much a risk differs, at most, in the mean of one of so many
// parts of the customers from that of a horizon which is so long on the clock.
func (s *season) off(m *Model, parts int, time float64) (most float64) {
	f := forecast{risk: make([]float64, len(s.customers))}
	by := make([]float64, len(s.customers))
	for i := range s.customers {
		p := &s.customers[i]
		f.risk[i] = m.risk(p)
		by[i] = f.risk[i] - s.Risk(p.on(s.Clock), time)
	}
	for part := range f.parts(parts) {
		sum := 0.
		for _, i := range part {
			sum += by[i]
		}
		most = max(most, math.Abs(sum)/float64(len(part)))
	}
	return most
}

// suits finds out whether a candidate may speak of the months to come. One
// that knows no months may not where it would be off by more than it may, if
// they are like those of the years before or, where they were never seen, like
// the quietest or the busiest so far.
func (t *trial) suits(c *candidate) {
	if c.model.Name == MBGSeason || c.now != nil {
		return
	}
	m, err := t.today(c)
	if err != nil {
		c.unsuited = fmt.Errorf("fitted to all that is known: %w", err)
		return
	}
	if t.season == nil {
		if t.season, err = t.newSeason(); err != nil {
			c.unsuited = fmt.Errorf("it knows no months, and whether the shop's differ cannot be told: %w", err)
			return
		}
	}
	s, parts, what := t.season, 10, "a decile"
	if m.Logistic != nil {
		// It tells customers apart in another way than the clock's model does,
		// maybe a better one; the clock knows more of all of them together.
		parts, what = 1, "the mean risk"
	}
	check := Check{Model: m.Name, Name: "season", Customers: int64(len(s.customers))}
	if t.knows(t.asOf) {
		check.Value = s.off(m, parts, s.between(t.asOf, t.asOf+t.Horizon))
		check.Detail = "the most that " + what + " is off, knowing no months, if those of the horizon are as in the years before"
		if check.Value > mostOff {
			c.unsuited = fmt.Errorf("it knows no months: if those of the horizon are as in the years before, %s is off by %.3f", what, check.Value)
		}
	} else {
		quiet, busy := s.extremes(t.asOf, t.Horizon)
		days := float64(t.Horizon)
		check.Value = max(s.off(m, parts, quiet), s.off(m, parts, busy))
		check.Detail = "the most that " + what + " is off if the horizon, whose months have not been seen, is as the quietest or the busiest so far"
		c.caveat = "the months of the horizon have not been seen before, and are taken to be as those that were"
		if check.Value > mostOff {
			c.unsuited = fmt.Errorf("the months of the horizon have not been seen before, and the shop's differ: its horizons ran at %.2f to %.2f of the usual pace, "+
				"and if the one to come is as one of those, %s is off by %.3f", quiet/days, busy/days, what, check.Value)
		}
	}
	t.check(check)
}
