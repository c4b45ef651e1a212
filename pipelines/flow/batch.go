package flow

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
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
	Port Port  // the output it was emitted at
	Seq  int64 // the key that its producer worked on; batches of a group are read in this order
	Part int32 // number among all that its producer emitted there

	body *body
}

// body is shared by the copies of a Batch in one process, so that who
// consumes it can let the bytes go while the runner still holds the copies.
type body struct {
	data    []byte        // nil when sealed
	counted *atomic.Int64 // the sum of bytes held that these are in, nil for none

	path   string
	offset int64
	length int64
	sum    uint64 // xxh3 of the bytes
}

func inline(data []byte) *body { return &body{data: data, length: int64(len(data))} }

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

// The coder of Batch, for runners that encode what travels.

func encodeBatch(b Batch) []byte {
	head := make([]byte, 0, 64+len(b.body.data))
	head = appendText(head, string(b.Port))
	head = binary.AppendVarint(head, b.Seq)
	head = binary.AppendVarint(head, int64(b.Part))
	head = appendText(head, b.body.path)
	head = binary.AppendVarint(head, b.body.offset)
	head = binary.AppendVarint(head, b.body.length)
	head = binary.LittleEndian.AppendUint64(head, b.body.sum)
	counted := byte(0)
	if b.body.counted != nil { // then it is decoded in this process too
		counted = 1
	}
	head = append(head, counted)
	return append(head, b.body.data...)
}

func appendText(dst []byte, text string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

func decodeBatch(all []byte) (b Batch, err error) {
	r := bytes.NewReader(all)
	number := func() (n int64) {
		if err == nil {
			n, err = binary.ReadVarint(r)
		}
		return n
	}
	text := func() string {
		var n uint64
		if err == nil {
			n, err = binary.ReadUvarint(r)
		}
		if err == nil && n > uint64(r.Len()) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return ""
		}
		data := make([]byte, n)
		_, err = io.ReadFull(r, data)
		return string(data)
	}
	b.Port, b.Seq, b.Part = Port(text()), number(), int32(number())
	b.body = &body{path: text(), offset: number(), length: number()}
	if err == nil {
		err = binary.Read(r, binary.LittleEndian, &b.body.sum)
	}
	var counted byte
	if err == nil {
		counted, err = r.ReadByte()
	}
	if err != nil {
		return b, fmt.Errorf("decode batch: %w", err)
	}
	if b.body.path == "" {
		if int64(r.Len()) != b.body.length {
			return b, fmt.Errorf("decode batch: %d bytes, want %d", r.Len(), b.body.length)
		}
		b.body.data = all[len(all)-r.Len():]
		if counted == 1 {
			b.body.counted = held.bytes.Load()
		}
	}
	return b, nil
}

func init() {
	beam.RegisterCoder(reflect.TypeFor[Batch](), encodeBatch, decodeBatch)
}
