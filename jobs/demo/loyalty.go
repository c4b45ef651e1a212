package demo

import (
	"fmt"
	"math/rand/v2"
)

// The loyalty programme: points for purchases with a card, points spent, and
// the card taken into a telephone's wallet or out of it.
const (
	perPoint      = 10_000 // kopecks
	spendShare    = .06    // of purchases with a card
	walletShare   = .05
	removeShare   = .25 // of cards in a wallet
	loyaltyHeader = "operation_id,at,card,operation,points,platform\n"
)

// points is an operation of the programme.
type points struct {
	at       int64
	person   int32
	what     string
	points   int64 // 0 where it is about none
	platform string
}

var (
	platforms      = []string{"apple", "google", "pwa"}
	platformShares = []float64{.45, .48, .07}
)

// earn is what the programme makes of a receipt.
func (s *shop) earn(r *rand.Rand, i int, p *person, t *receipt) {
	if t.card == "" {
		return
	}
	does := func(after int64, o points) {
		o.at, o.person = t.at+after, int32(i)
		put(s.talks.points, o.at, o)
	}
	if n := t.amount() / perPoint; n > 0 {
		does(1, points{what: "earn", points: n})
		if chance(r, spendShare) {
			does(2, points{what: "spend", points: -1 - int64(r.IntN(50))})
		}
	}
	if p.is(hasWallet) || !chance(r, walletShare) {
		return
	}
	p.has |= hasWallet
	platform := platforms[pick(r, platformShares)]
	does(600, points{what: "wallet_add", platform: platform})
	if chance(r, removeShare) {
		does(daySeconds+int64(r.ExpFloat64()*40*daySeconds), points{what: "wallet_remove", platform: platform})
	}
}

func loyaltyPath(day string) string { return "exports/loyalty/" + day + ".csv.gz" }

func (s *shop) pointsDay(day int) {
	rows := byTime(s.talks.points[day], func(o *points) int64 { return o.at })
	if s.talks.points[day] = nil; len(rows) == 0 {
		return
	}
	t := s.truth.talk("loyalty")
	t.Files++
	w := s.comes(day, "put", loyaltyPath(s.calendar.name(day)))
	w.b = append(w.b, loyaltyHeader...)
	for n, o := range rows {
		s.truth.root(nodeOf(int(o.person), slotCard))
		t.keep(0)
		w.b = fmt.Appendf(w.b, "L%d-%d,", day, n+1)
		w.b = append(s.calendar.appendTime(w.b, o.at), ',')
		w.b = fmt.Appendf(w.b, "%d,%s,", card(int(o.person)), o.what)
		if o.points != 0 {
			w.b = fmt.Appendf(w.b, "%d", o.points)
		}
		w.b = append(append(append(w.b, ','), o.platform...), '\n')
		w.flush()
	}
	w.close()
}
