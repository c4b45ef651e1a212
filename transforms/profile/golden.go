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

// FieldIndex is the place of a field in Fields, -1 where it is none.
func FieldIndex(name string) int { return slices.Index(Fields, name) }

// said is the value that holds in one field, and how strong it is.
type said struct {
	contact bool
	at      int64
	value   []byte // as AppendValue writes it; nil where nobody said anything
}

// beats tells whether a record's value takes the place of what was said:
// what a contact says holds before what an order or event says, then the
// later, then the greater bytes, so that the order of records does not
// matter. Missing values never win: they are not said at all.
func (s *said) beats(o *said) bool {
	if o.value == nil || s.contact != o.contact {
		return o.value == nil || s.contact
	}
	if s.at != o.at {
		return s.at > o.at
	}
	return bytes.Compare(s.value, o.value) > 0
}

// Golden is the golden profile of customers: the latest value of each field.
type Golden struct{ people [][]said }

// AppendHead begins what one record says: whether it is a contact, and when
// it was written.
func AppendHead(dst []byte, contact bool, at int64) []byte {
	flag := byte(0)
	if contact {
		flag = 1
	}
	return binary.AppendVarint(append(dst, flag), at)
}

// AppendValue adds the value of one field.
func AppendValue(dst []byte, field int, c *columns.Column, i int) []byte {
	dst = append(dst, byte(field))
	if c.Type == columns.Date {
		return appendBytes(dst, binary.AppendVarint(nil, c.Ints[i]))
	}
	b, _ := c.Bytes(i)
	if c.Type == columns.List { // of several, the first
		b, _, _ = bytes.Cut(b, []byte{columns.ListSep})
	}
	return appendBytes(dst, b)
}

func appendBytes(dst, b []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(b))), b...)
}

// Grow makes room for n customers.
func (g *Golden) Grow(n int) {
	if n > len(g.people) {
		g.people = append(g.people, make([][]said, n-len(g.people))...)
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
	contact := b[0] != 0
	at, n := binary.Varint(b[1:])
	if n <= 0 {
		return errShort
	}
	b = b[1+n:]
	for len(b) > 0 {
		field := int(b[0])
		size, n := binary.Uvarint(b[1:])
		if n <= 0 || field >= len(Fields) || uint64(len(b)-1-n) < size {
			return errShort
		}
		g.say(i, field, said{contact, at, b[1+n : 1+n+int(size)]})
		b = b[1+n+int(size):]
	}
	return nil
}

func (g *Golden) say(i, field int, s said) {
	if g.people[i] == nil {
		g.people[i] = make([]said, len(Fields))
	}
	if o := &g.people[i][field]; s.beats(o) {
		s.value = bytes.Clone(s.value)
		if s.value == nil {
			s.value = []byte{}
		}
		*o = s
	}
}

// Append appends customer i's profile.
func (g *Golden) Append(dst []byte, i int) []byte {
	count := 0
	for _, s := range g.people[i] {
		if s.value != nil {
			count++
		}
	}
	dst = append(dst, byte(count))
	for field, s := range g.people[i] {
		if s.value != nil {
			dst = append(dst, byte(field))
			dst = AppendHead(dst, s.contact, s.at)
			dst = appendBytes(dst, s.value)
		}
	}
	return dst
}

// Merge takes in an appended profile.
func (g *Golden) Merge(i int, b []byte) ([]byte, error) {
	if len(b) == 0 {
		return nil, errShort
	}
	count := int(b[0])
	b = b[1:]
	for range count {
		if len(b) < 3 || int(b[0]) >= len(Fields) {
			return nil, errShort
		}
		field, contact := int(b[0]), b[1] != 0
		at, n := binary.Varint(b[2:])
		if n <= 0 {
			return nil, errShort
		}
		b = b[2+n:]
		size, n := binary.Uvarint(b)
		if n <= 0 || uint64(len(b)-n) < size {
			return nil, errShort
		}
		g.say(i, field, said{contact, at, b[n : n+int(size)]})
		b = b[n+int(size):]
	}
	return b, nil
}

// Text is the golden value of a text field; ok is false without one.
func (g *Golden) Text(i, field int) ([]byte, bool) {
	if g.people[i] == nil || g.people[i][field].value == nil {
		return nil, false
	}
	return g.people[i][field].value, true
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
