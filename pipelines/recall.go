package pipelines

import (
	"context"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/transforms/mapping"
)

var recallStage = stage{name: "recall", run: recall, outs: []flow.Port{"recalled"}}

// recall reads a block again where ids of its rows have met others, and
// sends just those rows whole to where all of one id come together. Keeping
// every row until settle has spoken was rejected: it would hold what is
// almost never asked for.
func recall(ctx context.Context, w *worker, key int, in *flow.Inputs, out *flow.Outputs) error {
	if !in.Has("met") {
		return nil
	}
	var rows []int64
	err := in.Read("met", func(_ *flow.Batch, data []byte) error {
		d, row := decoder{b: data}, int64(0)
		for d.more() {
			row += d.varint()
			rows = append(rows, row)
		}
		return d.err
	})
	if err != nil {
		return err
	}
	wanted := make(map[int64]bool, len(rows))
	for _, r := range rows {
		wanted[r] = true
	}
	data, err := in.One("again")
	if err != nil {
		return err
	}
	x, err := newExtractor(w, data, key)
	if err != nil {
		return err
	}
	whole := newWholeWriter(w.Shards)
	row := int64(0)
	err = w.readBlock(ctx, x.block, func(in *columns.Chunk, mapped *mapping.Mapped) error {
		x.records.bind(in, mapped)
		for i := range mapped.N {
			if wanted[row] {
				id := x.records.id(i)
				whole.add(w.shard(idHash(x.file.Source, id)), x.records, i, key, row, in.Line(i), id)
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
