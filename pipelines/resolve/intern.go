package resolve

import (
	"bytes"
	"context"
	"encoding/binary"
	"maps"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/identity"
)

var internStage = work.Stage{Name: "intern", Run: intern,
	Outs: []flow.Port{"nodes", "states", "nodecount", "interntally", "whose", "unheeded"}}

// intern has every mention of the keys of one shard: it numbers the keys,
// measures the facts of the records whose strongest key is here, and tells
// each block the numbers of the keys that its records link.
func intern(_ context.Context, w *work.Worker, shard int, in *flow.Inputs, out *flow.Outputs) error {
	lost, err := work.ReadLost(in, "lost", "doubled")
	if err != nil {
		return err
	}
	rows, err := work.AllSections(w, in, "keys", false)
	if err != nil {
		return err
	}
	lines, err := work.AllSections(w, in, "linekeys", true)
	if err != nil {
		return err
	}
	earlier, err := work.AllSections(w, in, "earlier", false)
	if err != nil {
		return err
	}
	n := &interner{Worker: w, shard: shard, lost: lost, table: newKeyTable(w), kept: work.Tallies{},
		nodes: map[int]*nodeWriter{}, whose: map[int]*nodeWriter{}, decided: decidedKeys(w, shard)}
	var states []byte
	for section := range w.InShard {
		n.table.reset()
		for _, b := range rows {
			if err := n.read(int(b.Seq), b.Sections[section], true); err != nil {
				return err
			}
		}
		for _, b := range lines {
			if err := n.read(int(b.Seq), b.Sections[section], false); err != nil {
				return err
			}
		}
		for _, b := range earlier {
			if err := n.table.earlier(b.Sections[section]); err != nil {
				return err
			}
		}
		n.table.takeGlimpses()
		n.decide(section)
		if section == 0 {
			states = make([]byte, 0, len(n.table.keys)*w.InShard*56)
		}
		states = n.table.append(states)
	}
	in.Release()
	out.Emit("states", shard, states)
	count := binary.AppendUvarint(binary.AppendUvarint(nil, uint64(shard)), n.table.base+uint64(len(n.table.keys)))
	if w.Rounds == 0 {
		out.Emit("nodecount", 0, count)
	} else {
		for s := range w.Shards {
			out.Emit("nodecount", s, bytes.Clone(count))
		}
	}
	n.tell(out)
	return nil
}

// interner works on one shard.
type interner struct {
	*work.Worker
	shard        int
	lost         work.Losses
	table        *keyTable
	kept         work.Tallies
	nodes, whose map[int]*nodeWriter // by block
	decided      []decidedKey
	decisions    nodeWriter
	unheeded     []byte // numbers of decisions
}

// read takes in what one block has in a section. count: its rows are
// records, and are counted as kept.
func (n *interner) read(block int, data []byte, count bool) error {
	if len(data) == 0 {
		return nil
	}
	sum := n.kept.Of(n.Account(block))
	if n.nodes[block] == nil {
		n.nodes[block], n.whose[block] = &nodeWriter{}, &nodeWriter{}
	}
	nodes, whose := n.nodes[block], n.whose[block]
	source := n.Places[n.SourceOf(block)]
	gone := n.lost[block]
	r := work.KeyReader{Decoder: work.Decoder{B: data}, Times: n.Timed, People: n.Vetted}
	var e work.Entry
	for r.Next(&e) {
		for len(gone) > 0 && gone[0].Row < e.Row {
			gone = gone[1:]
		}
		inForce := !e.Gone
		for i := 0; i < len(gone) && gone[i].Row == e.Row; i++ {
			switch gone[i].What {
			case work.LostRow:
				inForce = false
			case work.LostOrder:
				e.Fact.Sale, e.Fact.Return = false, false
			}
		}
		if !inForce {
			if e.Written && e.Key.Kind == customer.ContactKey {
				n.table.glimpse(&e, source)
			}
			continue
		}
		if e.Primary {
			if count {
				sum.Add(work.TallyKept, 1, e.Fact.Amount)
			}
			if e.Fact.Sale || e.Fact.Return {
				sum.Order(e.Fact.Amount, e.Key.Kind == 0)
			}
		}
		if e.Key.Kind == 0 {
			continue
		}
		at := n.table.number(&e.Key)
		if e.Primary {
			n.table.fact(at, &e, source)
			if n.Filed {
				whose.add(e.Row, n.table.base+uint64(at))
			}
		}
		if e.Key.Kind != work.KnotKey {
			n.table.seen(at, e.At, source)
		}
		switch {
		case !e.Linked:
		case n.Guarded:
			nodes.addLinked(e.Row, linkedKey{n.node(at), e.Primary, e.At})
		default:
			nodes.add(e.Row, n.node(at))
		}
	}
	return r.Err
}

