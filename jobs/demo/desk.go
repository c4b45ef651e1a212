package demo

import (
	"fmt"
	"math/rand/v2"
)

// The help desk: a file a day of the cases that changed on it. A case is
// there again with each change, the last time mostly as solved.
const (
	caseShare     = .02 // of purchases
	unsolvedShare = .08
	deskHeader    = "ticket_id,created_at,updated_at,channel,requester_email,requester_phone,topic,subject,status,satisfaction\n"
)

// ticket is a case as it stands from a moment.
type ticket struct {
	keys
	number, topic   int
	opened, updated int64
	status          string
	score           int // 0 where nobody asked
}

var (
	topics      = []struct{ name, subject string }{{"delivery", "Где мой заказ?"}, {"quality", "Товар испорчен"}, {"refund", "Верните деньги"}, {"loyalty", "Не начислили баллы"}, {"other", "Вопрос"}}
	topicShares = []float64{.35, .25, .15, .15, .10}
)

// complain opens a case about a receipt, now and then.
func (s *shop) complain(r *rand.Rand, i int, p *person, t *receipt) {
	if !chance(r, caseShare) || !p.is(hasEmail|hasPhone) {
		return
	}
	s.talks.cases++
	c := ticket{number: s.talks.cases, topic: pick(r, topicShares), opened: t.at + 3600 + int64(r.ExpFloat64()*2*daySeconds), status: "open"}
	if p.is(hasEmail) {
		c.addEmail(r, i, p, false, webStyles.email)
	} else {
		c.addPhone(r, i, p, false, webStyles.phone)
	}
	c.updated = c.opened
	versions := []ticket{c}
	then := func(status string, mean float64) {
		c.status, c.updated = status, c.updated+600+int64(r.ExpFloat64()*mean*daySeconds)
		versions = append(versions, c)
	}
	if chance(r, .25) {
		then("pending", 1)
	}
	if !chance(r, unsolvedShare) {
		if chance(r, .5) {
			c.score = 1 + r.IntN(5)
		}
		then("solved", 3)
	}
	end := int64(s.calendar.days()) * daySeconds
	for n, v := range versions {
		if v.updated >= end {
			break
		}
		put(s.talks.tickets, v.updated, v)
		if n+1 < len(versions) && versions[n+1].updated < end {
			s.truth.talk("helpdesk").supersede(0)
		} else {
			s.truth.talk("helpdesk").keep(0)
		}
	}
}

func deskPath(day string) string { return "exports/helpdesk/" + day + ".csv.gz" }

func (s *shop) ticketDay(day int) {
	rows := byTime(s.talks.tickets[day], func(c *ticket) int64 { return c.updated })
	if s.talks.tickets[day] = nil; len(rows) == 0 {
		return
	}
	s.truth.talk("helpdesk").Files++
	w := s.comes(day, "put", deskPath(s.calendar.name(day)))
	w.b = append(w.b, deskHeader...)
	for _, c := range rows {
		s.truth.tie(c.nodes[:c.count]...)
		w.b = fmt.Appendf(w.b, "HD-%06d,", c.number)
		w.b = append(s.calendar.appendTime(w.b, c.opened), ',')
		w.b = append(s.calendar.appendTime(w.b, c.updated), ',')
		channel := "email"
		if c.email == "" {
			channel = "phone"
		}
		w.b = fmt.Appendf(w.b, "%s,%s,%s,%s,%s,%s,", channel, c.email, c.phone, topics[c.topic].name, topics[c.topic].subject, c.status)
		if c.status == "solved" && c.score > 0 {
			w.b = fmt.Appendf(w.b, "%d", c.score)
		}
		w.b = append(w.b, '\n')
		w.flush()
	}
	w.close()
}
