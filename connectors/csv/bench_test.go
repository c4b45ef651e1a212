package csv

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/rowfile"
)

// receipts writes a till's export of n rows, about 67 bytes each.
func receipts(b *testing.B, n int, quoted bool) string {
	var text strings.Builder
	text.WriteString("receipt_id,store_id,ts,loyalty_card,phone,email,amount_cents,items,is_return\n")
	for i := range n {
		email := ""
		if i%5 == 0 {
			email = fmt.Sprintf("anna.ivanova%d@example.com", i*7)
		}
		if quoted {
			email = `"` + email + `"`
		}
		fmt.Fprintf(&text, "R%010d,%d,2025-02-07T23:57:30.000000,%d,,%s,%d,%d,false\n", i, i%200, 10000000+i*13, email, 100+i*37%9000, i%9)
	}
	path := filepath.Join(b.TempDir(), "pos.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

func BenchmarkInspect(b *testing.B) {
	for name, quoted := range map[string]bool{"plain": false, "quoted": true} {
		b.Run(name, func(b *testing.B) {
			path := receipts(b, 200_000, quoted)
			for b.Loop() {
				info, err := New().Inspect(context.Background(), path, rowfile.Options{})
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(info.Bytes)
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	for _, c := range []struct {
		name   string
		quoted bool
		want   []string
	}{
		{"plain", false, []string{"receipt_id", "ts", "loyalty_card", "phone", "email", "amount_cents"}},
		{"quoted", true, []string{"receipt_id", "ts", "loyalty_card", "phone", "email", "amount_cents"}},
		{"rest", false, []string{"receipt_id", "ts", "*"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			path := receipts(b, 200_000, c.quoted)
			info, err := New().Inspect(context.Background(), path, rowfile.Options{})
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(info.Bytes)
			b.ReportAllocs()
			var k columns.Chunk
			for b.Loop() {
				rows := 0
				for _, block := range info.Blocks {
					r, err := New().Open(context.Background(), block, c.want)
					if err != nil {
						b.Fatal(err)
					}
					for err = r.Read(&k); err == nil; err = r.Read(&k) {
						rows += k.N
					}
					if err != io.EOF {
						b.Fatal(err)
					}
					if err := r.Close(); err != nil {
						b.Fatal(err)
					}
				}
				if rows != 200_000 {
					b.Fatalf("%d rows", rows)
				}
			}
		})
	}
}
