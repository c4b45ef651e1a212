package extract

import (
	"bytes"
	"context"
	"encoding/binary"
	"maps"
	"slices"

	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/zeebo/xxh3"
)

var compareStage = work.Stage{Name: "compare", Run: compare, Outs: []flow.Port{"doubled", "doubledrows"}}

// compare has every mention of the order numbers of one shard, by orders and
// by events that are orders, and finds the events whose order is counted
// elsewhere: the order's own source counts, else the event that came first.
// It asks only rows that are in force, so it comes behind gather: what held
// up to then decided before which of two equal events stays.
func compare(_ context.Context, w *work.Worker, _ int, in *flow.Inputs, out *flow.Outputs) error {
	batches, err := in.All("ordernames")
	if err != nil {
		return err
	}
	lost := work.Losses{}
	for _, data := range batches {
		if data[0] == namesLost {
			if err := lost.Add(data[1:]); err != nil {
				return err
			}
		}
	}
	lost.Sort()
	own := map[string]bool{}
	events := map[string][]orderName{}
	for _, data := range batches {
		if data[0] != namesTold {
			continue
		}
		d := work.Decoder{B: data[1:]}
		block := int(d.Uvarint())
		gone := lost[block]
		for d.More() {
			o := readOrderName(&d, block)
			for len(gone) > 0 && gone[0].Row < o.row {
				gone = gone[1:]
			}
			if len(gone) > 0 && gone[0].Row == o.row {
				if gone[0].What == work.LostRow {
					continue
				}
				o.among = gone[0].What
			}
			if o.own {
				own[string(o.number)] = true
				continue
			}
			o.place = w.Places[w.SourceOf(block)]
			events[string(o.number)] = append(events[string(o.number)], o)
		}
		if d.Err != nil {
			return d.Err
		}
	}
	doubled, rows := work.LossWriter{}, work.Losses{}
	for number, all := range events {
		slices.SortFunc(all, orderName.compare)
		if !own[number] {
			all = all[1:]
		}
		for _, o := range all {
			doubled.Add(o.shard, o.block, work.Loss{Row: o.row, What: work.LostOrder})
			rows[o.block] = append(rows[o.block], work.Loss{Row: o.row, What: work.LostOrder})
		}
	}
	doubled.Take(func(shard int, data []byte) { out.Emit("doubled", shard, data) })
	rows.Sort()
	for _, block := range slices.Sorted(maps.Keys(rows)) {
		out.Emit("doubledrows", block, work.AppendLosses(nil, rows[block]))
	}
	return nil
}

// What comes to compare, by its first byte.
const (
	namesTold = 0 // numbers of orders, as the rows of a block mention them
	namesLost = 1 // rows with such numbers that are not in force, or have equals
)

// orderName is a mention of an order by its number.
type orderName struct {
	own          bool // by the order itself
	number       []byte
	block        int
	row          int64
	at           int64
	place, among int // of the source; of the row among equal ones without an id
	id           []byte
	shard        int // of the row's strongest key, which counts the order
}

// compare puts the event that came first before the others.
func (o orderName) compare(p orderName) int {
	switch {
	case o.at != p.at:
		if o.at < p.at {
			return -1
		}
		return 1
	case o.place != p.place:
		return o.place - p.place
	}
	if c := bytes.Compare(o.id, p.id); c != 0 {
		return c
	}
	return o.among - p.among
}

func readOrderName(d *work.Decoder, block int) orderName {
	o := orderName{own: d.Byte() != 0, block: block, number: d.Bytes(), row: int64(d.Uvarint())}
	if !o.own {
		o.at, o.id, o.shard = int64(d.Uint64()), d.Bytes(), int(d.Uvarint())
	}
	return o
}

// nameWriter collects the order numbers that the rows of a block mention, by
// shard of the number. Numbers are compared whole, so they travel whole.
type nameWriter struct {
	worker *work.Worker
	shards [][]byte
}

func newNameWriter(w *work.Worker) *nameWriter { return &nameWriter{w, make([][]byte, w.Shards)} }

func (n *nameWriter) shardOf(number []byte) *[]byte {
	return &n.shards[n.worker.Shard(numberHash(number))]
}

func numberHash(number []byte) uint64 { return xxh3.Hash(number) }

// order adds an order under its number.
func (n *nameWriter) order(number []byte, row int64) {
	s := n.shardOf(number)
	*s = binary.AppendUvarint(work.AppendBytes(append(*s, 1), number), uint64(row))
}

// event adds an event that is the order of that number; strongest is where
// its order would be counted.
func (n *nameWriter) event(number []byte, row, at int64, id []byte, strongest int) {
	s := n.shardOf(number)
	*s = binary.AppendUvarint(work.AppendBytes(append(*s, 0), number), uint64(row))
	*s = work.AppendBytes(binary.LittleEndian.AppendUint64(*s, uint64(at)), id)
	*s = binary.AppendUvarint(*s, uint64(strongest))
}

// take gives the mentions of a block so far and starts anew.
func (n *nameWriter) take(block int, yield func(shard int, data []byte)) {
	for shard, data := range n.shards {
		if len(data) > 0 {
			yield(shard, append(binary.AppendUvarint(nil, uint64(block)), data...))
			n.shards[shard] = nil
		}
	}
}
