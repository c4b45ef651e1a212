package pipelines

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/transforms/identity"
)

var (
	componentsStage = stage{name: "components", run: components, outs: []flow.Port{"labels"}}
	scatterStage    = stage{name: "scatter", run: scatter, outs: []flow.Port{"parts"}}
)

// components joins the keys that edges connect, in one worker, on integers:
// the fast way while the keys fit in memory.
func components(ctx context.Context, w *worker, _ int, in *flow.Inputs, out *flow.Outputs) error {
	counts, bases, total, err := readCounts(w, in)
	if err != nil {
		return err
	}
	c, err := identity.NewComponents(total)
	if err != nil {
		return err
	}
	place := func(node uint64) (uint32, error) {
		shard, n := int(node&(1<<bucketBits-1)), node>>bucketBits
		if shard >= len(bases) || n >= uint64(counts[shard]) {
			return 0, fmt.Errorf("an edge names key %d of shard %d, which is not there", n, shard)
		}
		return uint32(bases[shard] + int(n)), nil
	}
	err = in.Read("edges", func(_ *flow.Batch, data []byte) error {
		d := decoder{b: data}
		for d.more() {
			a, err := place(d.uvarint())
			if err != nil {
				return err
			}
			b, err := place(d.uvarint())
			if err != nil {
				return err
			}
			c.Join(a, b)
		}
		return d.err
	})
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	for s, n := range counts {
		labels := w.beginLabels(bases[s], n)
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
func (w *worker) beginLabels(base, n int) []byte {
	labels := make([]byte, 0, 4*n+4)
	if w.guarded {
		labels = binary.LittleEndian.AppendUint32(labels, uint32(base))
	}
	return labels
}

// scatter sends each key of one shard to its component, and with it what ties
// it to others.
func scatter(_ context.Context, w *worker, shard int, in *flow.Inputs, out *flow.Outputs) error {
	labels, err := in.One("labels")
	if err != nil {
		return err
	}
	states, err := in.One("states")
	if err != nil {
		return err
	}
	base := uint32(0)
	if w.guarded && len(labels) >= 4 {
		base, labels = binary.LittleEndian.Uint32(labels), labels[4:]
	}
	parts := make([][]byte, w.Shards*w.inShard)
	for s := range parts { // most keys are about as many bytes
		parts[s] = make([]byte, 0, len(states)/len(parts)*3/2+64)
	}
	d := decoder{b: states}
	for node := 0; d.more(); node++ {
		if len(labels) < 4*node+4 {
			return fmt.Errorf("key %d of shard %d has no label", node, shard)
		}
		label := binary.LittleEndian.Uint32(labels[4*node:])
		p := &parts[w.section(labelHash(label))]
		*p = binary.LittleEndian.AppendUint32(*p, label)
		if w.noded {
			*p = binary.AppendUvarint(*p, uint64(node))
		}
		*p = appendBytes(*p, d.bytes())
	}
	if d.err != nil {
		return d.err
	}
	if w.guarded {
		if err := w.scatterBonds(in, base, labels, parts); err != nil {
			return err
		}
	}
	in.Release()
	takeSections(w.inShard, len(parts), func(i int) []byte { return parts[i] }, func(shard int, data []byte) { out.Emit("parts", shard, data) })
	return nil
}

// scatterBonds makes of the keys of each section what guard reads: the place
// of the shard's first key among all, the keys, and what ties them.
func (w *worker) scatterBonds(in *flow.Inputs, base uint32, labels []byte, parts [][]byte) error {
	var bonds []bond
	err := in.Read("bonds", func(_ *flow.Batch, data []byte) error {
		return readBonds(data, func(b bond) { bonds = append(bonds, b) })
	})
	if err != nil {
		return err
	}
	for s, keys := range parts {
		if len(keys) > 0 {
			parts[s] = appendBytes(binary.AppendUvarint(make([]byte, 0, len(keys)+16), uint64(base)), keys)
		}
	}
	for _, b := range mergeBonds(bonds) {
		n := b.a >> bucketBits
		if n >= uint64(len(labels)/4) {
			return fmt.Errorf("a link names key %d, which is not there", n)
		}
		p := &parts[w.section(labelHash(binary.LittleEndian.Uint32(labels[4*n:])))]
		*p = b.append(*p)
	}
	return nil
}
