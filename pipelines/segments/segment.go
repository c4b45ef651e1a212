package segments

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/activation"
	"github.com/habitue-data/habitue/transforms/segment"
)

var segmentStage = work.Stage{Name: "segment", Run: segments, Outs: []flow.Port{"segmentfiles", "segmented"}}

// segments tells for the customers of one shard who belongs where, who came
// and who left, and who is written to.
func segments(_ context.Context, w *work.Worker, shard int, in *flow.Inputs, out *flow.Outputs) error {
	s := &segmenting{Worker: w, out: out}
	if err := s.begin(shard, in); err != nil {
		return err
	}
	people := 0
	for m := 0; people < len(s.h.IDs) || m < len(s.belonged.ids); {
		// Whoever is known today or was a member, in order of id.
		switch next := s.compare(people, m); {
		case next < 0:
			if err := s.customer(people, nil); err != nil {
				return err
			}
			people++
		default:
			from := m
			for m < len(s.belonged.ids) && s.belonged.ids[m] == s.belonged.ids[from] {
				m++
			}
			if next > 0 {
				if err := s.gone(s.belonged.rowsOf(from, m)); err != nil {
					return err
				}
				continue
			}
			if err := s.customer(people, s.belonged.rowsOf(from, m)); err != nil {
				return err
			}
			people++
		}
	}
	return s.end()
}

// segmenting is the work on one shard.
type segmenting struct {
	*work.Worker
	out      *flow.Outputs
	set      *segment.Set
	versions []string
	lists    *work.Listed
	h        *customer.Histories
	today    *segment.Evaluator
	why      *reasons // nil where there was no run before
	decider  *activation.Decider
	belonged *belonged
	counts   []segmentCount

	members, moves, exports *segmentTable
	truths                  []segment.Truth
	was                     []int // row of the open interval in each segment, -1 for none
}

// segmentCount is how many there are, by segment.
type segmentCount struct{ members, entered, left, unknown int64 }

func (s *segmenting) begin(shard int, in *flow.Inputs) (err error) {
	if s.set, err = s.Segments.Set(); err != nil {
		return err
	}
	for _, d := range s.set.Definitions {
		s.versions = append(s.versions, d.Hash())
	}
	s.counts, s.was = make([]segmentCount, len(s.versions)), make([]int, len(s.versions))
	if s.lists, err = s.Listed(); err != nil {
		return err
	}
	if s.h, err = s.GatherHistories(in, "people", "told", "consented"); err != nil {
		return err
	}
	if s.belonged, err = readBelonged(s.Worker, in.Read, "belonged"); err != nil {
		return err
	}
	s.h.Tables[customer.OfMembers] = s.belonged.history(s.h.IDs)
	env := segment.Env{View: customer.View{AsOf: s.AsOf, Known: math.MaxInt32}, Salt: s.Salt, Carried: s.Segments.Carried(s.set, s.AsOf)}
	if env.Static, err = s.static(in); err != nil {
		return err
	}
	if s.Segments.Before != nil {
		people, err := gatherPeople(s.Worker, in, s.h.IDs, "peoplebefore")
		if err != nil {
			return err
		}
		if env.Turned, err = s.inherited(in, people); err != nil {
			return err
		}
		turns, err := readTurns(in.Read, "turnedon")
		if err != nil {
			return err
		}
		if s.why, err = s.newReasons(people, turns, env); err != nil {
			return err
		}
	}
	if s.today, err = s.set.Bind(s.h, env); err != nil {
		return err
	}
	if len(s.Segments.Destinations) > 0 {
		s.decider = activation.NewDecider(s.Segments.Destinations, s.h, s.AsOf)
	}
	return s.tables(shard)
}

