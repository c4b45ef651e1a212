// Package churn tells how likely a customer is to buy nothing within a
// horizon, or why nobody can tell.
//
// Candidates are fitted to what was known one horizon ago and held against
// what happened since; the best is fitted anew to all that is known today and
// published under its name, with what the hold-out said of it. It promises a
// chance between 0 and 1 or a reason, never a NaN, and equal results for
// equal customers in an equal order. Of seasons it knows what a year of
// history tells and a hold-out can test; a candidate whose level is off in the
// hold-out all the same is not published, nor one that knows no months where
// they differ.
//
// Rejected: risk as 1 - P(alive) of BG/NBD. That is 0 for everyone who
// bought once, and ranks worse than chance on public data (AUC .316 on
// CDNOW, .382 on Online Retail).
package churn

import "github.com/habitue-data/habitue/customer"

// The candidates.
const (
	MBGNBD        = "mbg_nbd"
	MBGSeason     = "mbg_nbd_season" // on a clock that knows the months
	LogisticOnRFM = "logistic"
)

// Models are the names of the candidates there are.
func Models() []string { return []string{MBGNBD, MBGSeason, LogisticOnRFM} }

// Options are what a shop may choose.
type Options struct {
	Horizon   int32    // days
	Models    []string // candidates
	MinBuyers int      // customers of the hold-out who must have bought, and who must not
	Scored    int64    // customers there are, where those at hand are a sample
}

// Model tells of single customers. It is plain data, so that one worker can
// fit it and all can use it.
type Model struct {
	Name     string `json:",omitempty"` // of the candidate whose risk is published; "" for none
	Reason   string `json:",omitempty"` // why none is
	Horizon  int32
	MBG      *MBG      `json:",omitempty"` // of p_alive, expected orders and the next order
	Clock    *Clock    `json:",omitempty"` // that MBG goes by
	Logistic *Logistic `json:",omitempty"`
	Level    *Level    `json:",omitempty"` // mends the risk of the candidate
	Orders   bool      // expected orders beat a constant
}

// Scores are what a model says of a customer.
type Scores struct {
	Risk     float64 // that no order comes within the horizon
	Alive    float64 // where HasAlive
	Expected float64 // order days within the horizon, where HasExpected
	Next     int32   // the day by which an order is as likely as not, where HasNext

	HasAlive, HasExpected, HasNext bool
}

// Score tells of a customer with a counted order; ok is false where there is
// none, or no model.
func (m *Model) Score(days []customer.OrderDay, asOf int32) (s Scores, ok bool) {
	p, ok := lookBack(days, asOf)
	if !ok || m.Name == "" {
		return s, false
	}
	s.Risk = m.risk(&p)
	if m.MBG == nil {
		return s, true
	}
	seen, horizon := p.on(m.Clock), m.Clock.between(asOf, asOf+m.Horizon)
	s.Alive, s.HasAlive = m.MBG.PAlive(seen), true
	if m.Orders {
		s.Expected, s.HasExpected = m.MBG.Expected(seen, horizon), true
		if due, ok := m.MBG.Due(seen); ok && due <= horizon {
			s.Next, s.HasNext = m.Clock.after(asOf, due), true
		}
	}
	return s, true
}

func (m *Model) risk(p *past) float64 {
	risk := 0.
	if m.Logistic != nil {
		risk = m.Logistic.Risk(p)
	} else {
		risk = m.MBG.Risk(p.on(m.Clock), m.Clock.between(p.end, p.end+m.Horizon))
	}
	if m.Level != nil {
		risk = m.Level.Mend(risk)
	}
	return risk
}

// Bands are the names of thirds of the risk.
func Bands() []string { return customer.Words("customers", "churn_band") }

// Band is the place in Bands of a risk.
func Band(risk float64) int { return min(int(risk*3), 2) }
