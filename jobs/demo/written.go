package demo

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

// How keys are typed: every source has its own shares of every style.

// junkEmails and junkPhones are typed in to get past a form; they belong to
// nobody. blocked.csv lists them in normal form.
var (
	junkEmails = []string{"noemail@example.com", "test@test.com"}
	junkPhones = []string{"+7 (000) 000-00-00", "8 900 000-00-00"}
)

const blockedCSV = "kind,value\nemail,noemail@example.com\nemail,test@test.com\nphone,70000000000\nphone,79000000000\n"

// styles are the shares of the ways to write a key, plain first.
type styles struct{ email, phone, card []float64 }

var (
	crmStyles  = styles{email: []float64{.80, .12, .08}, phone: []float64{.40, .25, .10, .25}, card: []float64{.80, .10, .10}}
	tillStyles = styles{email: []float64{.80, .10, .10}, phone: []float64{.40, .30, .10, .20}, card: []float64{.85, .05, .10}}
	webStyles  = styles{email: []float64{.90, .10}, phone: []float64{.60, .10, .10, .20}, card: []float64{1}}
)

func writtenEmail(r *rand.Rand, plain string, shares []float64) string {
	switch pick(r, shares) {
	case 1:
		return strings.ToUpper(plain)
	case 2:
		return " " + plain + " "
	}
	return plain
}

// writtenPhone writes ten national digits.
func writtenPhone(r *rand.Rand, national int64, shares []float64) string {
	n := strconv.FormatInt(national, 10)
	switch pick(r, shares) {
	case 1:
		return "8" + n
	case 2:
		return n
	case 3:
		return "+7 (" + n[:3] + ") " + n[3:6] + "-" + n[6:8] + "-" + n[8:]
	}
	return "+7" + n
}

func writtenCard(r *rand.Rand, number int64, shares []float64) string {
	n := strconv.FormatInt(number, 10)
	switch pick(r, shares) {
	case 1:
		return "0000" + n
	case 2:
		return n[:4] + " " + n[4:]
	}
	return n
}

// mistyped swaps two letters or doubles one.
func mistyped(r *rand.Rand, name string) string {
	letters := []rune(name)
	i := 1 + r.IntN(len(letters)-2)
	if chance(r, .5) {
		letters[i], letters[i+1] = letters[i+1], letters[i]
		return string(letters)
	}
	return string(letters[:i+1]) + string(letters[i:])
}

// keys are what one record says of who it is, as typed, and the nodes that
// they are in truth; junk has no node.
type keys struct {
	card, phone, email, login string
	nodes                     [4]int32
	count                     int
}

func (k *keys) node(n int32) {
	k.nodes[k.count] = n
	k.count++
}

func (k *keys) addEmail(r *rand.Rand, i int, p *person, second bool, shares []float64) {
	k.email = writtenEmail(r, p.email(i, second), shares)
	if second {
		k.node(nodeOf(i, slotEmail2))
	} else {
		k.node(nodeOf(i, slotEmail))
	}
}

func (k *keys) addPhone(r *rand.Rand, i int, p *person, second bool, shares []float64) {
	if second {
		k.phone = writtenPhone(r, phone(i, true), shares)
		k.node(nodeOf(i, slotPhone2))
		return
	}
	k.phone = writtenPhone(r, phone(int(p.phoneOf), false), shares)
	k.node(nodeOf(int(p.phoneOf), slotPhone))
}

func (k *keys) addCard(r *rand.Rand, i int, shares []float64) {
	k.card = writtenCard(r, card(i), shares)
	k.node(nodeOf(i, slotCard))
}

func (k *keys) addLogin(i int) {
	k.login = login(i)
	k.node(nodeOf(i, slotLogin))
}

// atTill are the keys given at the counter: mostly a card, else a phone,
// else an e-mail; a few give two, some none, some junk.
func atTill(r *rand.Rand, i int, p *person) keys {
	var k keys
	luck := r.Float64()
	card := p.is(hasCard) && luck < .75
	phone := p.is(hasPhone) && (!card && luck < .93 || card && chance(r, .05))
	email := p.is(hasEmail) && (!card && !phone && luck < .97 || card && chance(r, .05))
	if card {
		k.addCard(r, i, tillStyles.card)
	}
	if phone {
		k.addPhone(r, i, p, p.is(hasPhone2) && chance(r, .3), tillStyles.phone)
	}
	if email {
		k.addEmail(r, i, p, p.is(hasEmail2) && chance(r, .3), tillStyles.email)
	}
	if k.count == 0 && chance(r, .10) {
		if chance(r, .5) {
			k.email = junkEmails[r.IntN(len(junkEmails))]
		} else {
			k.phone = junkPhones[r.IntN(len(junkPhones))]
		}
	}
	return k
}

// onWeb are the keys of an order made on the web. As at the till the
// strongest comes first.
func onWeb(r *rand.Rand, i int, p *person) keys {
	var k keys
	if p.is(hasLogin) && chance(r, .9) {
		k.addLogin(i)
	}
	if p.is(hasCard) && chance(r, .2) {
		k.addCard(r, i, webStyles.card)
	}
	if p.is(hasPhone) && (!p.is(hasEmail) || chance(r, .5)) {
		k.addPhone(r, i, p, false, webStyles.phone)
	}
	if p.is(hasEmail) {
		k.addEmail(r, i, p, p.is(hasEmail2) && chance(r, .4), webStyles.email)
	}
	return k
}
