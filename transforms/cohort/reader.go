package cohort

import (
	"encoding/binary"
	"errors"
)

var errShort = errors.New("cohort: what was measured is cut short")

// reader reads numbers until one is cut short; from then on they are zero.
type reader struct {
	b   []byte
	err error
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	return uint64(r.took(int64(v), n))
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.b)
	return r.took(v, n)
}

func (r *reader) took(v int64, n int) int64 {
	if n <= 0 {
		r.b, r.err = nil, errShort
		return 0
	}
	r.b = r.b[n:]
	return v
}
