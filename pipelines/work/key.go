package work

import (
	"bytes"
	"math/bits"
	"strconv"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/transforms/identity"
	"github.com/zeebo/xxh3"
)

// Key is one normalised identifier of a record.
type Key struct {
	Kind    customer.KeyType
	Numeric bool // number holds it; only digits without leading zeros, at most 18
	Number  uint64
	Text    []byte
	Hash    uint64
}

// KeyOf is the key of a normalised value, whose memory it may keep. Digits
// of a phone or card that have no leading zero are held as a number.
func KeyOf(kind customer.KeyType, text []byte) Key {
	k := Key{Kind: kind, Text: text}
	if (kind == customer.PhoneKey || kind == customer.CardKey) && len(text) > 0 && text[0] != '0' {
		if n, ok := identity.ParseDigits(text); ok {
			k.Numeric, k.Number, k.Text = true, n, nil
		}
	}
	k.hashed()
	return k
}

// hashed sets the hash. It decides the shard, never what is equal: keys are
// compared whole.
func (k *Key) hashed() {
	if k.Numeric {
		hi, lo := bits.Mul64(k.Number^0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93+uint64(k.Kind)<<1)
		hi2, lo2 := bits.Mul64(hi^lo, 0xA0761D6478BD642F)
		k.Hash = hi2 ^ lo2
		return
	}
	k.Hash = xxh3.HashSeed(k.Text, uint64(k.Kind))
}

// Equal compares keys whole.
func (k *Key) Equal(o *Key) bool {
	return k.Hash == o.Hash && k.Kind == o.Kind && k.Numeric == o.Numeric && k.Number == o.Number && bytes.Equal(k.Text, o.Text)
}

// appendValue appends the value of a key as the tables have it.
func (k *Key) appendValue(b []byte) []byte {
	if k.Numeric {
		return strconv.AppendUint(b, k.Number, 10)
	}
	return append(b, k.Text...)
}

// asWritten stands before an e-mail as it was written, behind its key.
const asWritten = '='

// AddAddresses adds the keys of a row: its addresses, and what else leads to
// them, each with how it was written where that is told and another. No address
// has the byte that stands between them.
func AddAddresses(c *columns.Column, keys []Key, written map[int][]byte) {
	start := uint32(len(c.Data))
	for i := range keys {
		if bytes.IndexByte(keys[i].Text, columns.ListSep) >= 0 {
			continue
		}
		if len(c.Data) > int(start) {
			c.Data = append(c.Data, columns.ListSep)
		}
		c.Data = keys[i].appendValue(append(c.Data, byte(keys[i].Kind), ':'))
		if w, other := written[i]; other && bytes.IndexByte(w, columns.ListSep) < 0 {
			c.Data = append(append(c.Data, columns.ListSep, asWritten), w...)
		}
	}
	if len(c.Data) == int(start) {
		c.AddMissing()
		return
	}
	c.Spans = append(c.Spans, columns.Span{Start: start, End: uint32(len(c.Data))})
}

// Addresses are the keys that AddAddresses added, and how those of the same
// number were written, nil where no other way.
func Addresses(added []byte) (keys, written [][]byte) {
	for one := range bytes.SplitSeq(added, []byte{columns.ListSep}) {
		if one[0] == asWritten {
			written[len(keys)-1] = one[1:]
			continue
		}
		keys, written = append(keys, one), append(written, nil)
	}
	return keys, written
}
