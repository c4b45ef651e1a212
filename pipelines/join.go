package pipelines

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/habitue-data/habitue/transforms/identity"
)

var (
	linkStage       = stage{name: "link", run: link, outs: []port{"edges", "ties"}}
	componentsStage = stage{name: "components", run: components, outs: []port{"labels"}}
	scatterStage    = stage{name: "scatter", run: scatter, outs: []port{"parts"}}
)

// link has the numbers of the keys that the records of one block hold: two
// keys on one record are an edge.
func link(_ context.Context, w *worker, _ int, in *inputs, out *outputs) error {
	var first []uint64 // node of each row, plus one
	var edges []byte
	var links [][2]uint64
	err := in.read("nodes", func(_ *Batch, data []byte) error {
		return readNodes(data, func(row int64, node uint64) {
			if row >= int64(len(first)) {
				first = append(first, make([]uint64, row+1-int64(len(first)))...)
			}
			if first[row] == 0 {
				first[row] = node + 1
				return
			}
			switch {
			case first[row] == node+1:
			case w.Rounds > 0:
				links = append(links, [2]uint64{first[row] - 1, node})
			default:
				edges = binary.AppendUvarint(edges, first[row]-1)
				edges = binary.AppendUvarint(edges, node)
			}
		})
	})
	if err != nil {
		return err
	}
	if len(edges) > 0 {
		out.emit("edges", 0, edges)
	}
	said := newWordWriter(w)
	for _, l := range identity.Contract(links) {
		said.say(identity.Word{To: l[0], About: l[1], Kind: identity.Link})
		said.say(identity.Word{To: l[1], About: l[0], Kind: identity.Link})
	}
	said.take(func(shard int, data []byte) { out.emit("ties", shard, data) })
	return nil
}

// components joins the keys that edges connect, in one worker, on integers:
// the fast way while the keys fit in memory.
func components(ctx context.Context, w *worker, _ int, in *inputs, out *outputs) error {
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
	err = in.read("edges", func(_ *Batch, data []byte) error {
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
		labels := make([]byte, 0, 4*n)
		for i := range n {
			labels = binary.LittleEndian.AppendUint32(labels, c.Find(uint32(bases[s]+i)))
		}
		out.emit("labels", s, labels)
	}
	return nil
}

// labelHash spreads components over shards; nothing that is written depends
// on it.
func labelHash(label uint32) uint64 { return uint64(label) * 0x9E3779B97F4A7C15 }

// scatter sends each key of one shard to its component.
func scatter(_ context.Context, w *worker, shard int, in *inputs, out *outputs) error {
	labels, err := in.one("labels")
	if err != nil {
		return err
	}
	states, err := in.one("states")
	if err != nil {
		return err
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
		if w.filed {
			*p = binary.AppendUvarint(*p, uint64(node))
		}
		*p = appendBytes(*p, d.bytes())
	}
	if d.err != nil {
		return d.err
	}
	in.release()
	takeSections(w.inShard, len(parts), func(i int) []byte { return parts[i] }, func(shard int, data []byte) { out.emit("parts", shard, data) })
	return nil
}
