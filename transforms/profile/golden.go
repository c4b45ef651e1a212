// Package profile puts together what the records of a customer say of the
// person: the golden profile, one value per field, and traits.
//
// Both are measures: they are taken per key before identity is known and
// merged by customer after, so no history is ever put together for them.
package profile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

// Fields are the fields of a golden profile.
var Fields = []string{"email", "phone", "loyalty_card", "first_name", "last_name", "full_name", "birth_date", "gender",
	"language", "country", "region", "city", "postcode", "preferred_channel"}

var birthDate = FieldIndex("birth_date")

// FieldIndex is the place of a field in Fields, -1 where it is none.
func FieldIndex(name string) int { return slices.Index(Fields, name) }

// said is a value of one field: who said it, and when.
type said struct {
	value   []byte // as AppendValue writes it; nil where nobody said anything
	at      int64
	source  int32 // place in the project file
	contact bool
	refused bool // it can be no key of the field, which has keys
}

// Golden is the golden profile of customers: of each field the value that its
// rule chooses, and the source that said it.
type Golden struct {
	rules  Rules
	people [][]said
	many   [][]candidate // of fields of which all values are counted
}

// NewGolden chooses by these rules.
func NewGolden(r Rules) *Golden { return &Golden{rules: r} }

// AppendHead begins what one record says: whether it is a contact, its
// source, and when it was written.
func AppendHead(dst []byte, contact bool, source int, at int64) []byte {
	flag := uint64(source) << 1
	if contact {
		flag |= 1
	}
	return binary.AppendVarint(binary.AppendUvarint(dst, flag), at)
}

// readHead reads what AppendHead wrote.
func readHead(b []byte) (s said, rest []byte, ok bool) {
	flag, n := binary.Uvarint(b)
	if n <= 0 {
		return s, nil, false
	}
	at, m := binary.Varint(b[n:])
	return said{at: at, source: int32(flag >> 1), contact: flag&1 != 0}, b[n+max(m, 0):], m > 0
}

// AppendValue adds the value of one field. keyed tells whether a text can be a
// key of the field; it is nil for a field of no keys.
func AppendValue(dst []byte, field int, c *columns.Column, i int, keyed func([]byte) bool) []byte {
	if c.Type == columns.Date {
		return appendBytes(appendField(dst, field, false), binary.AppendVarint(nil, c.Ints[i]))
	}
	b, _ := c.Bytes(i)
	refused := func(b []byte) bool { return keyed != nil && !keyed(b) }
	if c.Type == columns.List { // of several, the first, or the first that can be a key
		all := bytes.Split(b, []byte{columns.ListSep})
		b = all[max(0, slices.IndexFunc(all, func(one []byte) bool { return !refused(one) }))]
	}
	return appendBytes(appendField(dst, field, refused(b)), b)
}

// fieldRefused is the bit of a field whose value can be no key of it.
const fieldRefused = 1 << 7

func appendField(dst []byte, field int, refused bool) []byte {
	if refused {
		field |= fieldRefused
	}
	return append(dst, byte(field))
}

// readField reads what appendField wrote.
func readField(b byte) (field int, refused, ok bool) {
	field = int(b &^ fieldRefused)
	return field, b&fieldRefused != 0, field < len(Fields)
}

func appendBytes(dst, b []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(b))), b...)
}

// Grow makes room for n customers.
func (g *Golden) Grow(n int) {
	if n > len(g.people) {
		g.people = append(g.people, make([][]said, n-len(g.people))...)
		g.many = append(g.many, make([][]candidate, n-len(g.many))...)
	}
}

// Add takes in what a record says.
func (g *Golden) Add(i int, f *customer.Fact) {
	if len(f.Profile) > 0 {
		// What AppendHead and AppendValue wrote cannot be cut short.
		_ = g.take(i, f.Profile)
	}
}

var errShort = errors.New("profile: an encoded profile is cut short")

