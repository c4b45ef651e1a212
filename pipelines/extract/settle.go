package extract

import (
	"context"
	"encoding/binary"
	"maps"
	"slices"

	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
)

var settleStage = work.Stage{Name: "settle", Run: meet, Outs: []flow.Port{"met"}}

// meet finds rows whose ids may be the same: of each row only 48 bits of
// the hash of its id have come here. What meets is looked at whole later, so
// two ids with one hash are no harm.
func meet(_ context.Context, w *work.Worker, _ int, in *flow.Inputs, out *flow.Outputs) error {
	batches, err := work.AllSections(w, in, "ids", false)
	if err != nil {
		return err
	}
	found := map[int64]*metRows{}
	seen := &hashSet{}
	for section := range w.InShard {
		if err := meetSection(batches, section, seen, found); err != nil {
			return err
		}
	}
	in.Release()
	for _, block := range slices.Sorted(maps.Keys(found)) {
		out.Emit("met", int(block), found[block].data)
	}
	return nil
}

// metRows is the rows of one block that met others, as differences.
type metRows struct {
	data []byte
	last int64
}

func meetSection(batches []work.Sectioned, section int, seen *hashSet, found map[int64]*metRows) error {
	rows := 0
	for _, b := range batches {
		rows += len(b.Sections[section]) / (work.IdBytes + 1)
	}
	seen.reset(rows)
	// The first pass only asks which hashes come twice: usually none.
	var met hashSet
	for _, b := range batches {
		d := work.Decoder{B: b.Sections[section]}
		for d.More() {
			later := d.Uvarint()&1 != 0
			h := take48(&d)
			if seen.add(h) || later {
				met.add(h)
			}
		}
		if d.Err != nil {
			return d.Err
		}
	}
	if met.used == 0 {
		return nil
	}
	for _, b := range batches {
		d, row := work.Decoder{B: b.Sections[section]}, int64(0)
		for d.More() {
			row += int64(d.Uvarint() >> 1)
			if !met.has(take48(&d)) {
				continue
			}
			f := found[b.Seq]
			if f == nil {
				f = &metRows{}
				found[b.Seq] = f
			}
			f.data = binary.AppendVarint(f.data, row-f.last)
			f.last = row
		}
	}
	return nil
}

// take48 reads six bytes as a number that is never 0.
func take48(d *work.Decoder) uint64 {
	b := d.Take(work.IdBytes)
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

// reset empties the set and makes room for so many.
func (s *hashSet) reset(expected int) {
	size := 16
	for size < 2*expected {
		size *= 2
	}
	if size > len(s.slots) {
		s.slots = make([]uint64, size)
	} else {
		s.slots = s.slots[:size]
		clear(s.slots)
	}
	s.used = 0
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
