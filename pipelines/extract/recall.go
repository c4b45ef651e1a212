package extract

import (
	"context"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/mapping"
)

var recallStage = work.Stage{Name: "recall", Run: recall, Outs: []flow.Port{"recalled"}}

// recall reads a block again where ids of its rows have met others, and
// sends just those rows whole to where all of one id come together. Keeping
// every row until settle has spoken was rejected: it would hold what is
// almost never asked for.
func recall(ctx context.Context, w *work.Worker, key int, in *flow.Inputs, out *flow.Outputs) error {
	if !in.Has("met") {
		return nil
	}
	var rows []int64
	err := in.Read("met", func(_ *flow.Batch, data []byte) error {
		d, row := work.Decoder{B: data}, int64(0)
		for d.More() {
			row += d.Varint()
			rows = append(rows, row)
		}
		return d.Err
	})
	if err != nil {
		return err
	}
	wanted := make(map[int64]bool, len(rows))
	for _, r := range rows {
		wanted[r] = true
	}
	x, err := newExtractor(w, in, "again", key)
	if err != nil {
		return err
	}
	whole := newWholeWriter(w.Shards)
	row := int64(0)
	err = readBlock(ctx, w, x.block, func(in *columns.Chunk, mapped *mapping.Mapped) error {
		x.records.bind(in, mapped)
		for i := range mapped.N {
			if wanted[row] {
				id := x.records.id(i)
				whole.add(w.Shard(work.IDHash(x.file.Source, id)), x.records, i, key, row, in.Line(i), id)
			}
			row++
		}
		return nil
	})
	if err != nil {
		return err
	}
	whole.take(func(shard int, data []byte) { out.Emit("recalled", shard, data) })
	return nil
}
