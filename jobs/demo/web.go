package demo

import (
	"math/rand/v2"
	"strconv"
)

var (
	sources = []struct{ source, medium, campaign, content, term string }{
		{"", "", "", "", ""}, // direct
		{"google", "organic", "", "", ""},
		{"yandex", "cpc", "brand", "ad2", "купить кофе"},
		{"vk", "social", "spring", "", ""},
		{"newsletter", "email", "weekly", "button", ""},
	}
	sourceShares = []float64{.40, .25, .20, .10, .05}
	machines     = []struct{ category, os, browser string }{
		{"mobile", "Android", "Chrome"}, {"mobile", "iOS", "Safari"}, {"desktop", "Windows", "Yandex Browser"},
		{"desktop", "Macintosh", "Safari"}, {"tablet", "Android", "Chrome"},
	}
)

// searches are what is looked for; there is none of the last.
var searches = []string{"чай", "кофе", "сыр", "мёд", "фильтры", "корм", "устрицы"}

const lostPurchases = .03 // purchases on the web that a blocker kept from the analytics

// session is one visit to the site.
type session struct {
	person  int
	client  string
	number  int64 // start in seconds since 1970, as GA4 numbers sessions
	login   string
	source  int
	machine int
	at      int64 // local second of the next event
	limit   int64 // last second of the day
	step    int   // events so far
}

// surfDay plays the web sessions of people who are due on that day and
// writes the analytics' file: orders first, then the rest.
func (s *shop) surfDay(day int) {
	night, action := day, "put"
	if day == s.calendar.days()-lateWebDay {
		night, action = day+1, "late"
	}
	w := s.comes(night, action, webPath(s.calendar.name(day)))
	for _, t := range s.receipts {
		if t.visit >= 0 {
			p := &s.people[t.person]
			s.orderSession(w, s.roll(p), p, t, day)
		}
	}
	for _, i := range s.dueVisit[day] {
		p := &s.people[i]
		r := s.roll(p)
		for {
			d, at := s.calendar.moment(p.dueVisit, &webHours)
			if d != day {
				s.dueVisit[d] = append(s.dueVisit[d], i)
				break
			}
			if p.left < 0 || at < p.left || chance(r, leftSurf) {
				s.look(w, r, int(i), p, at, day)
			}
			if p.dueVisit += r.ExpFloat64() / p.surf; p.dueVisit >= s.calendar.end() {
				break
			}
		}
	}
	s.dueVisit[day] = nil
	s.webDirt(w, day)
	w.close()
}

// visit begins a session on one of the person's devices.
func (s *shop) visit(r *rand.Rand, i int, p *person, device int, at int64, day int, loggedIn bool) session {
	generation, birth := p.cookieNow(device, at)
	if byte(generation) != p.generation[device] { // the old cookie is gone
		p.generation[device] = byte(generation)
		p.seenCookies &^= 1 << device
		p.knownCookies &^= 1 << device
	}
	end := int64(day+1) * daySeconds
	at = min(at, end-1800)
	v := session{
		person: i, at: at, limit: end - 1, number: s.calendar.micros(at) / 1_000_000,
		client:  cookie(i, device, generation, s.calendar.micros(birth)/1_000_000),
		source:  pick(r, sourceShares),
		machine: int(mix(uint64(i)<<3|uint64(device))>>7) % len(machines),
	}
	if loggedIn {
		v.login = login(i)
	}
	s.truth.cookie(i, p, device, v.client, loggedIn)
	return v
}

// look is a session without an order.
func (s *shop) look(w *file, r *rand.Rand, i int, p *person, at int64, day int) {
	v := s.visit(r, i, p, r.IntN(int(p.devices)), at, day, p.is(hasLogin) && chance(r, .35))
	s.event(w, r, &v, event{name: "page_view", page: "/"})
	habits := mix(uint64(i))
	if chance(r, .12) {
		s.event(w, r, &v, event{name: "search", page: "/search?q=" + searches[r.IntN(len(searches))]})
	}
	for range poisson(r, .9) {
		article := s.goods.favourite(r, habits, pick(r, s.goods.categories))
		l := newLine(article, 1000, s.goods.products[article].prices[s.goods.change(day)], false)
		s.event(w, r, &v, event{name: "view_item", page: "/p/" + s.sku(article), items: []line{l}})
		if chance(r, .25) {
			s.event(w, r, &v, event{name: "add_to_cart", page: "/p/" + s.sku(article), items: []line{l}, value: l.amount})
		}
	}
}

// orderSession is the session in which a web order was made.
func (s *shop) orderSession(w *file, r *rand.Rand, p *person, t *receipt, day int) {
	v := s.visit(r, int(t.person), p, int(t.visit), max(t.at-600, int64(day)*daySeconds), day, t.login != "")
	s.event(w, r, &v, event{name: "page_view", page: "/"})
	s.event(w, r, &v, event{name: "add_to_cart", page: "/p/" + s.sku(t.lines[0].product), items: t.lines[:1], value: t.lines[0].amount})
	s.event(w, r, &v, event{name: "begin_checkout", page: "/checkout", items: t.lines, value: t.amount()})
	if chance(r, lostPurchases) {
		return
	}
	v.at = max(v.at, min(t.at, v.limit))
	s.event(w, r, &v, event{name: "purchase", page: "/thanks", items: t.lines, value: t.amount(), order: t.id})
	s.truth.purchase(t)
}

// priceText is kopecks as GA4 writes a number: 129.9.
func priceText(b []byte, kopecks int64) []byte {
	return strconv.AppendFloat(b, float64(kopecks)/100, 'f', -1, 64)
}
