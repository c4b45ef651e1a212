package work

import "github.com/habitue-data/habitue/customer"

// Turn is that a customer became part of another this night, or stands apart
// from it again.
type Turn struct {
	ID, Other customer.ID
	Merged    bool
}

// Append appends it.
func (t *Turn) Append(b []byte) []byte {
	merged := byte(0)
	if t.Merged {
		merged = 1
	}
	return append(append(append(b, t.ID[:]...), t.Other[:]...), merged)
}

// Read reads it back.
func (t *Turn) Read(d *Decoder) {
	copy(t.ID[:], d.Take(len(t.ID)))
	copy(t.Other[:], d.Take(len(t.Other)))
	t.Merged = d.Byte() != 0
}
