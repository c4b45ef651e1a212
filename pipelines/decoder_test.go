package pipelines

import (
	"encoding/binary"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func TestDecoderReadsWhatWasAppended(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		numbers := rapid.SliceOf(rapid.Custom(func(rt *rapid.T) uint64 {
			return rapid.Uint64().Draw(rt, "number") >> rapid.IntRange(0, 63).Draw(rt, "shift")
		})).Draw(rt, "numbers")
		var b []byte
		for _, n := range numbers {
			b = binary.AppendUvarint(b, n)
			b = binary.AppendVarint(b, int64(n))
			b = appendBytes(b, b[:n%7%uint64(len(b))])
		}
		d := decoder{b: b}
		for i, n := range numbers {
			if got := d.uvarint(); got != n {
				rt.Fatalf("number %d of %v is %d, want %d", i, numbers, got, n)
			}
			if got := d.varint(); got != int64(n) {
				rt.Fatalf("signed number %d of %v is %d, want %d", i, numbers, got, int64(n))
			}
			d.bytes()
		}
		if d.more() || d.err != nil {
			rt.Fatalf("%d bytes are left, error %v", len(d.rest()), d.err)
		}
	})
}

func TestDecoderTellsOfBytesThatAreMissing(t *testing.T) {
	t.Parallel()
	whole := binary.AppendUvarint(nil, 1<<62)
	for name, read := range map[string]func(*decoder){
		"a number of several bytes": func(d *decoder) { d.uvarint() },
		"eight bytes":               func(d *decoder) { d.uint64() },
		"a length and its bytes":    func(d *decoder) { d.bytes() },
		"more than there are":       func(d *decoder) { d.take(9) },
	} {
		d := decoder{b: whole[:7]}
		read(&d)
		if !errors.Is(d.err, errBatchShort) || d.more() || d.uvarint() != 0 {
			t.Errorf("%s: error %v, more %v", name, d.err, d.more())
		}
	}
}
