package parquet

import (
	"context"
	"io"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/internal/rowfile/rowtest"
)

// BenchmarkRead reads 200,000 receipts of a group, zstd, with nulls and
// dictionaries.
func BenchmarkRead(b *testing.B) {
	rows, _ := receipts(200_000)
	path := rowtest.Write(b, "x.parquet", encode(b, rows, len(rows), parquet.Compression(&parquet.Zstd)))
	info, err := New().Inspect(context.Background(), path, rowfile.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Bytes)
	b.ReportAllocs()
	var k columns.Chunk
	for b.Loop() {
		n := 0
		for _, block := range info.Blocks {
			r, err := New().Open(context.Background(), block, []string{"id", "card", "email", "cents"})
			if err != nil {
				b.Fatal(err)
			}
			for err = r.Read(&k); err == nil; err = r.Read(&k) {
				n += k.N
			}
			if err != io.EOF {
				b.Fatal(err)
			}
			if err := r.Close(); err != nil {
				b.Fatal(err)
			}
		}
		if n != len(rows) {
			b.Fatalf("%d rows", n)
		}
	}
}
