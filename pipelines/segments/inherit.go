package segments

import (
	"context"
	"encoding/binary"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/segment"
)

var inheritStage = work.Stage{Name: "inherit", Run: inherit, Outs: []flow.Port{"belonged", "turnedon", "kin"}}

// inherit tells of who became part of another, or parted from it, in which
// scheduled segments it was that are not told tonight: the other is in another
// shard.
func inherit(_ context.Context, w *work.Worker, shard int, in *flow.Inputs, out *flow.Outputs) error {
	set, err := w.Segments.Set()
	if err != nil {
		return err
	}
	carried := w.Segments.Carried(set, w.AsOf)
	turns, err := readTurns(in.Keep, "turned")
	if err != nil {
		return err
	}
	if len(carried) > 0 && len(turns) > 0 {
		b, err := readBelonged(w, in.Keep, "membersbefore")
		if err != nil {
			return err
		}
		shards := make([][]byte, w.Shards)
		for _, t := range turns {
			if w.IdShard(t.ID) != shard {
				continue
			}
			for _, one := range b.of(t.ID) {
				if !carried[one.segment] || t.Merged && !one.open() || !t.Merged && !one.lost(w.Segments.Before.Told[one.segment]) {
					continue
				}
				k, _ := set.Index(one.segment)
				to := &shards[w.IdShard(t.Other)]
				*to = binary.AppendUvarint(append(*to, t.Other[:]...), uint64(k))
				*to = binary.AppendVarint(*to, one.left)
			}
		}
		work.EmitShards(out, "kin", shards)
	}
	in.Pass("membersbefore", out, "belonged")
	in.Pass("turned", out, "turnedon")
	return nil
}

// lost tells whether the interval ended because the customer was no more, since
// the segment was told.
func (one *interval) lost(told int32) bool {
	return !one.open() && one.leftReason == segment.ByIdentity && one.left > int64(told)
}

func readTurns(read reading, p flow.Port) (all []work.Turn, err error) {
	return all, read(p, func(_ *flow.Batch, data []byte) error {
		d := work.Decoder{B: data}
		for d.More() {
			var t work.Turn
			t.Read(&d)
			all = append(all, t)
		}
		return d.Err
	})
}

// inherited are the customers who are in a carried segment otherwise than by the
// intervals of their own: whom a member became part of is one, and is none any
// more where that member parted again, who is one then.
func (s *segmenting) inherited(in *flow.Inputs, people *columns.Chunk) (map[string]map[customer.ID]bool, error) {
	all := map[string]map[customer.ID]bool{}
	for name := range s.Segments.Carried(s.set, s.AsOf) {
		all[name] = map[customer.ID]bool{}
	}
	if len(all) == 0 {
		return nil, nil
	}
	kind := people.Col("kind")
	for i, id := range s.h.IDs {
		if !kind.Missing(i) {
			continue // was there
		}
		for _, one := range s.belonged.of(id) {
			if to := all[one.segment]; to != nil && one.lost(s.Segments.Before.Told[one.segment]) {
				to[id] = true
			}
		}
	}
	return all, in.Read("kin", func(_ *flow.Batch, data []byte) error {
		d := work.Decoder{B: data}
		for d.More() {
			var id customer.ID
			copy(id[:], d.Take(len(id)))
			k, left := d.Uvarint(), d.Varint()
			if d.Err != nil {
				return d.Err
			}
			name := s.set.Definitions[k].Name
			switch {
			case left == columns.MissingInt:
				all[name][id] = true
			case !all[name][id] && s.hasFrom(id, name, left):
				all[name][id] = false
			}
		}
		return d.Err
	})
}

// hasFrom tells whether a customer is a member because another became part of it
// on a day, or later, through a third.
func (s *segmenting) hasFrom(id customer.ID, name string, day int64) bool {
	for _, one := range s.belonged.of(id) {
		if one.segment == name && one.open() && one.enteredReason == segment.ByIdentity && one.entered >= day {
			return true
		}
	}
	return false
}
