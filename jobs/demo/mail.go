package demo

import (
	"math"
	"math/rand/v2"
	"strconv"
)

// The mailings: every two weeks to most of those whose contact says yes. Who
// buys often opens more. The provider tells what became of each letter, twice
// now and then; the CRM never hears of it, so a person who unsubscribed still
// has an older yes there.
const (
	mailEvery    = 14
	mailReach    = .5
	deadAddress  = .015 // share of addresses that bounce for good
	softBounce   = .01
	clickShare   = .25 // of letters that were opened
	leaveMailing = .02
	reportSpam   = .01
	toldTwice    = .004
)

// mail is something that became of a letter.
type mail struct {
	at             int64
	person, node   int32 // to whom, at which address
	campaign       int32 // day it was sent
	what           uint8 // of mailEvents
	arm            byte
	reason, status string
}

const (
	mailSent = iota
	mailDelivered
	mailOpened
	mailClicked
	mailBounced
	mailUnsubscribed
	mailReported
)

// mailEvents are the provider's words.
var mailEvents = []string{"processed", "delivered", "open", "click", "bounce", "unsubscribe", "spamreport"}

// sendMail sends a mailing, if it is the day of one.
func (s *shop) sendMail(day int) {
	if (s.calendar.days()-Delivered-day)%mailEvery != 0 {
		return
	}
	pcg := seeded(s.seed, forMail, uint64(day))
	r := rand.New(&pcg)
	for i := range s.people {
		p := &s.people[i]
		if p.has&(unsubscribed|unreachable) != 0 || !chance(r, mailReach) {
			continue
		}
		at := int64(day)*daySeconds + 10*3600 + int64(r.IntN(1800))
		c, there := s.contact(i, 0, at)
		if node := c.emailNode(); there && c.emailYes && node >= 0 {
			s.letter(r, p, mail{at: at, person: int32(i), node: node, campaign: int32(day), arm: "ab"[mix(uint64(day)<<32|uint64(i))&1]})
		}
	}
}

// emailNode is the address of a contact, -1 where it has none of its own.
func (c *contact) emailNode() int32 {
	for _, n := range c.nodes[:c.count] {
		if slot := n % slots; slot == slotEmail || slot == slotEmail2 {
			return n
		}
	}
	return -1
}

// letter plays what becomes of one letter.
func (s *shop) letter(r *rand.Rand, p *person, m mail) {
	then := func(what uint8, wait int64) {
		m.what, m.at = what, m.at+wait
		put(s.talks.mails, m.at, m)
	}
	then(mailSent, 0)
	switch luck := r.Float64(); {
	case mix(s.seed+uint64(m.node))%1000 < 1000*deadAddress:
		p.has |= unreachable
		m.status, m.reason = "hard", "550 5.1.1 no such user"
		then(mailBounced, 2)
		return
	case luck < softBounce:
		m.status, m.reason = "soft", "452 4.2.2 mailbox full"
		then(mailBounced, 40)
		return
	}
	then(mailDelivered, 1+int64(r.IntN(9)))
	busy := p.rate * ratePer / (1 + p.rate*ratePer) // 0 to 1: how often they buy
	open := .10 + .45*busy
	if p.left >= 0 {
		open *= .4
	}
	if !chance(r, open) {
		return
	}
	then(mailOpened, 60+int64(r.ExpFloat64()*8*3600))
	switch luck := r.Float64(); {
	case luck < clickShare:
		then(mailClicked, 5+int64(r.IntN(90)))
	case luck < clickShare+leaveMailing:
		p.has |= unsubscribed
		then(mailUnsubscribed, 8+int64(r.IntN(60)))
	case luck < clickShare+leaveMailing+reportSpam:
		p.has |= unsubscribed
		then(mailReported, 8+int64(r.IntN(60)))
	}
}

func mailPath(day string) string { return "exports/mail/" + day + ".jsonl.gz" }

// mailDay writes what the provider's webhook said on a day.
func (s *shop) mailDay(day int) {
	rows := byTime(s.talks.mails[day], func(m *mail) int64 { return m.at })
	if s.talks.mails[day] = nil; len(rows) == 0 {
		return
	}
	t := s.truth.talk("mail")
	t.Files++
	w := s.comes(day, "put", mailPath(s.calendar.name(day)))
	for _, m := range rows {
		s.truth.root(m.node)
		row := s.appendMail(nil, &m)
		w.b = append(w.b, row...)
		t.keep(0)
		if mix(math.Float64bits(float64(m.at))^uint64(m.person))%1000 < 1000*toldTwice {
			w.b = append(w.b, row...)
			t.repeat(0)
		}
		w.flush()
	}
	w.close()
}

func (s *shop) appendMail(b []byte, m *mail) []byte {
	number := func(before string, n int64) { b = strconv.AppendInt(append(b, before...), n, 10) }
	b = append(append(b, `{"event":"`...), mailEvents[m.what]...)
	number(`","event_id":"`, int64(m.campaign))
	number("-", int64(m.person))
	number("-", int64(m.what))
	b = append(append(b, `","email":"`...), s.keyOf(m.node)[2:]...)
	number(`","timestamp":`, s.calendar.micros(m.at)/1_000_000)
	b = append(append(b, `,"campaign":{"id":"news-`...), s.calendar.name(int(m.campaign))...)
	b = append(append(b, `","arm":"`...), m.arm, '"', '}')
	switch m.what {
	case mailBounced:
		b = append(b, `,"type":"`+m.status+`","reason":"`+m.reason+`"`...)
	case mailClicked:
		b = append(b, `,"url":"`+site+`/sale"`...)
	}
	return append(b, '}', '\n')
}
