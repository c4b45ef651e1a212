package pipelines

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"strconv"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/transforms/identity"
	"github.com/zeebo/xxh3"
)

// key is one normalised identifier of a record.
type key struct {
	kind    customer.KeyType
	numeric bool // number holds it; only digits without leading zeros, at most 18
	number  uint64
	text    []byte
	hash    uint64
}

// keyOf is the key of a normalised value, whose memory it may keep. Digits
// of a phone or card that have no leading zero are held as a number.
func keyOf(kind customer.KeyType, text []byte) key {
	k := key{kind: kind, text: text}
	if (kind == customer.PhoneKey || kind == customer.CardKey) && len(text) > 0 && text[0] != '0' {
		if n, ok := identity.ParseDigits(text); ok {
			k.numeric, k.number, k.text = true, n, nil
		}
	}
	k.hashed()
	return k
}

// hashed sets the hash. It decides the shard, never what is equal: keys are
// compared whole.
func (k *key) hashed() {
	if k.numeric {
		hi, lo := bits.Mul64(k.number^0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93+uint64(k.kind)<<1)
		hi2, lo2 := bits.Mul64(hi^lo, 0xA0761D6478BD642F)
		k.hash = hi2 ^ lo2
		return
	}
	k.hash = xxh3.HashSeed(k.text, uint64(k.kind))
}

// equal compares keys whole.
func (k *key) equal(o *key) bool {
	return k.hash == o.hash && k.kind == o.kind && k.numeric == o.numeric && k.number == o.number && bytes.Equal(k.text, o.text)
}

// What an entry of a key batch says in its first byte.
const (
	entryNumeric = 1 << 7
	entryPrimary = 1 << 6   // the record's strongest key: its facts follow
	entryLinked  = 1 << 5   // the record has other keys too
	entryKind    = 1<<5 - 1 // letter of the key - 'a' + 1; 0 for a record without any
)

// What the second byte of a primary entry says.
const (
	factKind    = 7 // customer.Kind
	factSale    = 1 << 3
	factReturn  = 1 << 4
	factTimed   = 1 << 5
	factSeconds = 1 << 6 // the time is whole seconds
	factAmount  = 1 << 7

	// Of a contact, which is no sale and no return:
	factGone    = factSale   // it is a version of a file that is not in force any more
	factWritten = factReturn // its time is when it was written
)

// epoch is where the times of entries count from, so that they are short:
// 2020-01-01.
const epoch = 1577836800 * 1e6

// keyWriter fills the batches of one block for the shards of keys. Entries
// of a section are in order of row.
type keyWriter struct {
	worker   *worker
	sections []sectionBuffer
}

type sectionBuffer struct {
	data   []byte
	row    int64
	record []byte // id of the last primary record
}

func newKeyWriter(w *worker) *keyWriter {
	return &keyWriter{worker: w, sections: make([]sectionBuffer, w.Shards*w.inShard)}
}

// head starts an entry.
func (s *sectionBuffer) head(k *key, row int64, flags byte) {
	b := s.data
	if k != nil {
		flags |= byte(k.kind) - 'a' + 1
		if k.numeric {
			flags |= entryNumeric
		}
	}
	b = append(b, flags)
	b = binary.AppendUvarint(b, uint64(row-s.row))
	s.row = row
	if k != nil {
		if k.numeric {
			b = binary.LittleEndian.AppendUint64(b, k.number)
		} else {
			b = binary.AppendUvarint(b, uint64(len(k.text)))
			b = append(b, k.text...)
		}
	}
	s.data = b
}

// primary adds the strongest key of a record, nil for a record without any,
// with what the record says; more is factGone and factWritten.
func (w *keyWriter) primary(hash uint64, k *key, row int64, linked bool, f *customer.Fact, more byte, record []byte, about about) {
	s := &w.sections[w.worker.section(hash)]
	flags := byte(entryPrimary)
	if linked {
		flags |= entryLinked
	}
	s.head(k, row, flags)
	b := s.data
	facts := byte(f.Kind) | more
	if f.Sale {
		facts |= factSale
	}
	if f.Return {
		facts |= factReturn
	}
	if f.Amount != 0 {
		facts |= factAmount
	}
	if f.At != customer.NoTime {
		facts |= factTimed
		if f.At%1e6 == 0 {
			facts |= factSeconds
		}
	}
	b = append(b, facts)
	b = appendTime(b, f.At)
	if f.Amount != 0 {
		b = binary.AppendVarint(b, f.Amount)
	}
	// The record's id: what it shares with the last one's beginning, the rest.
	shared := 0
	for shared < len(record) && shared < len(s.record) && shared < 255 && record[shared] == s.record[shared] {
		shared++
	}
	b = append(b, byte(shared))
	b = binary.AppendUvarint(b, uint64(len(record)-shared))
	b = append(b, record[shared:]...)
	s.record = append(s.record[:shared], record[shared:]...)
	if w.worker.timed {
		b = appendBytes(b, about.profile)
	}
	if w.worker.vetted {
		b = appendBytes(b, about.person)
	}
	s.data = b
}

// about is what a record says of the person: for the golden profile, and for
// who asks whether two contacts may be one.
type about struct{ profile, person []byte }

// appendTime appends a time as seconds where it is whole ones.
func appendTime(b []byte, at int64) []byte {
	switch {
	case at == customer.NoTime:
		return b
	case at%1e6 == 0:
		return binary.AppendVarint(b, (at-epoch)/1e6)
	}
	return binary.AppendVarint(b, at-epoch)
}

