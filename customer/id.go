package customer

import (
	"encoding/base32"
	"fmt"

	"github.com/habitue-data/habitue/internal/columns"
)

// ID is a customer's id: 80 bits. Its text form is c and 16 base32 digits.
type ID [10]byte

// IDLen is the length of an id's text form.
const IDLen = 17

var digits = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Append appends the text form.
func (id ID) Append(dst []byte) []byte {
	return digits.AppendEncode(append(dst, 'c'), id[:])
}

// String is the text form.
func (id ID) String() string { return string(id.Append(nil)) }

// ParseID reads the text form.
func ParseID(text []byte) (id ID, err error) {
	if len(text) != IDLen || text[0] != 'c' {
		return id, fmt.Errorf("customer id %q: want c and 16 base32 digits", text)
	}
	if _, err := digits.Decode(id[:], text[1:]); err != nil {
		return id, fmt.Errorf("customer id %q: %w", text, err)
	}
	return id, nil
}

// AddTo appends the text form to a column.
func (id ID) AddTo(c *columns.Column) {
	start := uint32(len(c.Data))
	c.Data = id.Append(c.Data)
	c.Spans = append(c.Spans, columns.Span{Start: start, End: uint32(len(c.Data))})
}

// IsZero tells whether the id is none.
func (id ID) IsZero() bool { return id == ID{} }
