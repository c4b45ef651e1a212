package identity

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"

	"github.com/habitue-data/habitue/customer"
)

// Birth is the record that a customer's id is made of: of all its records
// the one with the earliest time, then the least source, then the least
// record id.
type Birth struct {
	At     int64 // customer.NoTime where it has none
	Source int   // place of the source in order of name
	Record []byte
}

// Before tells whether b would be the birth record rather than o.
func (b *Birth) Before(o *Birth) bool {
	if b.At != o.At {
		return b.At < o.At
	}
	if b.Source != o.Source {
		return b.Source < o.Source
	}
	return bytes.Compare(b.Record, o.Record) < 0
}

// Namer derives ids.
type Namer struct {
	mac     hash.Hash
	sources []string // by place
	buf     []byte
	sum     [sha256.Size]byte
}

// NewNamer makes ids under a project's salt. sources are the names of all
// sources, sorted.
func NewNamer(salt string, sources []string) *Namer {
	return &Namer{mac: hmac.New(sha256.New, []byte(salt)), sources: sources}
}

// Name is the id of the customer born with this record: the first 80 bits of
// the HMAC-SHA-256 of its source and record id, each with its length. The
// time is left out: a corrected time does not make another customer.
func (n *Namer) Name(b *Birth) (id customer.ID) {
	source := n.sources[b.Source]
	n.buf = binary.AppendUvarint(n.buf[:0], uint64(len(source)))
	n.buf = append(n.buf, source...)
	n.buf = append(n.buf, b.Record...)
	return n.sign()
}

// NameAgain is an id for a customer whose birth record gave its name to
// another already: the name is made of the day as well. It is given once;
// from then on the ledger finds the customer by its keys.
func (n *Namer) NameAgain(b *Birth, day int32) customer.ID {
	n.Name(b)
	n.buf = append(n.buf, 0)
	n.buf = binary.AppendVarint(n.buf, int64(day))
	return n.sign()
}

func (n *Namer) sign() (id customer.ID) {
	n.mac.Reset()
	n.mac.Write(n.buf)
	copy(id[:], n.mac.Sum(n.sum[:0]))
	return id
}
