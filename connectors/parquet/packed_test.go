package parquet

import (
	"bytes"
	"testing"

	"github.com/parquet-go/parquet-go/compress/lz4"
)

func TestLZ4LengthIsWhatItUnpacksTo(t *testing.T) {
	for _, text := range [][]byte{[]byte("a"), []byte("hello hello hello hello"), bytes.Repeat([]byte("0123456789abcdef"), 5000), bytes.Repeat([]byte{0}, 1<<20)} {
		packed, err := (&lz4.Codec{}).Encode(nil, text)
		if err != nil {
			t.Fatal(err)
		}
		if n, ok := lz4Length(packed); !ok || n != int64(len(text)) {
			t.Errorf("%d bytes are told as %d, %v", len(text), n, ok)
		}
		if _, ok := lz4Length(packed[:len(packed)-1]); ok {
			t.Errorf("a block of %d bytes that was cut is told as whole", len(text))
		}
	}
}
