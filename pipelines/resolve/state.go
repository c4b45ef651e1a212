package resolve

import (
	"encoding/binary"
	"strconv"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/identity"
)

// What the flags of a key's state say.
const (
	stateBorn    = 1 << 0 // a birth follows
	stateTimed   = 1 << 1 // the birth has a time
	stateEarlier = 1 << 2 // the ledger has the key under an id; a knot has room for that of the key that it goes by
	stateLate    = 1 << 3 // as the line's end knows, no run before
)

// append appends the state of every key, in order of number, each with its
// length before it: who deals them out need not read them.
func (t *keyTable) append(dst []byte) []byte {
	var one []byte
	for n := range t.keys {
		one = t.appendKey(one[:0], n)
		dst = work.AppendBytes(dst, one)
	}
	return dst
}

func (t *keyTable) appendKey(b []byte, n int) []byte {
	s := &t.keys[n]
	flags := byte(0)
	if s.born {
		flags |= stateBorn
		if s.birthAt != customer.NoTime {
			flags |= stateTimed
		}
	}
	if !s.earlierID.IsZero() || s.kind == work.KnotKey {
		flags |= stateEarlier
	}
	if s.late {
		flags |= stateLate
	}
	b = append(b, byte(s.kind), flags)
	if s.numeric {
		var digits [20]byte
		b = work.AppendBytes(b, strconv.AppendUint(digits[:0], s.number, 10))
	} else {
		b = work.AppendBytes(b, t.arena[s.text:s.text+s.textLen])
	}
	b = binary.AppendUvarint(b, uint64(s.records))
	if s.born {
		if s.birthAt != customer.NoTime {
			b = binary.AppendVarint(b, s.birthAt-work.Epoch)
		}
		b = binary.AppendUvarint(b, uint64(s.source))
		b = work.AppendBytes(b, t.arena[s.record:s.record+s.recordLen])
	}
	if flags&stateEarlier != 0 {
		b = append(b, s.earlierID[:]...)
	}
	if t.w.Sighted {
		b = binary.AppendUvarint(b, uint64(len(t.sightings[n])))
		for _, g := range t.sightings[n] {
			b = binary.AppendUvarint(b, uint64(g.source))
			b = binary.LittleEndian.AppendUint64(b, uint64(g.first))
			b = binary.LittleEndian.AppendUint64(b, uint64(g.last))
			b = binary.AppendUvarint(b, uint64(g.records))
		}
	}
	if t.w.Vetted {
		people := t.people[n]
		b = binary.AppendUvarint(b, uint64(len(people)))
		for _, p := range people {
			b = binary.AppendVarint(binary.LittleEndian.AppendUint64(b, p.Name), int64(p.Birth))
		}
	}
	return t.measures.Append(b, n)
}

// keyRecord is the state of one key, read back. Its slices lie in the batch.
type keyRecord struct {
	kind      customer.KeyType
	text      []byte
	records   int64
	born      bool
	birth     identity.Birth
	earlier   customer.ID
	earlierIn []byte // where it lies, nil where it does not
	late      bool
	sightings []sighting
	people    []identity.Person
	measured  []byte
}

// read reads what appendKey wrote; sighted and vetted are the worker's.
func (k *keyRecord) read(b []byte, sighted, vetted bool) error {
	d := work.Decoder{B: b}
	k.kind = customer.KeyType(d.Byte())
	flags := d.Byte()
	k.text = d.Bytes()
	k.records = int64(d.Uvarint())
	k.born, k.birth = flags&stateBorn != 0, identity.Birth{At: customer.NoTime}
	if k.born {
		if flags&stateTimed != 0 {
			k.birth.At = d.Varint() + work.Epoch
		}
		k.birth.Source = int(d.Uvarint())
		k.birth.Record = d.Bytes()
	}
	k.earlier, k.earlierIn, k.late = customer.ID{}, nil, flags&stateLate != 0
	if flags&stateEarlier != 0 {
		k.earlierIn = d.Take(len(k.earlier))
		copy(k.earlier[:], k.earlierIn)
	}
	k.sightings = k.sightings[:0]
	if sighted {
		for n := d.Uvarint(); n > 0 && d.Err == nil; n-- {
			k.sightings = append(k.sightings, sighting{int(d.Uvarint()), int64(d.Uint64()), int64(d.Uint64()), int64(d.Uvarint())})
		}
	}
	k.people = k.people[:0]
	if vetted {
		for n := d.Uvarint(); n > 0 && d.Err == nil; n-- {
			k.people = append(k.people, identity.Person{Name: d.Uint64(), Birth: int32(d.Varint())})
		}
	}
	k.measured = d.Rest()
	return d.Err
}

// tellEarlier writes into the state of a knot what the ledger has of the key
// whose state that is.
func tellEarlier(knot, key []byte, w *work.Worker) error {
	var to, from keyRecord
	if err := to.read(knot, w.Sighted, w.Vetted); err != nil {
		return err
	}
	if err := from.read(key, w.Sighted, w.Vetted); err != nil {
		return err
	}
	copy(to.earlierIn, from.earlier[:])
	knot[1] |= key[1] & stateLate
	return nil
}
