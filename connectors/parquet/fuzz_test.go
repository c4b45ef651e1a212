package parquet

import (
	"testing"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/internal/rowfile/rowtest"
)

// FuzzParquet changes single bytes of good files: whatever comes back is
// rows or a fault, never a panic.
func FuzzParquet(f *testing.F) {
	rows, _ := receipts(40)
	seeds := []string{
		encode(f, []typed{typedRow(), {Bytes: []byte{}}}, 1),
		encode(f, nestedRows(), 2),
		encode(f, rows, 25),
	}
	for i := range seeds {
		f.Add(i, 100, byte(0xff), -50, byte(1))
	}
	f.Fuzz(func(t *testing.T, seed, at int, x byte, also int, y byte) {
		content := []byte(seeds[place(seed, len(seeds))])
		content[place(at, len(content))] ^= x
		content[place(also, len(content))] ^= y
		path := rowtest.Write(t, "x.parquet", string(content))
		info, err := New().Inspect(t.Context(), path, rowfile.Options{})
		if err != nil && fault.CodeOf(err) != fault.Input {
			t.Fatalf("not a fault: %v", err)
		}
		for _, name := range info.Header {
			if _, err := rowtest.Read(New(), path, rowfile.Options{}, name); err != nil && fault.CodeOf(err) != fault.Input {
				t.Fatalf("not a fault: %v", err)
			}
		}
	})
}

// place is a place in n things, counted from the end where i is negative.
func place(i, n int) int {
	if i %= n; i < 0 {
		i += n
	}
	return i
}