func (g *Golden) take(i int, b []byte) error {
	s, b, ok := readHead(b)
	if !ok {
		return errShort
	}
	for len(b) > 0 {
		field, refused, ok := readField(b[0])
		size, n := binary.Uvarint(b[1:])
		if n <= 0 || !ok || uint64(len(b)-1-n) < size {
			return errShort
		}
		s.refused = refused
		s.value = b[1+n : 1+n+int(size)]
		g.say(i, field, s, 1)
		b = b[1+n+int(size):]
	}
	return nil
}

func (g *Golden) say(i, field int, s said, times int64) {
	if g.rules[field] == MostFrequent {
		g.count(i, field, s, times)
		return
	}
	if g.people[i] == nil {
		g.people[i] = make([]said, len(Fields))
	}
	if o := &g.people[i][field]; g.rules[field].chooses(&s, o) {
		s.value = keep(s.value)
		*o = s
	}
}

// keep is a copy of a value, not nil where it is empty.
func keep(value []byte) []byte { return append([]byte{}, value...) }

// Append appends customer i's profile.
func (g *Golden) Append(dst []byte, i int) []byte {
	count := len(g.many[i])
	for _, s := range g.people[i] {
		if s.value != nil {
			count++
		}
	}
	dst = binary.AppendUvarint(dst, uint64(count))
	one := func(field int, s *said) {
		dst = appendField(dst, field, s.refused)
		dst = AppendHead(dst, s.contact, int(s.source), s.at)
		dst = appendBytes(dst, s.value)
	}
	for field := range g.people[i] {
		if s := &g.people[i][field]; s.value != nil {
			one(field, s)
		}
	}
	for k := range g.many[i] {
		c := &g.many[i][k]
		one(c.field, &c.said)
		dst = binary.AppendUvarint(dst, uint64(c.times))
	}
	return dst
}

// Merge takes in an appended profile.
func (g *Golden) Merge(i int, b []byte) ([]byte, error) {
	count, n := binary.Uvarint(b)
	if n <= 0 {
		return nil, errShort
	}
	b = b[n:]
	for range count {
		if len(b) == 0 {
			return nil, errShort
		}
		field, refused, ok := readField(b[0])
		if !ok {
			return nil, errShort
		}
		s, rest, ok := readHead(b[1:])
		if !ok {
			return nil, errShort
		}
		size, n := binary.Uvarint(rest)
		if n <= 0 || uint64(len(rest)-n) < size {
			return nil, errShort
		}
		s.refused, s.value, b = refused, rest[n:n+int(size)], rest[n+int(size):]
		times := uint64(1)
		if g.rules[field] == MostFrequent {
			if times, n = binary.Uvarint(b); n <= 0 {
				return nil, errShort
			}
			b = b[n:]
		}
		g.say(i, field, s, int64(times))
	}
	return b, nil
}

// of is what was said of a field in the end, nil where nothing was.
func (g *Golden) of(i, field int) *said {
	if g.rules[field] == MostFrequent {
		return g.mostFrequent(i, field)
	}
	if g.people[i] == nil || g.people[i][field].value == nil {
		return nil
	}
	return &g.people[i][field]
}

// Text is the golden value of a text field; ok is false without one.
func (g *Golden) Text(i, field int) ([]byte, bool) {
	s := g.of(i, field)
	if s == nil {
		return nil, false
	}
	return s.value, true
}

// Source is the place of the source that said the golden value of a field.
func (g *Golden) Source(i, field int) (place int, ok bool) {
	s := g.of(i, field)
	if s == nil {
		return 0, false
	}
	return int(s.source), true
}

// Date is the golden value of a date field, columns.MissingInt without one.
func (g *Golden) Date(i, field int) int64 {
	b, ok := g.Text(i, field)
	if !ok {
		return columns.MissingInt
	}
	day, _ := binary.Varint(b)
	return day
}

var _ customer.Measure = (*Golden)(nil)
