package pipelines

import (
	"context"
	"encoding/binary"
	"slices"
)

var settleStage = stage{name: "settle", run: meet, outs: []port{"met"}}

// meet finds rows whose ids may be the same: of each row only 48 bits of
// the hash of its id have come here. What meets is looked at whole later, so
// two ids with one hash are no harm.
func meet(_ context.Context, w *worker, _ int, in *inputs, out *outputs) error {
	// The first pass only asks which hashes come twice: usually none.
	rows := 0
	for _, b := range in.batches {
		rows += int(b.len()) / (idBytes + 1)
	}
	seen := newHashSet(rows)
	var met hashSet
	type batch struct {
		block int64
		data  []byte
	}
	var batches []batch
	err := in.read("ids", func(b *Batch, data []byte) error {
		batches = append(batches, batch{b.Seq, data})
		d := decoder{b: data}
		for d.more() {
			later := d.uvarint()&1 != 0
			h := take48(&d)
			if seen.add(h) || later {
				met.add(h)
			}
		}
		return d.err
	})
	if err != nil || met.used == 0 {
		return err
	}
	found := map[int64][]byte{}
	last := map[int64]int64{}
	var order []int64
	for _, b := range batches {
		d, row := decoder{b: b.data}, int64(0)
		for d.more() {
			row += int64(d.uvarint() >> 1)
			if h := take48(&d); met.has(h) {
				if _, ok := found[b.block]; !ok {
					order = append(order, b.block)
				}
				found[b.block] = binary.AppendVarint(found[b.block], row-last[b.block])
				last[b.block] = row
			}
		}
	}
	slices.Sort(order)
	for _, block := range order {
		out.emit("met", int(block), found[block])
	}
	return nil
}

// take48 reads six bytes as a number that is never 0.
func take48(d *decoder) uint64 {
	b := d.take(idBytes)
	if b == nil {
		return 1
	}
	h := uint64(b[0])<<40 | uint64(b[1])<<32 | uint64(b[2])<<24 | uint64(b[3])<<16 | uint64(b[4])<<8 | uint64(b[5])
	return max(h, 1)
}

// hashSet is a set of numbers that are hashes already and never 0.
type hashSet struct {
	slots []uint64
	used  int
}

func newHashSet(expected int) *hashSet {
	size := 16
	for size < 2*expected {
		size *= 2
	}
	return &hashSet{slots: make([]uint64, size)}
}

// add puts h in and tells whether it was there.
func (s *hashSet) add(h uint64) bool {
	if 2*s.used >= len(s.slots) {
		s.grow()
	}
	mask := uint64(len(s.slots) - 1)
	for i := h * 0x9E3779B97F4A7C15 >> 16 & mask; ; i = (i + 1) & mask {
		switch s.slots[i] {
		case h:
			return true
		case 0:
			s.slots[i] = h
			s.used++
			return false
		}
	}
}

func (s *hashSet) has(h uint64) bool {
	mask := uint64(len(s.slots) - 1)
	for i := h * 0x9E3779B97F4A7C15 >> 16 & mask; ; i = (i + 1) & mask {
		switch s.slots[i] {
		case h:
			return true
		case 0:
			return false
		}
	}
}

func (s *hashSet) grow() {
	old := s.slots
	s.slots, s.used = make([]uint64, max(16, 2*len(old))), 0
	for _, h := range old {
		if h != 0 {
			s.add(h)
		}
	}
}
