package extract

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/pipelines/work"
)

// blocked are the values of a key that say nothing of whose a record is. A
// bit per hash answers for nearly every key that is not among them.
type blocked struct {
	values map[string]bool
	bits   uint64
}

func newBlocked(kind customer.KeyType, values []string) *blocked {
	b := &blocked{values: map[string]bool{}}
	for _, v := range values {
		b.values[v] = true
		k := work.KeyOf(kind, []byte(v))
		b.bits |= 1 << (k.Hash & 63)
	}
	return b
}

// has tells whether a key, whose text this is, is among them.
func (b *blocked) has(k *work.Key, text []byte) bool {
	return b != nil && b.bits>>(k.Hash&63)&1 != 0 && b.values[string(text)]
}
