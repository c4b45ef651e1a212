package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// contact is a person as the CRM has them at a moment.
type contact struct {
	keys
	id                          string
	given, last                 string
	born                        string
	gender                      string
	city                        uint8
	home                        uint64 // where in the city; 0 where nobody asked
	language, country           string
	occupation, interests       string
	prefers                     string // channel
	emailYes, smsYes            bool
	tags                        string
	notes                       string
	created, updated, consented int64
	version                     uint8 // equal versions are equal rows
}

func contactID(i, copy int) string { return fmt.Sprintf("C%08d", i*maxCopies+copy+1) }

// contact is what the CRM has of a person at that local second, drawn anew
// each time from a stream of its own: versions need no memory. There is none
// where the contact is not yet created, lost, or deleted by then.
func (s *shop) contact(i, copy int, now int64) (c contact, there bool) {
	p := &s.people[i]
	created := p.first - 120
	if p.is(isProspect) {
		_, created = s.calendar.moment(p.due, &webHours)
	} else if p.first < 0 {
		return c, false
	}
	pcg := seeded(s.seed, forContact, uint64(i*maxCopies+copy))
	r := rand.New(&pcg)
	end := int64(s.calendar.days()) * daySeconds
	lost, later := chance(r, contactLost), r.Float64()
	if copy > 0 || later > .7 {
		created += int64(r.Float64() * float64(end-created) * []float64{.05, 1, 1}[copy])
	}
	if created >= now || lost || copy >= s.copies(i) {
		return c, false
	}
	c.id, c.created, c.updated, c.consented = contactID(i, copy), created, created, created
	s.typeIn(r, i, p, &c)
	fate := r.Float64()
	deleted := end
	switch {
	case fate < .007:
		deleted = created + int64(r.Float64()*float64(end-created))
	case fate < .012:
		deleted = end - 1 - int64(r.Float64()*20*daySeconds)
	}
	back := fate >= .012 && fate < .025 && created < end-40*daySeconds
	s.live(r, &c, now, back)
	if fate >= .025 && fate < .20 && p.is(hasCard) && c.card == "" && created < end-40*daySeconds {
		s.gainCard(r, i, &c, now)
	}
	if back {
		s.thereAndBack(r, &c, now)
	}
	return c, now <= deleted
}

// copies is how often a person was entered.
func (s *shop) copies(i int) int {
	switch luck := float64(mix(s.seed^uint64(i)*31)>>11) / (1 << 53); {
	case luck < copiedTwice:
		return 3
	case luck < copiedTwice+copiedOnce:
		return 2
	}
	return 1
}

// typeIn fills in the form: keys absent, junk or in any style, names in
// either alphabet and sometimes wrong.
func (s *shop) typeIn(r *rand.Rand, i int, p *person, c *contact) {
	if p.is(hasEmail) && chance(r, .85) {
		c.addEmail(r, i, p, p.is(hasEmail2) && chance(r, .5), crmStyles.email)
	} else if chance(r, .10) {
		c.email = junkEmails[r.IntN(len(junkEmails))]
	} else if chance(r, .03) {
		c.email = "нет"
	}
	if p.is(hasPhone) && chance(r, .85) {
		c.addPhone(r, i, p, p.is(hasPhone2) && chance(r, .5), crmStyles.phone)
	} else if chance(r, .10) {
		c.phone = junkPhones[r.IntN(len(junkPhones))]
	} else if chance(r, .03) {
		c.phone = "12345"
	}
	if p.is(hasCard) && chance(r, .8) {
		c.addCard(r, i, crmStyles.card)
	}
	if p.is(hasLogin) && chance(r, .7) {
		c.addLogin(i)
	}
	given, last := p.givenName(), p.lastName()
	c.given, c.last = given.cyrillic, last.cyrillic
	if chance(r, .15) {
		c.given, c.last = given.latin, last.latin
	}
	if chance(r, .03) {
		c.given = mistyped(r, c.given)
	}
	if chance(r, .02) {
		c.last = mistyped(r, c.last)
	}
	c.gender = "м"
	if p.is(isWoman) {
		c.gender = "ж"
	}
	if chance(r, .8) {
		c.born = birthDate(p)
	}
	c.city = p.city
	c.emailYes, c.smsYes = chance(r, .7), chance(r, .5)
	c.tags = tag(r)
	if chance(r, .10) {
		c.notes = noteTexts[r.IntN(len(noteTexts))]
	}
	s.tellMore(r, i, c)
}

