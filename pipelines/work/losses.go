package work

import (
	"encoding/binary"
	"maps"
	"slices"

	"github.com/habitue-data/habitue/pipelines/flow"
)

// What is told of a row that is not in force, or not in every way.
const (
	LostRow   = 0 // it is not in force
	LostOrder = 1 // its order is counted elsewhere
	LostName  = 2 // and up: it is number lost-LostName among equal rows without an id
)

// Loss is such a row.
type Loss struct {
	Row  int64
	What int
}

// Losses are those of each block, in order of row.
type Losses map[int][]Loss

// ReadLost gives the losses that some ports tell.
func ReadLost(in *flow.Inputs, ports ...flow.Port) (Losses, error) {
	lost := Losses{}
	for _, p := range ports {
		if err := in.Read(p, func(_ *flow.Batch, data []byte) error { return lost.Add(data) }); err != nil {
			return nil, err
		}
	}
	lost.Sort()
	return lost, nil
}

// Add takes in what gather or compare told of several blocks.
func (l Losses) Add(data []byte) error {
	d := Decoder{B: data}
	for d.More() {
		block := int(d.Uvarint())
		l[block] = append(l[block], LossesOf(d.Bytes())...)
	}
	return d.Err
}

// Sort puts the losses of each block in order of row.
func (l Losses) Sort() {
	for _, one := range l {
		slices.SortFunc(one, func(a, b Loss) int {
			if a.Row != b.Row {
				return int(a.Row - b.Row)
			}
			return a.What - b.What
		})
	}
}

// LossesOf reads what is told of one block.
func LossesOf(data []byte) (all []Loss) {
	d, row := Decoder{B: data}, int64(0)
	for d.More() {
		row += int64(d.Uvarint())
		all = append(all, Loss{row, int(d.Uvarint())})
	}
	return all
}

// AppendLosses appends what LossesOf reads, of one block in order of row.
func AppendLosses(b []byte, one []Loss) []byte {
	row := int64(0)
	for _, l := range one {
		b = binary.AppendUvarint(b, uint64(l.Row-row))
		b = binary.AppendUvarint(b, uint64(l.What))
		row = l.Row
	}
	return b
}

// LossWriter collects losses by the shard that must hear of them: to tell all
// of all would cost as many times the losses as there are shards.
type LossWriter map[int]Losses

// Add notes a loss for a shard.
func (w LossWriter) Add(shard, block int, l Loss) {
	if w[shard] == nil {
		w[shard] = Losses{}
	}
	if had := w[shard][block]; len(had) == 0 || had[len(had)-1] != l { // two keys of a row may be in one shard
		w[shard][block] = append(had, l)
	}
}

// Take gives what add of losses reads, by shard.
func (w LossWriter) Take(yield func(shard int, data []byte)) {
	for _, shard := range slices.Sorted(maps.Keys(w)) {
		w[shard].Sort()
		var data []byte
		for _, block := range slices.Sorted(maps.Keys(w[shard])) {
			data = AppendBytes(binary.AppendUvarint(data, uint64(block)), AppendLosses(nil, w[shard][block]))
		}
		yield(shard, data)
	}
}
