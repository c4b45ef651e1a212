package work

import (
	"encoding/binary"
	"maps"
	"slices"
)

// What can become of a row. The classes after the first add up to it.
const (
	TallyRead = iota
	TallyKept
	TallyRepeated
	TallySuperseded
	TallyFiltered
	TallyRejected
	TallyLater
	TallyClasses
)

// Tally counts rows and their money, in minor units of the reporting
// currency.
type Tally struct {
	Rows, Money [TallyClasses]int64
	Turnover    int64 // money read, whatever its sign, up to tooMuch
	Unreadable  int64 // rejects whose money cannot be read
	Orders      OrderCount
	Nobodys     OrderCount // orders without a key
	Assumed     int64      // records used before their first version
	Equal       int64      // records of which one file says two things at one moment
}

// Add counts rows of a class and their money.
func (t *Tally) Add(class int, rows, money int64) {
	t.Rows[class] += rows
	t.Money[class] += money
}

// tooMuch is where a turnover stops growing.
const tooMuch = 1 << 62

// Read counts a row that was read. While the turnover of a night is no more
// than customer.MostMoney, no sum of any of its amounts is, in whatever order
// it is taken.
func (t *Tally) Read(money int64) {
	t.Add(TallyRead, 1, money)
	t.Turn(max(money, -money))
}

// Turn adds to what was turned over, up to what no sum may reach.
func (t *Tally) Turn(more int64) { t.Turnover += min(more, tooMuch-t.Turnover) }

// OrderCount is orders in force, returns among them, and their money.
type OrderCount struct{ Rows, Money int64 }

// Order counts an order of somebody's or of nobody's.
func (t *Tally) Order(money int64, nobodys bool) {
	c := &t.Orders
	if nobodys {
		c = &t.Nobodys
	}
	c.Rows++
	c.Money += money
}

// Tallies are those of each account; see brief.Night.Account. By block they
// would be as many as there are blocks and shards, multiplied.
type Tallies map[int]*Tally

// Of is the tally of an account.
func (all Tallies) Of(account int) *Tally {
	t := all[account]
	if t == nil {
		t = &Tally{}
		all[account] = t
	}
	return t
}

// Append appends all of them.
func (all Tallies) Append(dst []byte) []byte {
	for _, account := range slices.Sorted(maps.Keys(all)) {
		dst = all[account].append(binary.AppendUvarint(dst, uint64(account)))
	}
	return dst
}

// Merge adds what Append wrote.
func (all Tallies) Merge(b []byte) error {
	d := Decoder{B: b}
	for d.More() {
		all.Of(int(d.Uvarint())).merge(&d)
	}
	return d.Err
}

func (t *Tally) append(dst []byte) []byte {
	for c := range TallyClasses {
		dst = binary.AppendVarint(dst, t.Rows[c])
		dst = binary.AppendVarint(dst, t.Money[c])
	}
	dst = binary.AppendVarint(dst, t.Turnover)
	dst = binary.AppendVarint(dst, t.Unreadable)
	for _, v := range []int64{t.Orders.Rows, t.Orders.Money, t.Nobodys.Rows, t.Nobodys.Money} {
		dst = binary.AppendVarint(dst, v)
	}
	dst = binary.AppendVarint(dst, t.Assumed)
	return binary.AppendVarint(dst, t.Equal)
}

func (t *Tally) merge(d *Decoder) {
	for c := range TallyClasses {
		t.Rows[c] += d.Varint()
		t.Money[c] += d.Varint()
	}
	t.Turn(d.Varint())
	t.Unreadable += d.Varint()
	for _, v := range []*int64{&t.Orders.Rows, &t.Orders.Money, &t.Nobodys.Rows, &t.Nobodys.Money} {
		*v += d.Varint()
	}
	t.Assumed += d.Varint()
	t.Equal += d.Varint()
}
