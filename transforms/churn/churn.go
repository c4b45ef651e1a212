// Package churn tells how likely a customer is to buy nothing within a
// horizon, or why nobody can tell.
//
// Candidates are fitted to what was known one horizon ago and held against
// what happened since; the best is fitted anew to all that is known today and
// published under its name, with what the hold-out said of it. It promises a
// chance between 0 and 1 or a reason, never a NaN, and equal results for
// equal customers in an equal order. It does not know seasons: where the
// hold-out shows that the level is off, the level is mended and that is said.
//
// Rejected: risk as 1 - P(alive) of BG/NBD. That is 0 for everyone who
// bought once, and ranks worse than chance on public data (AUC .316 on
// CDNOW, .382 on Online Retail).
package churn

import (
	"math"

	"github.com/habitue-data/habitue/customer"
)

// The candidates.
const (
	MBGNBD        = "mbg_nbd"
	LogisticOnRFM = "logistic"
)

// Models are the names of the candidates there are.
func Models() []string { return []string{MBGNBD, LogisticOnRFM} }

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
	s.Alive, s.HasAlive = m.MBG.PAlive(p.Buying), true
	if m.Orders {
		s.Expected, s.HasExpected = m.MBG.Expected(p.Buying, float64(m.Horizon)), true
		if due, ok := m.MBG.Due(p.Buying); ok && due <= float64(m.Horizon) {
			s.Next, s.HasNext = asOf+int32(math.Ceil(due)), true
		}
	}
	return s, true
}

func (m *Model) risk(p *past) float64 {
	risk := 0.
	if m.Name == MBGNBD {
		risk = m.MBG.Risk(p.Buying, float64(m.Horizon))
	} else {
		risk = m.Logistic.Risk(p)
	}
	if m.Level != nil {
		risk = m.Level.Mend(risk)
	}
	return risk
}

// Bands are the names of thirds of the risk.
func Bands() []string { return []string{"low", "medium", "high"} }

// Band is the place in Bands of a risk.
func Band(risk float64) int { return min(int(risk*3), 2) }
