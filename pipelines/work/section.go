package work

import (
	"encoding/binary"

	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/flow"
)

// Section is where a hash belongs: a section, counted over all shards.
func (w *Worker) Section(hash uint64) int {
	return int(hash >> (64 - brief.BucketBits) * uint64(w.Shards*w.InShard) >> brief.BucketBits)
}

// TakeSections joins the sections of each shard that has any bytes.
func TakeSections(inShard int, parts int, part func(i int) []byte, yield func(shard int, data []byte)) {
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
	d := Decoder{B: data}
	sizes, parts := make([]int, inShard), make([][]byte, inShard)
	for s := range sizes {
		sizes[s] = int(d.Uvarint())
	}
	for s, n := range sizes {
		parts[s] = d.Take(n)
	}
	return parts, d.Err
}

// Sectioned is the batches of one flow.Port, taken apart.
type Sectioned struct {
	Seq      int64
	Sections [][]byte
}

// AllSections takes every batch of a port apart. Where numbered, a number
// stands before the sections and takes the place of Seq.
func AllSections(w *Worker, in *flow.Inputs, p flow.Port, numbered bool) (all []Sectioned, err error) {
	err = in.Keep(p, func(b *flow.Batch, data []byte) (err error) {
		one := Sectioned{Seq: b.Seq}
		if numbered {
			d := Decoder{B: data}
			one.Seq, data = int64(d.Uvarint()), d.Rest()
		}
		one.Sections, err = sectionsOf(w.InShard, data)
		all = append(all, one)
		return err
	})
	return all, err
}

// EmitShards sends each shard what was collected for it.
func EmitShards(out *flow.Outputs, p flow.Port, shards [][]byte) {
	for s, data := range shards {
		if len(data) > 0 {
			out.Emit(p, s, data)
			shards[s] = nil
		}
	}
}
