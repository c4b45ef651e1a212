package records

import (
	"encoding/binary"

	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/consent"
)

// What a statement is beside its texts and its time, bit by bit.
const (
	statementExplicit = 1 << iota
	statementPast
	statementInherited
)

func appendStatement(b []byte, s *consent.Statement) []byte {
	is := byte(0)
	if s.Explicit {
		is |= statementExplicit
	}
	if s.Past {
		is |= statementPast
	}
	if s.Inherited {
		is |= statementInherited
	}
	b = append(b, byte(s.State), is)
	for _, t := range []string{s.Channel, s.Purpose, s.Suppress, s.Source, s.Record, s.Written} {
		b = work.AppendBytes(b, []byte(t))
	}
	b = work.AppendInt64(b, s.At)
	return append(b, s.Customer[:]...)
}

func statement(d *work.Decoder) (s consent.Statement) {
	s.State = consent.State(d.Byte())
	is := d.Byte()
	s.Explicit, s.Past, s.Inherited = is&statementExplicit != 0, is&statementPast != 0, is&statementInherited != 0
	for _, t := range []*string{&s.Channel, &s.Purpose, &s.Suppress, &s.Source, &s.Record, &s.Written} {
		*t = string(d.Bytes())
	}
	s.At = int64(d.Uint64())
	copy(s.Customer[:], d.Take(len(s.Customer)))
	return s
}

// vow is an explicit yes of a version of a record, for an address that the
// version names.
type vow struct {
	source  int
	record  string
	address []byte // letter:value
	at      int64
	written int64 // when the version was written, columns.MissingInt where it does not say
	file    int   // place of its file among those of the source; remembered: the run before knows of it
	own     bool  // of one that is remembered: the record had the address when the yes was given
}

// remembered is the file of what the run before knows.
const remembered = -1

func (v *vow) append(b []byte) []byte {
	own := byte(0)
	if v.own {
		own = 1
	}
	b = binary.AppendUvarint(append(b, own), uint64(v.source))
	b = binary.AppendVarint(work.AppendBytes(work.AppendBytes(b, []byte(v.record)), v.address), int64(v.file))
	return work.AppendInt64(work.AppendInt64(b, v.at), v.written)
}

func readVow(d *work.Decoder) (v vow) {
	v.own, v.source = d.Byte() != 0, int(d.Uvarint())
	v.record, v.address, v.file = string(d.Bytes()), d.Bytes(), int(d.Varint())
	v.at, v.written = int64(d.Uint64()), int64(d.Uint64())
	return v
}
