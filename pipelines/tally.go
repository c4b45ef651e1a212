package pipelines

import "encoding/binary"

// What can become of a row. The classes after the first add up to it.
const (
	tallyRead = iota
	tallyKept
	tallyRepeated
	tallySuperseded
	tallyFiltered
	tallyRejected
	tallyLater
	tallyClasses
)

// tally counts rows and their money, in minor units of the reporting
// currency.
type tally struct {
	rows, money [tallyClasses]int64
	turnover    int64 // money read, whatever its sign, up to tooMuch
	unreadable  int64 // rejects whose money cannot be read
	orders      orderCount
	nobodys     orderCount // orders without a key
	assumed     int64      // records used before their first version
	equal       int64      // records of which one file says two things at one moment
}

func (t *tally) add(class int, rows, money int64) {
	t.rows[class] += rows
	t.money[class] += money
}

// tooMuch is where a turnover stops growing.
const tooMuch = 1 << 62

// read counts a row that was read. While the turnover of a night is no more
// than customer.MostMoney, no sum of any of its amounts is, in whatever order
// it is taken.
func (t *tally) read(money int64) {
	t.add(tallyRead, 1, money)
	t.turn(max(money, -money))
}

func (t *tally) turn(more int64) { t.turnover += min(more, tooMuch-t.turnover) }

// orderCount is orders in force, returns among them, and their money.
type orderCount struct{ rows, money int64 }

// order counts an order of somebody's or of nobody's.
func (t *tally) order(money int64, nobodys bool) {
	c := &t.orders
	if nobodys {
		c = &t.nobodys
	}
	c.rows++
	c.money += money
}

// append appends the tally of a block.
func (t *tally) append(dst []byte, block int) []byte {
	dst = binary.AppendUvarint(dst, uint64(block))
	for c := range tallyClasses {
		dst = binary.AppendVarint(dst, t.rows[c])
		dst = binary.AppendVarint(dst, t.money[c])
	}
	dst = binary.AppendVarint(dst, t.turnover)
	dst = binary.AppendVarint(dst, t.unreadable)
	for _, v := range []int64{t.orders.rows, t.orders.money, t.nobodys.rows, t.nobodys.money} {
		dst = binary.AppendVarint(dst, v)
	}
	dst = binary.AppendVarint(dst, t.assumed)
	return binary.AppendVarint(dst, t.equal)
}

// merge adds what append wrote and says of which block it was.
func (t *tally) merge(d *decoder) (block int) {
	block = int(d.uvarint())
	for c := range tallyClasses {
		t.rows[c] += d.varint()
		t.money[c] += d.varint()
	}
	t.turn(d.varint())
	t.unreadable += d.varint()
	for _, v := range []*int64{&t.orders.rows, &t.orders.money, &t.nobodys.rows, &t.nobodys.money} {
		*v += d.varint()
	}
	t.assumed += d.varint()
	t.equal += d.varint()
	return block
}
