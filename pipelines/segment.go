package pipelines

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/transforms/activation"
	"github.com/habitue-data/habitue/transforms/segment"
	"github.com/habitue-data/habitue/transforms/segment/filters"
)

var (
	segmentStage = stage{name: "segment", run: segments, outs: []port{"segmentfiles", "segmented"}}
	enlistStage  = stage{name: "enlist", run: enlist, outs: []port{"enlistedfiles"}}
)

// Segments is what decides who belongs where, and who is written to.
type Segments struct {
	Files        []SegmentFile
	Everyone     bool   // some segment may hold customers of whom only cookies are known
	Lists        []List `json:"-"` // of static segments; they travel by a file
	Listed       bool   // there are some
	Destinations []activation.Destination
	Before       *Belonged // the run before; nil for none
}

// SegmentFile is a definition as it was written.
type SegmentFile struct{ Name, Text string }

// Belonged is what the run before knew.
type Belonged struct {
	Day       int32
	Files     []SegmentFile
	Versions  map[string]string // hash of each segment's definition
	Told      map[string]int32  // day on which its members were last told
	Customers lake.Table
	Members   lake.Table
}

// set are the definitions: they were checked before the night began.
func (s *Segments) set() (*segment.Set, error) { return readSet(s.Files) }

func readSet(files []SegmentFile) (*segment.Set, error) {
	c, err := filters.Catalogue()
	if err != nil {
		return nil, err
	}
	var all []*segment.Definition
	for _, f := range files {
		d, faults := c.Read(f.Name, []byte(f.Text))
		if err := faults.Err(fault.Config); err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	set, faults := segment.NewSet(all)
	return set, faults.Err(fault.Config)
}

// carried are the scheduled segments whose day it is not.
func (s *Segments) carried(set *segment.Set, day int32) map[string]bool {
	carried := map[string]bool{}
	for _, d := range set.Definitions {
		if s.Before != nil && s.Before.Versions[d.Name] == d.Hash() && !d.Due(day) {
			carried[d.Name] = true
		}
	}
	return carried
}

// segments tells for the customers of one shard who belongs where, who came
// and who left, and who is written to.
func segments(_ context.Context, w *worker, shard int, in *inputs, out *outputs) error {
	s := &segmenting{worker: w, out: out}
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
	*worker
	out      *outputs
	set      *segment.Set
	versions []string
	lists    *listed
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

func (s *segmenting) begin(shard int, in *inputs) (err error) {
	if s.set, err = s.Segments.set(); err != nil {
		return err
	}
	for _, d := range s.set.Definitions {
		s.versions = append(s.versions, d.Hash())
	}
	s.counts, s.was = make([]segmentCount, len(s.versions)), make([]int, len(s.versions))
	if s.lists, err = s.readLists(); err != nil {
		return err
	}
	if s.h, err = s.gatherHistories(in, "people", "told", "consented"); err != nil {
		return err
	}
	if s.belonged, err = s.readBelonged(in); err != nil {
		return err
	}
	s.h.Tables[customer.OfMembers] = s.belonged.history(s.h.IDs)
	env := segment.Env{View: customer.View{AsOf: s.AsOf, Known: math.MaxInt32}, Salt: s.Salt, Carried: s.Segments.carried(s.set, s.AsOf)}
	if env.Static, err = s.static(in); err != nil {
		return err
	}
	if s.today, err = s.set.Bind(s.h, env); err != nil {
		return err
	}
	if s.Segments.Before != nil {
		people, err := s.gatherPeople(in, s.h.IDs, "peoplebefore")
		if err != nil {
			return err
		}
		if s.why, err = s.newReasons(people, env); err != nil {
			return err
		}
	}
	if len(s.Segments.Destinations) > 0 {
		s.decider = activation.NewDecider(s.Segments.Destinations, s.h, s.AsOf)
	}
	return s.tables(shard)
}

// static are the members of static segments among the customers of the shard.
func (s *segmenting) static(in *inputs) (map[string]map[customer.ID]bool, error) {
	all := map[string]map[customer.ID]bool{}
	for _, l := range s.lists.lists {
		all[l.Segment] = map[customer.ID]bool{}
		for _, text := range l.IDs {
			id, err := customer.ParseID([]byte(text))
			if err != nil {
				return nil, err
			}
			all[l.Segment][id] = true
		}
	}
	return all, in.read("listed", func(_ *Batch, data []byte) error {
		d := decoder{b: data}
		for d.more() {
			var id customer.ID
			copy(id[:], d.take(len(id)))
			list := d.uvarint()
			if d.err == nil && list < uint64(len(s.lists.lists)) {
				all[s.lists.lists[list].Segment][id] = true
			}
		}
		return d.err
	})
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
		reason, clause = s.why.of(name, i, was)
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
	s.out.emit("segmented", 0, told)
	return nil
}

// enlist writes the table of segments.
func enlist(_ context.Context, w *worker, _ int, in *inputs, out *outputs) error {
	set, err := w.Segments.set()
	if err != nil {
		return err
	}
	counts := make([]segmentCount, len(set.Definitions))
	err = in.read("segmented", func(_ *Batch, data []byte) error {
		d := decoder{b: data}
		for k := range counts {
			c := &counts[k]
			for _, v := range []*int64{&c.members, &c.entered, &c.left, &c.unknown} {
				*v += int64(d.uvarint())
			}
		}
		return d.err
	})
	if err != nil {
		return err
	}
	t, err := w.newTableWriter("segments", 0)
	if err != nil || t == nil {
		return err
	}
	carried, k := w.Segments.carried(set, w.AsOf), 0
	row, err := t.set(segmentColumns(w, set, carried, counts, &k))
	if err != nil {
		return err
	}
	for k = range counts {
		if err := t.row(row); err != nil {
			return err
		}
	}
	return t.close(out, "enlistedfiles")
}

func segmentColumns(w *worker, set *segment.Set, carried map[string]bool, counts []segmentCount, k *int) map[string]func(*columns.Column) {
	optional := func(of func(d *segment.Definition) string) func(*columns.Column) {
		return func(c *columns.Column) { c.AddOptional(of(set.Definitions[*k])) }
	}
	count := func(of func(c *segmentCount) int64) func(*columns.Column) {
		return func(c *columns.Column) { addInt(c, of(&counts[*k])) }
	}
	return map[string]func(*columns.Column){
		"segment":     optional(func(d *segment.Definition) string { return d.Name }),
		"description": optional(func(d *segment.Definition) string { return d.Description }),
		"goal":        optional(func(d *segment.Definition) string { return d.Goal }),
		"owner":       optional(func(d *segment.Definition) string { return d.Owner }),
		"treatment":   optional(func(d *segment.Definition) string { return d.Treatment }),
		"purpose":     optional(func(d *segment.Definition) string { return d.Purpose }),
		"kind":        optional((*segment.Definition).Kind),
		"base":        optional((*segment.Definition).Base),
		"every":       optional(func(d *segment.Definition) string { return d.Every }),
		"conditions":  optional((*segment.Definition).Conditions),
		"definition":  optional((*segment.Definition).Hash),
		"told_date": func(c *columns.Column) {
			day := w.AsOf
			if name := set.Definitions[*k].Name; carried[name] {
				day = w.Segments.Before.Told[name]
			}
			addInt(c, int64(day))
		},
		"member_count":  count(func(c *segmentCount) int64 { return c.members }),
		"entered_count": count(func(c *segmentCount) int64 { return c.entered }),
		"left_count":    count(func(c *segmentCount) int64 { return c.left }),
		"unknown_count": count(func(c *segmentCount) int64 { return c.unknown }),
	}
}
