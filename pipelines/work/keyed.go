package work

import (
	"encoding/binary"

	"github.com/habitue-data/habitue/customer"
	"github.com/zeebo/xxh3"
)

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
	FactGone    = factSale   // it is a version of a file that is not in force any more
	FactWritten = factReturn // its time is when it was written
)

// Epoch is where the times of entries count from, so that they are short:
// 2020-01-01.
const Epoch = 1577836800 * 1e6

// KeyWriter fills the batches of one block for the shards of keys. Entries
// of a section are in order of row.
type KeyWriter struct {
	worker   *Worker
	sections []sectionBuffer
}

type sectionBuffer struct {
	data   []byte
	row    int64
	record []byte // id of the last primary record
}

// NewKeyWriter has room for every section of every shard.
func NewKeyWriter(w *Worker) *KeyWriter {
	return &KeyWriter{worker: w, sections: make([]sectionBuffer, w.Shards*w.InShard)}
}

// head starts an entry.
func (s *sectionBuffer) head(k *Key, row int64, flags byte) {
	b := s.data
	if k != nil {
		flags |= byte(k.Kind) - 'a' + 1
		if k.Numeric {
			flags |= entryNumeric
		}
	}
	b = append(b, flags)
	b = binary.AppendUvarint(b, uint64(row-s.row))
	s.row = row
	if k != nil {
		if k.Numeric {
			b = binary.LittleEndian.AppendUint64(b, k.Number)
		} else {
			b = binary.AppendUvarint(b, uint64(len(k.Text)))
			b = append(b, k.Text...)
		}
	}
	s.data = b
}

// Primary adds the strongest key of a record, nil for a record without any,
// with what the record says; more is FactGone and FactWritten.
func (w *KeyWriter) Primary(hash uint64, k *Key, row int64, linked bool, f *customer.Fact, more byte, record []byte, about About) {
	s := &w.sections[w.worker.Section(hash)]
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
	if w.worker.Timed {
		b = AppendBytes(b, about.Profile)
	}
	if w.worker.Vetted {
		b = AppendBytes(b, about.Person)
	}
	s.data = b
}

// About is what a record says of the person: for the golden profile, and for
// who asks whether two contacts may be one.
type About struct{ Profile, Person []byte }

// appendTime appends a time as seconds where it is whole ones.
func appendTime(b []byte, at int64) []byte {
	switch {
	case at == customer.NoTime:
		return b
	case at%1e6 == 0:
		return binary.AppendVarint(b, (at-Epoch)/1e6)
	}
	return binary.AppendVarint(b, at-Epoch)
}

// mention adds another key of a record.
func (w *KeyWriter) mention(k *Key, row, at int64) {
	s := &w.sections[w.worker.Section(k.Hash)]
	s.head(k, row, entryLinked)
	if w.worker.Timed {
		s.data = AppendMaybeTime(s.data, at)
	}
}

// AppendMaybeTime appends a time, or that there is none.
func AppendMaybeTime(b []byte, at int64) []byte {
	if at == customer.NoTime {
		return append(b, 0)
	}
	return binary.AppendVarint(append(b, 1), at-Epoch)
}

// MaybeTime reads what AppendMaybeTime wrote.
func (d *Decoder) MaybeTime() int64 {
	if d.Byte() == 0 {
		return customer.NoTime
	}
	return d.Varint() + Epoch
}

// Deal adds a record: its facts to the key that it goes by, or, without any,
// to where its id belongs, and a mention to each other key.
func (w *KeyWriter) Deal(keys []Key, row int64, f *customer.Fact, more byte, record []byte, about About) {
	if len(keys) == 0 {
		w.Primary(KeylessHash(record), nil, row, false, f, more, record, about)
		return
	}
	by := w.worker.GoesBy(keys)
	for k := range keys {
		if &keys[k] != by {
			w.mention(&keys[k], row, f.At)
		}
	}
	w.Primary(by.Hash, by, row, len(keys) > 1, f, more, record, about)
}

// GoesBy is the key that a record is measured at: its strongest, or, where
// that may turn out to be nobody's, a knot of its keys.
func (w *Worker) GoesBy(keys []Key) *Key {
	first := 0
	for k := range keys {
		if w.Priority.Of(keys[k].Kind) < w.Priority.Of(keys[first].Kind) {
			first = k
		}
	}
	if knot := w.knot(keys, first); knot != nil {
		return knot
	}
	return &keys[first]
}

// KeylessHash says where a record without any key is counted.
func KeylessHash(record []byte) uint64 { return xxh3.Hash(record) }

// Take gives the batches filled so far and starts new ones.
func (w *KeyWriter) Take(yield func(shard int, data []byte)) {
	TakeSections(w.worker.InShard, len(w.sections), func(i int) []byte { return w.sections[i].data }, yield)
	for i := range w.sections {
		s := &w.sections[i]
		s.data, s.row, s.record = s.data[:0], 0, s.record[:0]
	}
}

// Entry is what KeyReader reads.
type Entry struct {
	Row     int64
	Key     Key // key.kind is 0 for a record without any
	Primary bool
	Linked  bool
	Gone    bool  // of a contact: see FactGone
	Written bool  // of a contact: see FactWritten
	At      int64 // of a primary entry, or of every one where times travel

	Fact   customer.Fact // of a primary entry: At, Kind, Sale, Return, Amount
	Record []byte        // of a primary entry; good until the next
	About
}

// KeyReader reads the entries of one batch.
type KeyReader struct {
	Decoder
	Times  bool // as worker.timed
	People bool // as worker.vetted
	row    int64
	record []byte
}

// Next reads an entry; false at the end or at a fault, which is in err.
func (r *KeyReader) Next(e *Entry) bool {
	if !r.More() {
		return false
	}
	head := r.Byte()
	r.row += int64(r.Uvarint())
	e.Row = r.row
	e.Primary, e.Linked = head&entryPrimary != 0, head&entryLinked != 0
	e.Key = Key{}
	if k := head & entryKind; k != 0 {
		e.Key.Kind = customer.KeyType(k + 'a' - 1)
		if head&entryNumeric != 0 {
			e.Key.Numeric, e.Key.Number = true, r.Uint64()
		} else {
			e.Key.Text = r.Bytes()
		}
		e.Key.hashed()
	}
	e.At = customer.NoTime
	if !e.Primary {
		if r.Times {
			e.At = r.MaybeTime()
		}
		return r.Err == nil
	}
	facts := r.Byte()
	e.Fact = customer.Fact{At: customer.NoTime, Kind: customer.Kind(facts & factKind)}
	e.Gone, e.Written = false, false
	if e.Fact.Kind == customer.Contact {
		e.Gone, e.Written = facts&FactGone != 0, facts&FactWritten != 0
	} else {
		e.Fact.Sale, e.Fact.Return = facts&factSale != 0, facts&factReturn != 0
	}
	if facts&factTimed != 0 {
		e.Fact.At = r.Varint()
		if facts&factSeconds != 0 {
			e.Fact.At *= 1e6
		}
		e.Fact.At += Epoch
		e.At = e.Fact.At
	}
	if facts&factAmount != 0 {
		e.Fact.Amount = r.Varint()
	}
	shared := int(r.Byte())
	rest := r.Bytes()
	if shared > len(r.record) {
		r.fail()
		return false
	}
	r.record = append(r.record[:shared], rest...)
	e.Record = r.record
	e.About = About{}
	if r.Times {
		e.Profile = r.Bytes()
	}
	if r.People {
		e.Person = r.Bytes()
	}
	return r.Err == nil
}
