package pipelines

import (
	"encoding/binary"

	"github.com/habitue-data/habitue/pipelines/flow"
)

// section is where a hash belongs: a section, counted over all shards.
func (w *worker) section(hash uint64) int {
	return int(hash >> (64 - bucketBits) * uint64(w.Shards*w.inShard) >> bucketBits)
}

// takeSections joins the sections of each shard that has any bytes.
func takeSections(inShard int, parts int, part func(i int) []byte, yield func(shard int, data []byte)) {
	for shard := range parts / inShard {
		size := 0
		for s := range inShard {
			size += len(part(shard*inShard + s))
		}
		if size == 0 {
			continue
		}
		data := make([]byte, 0, size+3*inShard)
		for s := range inShard {
			data = binary.AppendUvarint(data, uint64(len(part(shard*inShard+s))))
		}
		for s := range inShard {
			data = append(data, part(shard*inShard+s)...)
		}
		yield(shard, data)
	}
}

// sectionsOf takes a batch apart again.
func sectionsOf(inShard int, data []byte) ([][]byte, error) {
	d := decoder{b: data}
	sizes, parts := make([]int, inShard), make([][]byte, inShard)
	for s := range sizes {
		sizes[s] = int(d.uvarint())
	}
	for s, n := range sizes {
		parts[s] = d.take(n)
	}
	return parts, d.err
}

// sectioned is the batches of one flow.Port, taken apart.
type sectioned struct {
	seq      int64
	sections [][]byte
}

// allSections takes every batch of a port apart. Where numbered, a number
// stands before the sections and takes the place of Seq.
func allSections(w *worker, in *flow.Inputs, p flow.Port, numbered bool) (all []sectioned, err error) {
	err = in.Keep(p, func(b *flow.Batch, data []byte) (err error) {
		one := sectioned{seq: b.Seq}
		if numbered {
			d := decoder{b: data}
			one.seq, data = int64(d.uvarint()), d.rest()
		}
		one.sections, err = sectionsOf(w.inShard, data)
		all = append(all, one)
		return err
	})
	return all, err
}

// emitShards sends each shard what was collected for it.
func emitShards(out *flow.Outputs, p flow.Port, shards [][]byte) {
	for s, data := range shards {
		if len(data) > 0 {
			out.Emit(p, s, data)
			shards[s] = nil
		}
	}
}
