package pipelines

import (
	"encoding/binary"
	"maps"
	"slices"

	"github.com/habitue-data/habitue/pipelines/flow"
)

// What is told of a row that is not in force, or not in every way.
const (
	lostRow   = 0 // it is not in force
	lostOrder = 1 // its order is counted elsewhere
	lostName  = 2 // and up: it is number lost-lostName among equal rows without an id
)

// loss is such a row.
type loss struct {
	row  int64
	what int
}

// losses are those of each block, in order of row.
type losses map[int][]loss

// readLost gives the losses that some ports tell.
func readLost(in *flow.Inputs, ports ...flow.Port) (losses, error) {
	lost := losses{}
	for _, p := range ports {
		if err := in.Read(p, func(_ *flow.Batch, data []byte) error { return lost.add(data) }); err != nil {
			return nil, err
		}
	}
	lost.sort()
	return lost, nil
}

// add takes in what gather or compare told of several blocks.
func (l losses) add(data []byte) error {
	d := decoder{b: data}
	for d.more() {
		block := int(d.uvarint())
		l[block] = append(l[block], lossesOf(d.bytes())...)
	}
	return d.err
}

func (l losses) sort() {
	for _, one := range l {
		slices.SortFunc(one, func(a, b loss) int {
			if a.row != b.row {
				return int(a.row - b.row)
			}
			return a.what - b.what
		})
	}
}

// lossesOf reads what is told of one block.
func lossesOf(data []byte) (all []loss) {
	d, row := decoder{b: data}, int64(0)
	for d.more() {
		row += int64(d.uvarint())
		all = append(all, loss{row, int(d.uvarint())})
	}
	return all
}

// appendLosses appends what lossesOf reads, of one block in order of row.
func appendLosses(b []byte, one []loss) []byte {
	row := int64(0)
	for _, l := range one {
		b = binary.AppendUvarint(b, uint64(l.row-row))
		b = binary.AppendUvarint(b, uint64(l.what))
		row = l.row
	}
	return b
}

// lossWriter collects losses by the shard that must hear of them: to tell all
// of all would cost as many times the losses as there are shards.
type lossWriter map[int]losses

func (w lossWriter) add(shard, block int, l loss) {
	if w[shard] == nil {
		w[shard] = losses{}
	}
	if had := w[shard][block]; len(had) == 0 || had[len(had)-1] != l { // two keys of a row may be in one shard
		w[shard][block] = append(had, l)
	}
}

// take gives what add of losses reads, by shard.
func (w lossWriter) take(yield func(shard int, data []byte)) {
	for _, shard := range slices.Sorted(maps.Keys(w)) {
		w[shard].sort()
		var data []byte
		for _, block := range slices.Sorted(maps.Keys(w[shard])) {
			data = appendBytes(binary.AppendUvarint(data, uint64(block)), appendLosses(nil, w[shard][block]))
		}
		yield(shard, data)
	}
}
