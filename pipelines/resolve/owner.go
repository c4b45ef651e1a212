package resolve

import (
	"encoding/binary"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/pipelines/work"
)

// appendOwner appends whose the key of a node is, and the address that the
// key is where the consent stage must know.
func appendOwner(b []byte, node uint64, id customer.ID, address []byte) []byte {
	known := node << 1
	if address != nil {
		known |= 1
	}
	b = append(binary.AppendUvarint(b, known), id[:]...)
	if address != nil {
		b = work.AppendBytes(b, address)
	}
	return b
}

// Owner reads what appendOwner wrote.
func Owner(d *work.Decoder) (node uint64, id customer.ID, address []byte) {
	known := d.Uvarint()
	copy(id[:], d.Take(len(id)))
	if known&1 != 0 {
		address = d.Bytes()
	}
	return known >> 1, id, address
}