// node is what all shards call a key of the section that is read.
func (n *interner) node(at int) uint64 {
	return (n.table.base+uint64(at))<<brief.BucketBits | uint64(n.shard)
}

// decidedKey is a key that a decision names.
type decidedKey struct {
	section int
	row     int64 // number of the decision: those to join first
	first   bool  // of its two keys
	key     work.Key
}

// decidedKeys are those of one shard.
func decidedKeys(w *work.Worker, shard int) (all []decidedKey) {
	for row, pair := range slices.Concat(w.Identity.Decisions.Always, w.Identity.Decisions.Never) {
		for i, text := range []string{pair.A, pair.B} {
			k := work.KeyOf(customer.KeyType(text[0]), []byte(text[2:]))
			if s := w.Section(k.Hash); s/w.InShard == shard {
				all = append(all, decidedKey{s % w.InShard, int64(row), i == 0, k})
			}
		}
	}
	return all
}

// decide tells which keys of a section decisions name, as if each decision
// were a record; what nobody has is of no account, and is told.
func (n *interner) decide(section int) {
	for i := range n.decided {
		k := &n.decided[i]
		if k.section != section {
			continue
		}
		if at, ok := n.table.find(&k.key); ok {
			n.decisions.addLinked(k.row, linkedKey{n.node(int(at)), k.first, customer.NoTime})
		} else {
			n.unheeded = binary.AppendUvarint(n.unheeded, uint64(k.row))
		}
	}
}

// tell sends each block the nodes of its records, and what was counted.
func (n *interner) tell(out *flow.Outputs) {
	for _, block := range slices.Sorted(maps.Keys(n.nodes)) {
		if data := n.nodes[block].data; len(data) > 0 {
			out.Emit("nodes", block, data)
		}
		if data := n.whose[block].data; len(data) > 0 {
			out.Emit("whose", n.shard, work.AppendBytes(binary.AppendUvarint(nil, uint64(block)), data))
		}
	}
	if len(n.kept) > 0 {
		out.Emit("interntally", n.Total(n.shard), n.kept.Append(nil))
	}
	if data := n.decisions.data; len(data) > 0 {
		out.Emit("nodes", n.DecisionBlock(), data)
	}
	if len(n.unheeded) > 0 {
		out.Emit("unheeded", 0, n.unheeded)
	}
}

// nodeWriter collects (row, node) pairs of one block.
type nodeWriter struct {
	row  int64
	data []byte
}

func (n *nodeWriter) add(row int64, node uint64) {
	n.data = binary.AppendVarint(n.data, row-n.row)
	n.data = binary.AppendUvarint(n.data, node)
	n.row = row
}

// ReadNodes reads what a nodeWriter wrote.
func ReadNodes(data []byte, yield func(row int64, node uint64)) error {
	d, row := work.Decoder{B: data}, int64(0)
	for d.More() {
		row += d.Varint()
		node := d.Uvarint()
		if d.Err == nil {
			yield(row, node)
		}
	}
	return d.Err
}

