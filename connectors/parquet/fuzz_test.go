package parquet

import (
	"runtime"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/internal/rowfile/rowtest"
)

// most is how much memory a file of some kilobytes may take, whatever it
// claims.
const most = 3 * maxPageBytes

// FuzzParquet spoils good files: it puts any number in place of one that the
// footer or a page header holds, changes bytes of pages, and cuts the end.
// Whatever comes back is rows or a fault, never a panic, within bounds.
func FuzzParquet(f *testing.F) {
	seeds := spoilable(f)
	for i := range seeds {
		for n := 0; n < 8; n += 3 {
			f.Add(i, 1, n, int64(1<<31-1), []byte(nil), 0)
		}
		f.Add(i, 0, 0, int64(1<<40), []byte{0, 0, 1, 9, 0, 255}, 0)
		f.Add(i, 0, -1, int64(0), []byte{0, 10, 0x80, 1, 0, 1}, 3)
	}
	f.Fuzz(func(t *testing.T, seed, header, number int, value int64, edits []byte, cut int) {
		s := seeds[place(seed, len(seeds))]
		content := s.with(header, number, value)
		for ; len(edits) >= 3 && len(content) > 0; edits = edits[3:] {
			content[(int(edits[0])<<8|int(edits[1]))%len(content)] ^= edits[2]
		}
		content = content[:len(content)-min(max(0, cut), len(content))]
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		readAll(t, content)
		if runtime.ReadMemStats(&after); after.TotalAlloc-before.TotalAlloc > most {
			t.Fatalf("%d bytes of memory for a file of %d", after.TotalAlloc-before.TotalAlloc, len(content))
		}
	})
}

func readAll(t *testing.T, content []byte) {
	path := rowtest.Write(t, "x.parquet", string(content))
	info, err := New().Inspect(t.Context(), path, rowfile.Options{})
	if err != nil && fault.CodeOf(err) != fault.Input {
		t.Fatalf("not a fault: %v", err)
	}
	for _, name := range append(info.Header, rowfile.Rest) {
		if _, err := rowtest.Read(New(), path, rowfile.Options{}, name); err != nil && fault.CodeOf(err) != fault.Input {
			t.Fatalf("not a fault: %v", err)
		}
	}
}

// TestHugeClaimsTakeNoMemory puts the greatest number in place of each that
// a page header holds.
func TestHugeClaimsTakeNoMemory(t *testing.T) {
	for i, s := range spoilable(t) {
		for header := 0; header < len(s.headers); header += 5 { // the others are like these
			for number := range numbers(s.headers[header]) {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				readAll(t, s.with(header+1, number, 1<<31-1))
				if runtime.ReadMemStats(&after); after.TotalAlloc-before.TotalAlloc > 64<<20 {
					t.Errorf("file %d, header %d, number %d: %d MiB", i, header, number, (after.TotalAlloc-before.TotalAlloc)>>20)
				}
			}
		}
	}
}

// spoilable are small good files of every layout that is read.
func spoilable(t testing.TB) (all []*spoiler) {
	rows, _ := receipts(40)
	for _, content := range []string{
		encode(t, []typed{typedRow(), {Bytes: []byte{}}}, 1),
		encode(t, nestedRows(), 2),
		encode(t, rows, 25),
		encode(t, rows, 40, parquet.Compression(&parquet.Snappy), parquet.DataPageVersion(1)),
		encode(t, rows, 40, parquet.Compression(&parquet.Zstd), parquet.PageBufferSize(64)),
		encode(t, rows, 40, parquet.Compression(&parquet.Lz4Raw)),
	} {
		all = append(all, newSpoiler(t, strings.Clone(content)))
	}
	return all
}

// place is a place in n things, counted from the end where i is negative.
func place(i, n int) int {
	if i %= n; i < 0 {
		i += n
	}
	return i
}
