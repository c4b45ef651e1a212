package demo

import (
	"fmt"
	"math/rand/v2"
)

// What people answer when they are asked: a score from 0 to 10 of how gladly
// they would recommend the shop, or a review of an article with 1 to 5 stars.
// Who is about to leave scores low.
const (
	npsShare       = .02 // of purchases
	reviewShare    = .015
	feedbackHeader = "response_id,answered_at,kind,email,order_id,sku,score,comment\n"
)

type answer struct {
	keys
	number, score int
	at            int64
	about         *receipt
	sku, comment  string // of a review
}

var comments = []string{"", "Плохо", "Так себе", "Нормально", "Хорошо", "Отлично, \"как дома\""}

// askHow asks the buyer of a receipt, now and then.
func (s *shop) askHow(r *rand.Rand, i int, p *person, t *receipt) {
	luck := r.Float64()
	if luck >= npsShare+reviewShare || !p.is(hasEmail) {
		return
	}
	s.talks.answered++
	a := answer{number: s.talks.answered, about: t, at: t.at + daySeconds + int64(r.IntN(6*daySeconds))}
	a.addEmail(r, i, p, false, webStyles.email)
	worse := poisson(r, 1+5*p.leave)
	if luck < npsShare {
		a.score = max(0, 10-worse)
	} else {
		a.score = max(1, 5-worse)
		a.sku, a.comment = s.sku(t.lines[0].product), comments[a.score]
	}
	put(s.talks.answers, a.at, a)
}

func feedbackPath(day string) string { return "exports/feedback/" + day + ".csv.gz" }

func (s *shop) answerDay(day int) {
	rows := byTime(s.talks.answers[day], func(a *answer) int64 { return a.at })
	if s.talks.answers[day] = nil; len(rows) == 0 {
		return
	}
	t := s.truth.talk("feedback")
	t.Files++
	w := s.comes(day, "put", feedbackPath(s.calendar.name(day)))
	w.b = append(w.b, feedbackHeader...)
	for n, a := range rows {
		kind, score := "nps", fmt.Sprint(a.score)
		if a.sku != "" {
			kind = "review"
		}
		if n == 0 && day%50 == 7 { // somebody wrote a word for the number
			score = "десять"
			t.reject("bad_number", 0)
		} else {
			s.truth.tie(a.nodes[:a.count]...)
			t.keep(0)
		}
		w.b = fmt.Appendf(w.b, "F%06d,", a.number)
		w.b = append(s.calendar.appendTime(w.b, a.at), ',')
		w.b = fmt.Appendf(w.b, "%s,%s,%s,%s,%s,", kind, a.email, a.about.id, a.sku, score)
		w.b = append(appendQuoted(w.b, a.comment), '\n')
		w.flush()
	}
	w.close()
}
