package demo

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// What is to be written to the till's file of a later day.
type pending struct {
	returns   []*receipt // new receipts with negative lines
	cancelled []*receipt // receipts again, now of kind X
	again     []*receipt // receipts again, unchanged
}

// buy plays the purchases of a person that fall on that day.
func (s *shop) buy(i, day int) {
	p := &s.people[i]
	r := s.roll(p)
	for {
		d, at := s.calendar.moment(p.due, &tillHours)
		if d != day {
			s.due[d] = append(s.due[d], int32(i))
			return
		}
		at = s.sell(r, i, p, day, at)
		p.purchases++
		if p.first < 0 {
			p.first = at
		}
		if chance(r, p.leave) {
			p.left = at
			return
		}
		p.due += r.ExpFloat64() / p.rate
		if p.due >= s.calendar.end() {
			return
		}
	}
}

// sell makes a receipt, decides what becomes of it, and says when it was
// made: an order on the web keeps other hours.
func (s *shop) sell(r *rand.Rand, i int, p *person, day int, at int64) int64 {
	t := &receipt{person: int32(i), at: at, updated: at, channel: "till", kind: "S", payment: "card", twice: -1, visit: -1}
	if chance(r, .25) {
		t.payment = "cash"
	}
	if s.goesOnline(r, p) {
		_, t.at = s.calendar.moment(p.due, &webHours)
		t.at = max(t.at, int64(day)*daySeconds+900) // the session began before
		t.updated, t.channel, t.store, t.payment = t.at, "web", webStore, "online"
		t.handed = handings[pick(r, handingShares)]
		t.keys = onWeb(r, i, p)
		t.visit = int32(r.IntN(int(p.devices)))
	} else {
		t.store = s.storeFor(r, p)
		t.cashier = 1 + r.IntN(9)
		t.keys = atTill(r, i, p)
	}
	if r.IntN(100) < int(p.deal) {
		t.promo = s.promotion(r, p, day)
	}
	t.lines = s.goods.basket(r, i, p, day, t.promo != "")
	s.receipts = append(s.receipts, t)

	luck := r.Float64()
	within := func(share float64) bool {
		luck -= share
		return luck < 0
	}
	switch {
	case t.channel == "till" && within(exchangeRate):
		l := t.lines[0]
		back := newLine(r.IntN(len(s.goods.products)), 1000, s.goods.products[l.product].base, false)
		back.quantity, back.amount = -back.quantity, -back.amount
		t.lines = append(t.lines, back)
	case within(returnShare):
		s.giveBack(r, t, day)
	case within(cancelShare):
		if later := day + 1 + r.IntN(10); later < s.calendar.days() {
			s.later[later].cancelled = append(s.later[later].cancelled, t)
			t.willCancel = true
		}
	case within(againShare):
		if later := day + 1; later < s.calendar.days() {
			s.later[later].again = append(s.later[later].again, t)
		}
	case within(twiceShare):
		t.twice = r.IntN(len(t.lines))
	case within(giftShare):
		gift := *t
		gift.at, gift.updated = t.at+40, t.at+40
		gift.lines = []line{{product: -1, quantity: 1000}}
		gift.visit = -1
		s.receipts = append(s.receipts, &gift)
	}
	s.talkOf(r, i, p, t, day)
	return t.at
}

// goesOnline tells whether a purchase is made on the web.
func (s *shop) goesOnline(r *rand.Rand, p *person) bool {
	return p.is(hasEmail|hasPhone) && p.devices > 0 && r.IntN(100) < int(p.webShare)
}

var (
	handings      = []string{"pickup", "courier", "post"}
	handingShares = []float64{.5, .4, .1}
)

// promotion is a code that holds on that day; each takes off a tenth.
func (s *shop) promotion(r *rand.Rand, p *person, day int) string {
	date := s.calendar.date(day)
	switch {
	case p.purchases == 0:
		return "WELCOME"
	case date.Month() == time.December && chance(r, .5):
		return fmt.Sprintf("NY%d", date.Year()+1)
	case date.Month() == time.March && date.Day() < 9:
		return "MARCH8"
	}
	return "PROMO10"
}

