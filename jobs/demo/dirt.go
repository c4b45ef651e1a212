package demo

import (
	"math/rand/v2"
	"strconv"
)

// tillDirt writes rows of the test till, which the project file filters out,
// and now and then one that nobody can read. None of them names a person.
func (s *shop) tillDirt(b []byte, day int) []byte {
	pcg := seeded(s.seed, forDirt, uint64(day))
	r := rand.New(&pcg)
	date, t := s.calendar.name(day), &s.truth.till
	row := func(id, ts, store, amount string) {
		b = append(b, id+strconv.Itoa(day)+",1,"+ts+","+store+",K1,till,S,,,,,CF-01,Кофе,Теремок,1,690.00,0.00,"+amount+",,cash,,"+date+" 12:00:00\n"...)
	}
	if day%5 == 0 {
		row("T", date+" 08:00:00", testStore, "100")
		t.filter(100)
	}
	last := s.calendar.days() - 1
	switch story := (last - day) % 60; {
	case story == 3:
		row("B", date[:4]+"-02-30 12:00:00", "S001", "69000")
		t.reject("bad_time", 69_000)
	case story == 17:
		row("B", date+" 12:00:00", "S001", "690 руб")
		t.unreadable("bad_amount")
	case story == 31:
		b = append(b, "B"+strconv.Itoa(day)+",1,"+date+" 12:00:00,S001,K1\n"...)
		t.unreadable("field_count")
	case story == 44:
		row("B", "2099-01-01 12:00:00", "S001", "69000")
		t.reject("implausible_time", 69_000)
	case chance(r, .002):
		row("B", "", "S001", "1000")
		t.reject("missing_time", 1000)
	}
	return b
}

// webDirt writes rows that nobody can read.
func (s *shop) webDirt(w *file, day int) {
	switch (s.calendar.days() - 1 - day) % 75 {
	case 8:
		w.b = append(w.b, `{"event_date":"`+s.calendar.date(day).Format("20060102")+`","event_name":"page_view","event_par`+"\n"...)
		s.truth.web.unreadable("bad_json")
	case 40:
		w.b = append(w.b, `{"event_date":"`+s.calendar.date(day).Format("20060102")+`","event_name":"page_view","user_pseudo_id":"1.1"}`+"\n"...)
		s.truth.web.reject("missing_time", 0)
	}
}