// tellMore is what only some people say of themselves.
func (s *shop) tellMore(r *rand.Rand, i int, c *contact) {
	c.language, c.country = "ru", "RU"
	switch luck := r.Float64(); {
	case luck < .03:
		c.language = "en-US"
	case luck < .05:
		c.language, c.country = "kk", "KZ"
	case luck < .07:
		c.language, c.country = "ru-BY", "BY"
	case luck < .15:
		c.language, c.country = "", ""
	}
	if chance(r, .35) {
		c.home = mix(s.seed ^ uint64(i))
	}
	if chance(r, .25) {
		c.occupation = occupations[r.IntN(len(occupations))]
	}
	if chance(r, .20) {
		c.interests = interestWords[r.IntN(len(interestWords))]
		if more := interestWords[r.IntN(len(interestWords))]; more != c.interests {
			c.interests += "|" + more
		}
	}
	if chance(r, .30) {
		c.prefers = []string{"email", "sms", "phone"}[r.IntN(3)]
	}
}

func tag(r *rand.Rand) string {
	var tags []string
	for _, w := range tagWords {
		if chance(r, .12) {
			tags = append(tags, w)
		}
	}
	return strings.Join(tags, ",")
}

func birthDate(p *person) string {
	return time.Date(1940, 1, 1+int(p.born), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

// changeEvery is the mean number of days between changes of a contact.
const changeEvery = 300

// live applies what changed by now: moves, consents given and withdrawn,
// tags. A contact that will go there and back rests for its last 40 days.
func (s *shop) live(r *rand.Rand, c *contact, now int64, rests bool) {
	if rests {
		now = min(now, int64(s.calendar.days()-40)*daySeconds)
	}
	for at := c.created; c.version < 100; c.version++ {
		at += 60 + int64(r.ExpFloat64()*changeEvery*daySeconds)
		if at >= now {
			return
		}
		switch r.IntN(4) {
		case 0:
			c.city = uint8(pick(r, cityWeights()))
			if c.home != 0 {
				c.home = mix(c.home)
			}
		case 1:
			c.emailYes, c.consented = !c.emailYes, at
		case 2:
			c.smsYes, c.consented = !c.smsYes, at
		default:
			c.tags = tag(r)
		}
		c.updated = at
	}
}

// gainCard has the number of the card typed in at the counter, on the day
// before the last: who bought by card alone and who is a contact become one.
func (s *shop) gainCard(r *rand.Rand, i int, c *contact, now int64) {
	at := int64(s.calendar.days()-2)*daySeconds + 9*3600 + int64(r.IntN(10*3600))
	if now <= at {
		return
	}
	c.addCard(r, i, crmStyles.card)
	c.updated = max(c.updated, at)
	c.version += 100
}

// thereAndBack marks a contact in just one of the last weekly dumps. Half of
// them are restored to the letter, half are changed back by hand, which
// leaves a new updated_at.
func (s *shop) thereAndBack(r *rand.Rand, c *contact, now int64) {
	last := int64(s.calendar.days()) * daySeconds
	there, back := last-18*daySeconds+int64(r.IntN(daySeconds)), last-9*daySeconds+int64(r.IntN(daySeconds))
	restored := chance(r, .5)
	switch {
	case now > there && now <= back:
		c.tags, c.updated, c.version = "проверить", there, 100
	case now > back && !restored:
		c.updated, c.version = back, 101
	}
}
