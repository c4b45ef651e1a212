package demo

import "fmt"

const (
	crmHeader  = "crm_id;created_at;updated_at;last_name;first_name;birth_date;gender;language;country;city;postcode;lat;lon;occupation;interests;prefers;email;phone;card;web_login;consent_email;consent_sms;consent_at;tags;notes\n"
	badDate    = "C99999998;2020-01-01 10:00:00;2020-01-01 10:00:00;\"Тест\";\"Тест\";1986-02-30;м;ru;RU;\"Москва\";;;;;;;;;;;нет;нет;;;\n"
	badColumns = "C99999999;2020-01-01 10:00:00;\"Тест\"\n"
)

// isDumpDay tells the nights of full dumps: the first day of each
// quarter, weekly over the last four weeks, and the night before the last.
func (s *shop) isDumpDay(day int) bool {
	left := s.calendar.days() - 1 - day
	if left <= 21 {
		return left%7 == 0 || left == 1
	}
	date := s.calendar.date(day)
	return day > 0 && date.Day() == 1 && date.Month()%3 == 1
}

// dump writes all contacts of the CRM as they stand at the end of a day. The
// first one of history is deleted by the CRM before history ends: it lies
// under deliveries/ only and its rows are nobody's.
func (s *shop) dump(day int) {
	path := crmPath(s.calendar.name(day))
	counted := len(s.dumps) > 0
	s.dumps = append(s.dumps, day)
	var w *file
	if counted {
		w = s.comes(day, "put", path)
	} else {
		w = s.out.create(firstVersion(path))
	}
	w.b = append(append(append(w.b, crmHeader...), badDate...), badColumns...)
	t := &s.truth.crm
	if counted {
		t.Files++
		t.Read, t.Rejects = t.Read+2, t.Rejects+2
		t.Reasons["bad_date"]++
		t.Reasons["field_count"]++
	}
	t.Kept = 0 // the newest dump holds
	for i := range s.people {
		for copy := range maxCopies {
			c, there := s.contact(i, copy, int64(day+1)*daySeconds)
			if !there {
				continue
			}
			w.b = s.appendContact(w.b, &c)
			w.flush()
			if counted {
				s.count(i, copy, &c)
			}
			if day == s.calendar.days()-1 {
				s.truth.tie(append([]int32{nodeOf(i, slotContact+copy)}, c.nodes[:c.count]...)...)
			}
		}
	}
	t.Superseded = t.Read - t.Rejects - t.Repeats - t.Kept
	w.close()
}

// count takes a row of a dump: content that an earlier dump had is a repeat,
// any other the newest version so far.
func (s *shop) count(i, copy int, c *contact) {
	t, newest := &s.truth.crm, &s.versions[i*maxCopies+copy]
	t.Read++
	t.Kept++
	if c.version < *newest {
		t.Repeats++
	} else {
		*newest = c.version + 1
	}
}

func (s *shop) appendContact(b []byte, c *contact) []byte {
	yes := func(v bool) string {
		if v {
			return "да"
		}
		return "нет"
	}
	b = append(append(b, c.id...), ';')
	b = append(s.calendar.appendTime(b, c.created), ';')
	b = append(s.calendar.appendTime(b, c.updated), ';')
	b = append(appendQuoted(b, c.last), ';')
	b = append(appendQuoted(b, c.given), ';')
	b = append(append(b, c.born...), ';')
	b = append(append(b, c.gender...), ';')
	b = append(append(append(append(b, c.language...), ';'), c.country...), ';')
	b = s.appendHome(b, c)
	b = append(append(append(append(append(append(b, c.occupation...), ';'), c.interests...), ';'), c.prefers...), ';')
	for _, key := range []string{c.email, c.phone, c.card, c.login} {
		if key != "" {
			b = appendQuoted(b, key)
		}
		b = append(b, ';')
	}
	b = append(append(append(append(b, yes(c.emailYes)...), ';'), yes(c.smsYes)...), ';')
	b = append(s.calendar.appendTime(b, c.consented), ';')
	if c.tags != "" {
		b = appendQuoted(b, c.tags)
	}
	b = append(b, ';')
	if c.notes != "" {
		b = appendQuoted(b, c.notes)
	}
	return append(b, '\n')
}

// appendHome writes where a contact lives: the city, and the rest where it
// is known.
func (s *shop) appendHome(b []byte, c *contact) []byte {
	where := cities[c.city]
	b = append(appendQuoted(b, where.cyrillic), ';')
	if c.home == 0 {
		return append(b, ";;;"...)
	}
	lat, lon := where.near(c.home, .15)
	return fmt.Appendf(b, "%s%03d;%.4f;%.4f;", where.post, c.home>>32%1000, lat, lon)
}
