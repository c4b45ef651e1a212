package demo

import (
	"math/rand/v2"
	"strconv"
)

// receipt is an order as the tills know it, web orders too.
type receipt struct {
	keys
	id      string
	person  int32
	at      int64 // local second
	updated int64
	store   string
	channel string
	kind    string // S sale, R return, X cancelled
	payment string
	handed  string // how an order of the web reached the buyer
	promo   string
	cashier int
	lines   []line
	twice   int   // the line that is written twice, -1 for none
	visit   int32 // device of the web session, -1 for none

	willCancel bool // by a later version
}

type line struct {
	product  int   // -1 is the free gift
	quantity int64 // thousandths
	price    int64 // kopecks
	discount int64
	amount   int64
}

const giftSKU = "GIFT-00"

func (t *receipt) amount() int64 {
	sum := int64(0)
	for _, l := range t.lines {
		sum += l.amount
	}
	return sum
}

// counts tells whether the receipt is a counted order while it stands: a
// sale with a line above zero.
func (t *receipt) counts() bool {
	if t.kind != "S" {
		return false
	}
	for _, l := range t.lines {
		if l.amount > 0 {
			return true
		}
	}
	return false
}

// newLine prices a quantity; the amount is rounded once, half away from
// zero.
func newLine(product int, quantity, price int64, promo bool) line {
	l := line{product: product, quantity: quantity, price: price, amount: rounded(quantity*price, 1000)}
	if promo {
		l.discount = rounded(l.amount, 10)
		l.amount -= l.discount
	}
	return l
}

func rounded(n, by int64) int64 {
	if n < 0 {
		return -rounded(-n, by)
	}
	return (n + by/2) / by
}

// basket is what a person takes on that day: the categories that should be
// used up by now, and mostly the articles they are used to.
func (k *catalogue) basket(r *rand.Rand, i int, p *person, day int, promo bool) []line {
	var lines []line
	n := k.change(day)
	habits := mix(uint64(i))
	for range min(1+poisson(r, basketExt), 12) {
		var weights [len(person{}.bought)]float64
		for c, w := range k.categories {
			waited := float64(day - int(p.bought[c]))
			half := categories[c].refill
			if half == 0 {
				half = lastsDays
			}
			weights[c] = w * waited / (waited + float64(half))
			if habits>>c&1 == 0 {
				weights[c] *= .15
			}
		}
		c := pick(r, weights[:])
		p.bought[c] = int16(day)
		article := k.favourite(r, habits, c)
		if _, needs := k.needs[article]; needs {
			p.owns = int16(article)
		}
		quantity := int64(1000)
		switch {
		case categories[c].weighed:
			quantity = 150 + 5*int64(r.IntN(220))
		case categories[c].refill > 0 && chance(r, .2):
			quantity = 1000 * int64(2+r.IntN(2))
		}
		lines = append(lines, newLine(article, quantity, k.products[article].prices[n], promo))
	}
	if need, owns := k.needs[int(p.owns)]; owns && habits>>60&3 != 0 && chance(r, .4) { // a quarter never thinks of it
		lines = append(lines, newLine(need, 1000, k.products[need].prices[n], promo))
	}
	return lines
}

// favourite is an article of a category, mostly the one that somebody of
// these habits is used to.
func (k *catalogue) favourite(r *rand.Rand, habits uint64, c int) int {
	width := k.first[c+1] - k.first[c]
	if chance(r, .6) {
		return k.first[c] + int(habits>>(8+6*c)%uint64(width))
	}
	return k.first[c] + r.IntN(width)
}

const tillHeader = "receipt_id,line,ts,store_id,cashier,channel,type,card,phone,email,login,sku,category,brand,qty,price,discount,amount_kop,promo,payment,delivery,updated_at\n"

// appendRow writes a line of a receipt as a row of the till's file. Times
// have no zone, price and discount are roubles, the amount is kopecks.
func (s *shop) appendRow(b []byte, t *receipt, i int) []byte {
	l := t.lines[i]
	b = append(b, t.id...)
	b = append(b, ',')
	b = strconv.AppendInt(b, int64(i+1), 10)
	b = append(b, ',')
	b = s.calendar.appendTime(b, t.at)
	b = append(b, ',')
	b = append(append(b, t.store...), ',')
	if t.cashier > 0 {
		b = append(b, 'K')
		b = strconv.AppendInt(b, int64(t.cashier), 10)
	}
	b = append(b, ',')
	for _, field := range []string{t.channel, t.kind, t.card, t.phone, t.email, t.login, s.sku(l.product)} {
		b = append(append(b, field...), ',')
	}
	if l.product >= 0 {
		p := &s.goods.products[l.product]
		b = append(append(append(append(b, categories[p.category].name...), ','), p.brand...), ',')
	} else {
		b = append(b, ",,"...)
	}
	b = appendQuantity(b, l.quantity)
	b = append(b, ',')
	b = append(appendRoubles(b, l.price), ',')
	b = append(appendRoubles(b, l.discount), ',')
	b = append(strconv.AppendInt(b, l.amount, 10), ',')
	b = append(append(b, t.promo...), ',')
	b = append(append(b, t.payment...), ',')
	b = append(append(b, t.handed...), ',')
	return append(s.calendar.appendTime(b, t.updated), '\n')
}

func (s *shop) sku(product int) string {
	if product < 0 {
		return giftSKU
	}
	return s.goods.products[product].sku
}

// appendQuantity writes thousandths: 1, 0.455.
func appendQuantity(b []byte, q int64) []byte {
	if q < 0 {
		b, q = append(b, '-'), -q
	}
	b = strconv.AppendInt(b, q/1000, 10)
	if q%1000 == 0 {
		return b
	}
	return append(b, '.', byte('0'+q/100%10), byte('0'+q/10%10), byte('0'+q%10))
}
