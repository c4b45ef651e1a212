package lake

import (
	"context"
	"fmt"
	"testing"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

// rfmChunk is rows as the nightly run writes most of: the table rfm.
func rfmChunk(from, n int) *columns.Chunk {
	t, _ := customer.TableNamed("rfm")
	k := &columns.Chunk{N: n}
	for _, c := range t.Columns {
		k.Cols = append(k.Cols, columns.Column{Name: c.Name, Type: c.Type.Held(), Scale: 2})
	}
	groups := []string{"Champions", "Loyal", "Lost", "At Risk", "Hibernating"}
	for i := from; i < from+n; i++ {
		x := uint64(i) * 0x9E3779B97F4A7C15
		k.Cols[0].AddText(fmt.Sprintf("c%016x", x))
		for j, v := range []uint64{x >> 55, x >> 59, x >> 44, x >> 62, x >> 61 & 3, x >> 60 & 3} {
			k.Cols[1+j].Ints = append(k.Cols[1+j].Ints, int64(v))
		}
		k.Cols[7].AddText(groups[x>>40%5])
		k.Cols[8].AddText("hot")
		k.Cols[9].AddText("RUB")
	}
	return k
}

func BenchmarkWriter(b *testing.B) {
	t, _ := customer.TableNamed("rfm")
	const rows = 256 << 10
	var chunks []*columns.Chunk
	for from := 0; from < rows; from += 4096 {
		chunks = append(chunks, rfmChunk(from, 4096))
	}
	for b.Loop() {
		w, err := Lake{Dir: b.TempDir()}.NewWriter(PartPath("rfm", "2025-12-31.1", 0), t, 2, 20453)
		if err != nil {
			b.Fatal(err)
		}
		for _, k := range chunks {
			if err := w.Write(k); err != nil {
				b.Fatal(err)
			}
		}
		f, err := w.Close()
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(f.Bytes)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*rows), "ns/row")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*rows*11), "ns/value")
}

func BenchmarkReadFile(b *testing.B) {
	t, _ := customer.TableNamed("rfm")
	const rows = 256 << 10
	l := Lake{Dir: b.TempDir()}
	f := write(b, l, t, "2025-12-31.1", 0, rfmChunk(0, rows))
	e := entry(b, t, f)
	b.SetBytes(f.Bytes)
	for b.Loop() {
		if err := l.ReadFile(context.Background(), e, f, names(t), func(*columns.Chunk) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*rows), "ns/row")
}

func BenchmarkRowHasher(b *testing.B) {
	t, _ := customer.TableNamed("rfm")
	k := rfmChunk(0, 4096)
	h := newRowHasher(t, 20453)
	for b.Loop() {
		h.add(k)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*k.N), "ns/row")
}
