package demo

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// person is who really exists. What never changes is drawn once from the
// person's own stream; keys are computed from the index.
type person struct {
	chance rand.PCG // the stream, where the last draw left it

	rate, leave float64 // of the model
	due         float64 // the shop's clock at the next purchase
	dueVisit    float64 // and at the next web session
	surf        float64 // sessions a day of that clock
	first, left int64   // local second of the first and of the last purchase before leaving; -1 where there is none
	purchases   int32

	phoneOf      int32 // whose first phone it is: families share
	born         int32 // days since 1940
	given, last  uint8 // names
	dom, dom2    uint8
	city         uint8
	webShare     uint8 // percent of purchases made on the web
	devices      uint8
	has          trait
	deal         uint8 // percent of purchases with a promotion code
	seenCookies  uint8 // of the cookies now in the devices, those that events named
	knownCookies uint8 // and those that a login was seen with
	cookieBirth  [maxDevices]uint8
	generation   [maxDevices]uint8 // of the cookie now in the device
	bought       [9]int16          // day each category was last bought
	owns         int16             // the last article bought that needs another; 0 for none
}

type trait uint16

const (
	hasEmail trait = 1 << iota
	hasEmail2
	hasPhone
	hasPhone2
	hasCard
	hasLogin
	isWoman
	isProspect
	hasWallet    // the card was taken into a telephone
	unsubscribed // from the mailings, or complained of them
	unreachable  // the address is dead
)

const maxDevices = 5

func (p *person) is(t trait) bool { return p.has&t != 0 }

// draw makes everything about a person but their purchases.
func (p *person) draw(r *rand.Rand, i int, before *person) {
	set := func(t trait, chanceOf float64) {
		if chance(r, chanceOf) {
			p.has |= t
		}
	}
	set(isWoman, .62)
	set(hasEmail, .85)
	set(hasPhone, .90)
	set(hasCard, .70)
	set(isProspect, prospects)
	if p.is(hasEmail) {
		set(hasEmail2, secondEmail)
		set(hasLogin, .65)
	}
	if p.has&(hasEmail|hasPhone|hasCard) == 0 {
		p.has |= hasPhone // nobody is without any key
	}
	if p.is(hasPhone) {
		set(hasPhone2, secondPhone)
	}
	p.phoneOf = int32(i)
	if before != nil && p.is(hasPhone) && before.is(hasPhone) && chance(r, familyShare/.81) {
		p.phoneOf = before.phoneOf
	}
	p.given, p.last = uint8(r.IntN(len(womenNames))), uint8(r.IntN(len(lastNames)))
	p.dom = uint8(r.IntN(len(domains)))
	p.dom2 = (p.dom + 1 + uint8(r.IntN(len(domains)-1))) % uint8(len(domains))
	p.born = birthday(r)
	p.city = uint8(pick(r, cityWeights()))
	if before != nil && p.phoneOf == before.phoneOf {
		p.city, p.last = before.city, before.last
	}
	p.rate = max(gamma(r, rateShape), 1e-6) / ratePer
	p.leave = beta(r, leaveA, leaveB)
	p.first, p.left = -1, -1
	if !chance(r, offline) {
		p.surf = max(gamma(r, surfShape), 1e-6) / surfPer
		p.devices = uint8(min(1+poisson(r, .8), maxDevices))
		p.webShare = uint8(100 * beta(r, .6, 2.5))
	}
	for d := range p.cookieBirth {
		p.cookieBirth[d] = uint8(r.IntN(256))
	}
	for c := range p.bought {
		p.bought[c] = -int16(r.IntN(30))
		if categories[c].refill == 0 {
			p.bought[c] = -lastsDays / 2
		}
	}
	p.deal = uint8(200 * promoShare * r.Float64())
}

// birthday is a day of birth; more people than by chance were born about the
// turn of a year or on a 29 February, where anniversaries are hardest.
func birthday(r *rand.Rand) int32 {
	day, luck := r.IntN(25_000), r.Float64()
	switch year := 1940 + r.IntN(68); {
	case luck < .03:
		return daysSince1940(time.Date(year, 12, 26+r.IntN(16), 0, 0, 0, 0, time.UTC))
	case luck < .036:
		return daysSince1940(time.Date(year-year%4, 2, 29, 0, 0, 0, 0, time.UTC))
	}
	return int32(day)
}

func daysSince1940(t time.Time) int32 {
	return int32(t.Sub(time.Date(1940, 1, 1, 0, 0, 0, 0, time.UTC)) / (24 * time.Hour))
}

func (p *person) givenName() word {
	if p.is(isWoman) {
		return womenNames[p.given]
	}
	return menNames[p.given]
}

func (p *person) lastName() word {
	w := lastNames[p.last]
	if p.is(isWoman) {
		w.cyrillic, w.latin = w.cyrillic+"а", w.latin+"a"
	}
	return w
}

// email is the address in its normal form; the index makes it unique.
func (p *person) email(i int, second bool) string {
	domain := domains[p.dom]
	if second {
		domain = domains[p.dom2]
	}
	return strings.ToLower(p.givenName().latin) + "." + strings.ToLower(p.lastName().latin) + strconv.Itoa(i) + "@" + domain
}

// The numbers below are spread over their range by a multiplier that has no
// factor in common with it, so that no two are equal.

// phone is the ten national digits of a mobile phone, never the first of the
// range: that one is junk.
func phone(i int, second bool) int64 {
	n := int64(i)*2 + 1
	if second {
		n++
	}
	return 9_000_000_000 + n*618_033_989%1_000_000_000
}

// card is a loyalty card of ten digits.
func card(i int) int64 { return 2_000_000_000 + int64(i)*381_966_011%1_000_000_000 }

// login is the id of a web account.
func login(i int) string {
	return "u" + strconv.FormatInt(100_000_000+int64(i)*236_067_977%900_000_000, 10)
}

// cookie is the client id of a device, of that generation.
func cookie(i, device, generation int, madeAt int64) string {
	h := mix(uint64(i)<<16 | uint64(device)<<8 | uint64(generation))
	return strconv.FormatUint(1+h%2_147_483_646, 10) + "." + strconv.FormatInt(madeAt, 10)
}

// cookieNow is which cookie a device has at a moment: one lives two to five
// years, the first was made at some time before history began.
func (p *person) cookieNow(device int, second int64) (generation int, birth int64) {
	life := int64(730+int(p.cookieBirth[device])*365*3/255) * daySeconds
	age := life * int64(p.cookieBirth[device]^0x55) / 256
	generation = int((second + age) / life)
	return generation, int64(generation)*life - age
}