// static are the members of static segments among the customers of the shard. An
// id that is a customer's is that one; of one that is part of another the ledger
// tells whose.
func (s *segmenting) static(in *flow.Inputs) (map[string]map[customer.ID]bool, error) {
	all := map[string]map[customer.ID]bool{}
	for _, l := range s.lists.Lists {
		all[l.Segment] = map[customer.ID]bool{}
	}
	for id, lists := range s.lists.IDs {
		for _, list := range lists {
			all[s.lists.Lists[list].Segment][id] = true
		}
	}
	for _, p := range []flow.Port{"listed", "listedids"} {
		err := in.Read(p, func(_ *flow.Batch, data []byte) error {
			return work.ReadListed(&work.Decoder{B: data}, func(id customer.ID, list uint64) { all[s.lists.Lists[list].Segment][id] = true })
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// compare tells who comes first: the next customer of today, or of those who
// were members.
func (s *segmenting) compare(person, member int) int {
	switch {
	case person == len(s.h.IDs):
		return 1
	case member == len(s.belonged.ids):
		return -1
	}
	return bytes.Compare(s.h.IDs[person][:], s.belonged.ids[member][:])
}

// customer tells where a customer of today belongs; rows are its intervals as
// the run before left them.
func (s *segmenting) customer(i int, rows []int) error {
	for k := range s.was {
		s.was[k] = -1
	}
	s.truths = append(s.truths[:0], s.today.Customer(i)...)
	id := s.h.IDs[i]
	for _, r := range rows {
		one := s.belonged.interval(r)
		k, there := s.set.Index(one.segment)
		if one.open() && there {
			s.was[k] = r
			if s.truths[k] == segment.True {
				if err := s.members.add(id, one); err != nil {
					return err
				}
			}
			continue
		}
		if one.open() { // its segment is no more
			one.leave(s.AsOf, segment.ByEdit, "")
			if err := s.moved(id, one, false, ""); err != nil {
				return err
			}
		}
		if err := s.members.add(id, one); err != nil {
			return err
		}
	}
	for k, t := range s.truths {
		if err := s.place(i, k, t); err != nil {
			return err
		}
	}
	return s.export(i)
}

// place counts a customer in a segment and tells of its move.
func (s *segmenting) place(i, k int, t segment.Truth) error {
	c, id := &s.counts[k], s.h.IDs[i]
	switch {
	case t == segment.True:
		c.members++
	case t == segment.Unknown:
		c.unknown++
	}
	is, was := t == segment.True, s.was[k] >= 0
	if is == was {
		return nil
	}
	name := s.set.Definitions[k].Name
	var reason, clause string
	if s.why != nil {
		var err error
		if reason, clause, err = s.why.of(s.set.Definitions[k], i, was); err != nil {
			return err
		}
	} else {
		reason, clause = segment.FirstRun, segment.Step{Eval: s.today, Customer: i}.Because(name)
	}
	one := interval{segment: name, entered: int64(s.AsOf), left: columns.MissingInt, enteredReason: reason, enteredClause: clause, version: s.versions[k]}
	if is {
		c.entered++
	} else {
		c.left++
		one = s.belonged.interval(s.was[k])
		one.leave(s.AsOf, reason, clause)
	}
	if err := s.members.add(id, one); err != nil {
		return err
	}
	return s.moved(id, one, is, s.versions[k])
}

// gone ends the memberships of somebody who is no customer any more: part of
// another, or of whom nothing is left.
func (s *segmenting) gone(rows []int) error {
	for _, r := range rows {
		one, id := s.belonged.interval(r), s.belonged.ids[r]
		if one.open() {
			one.leave(s.AsOf, segment.ByIdentity, "")
			k, there := s.set.Index(one.segment)
			version := ""
			if there {
				s.counts[k].left++
				version = s.versions[k]
			}
			if err := s.moved(id, one, false, version); err != nil {
				return err
			}
		}
		if err := s.members.add(id, one); err != nil {
			return err
		}
	}
	return nil
}

// export tells of which destinations a customer is a candidate and what
// becomes of it.
func (s *segmenting) export(i int) error {
	if s.decider == nil {
		return nil
	}
	candidate := func(n int) bool {
		for _, name := range s.Segments.Destinations[n].Segments {
			if k, there := s.set.Index(name); there && s.truths[k] == segment.True {
				return true
			}
		}
		return false
	}
	return s.decider.Customer(i, candidate, func(d activation.Decision) error { return s.exports.decided(s, i, d) })
}

func (s *segmenting) end() error {
	for _, t := range []*segmentTable{s.members, s.moves, s.exports} {
		if err := t.close(s.out); err != nil {
			return err
		}
	}
	var told []byte
	for _, c := range s.counts {
		for _, v := range []int64{c.members, c.entered, c.left, c.unknown} {
			told = binary.AppendUvarint(told, uint64(v))
		}
	}
	s.out.Emit("segmented", 0, told)
	return nil
}
