package demo

import "fmt"

// tellFuture plays on for 90 days beyond history and writes the purchases
// with a key to truth/future.csv: what a forecast made on the last day is
// judged by. Nothing of it is exported, and nobody joins. It comes last: it
// uses up the chance of the people.
func (s *shop) tellFuture() {
	const days = 90
	w := s.out.create("truth/future.csv")
	w.b = append(w.b, "person,order_date,key\n"...)
	after := newCalendar(s.calendar.first, s.calendar.days()+days, season(s.season, s.calendar.days()))
	for i := range s.people {
		p := &s.people[i]
		if p.first < 0 || p.left >= 0 {
			continue
		}
		r := s.roll(p)
		for p.due < after.end() {
			day, _ := after.moment(p.due, &tillHours)
			t := receipt{}
			if s.goesOnline(r, p) {
				t.keys = onWeb(r, i, p)
			} else {
				t.keys = atTill(r, i, p)
			}
			if t.count > 0 && !chance(r, cancelShare) {
				w.b = fmt.Appendf(w.b, "%d,%s,%s\n", i, after.name(day), s.keyOf(t.nodes[0]))
				w.flush()
			}
			if chance(r, p.leave) {
				break
			}
			p.due += r.ExpFloat64() / p.rate
		}
	}
	w.close()
}