// keyTable numbers the keys of a section and keeps what is known of each. It
// is an open-addressing table of its own: for these look-ups, nearly half of
// the night's work, Go's map is a quarter slower and holds pointers.
type keyTable struct {
	w         *work.Worker
	slots     []uint32 // number + 1
	keys      []keyState
	arena     []byte // texts of keys and ids of birth records
	measures  work.Measures
	calendar  *customer.Calendar
	base      uint64       // number in the shard of the section's first key
	sightings [][]sighting // per key, where customer_keys is asked for
	glimpses  []glimpse
	people    map[int][]identity.Person // by key, where names and birth dates are looked at
}

type keyState struct {
	hash    uint64
	number  uint64
	text    uint32 // in arena
	textLen uint32
	kind    customer.KeyType
	numeric bool
	written bool // a contact in force has this key, whose time is when it was written
	born    bool // a record whose strongest key this is, is there
	late    bool // earlierID is what the line's end knows, no run before

	records   uint32
	birthAt   int64
	source    int32
	record    uint32 // in arena
	recordLen uint32
	earlierID customer.ID
}

// sighting is when a source showed a key.
type sighting struct {
	source      int
	first, last int64 // customer.NoTime and NoTime where never with a time
	records     int64
}

func newKeyTable(w *work.Worker) *keyTable {
	return &keyTable{w: w, slots: make([]uint32, 1<<10), calendar: customer.NewCalendar(w.Location)}
}

// reset starts the next section.
func (t *keyTable) reset() {
	t.base += uint64(len(t.keys))
	clear(t.slots)
	t.measures = t.w.NewMeasures()
	t.measures.Grow(len(t.keys)) // one section has about as many as the next
	t.keys, t.arena, t.sightings, t.glimpses = t.keys[:0], t.arena[:0], nil, nil
	t.people = map[int][]identity.Person{}
}

// number is the number of a key; a new key gets the next one.
func (t *keyTable) number(k *work.Key) int {
	if 2*len(t.keys) >= len(t.slots) {
		t.grow()
	}
	mask := uint64(len(t.slots) - 1)
	i := k.Hash & mask
	for t.slots[i] != 0 {
		n := t.slots[i] - 1
		if s := &t.keys[n]; s.hash == k.Hash && s.kind == k.Kind && s.numeric == k.Numeric && s.number == k.Number &&
			string(t.arena[s.text:s.text+s.textLen]) == string(k.Text) {
			return int(n)
		}
		i = (i + 1) & mask
	}
	s := keyState{hash: k.Hash, number: k.Number, kind: k.Kind, numeric: k.Numeric, text: uint32(len(t.arena)), textLen: uint32(len(k.Text)), birthAt: customer.NoTime}
	t.arena = append(t.arena, k.Text...)
	t.keys = append(t.keys, s)
	t.slots[i] = uint32(len(t.keys))
	t.measures.Reach(len(t.keys) - 1)
	if t.w.Sighted {
		t.sightings = append(t.sightings, nil)
	}
	return len(t.keys) - 1
}

func (t *keyTable) grow() {
	t.slots = make([]uint32, 2*len(t.slots))
	mask := uint64(len(t.slots) - 1)
	for n := range t.keys {
		i := t.keys[n].hash & mask
		for t.slots[i] != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = uint32(n + 1)
	}
}

// fact measures a record at its strongest key.
func (t *keyTable) fact(node int, e *work.Entry, source int) {
	s := &t.keys[node]
	s.records++
	s.written = s.written || e.Written
	t.birth(s, e, source)
	if e.Fact.Sale || e.Fact.Return {
		e.Fact.Day = t.calendar.Day(e.Fact.At)
		e.Fact.Month = customer.Month(e.Fact.Day)
	}
	e.Fact.Profile = e.Profile
	t.measures.Add(node, &e.Fact)
	if len(e.Person) > 0 {
		t.meet(node, e.Person)
	}
}

