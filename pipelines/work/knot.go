package work

import (
	"cmp"
	"slices"

	"github.com/habitue-data/habitue/customer"
)

// KnotKey is the type of a key that nobody has. Where a value that too many
// share is nobody's, a record goes by its next key, and which are such is
// known only when all records are linked. Till then a knot stands for all
// records that would go by the same keys, in the same order: they are measured
// at it, and all their keys are tied to it. It is stronger than every type.
const KnotKey customer.KeyType = 'k'

// knot is that of a record, nil where its strongest key is no one's but its
// customer's, or is the only one. Its text is the keys by which the record may go.
func (w *Worker) knot(keys []Key, strongest int) *Key {
	if len(keys) < 2 || !w.mayBeShared(&keys[strongest]) {
		return nil
	}
	order := make([]*Key, len(keys))
	for i := range keys {
		order[i] = &keys[i]
	}
	slices.SortStableFunc(order, func(a, b *Key) int { return cmp.Compare(w.Priority.Of(a.Kind), w.Priority.Of(b.Kind)) })
	var text, value []byte
	for _, k := range order {
		value = k.appendValue(value[:0])
		text = AppendBytes(append(text, byte(k.Kind)), value)
		if !w.mayBeShared(k) {
			break
		}
	}
	k := KeyOf(KnotKey, text)
	return &k
}

func (w *Worker) mayBeShared(k *Key) bool {
	_, limited := w.Identity.Guards.Shared[k.Kind]
	return limited
}

// EachOfKnot gives the keys of a knot, the strongest first, until done.
func EachOfKnot(text []byte, yield func(kind customer.KeyType, value []byte) (done bool)) error {
	d := Decoder{B: text}
	for d.More() {
		kind, value := customer.KeyType(d.Byte()), d.Bytes()
		if d.Err == nil && yield(kind, value) {
			return nil
		}
	}
	return d.Err
}