// mention adds another key of a record.
func (w *keyWriter) mention(k *key, row, at int64) {
	s := &w.sections[w.worker.section(k.hash)]
	s.head(k, row, entryLinked)
	if w.worker.timed {
		s.data = appendMaybeTime(s.data, at)
	}
}

// appendMaybeTime appends a time, or that there is none.
func appendMaybeTime(b []byte, at int64) []byte {
	if at == customer.NoTime {
		return append(b, 0)
	}
	return binary.AppendVarint(append(b, 1), at-epoch)
}

// maybeTime reads what appendMaybeTime wrote.
func (d *decoder) maybeTime() int64 {
	if d.byte() == 0 {
		return customer.NoTime
	}
	return d.varint() + epoch
}

// deal adds a record: its facts to its strongest key, or, without any, to
// where its id belongs, and a mention to each other key.
func (w *keyWriter) deal(keys []key, row int64, f *customer.Fact, more byte, record []byte, about about) {
	if len(keys) == 0 {
		w.primary(keylessHash(record), nil, row, false, f, more, record, about)
		return
	}
	first := w.worker.strongest(keys)
	for k := range keys {
		if k != first {
			w.mention(&keys[k], row, f.At)
		} else {
			w.primary(keys[k].hash, &keys[k], row, len(keys) > 1, f, more, record, about)
		}
	}
}

// strongest is the place of the key that a record goes by.
func (w *worker) strongest(keys []key) int {
	first := 0
	for k := range keys {
		if w.priority.Of(keys[k].kind) < w.priority.Of(keys[first].kind) {
			first = k
		}
	}
	return first
}

// keylessHash says where a record without any key is counted.
func keylessHash(record []byte) uint64 { return xxh3.Hash(record) }

// take gives the batches filled so far and starts new ones.
func (w *keyWriter) take(yield func(shard int, data []byte)) {
	takeSections(w.worker.inShard, len(w.sections), func(i int) []byte { return w.sections[i].data }, yield)
	for i := range w.sections {
		s := &w.sections[i]
		s.data, s.row, s.record = s.data[:0], 0, s.record[:0]
	}
}

// entry is what keyReader reads.
type entry struct {
	row     int64
	key     key // key.kind is 0 for a record without any
	primary bool
	linked  bool
	gone    bool  // of a contact: see factGone
	written bool  // of a contact: see factWritten
	at      int64 // of a primary entry, or of every one where times travel

	fact   customer.Fact // of a primary entry: At, Kind, Sale, Return, Amount
	record []byte        // of a primary entry; good until the next
	about
}

// keyReader reads the entries of one batch.
type keyReader struct {
	decoder
	times  bool // as worker.timed
	people bool // as worker.vetted
	row    int64
	record []byte
}

// next reads an entry; false at the end or at a fault, which is in err.
func (r *keyReader) next(e *entry) bool {
	if !r.more() {
		return false
	}
	head := r.byte()
	r.row += int64(r.uvarint())
	e.row = r.row
	e.primary, e.linked = head&entryPrimary != 0, head&entryLinked != 0
	e.key = key{}
	if k := head & entryKind; k != 0 {
		e.key.kind = customer.KeyType(k + 'a' - 1)
		if head&entryNumeric != 0 {
			e.key.numeric, e.key.number = true, r.uint64()
		} else {
			e.key.text = r.bytes()
		}
		e.key.hashed()
	}
	e.at = customer.NoTime
	if !e.primary {
		if r.times {
			e.at = r.maybeTime()
		}
		return r.err == nil
	}
	facts := r.byte()
	e.fact = customer.Fact{At: customer.NoTime, Kind: customer.Kind(facts & factKind)}
	e.gone, e.written = false, false
	if e.fact.Kind == customer.Contact {
		e.gone, e.written = facts&factGone != 0, facts&factWritten != 0
	} else {
		e.fact.Sale, e.fact.Return = facts&factSale != 0, facts&factReturn != 0
	}
	if facts&factTimed != 0 {
		e.fact.At = r.varint()
		if facts&factSeconds != 0 {
			e.fact.At *= 1e6
		}
		e.fact.At += epoch
		e.at = e.fact.At
	}
	if facts&factAmount != 0 {
		e.fact.Amount = r.varint()
	}
	shared := int(r.byte())
	rest := r.bytes()
	if shared > len(r.record) {
		r.fail()
		return false
	}
	r.record = append(r.record[:shared], rest...)
	e.record = r.record
	e.about = about{}
	if r.times {
		e.profile = r.bytes()
	}
	if r.people {
		e.person = r.bytes()
	}
	return r.err == nil
}

// appendValue appends the value of a key as the tables have it.
func (k *key) appendValue(b []byte) []byte {
	if k.numeric {
		return strconv.AppendUint(b, k.number, 10)
	}
	return append(b, k.text...)
}

// addAddresses adds the keys of a row: its addresses, and what else leads to
// them. No address has the byte that stands between them.
func addAddresses(c *columns.Column, keys []key) {
	start := uint32(len(c.Data))
	for i := range keys {
		if bytes.IndexByte(keys[i].text, columns.ListSep) >= 0 {
			continue
		}
		if len(c.Data) > int(start) {
			c.Data = append(c.Data, columns.ListSep)
		}
		c.Data = keys[i].appendValue(append(c.Data, byte(keys[i].kind), ':'))
	}
	if len(c.Data) == int(start) {
		c.AddMissing()
		return
	}
	c.Spans = append(c.Spans, columns.Span{Start: start, End: uint32(len(c.Data))})
}
