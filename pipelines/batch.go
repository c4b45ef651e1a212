package pipelines

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"sync/atomic"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/zeebo/xxh3"
)

// Batch is what travels: many rows as one element, because one element per
// row costs 14 to 37 times plain Go. Its bytes are inline or, beyond the
// memory budget, in a sealed file that every worker can reach; who reads it
// does not see which.
type Batch struct {
	Port port  // the output it was emitted at
	Seq  int64 // the key that its producer worked on; batches of a group are read in this order
	Part int32 // number among the batches of Port and Seq for this key

	body *body
}

// body is shared by the copies of a Batch in one process, so that who
// consumes it can let the bytes go while the runner still holds the copies.
type body struct {
	data []byte // nil when sealed

	path   string
	offset int64
	length int64
	sum    uint64 // xxh3 of the bytes
}

// inlineBytes is how many bytes of batches this process holds in memory. It
// belongs to the process, as the memory does: several stages and pipelines
// share one budget.
var inlineBytes atomic.Int64

func inline(data []byte) *body {
	inlineBytes.Add(int64(len(data)))
	return &body{data: data, length: int64(len(data))}
}

// open gives the bytes; those of a sealed file are checked.
func (b *Batch) open() ([]byte, error) {
	if b.body.path == "" {
		if b.body.data == nil && b.body.length > 0 {
			return nil, fmt.Errorf("batch %v of %d was let go before it was read", b.Port, b.Seq)
		}
		return b.body.data, nil
	}
	data := make([]byte, b.body.length)
	if err := store.ReadAt(b.body.path, data, b.body.offset); err != nil {
		return nil, fmt.Errorf("read sealed batch %s at %d: %w", b.body.path, b.body.offset, err)
	}
	if got := xxh3.Hash(data); got != b.body.sum {
		return nil, fmt.Errorf("sealed batch %s at %d: its bytes changed (hash %x, want %x)", b.body.path, b.body.offset, got, b.body.sum)
	}
	return data, nil
}

// release lets inline bytes go. A batch has one reader, so nobody misses them.
func (b *Batch) release() {
	if b.body.data != nil {
		inlineBytes.Add(-int64(len(b.body.data)))
		b.body.data = nil
	}
}

// The coder of Batch, for runners that encode what travels.

func encodeBatch(b Batch) []byte {
	head := appendBytes(make([]byte, 0, 64+len(b.body.data)), []byte(b.Port))
	head = binary.AppendVarint(head, b.Seq)
	head = binary.AppendVarint(head, int64(b.Part))
	head = binary.AppendUvarint(head, uint64(len(b.body.path)))
	head = append(head, b.body.path...)
	head = binary.AppendVarint(head, b.body.offset)
	head = binary.AppendVarint(head, b.body.length)
	head = binary.LittleEndian.AppendUint64(head, b.body.sum)
	return append(head, b.body.data...)
}

func decodeBatch(all []byte) (b Batch, err error) {
	d := decoder{b: all}
	b.Port = port(d.bytes())
	b.Seq = d.varint()
	b.Part = int32(d.varint())
	b.body = &body{path: string(d.bytes())}
	b.body.offset = d.varint()
	b.body.length = d.varint()
	b.body.sum = d.uint64()
	if d.err == nil && b.body.path == "" {
		if int64(len(d.rest())) != b.body.length {
			return b, fmt.Errorf("decode batch: %d bytes, want %d", len(d.rest()), b.body.length)
		}
		inlineBytes.Add(b.body.length)
		b.body.data = d.rest()
	}
	return b, d.err
}

func init() {
	beam.RegisterCoder(reflect.TypeFor[Batch](), encodeBatch, decodeBatch)
}
