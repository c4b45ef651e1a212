package work

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
			b = AppendBytes(b, b[:n%7%uint64(len(b))])
		}
		d := Decoder{B: b}
		for i, n := range numbers {
			if got := d.Uvarint(); got != n {
				rt.Fatalf("number %d of %v is %d, want %d", i, numbers, got, n)
			}
			if got := d.Varint(); got != int64(n) {
				rt.Fatalf("signed number %d of %v is %d, want %d", i, numbers, got, int64(n))
			}
			d.Bytes()
		}
		if d.More() || d.Err != nil {
			rt.Fatalf("%d bytes are left, error %v", len(d.Rest()), d.Err)
		}
	})
}

func TestDecoderTellsOfBytesThatAreMissing(t *testing.T) {
	t.Parallel()
	whole := binary.AppendUvarint(nil, 1<<62)
	for name, read := range map[string]func(*Decoder){
		"a number of several bytes": func(d *Decoder) { d.Uvarint() },
		"eight bytes":               func(d *Decoder) { d.Uint64() },
		"a length and its bytes":    func(d *Decoder) { d.Bytes() },
		"more than there are":       func(d *Decoder) { d.Take(9) },
	} {
		d := Decoder{B: whole[:7]}
		read(&d)
		if !errors.Is(d.Err, ErrBatchShort) || d.More() || d.Uvarint() != 0 {
			t.Errorf("%s: error %v, more %v", name, d.Err, d.More())
		}
	}
}