// giveBack brings a line of the receipt back on a later day, if history
// lasts so long.
func (s *shop) giveBack(r *rand.Rand, t *receipt, day int) {
	later := day + 1 + r.IntN(14)
	if later >= s.calendar.days() {
		return
	}
	back := *t
	back.kind, back.visit = "R", -1
	back.at = int64(later)*daySeconds + 10*3600 + int64(r.IntN(9*3600))
	back.updated = back.at
	l := t.lines[r.IntN(len(t.lines))]
	back.lines = []line{{l.product, -l.quantity, l.price, -l.discount, -l.amount}}
	s.later[later].returns = append(s.later[later].returns, &back)
}

// storeFor is mostly the person's own store, else another one of the city.
func (s *shop) storeFor(r *rand.Rand, p *person) string {
	n := len(s.stores)
	here := (n-1-int(p.city))/len(cities) + 1 // stores of the city
	which := int(p.born) % here
	if chance(r, .15) {
		which = r.IntN(here)
	}
	return s.stores[int(p.city)+which*len(cities)].id
}

// tillDay writes the till's file of the day and the truth about its orders.
func (s *shop) tillDay(day int) {
	later := s.later[day]
	s.later[day] = pending{}
	s.receipts = append(s.receipts, later.returns...)
	slices.SortStableFunc(s.receipts, func(a, b *receipt) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.person, b.person))
	})
	for _, t := range s.receipts {
		s.number(t)
		s.truth.order(s, t)
	}
	w := s.tillFile(day)
	w.b = append(w.b, tillHeader...)
	for _, t := range s.receipts {
		s.rows(w, t)
		if t.twice >= 0 {
			w.b = s.appendRow(w.b, t, t.twice)
			s.truth.till.repeat(t.lines[t.twice].amount)
		}
	}
	for _, t := range later.again {
		for i, l := range t.lines {
			w.b = s.appendRow(w.b, t, i)
			s.truth.till.repeat(l.amount)
		}
	}
	for _, t := range later.cancelled {
		c := *t
		c.kind = "X"
		c.updated = int64(day)*daySeconds + 11*3600 + int64(t.person)%3600
		s.rows(w, &c)
	}
	w.b = s.tillDirt(w.b, day)
	w.close()
	if day == s.calendar.days()-resentDay {
		s.cutShort(day)
	}
}

// tillFile opens the till's file of a day, which comes in that night or, a
// few times, later.
func (s *shop) tillFile(day int) *file {
	path := tillPath(s.calendar.name(day))
	switch s.calendar.days() - day {
	case lateTillDay:
		return s.comes(day+lateBy, "late", path)
	case lastTillDay:
		return s.comes(day+1, "late", path)
	case resentDay:
		s.arrivals = append(s.arrivals, arrival{day, "put", path, firstVersion(path)})
		return s.comes(day+lateBy, "resend", path)
	}
	return s.comes(day, "put", path)
}

// cutShort writes the first version of a till's file that came again: it
// ends too early and its first line has ten times the amount.
func (s *shop) cutShort(day int) {
	w := s.out.create(firstVersion(tillPath(s.calendar.name(day))))
	w.b = append(w.b, tillHeader...)
	for n, t := range s.receipts[:len(s.receipts)*4/5] {
		for i := range t.lines {
			if n == 0 && i == 0 {
				wrong := *t
				wrong.lines = slices.Clone(t.lines)
				wrong.lines[0].amount *= 10
				w.b = s.appendRow(w.b, &wrong, i)
				continue
			}
			w.b = s.appendRow(w.b, t, i)
		}
		w.flush()
	}
	w.close()
}

func (s *shop) rows(w *file, t *receipt) {
	for i, l := range t.lines {
		w.b = s.appendRow(w.b, t, i)
		if t.willCancel && t.kind == "S" {
			s.truth.till.supersede(l.amount)
		} else {
			s.truth.till.keep(l.amount)
		}
	}
	w.flush()
}

func (s *shop) number(t *receipt) {
	if t.channel == "web" && t.kind == "S" {
		s.webOrders++
		t.id = fmt.Sprintf("W%07d", s.webOrders)
		return
	}
	s.tillOrders++
	t.id = fmt.Sprintf("R%08d", s.tillOrders)
}
