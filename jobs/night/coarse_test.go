package night

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/pipelines/brief"
)

// TestBatchesGrowWithTheBytesAlone holds that ten times the shards are not ten
// times the batches.
func TestBatchesGrowWithTheBytesAlone(t *testing.T) {
	var blocks []brief.Block
	const size = 4 << 20
	for i := range 100 {
		b := rowfile.Block{Path: "a.csv", Offset: 40 + int64(i%50)*size, Length: size, FirstLine: int64(i%50)*1000 + 2}
		blocks = append(blocks, brief.Block{File: i / 50, Block: b})
	}
	for i := range 3 {
		blocks = append(blocks, brief.Block{File: 2, Block: rowfile.Block{Path: "b.parquet", Length: -1, RowGroup: i}})
	}
	for shards, want := range map[int]int{1: 103, 64: 103, 128: 103, 256: 2*25 + 3, 1024: 2*7 + 3, 4096: 2*2 + 3} {
		got := coarse(blocks, shards)
		if len(got) != want {
			t.Errorf("%d shards: %d blocks, want %d", shards, len(got), want)
		}
		at, length := map[int]int64{0: 40, 1: 40}, int64(0)
		for _, b := range got[:len(got)-3] {
			if b.Offset != at[b.File] || b.FirstLine != (b.Offset-40)/size*1000+2 {
				t.Errorf("%d shards: a block of file %d begins at %d, line %d", shards, b.File, b.Offset, b.FirstLine)
			}
			at[b.File] += b.Length
			length += b.Length
		}
		if length != 100*size {
			t.Errorf("%d shards: the blocks have %d bytes, want %d", shards, length, 100*size)
		}
		if diff := cmp.Diff(blocks[100:], got[len(got)-3:]); diff != "" {
			t.Errorf("%d shards: row groups: %s", shards, diff)
		}
	}
}
