package resolve

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/identity"
)

var (
	componentsStage = work.Stage{Name: "components", Run: components, Outs: []flow.Port{"labels"}}
	scatterStage    = work.Stage{Name: "scatter", Run: scatter, Outs: []flow.Port{"parts"}}
)

// components joins the keys that edges connect, in one worker, on integers:
// the fast way while the keys fit in memory.
func components(ctx context.Context, w *work.Worker, _ int, in *flow.Inputs, out *flow.Outputs) error {
	counts, bases, total, err := readCounts(w, in)
	if err != nil {
		return err
	}
	c, err := identity.NewComponents(total)
	if err != nil {
		return err
	}
	place := func(node uint64) (uint32, error) {
		shard, n := int(node&(1<<brief.BucketBits-1)), node>>brief.BucketBits
		if shard >= len(bases) || n >= uint64(counts[shard]) {
			return 0, fmt.Errorf("an edge names key %d of shard %d, which is not there", n, shard)
		}
		return uint32(bases[shard] + int(n)), nil
	}
	err = in.Read("edges", func(_ *flow.Batch, data []byte) error {
		d := work.Decoder{B: data}
		for d.More() {
			a, err := place(d.Uvarint())
			if err != nil {
				return err
			}
			b, err := place(d.Uvarint())
			if err != nil {
				return err
			}
			c.Join(a, b)
		}
		return d.Err
	})
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	for s, n := range counts {
		labels := beginLabels(w, bases[s], n)
		for i := range n {
			labels = binary.LittleEndian.AppendUint32(labels, c.Find(uint32(bases[s]+i)))
		}
		out.Emit("labels", s, labels)
	}
	return nil
}

// labelHash spreads components over shards; nothing that is written depends
// on it.
func labelHash(label uint32) uint64 { return uint64(label) * 0x9E3779B97F4A7C15 }

// beginLabels is what goes before the labels of a shard: where single links
// are looked at, the place of its first key among all.
func beginLabels(w *work.Worker, base, n int) []byte {
	labels := make([]byte, 0, 4*n+4)
	if w.Guarded {
		labels = binary.LittleEndian.AppendUint32(labels, uint32(base))
	}
	return labels
}

// scatter sends each key of one shard to its component, and with it what ties
// it to others.
func scatter(_ context.Context, w *work.Worker, shard int, in *flow.Inputs, out *flow.Outputs) error {
	labels, err := in.One("labels")
	if err != nil {
		return err
	}
	states, err := in.One("states")
	if err != nil {
		return err
	}
	base := uint32(0)
	if w.Guarded && len(labels) >= 4 {
		base, labels = binary.LittleEndian.Uint32(labels), labels[4:]
	}
	parts := make([][]byte, w.Shards*w.InShard)
	for s := range parts { // most keys are about as many bytes
		parts[s] = make([]byte, 0, len(states)/len(parts)*3/2+64)
	}
	d := work.Decoder{B: states}
	for node := 0; d.More(); node++ {
		if len(labels) < 4*node+4 {
			return fmt.Errorf("key %d of shard %d has no label", node, shard)
		}
		label := binary.LittleEndian.Uint32(labels[4*node:])
		p := &parts[w.Section(labelHash(label))]
		*p = binary.LittleEndian.AppendUint32(*p, label)
		if w.Noded {
			*p = binary.AppendUvarint(*p, uint64(node))
		}
		*p = work.AppendBytes(*p, d.Bytes())
	}
	if d.Err != nil {
		return d.Err
	}
	if w.Guarded {
		if err := scatterBonds(w, in, base, labels, parts); err != nil {
			return err
		}
	}
	in.Release()
	work.TakeSections(w.InShard, len(parts), func(i int) []byte { return parts[i] }, func(shard int, data []byte) { out.Emit("parts", shard, data) })
	return nil
}

// scatterBonds makes of the keys of each section what guard reads: the place
// of the shard's first key among all, the keys, and what ties them.
func scatterBonds(w *work.Worker, in *flow.Inputs, base uint32, labels []byte, parts [][]byte) error {
	var bonds []bond
	err := in.Read("bonds", func(_ *flow.Batch, data []byte) error {
		return readBonds(data, func(b bond) { bonds = append(bonds, b) })
	})
	if err != nil {
		return err
	}
	for s, keys := range parts {
		if len(keys) > 0 {
			parts[s] = work.AppendBytes(binary.AppendUvarint(make([]byte, 0, len(keys)+16), uint64(base)), keys)
		}
	}
	for _, b := range mergeBonds(bonds) {
		n := b.a >> brief.BucketBits
		if n >= uint64(len(labels)/4) {
			return fmt.Errorf("a link names key %d, which is not there", n)
		}
		p := &parts[w.Section(labelHash(binary.LittleEndian.Uint32(labels[4*n:])))]
		*p = b.append(*p)
	}
	return nil
}