// meet notes who the contact says that it is.
func (t *keyTable) meet(node int, person []byte) {
	d := work.Decoder{B: person}
	p := identity.Person{Name: d.Uint64(), Birth: int32(d.Varint())}
	if !slices.Contains(t.people[node], p) {
		t.people[node] = append(t.people[node], p)
	}
}

// birth takes a record for the one that its customer began with, if it is
// the earliest.
func (t *keyTable) birth(s *keyState, e *work.Entry, source int) {
	b := identity.Birth{At: e.Fact.At, Source: source, Record: e.Record}
	old := identity.Birth{At: s.birthAt, Source: int(s.source), Record: t.arena[s.record : s.record+s.recordLen]}
	if !s.born || b.Before(&old) {
		s.born, s.birthAt, s.source = true, b.At, int32(source)
		if len(b.Record) > int(s.recordLen) {
			s.record = uint32(len(t.arena))
			t.arena = append(t.arena, b.Record...)
		} else {
			copy(t.arena[s.record:], b.Record)
		}
		s.recordLen = uint32(len(b.Record))
	}
}

// glimpse is what is seen of a contact's version that is not in force: when
// it was written.
type glimpse struct {
	key    work.Key
	at     int64
	source int
	record []byte
}

func (t *keyTable) glimpse(e *work.Entry, source int) {
	g := glimpse{e.Key, e.Fact.At, source, bytes.Clone(e.Record)}
	g.key.Text = bytes.Clone(g.key.Text)
	t.glimpses = append(t.glimpses, g)
}

// takeGlimpses puts them to the contacts that are in force, now that all of
// them are known: to those that say nothing better of their time.
func (t *keyTable) takeGlimpses() {
	for i := range t.glimpses {
		g := &t.glimpses[i]
		node, ok := t.find(&g.key)
		if !ok || !t.keys[node].written || g.at >= t.w.End-1 { // a version still to come says nothing of when it was first
			continue
		}
		e := work.Entry{Fact: customer.Fact{Kind: customer.Contact, At: g.at}, Record: g.record}
		t.birth(&t.keys[node], &e, g.source)
		t.measures.Add(int(node), &e.Fact)
	}
}

// seen notes that a source showed a key.
func (t *keyTable) seen(node int, at int64, source int) {
	if !t.w.Sighted {
		return
	}
	all := t.sightings[node]
	i := slices.IndexFunc(all, func(s sighting) bool { return s.source == source })
	if i < 0 {
		i = len(all)
		all = append(all, sighting{source: source, first: customer.NoTime, last: customer.NoTime})
		t.sightings[node] = all
	}
	s := &all[i]
	s.records++
	if at != customer.NoTime {
		s.first = min(s.first, at)
		if s.last == customer.NoTime || at > s.last {
			s.last = at
		}
	}
}

// earlier marks keys that the ledger knows; what it knew before the day comes
// first.
func (t *keyTable) earlier(data []byte) error {
	d := work.Decoder{B: data}
	for d.More() {
		k := work.KeyOf(customer.KeyType(d.Byte()), d.Bytes())
		late := d.Byte() != 0
		id := d.Take(len(customer.ID{}))
		if d.Err != nil {
			break
		}
		if node, ok := t.find(&k); ok && t.keys[node].earlierID.IsZero() {
			copy(t.keys[node].earlierID[:], id)
			t.keys[node].late = late
		}
	}
	return d.Err
}

// find is the number of a key that is there already.
func (t *keyTable) find(k *work.Key) (uint64, bool) {
	mask := uint64(len(t.slots) - 1)
	for i := k.Hash & mask; t.slots[i] != 0; i = (i + 1) & mask {
		n := t.slots[i] - 1
		if s := &t.keys[n]; s.hash == k.Hash && s.kind == k.Kind && s.numeric == k.Numeric && s.number == k.Number &&
			string(t.arena[s.text:s.text+s.textLen]) == string(k.Text) {
			return uint64(n), true
		}
	}
	return 0, false
}
