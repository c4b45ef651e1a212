package pipelines

import (
	"bytes"
	"context"
	"encoding/binary"
	"maps"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/transforms/identity"
)

var internStage = stage{name: "intern", run: intern,
	outs: []flow.Port{"nodes", "states", "nodecount", "interntally", "whose"}}

// intern has every mention of the keys of one shard: it numbers the keys,
// measures the facts of the records whose strongest key is here, and tells
// each block the numbers of the keys that its records link.
func intern(_ context.Context, w *worker, shard int, in *flow.Inputs, out *flow.Outputs) error {
	lost, err := readLost(in, "lost", "doubled")
	if err != nil {
		return err
	}
	rows, err := allSections(w, in, "keys", false)
	if err != nil {
		return err
	}
	lines, err := allSections(w, in, "linekeys", true)
	if err != nil {
		return err
	}
	earlier, err := allSections(w, in, "earlier", false)
	if err != nil {
		return err
	}
	n := &interner{worker: w, shard: shard, lost: lost, table: newKeyTable(w), kept: map[int]*tally{},
		nodes: map[int]*nodeWriter{}, whose: map[int]*nodeWriter{}, decided: w.decidedKeys(shard)}
	var states []byte
	for section := range w.inShard {
		n.table.reset()
		for _, b := range rows {
			if err := n.read(int(b.seq), b.sections[section], true); err != nil {
				return err
			}
		}
		for _, b := range lines {
			if err := n.read(int(b.seq), b.sections[section], false); err != nil {
				return err
			}
		}
		for _, b := range earlier {
			if err := n.table.earlier(b.sections[section]); err != nil {
				return err
			}
		}
		n.table.takeGlimpses()
		n.decide(section)
		if section == 0 {
			states = make([]byte, 0, len(n.table.keys)*w.inShard*56)
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
	*worker
	shard        int
	lost         losses
	table        *keyTable
	kept         map[int]*tally // by block
	nodes, whose map[int]*nodeWriter
	decided      []decidedKey
	decisions    nodeWriter
}

// read takes in what one block has in a section. count: its rows are
// records, and are counted as kept.
func (n *interner) read(block int, data []byte, count bool) error {
	if len(data) == 0 {
		return nil
	}
	sum := n.kept[block]
	if sum == nil {
		sum = &tally{}
		n.kept[block] = sum
		n.nodes[block], n.whose[block] = &nodeWriter{}, &nodeWriter{}
	}
	nodes, whose := n.nodes[block], n.whose[block]
	source := n.places[n.sourceOf(block)]
	gone := n.lost[block]
	r := keyReader{decoder: decoder{b: data}, times: n.timed, people: n.vetted}
	var e entry
	for r.next(&e) {
		for len(gone) > 0 && gone[0].row < e.row {
			gone = gone[1:]
		}
		inForce := !e.gone
		for i := 0; i < len(gone) && gone[i].row == e.row; i++ {
			switch gone[i].what {
			case lostRow:
				inForce = false
			case lostOrder:
				e.fact.Sale, e.fact.Return = false, false
			}
		}
		if !inForce {
			if e.written && e.key.kind == customer.ContactKey {
				n.table.glimpse(&e, source)
			}
			continue
		}
		if e.primary {
			if count {
				sum.add(tallyKept, 1, e.fact.Amount)
			}
			if e.fact.Sale || e.fact.Return {
				sum.order(e.fact.Amount, e.key.kind == 0)
			}
		}
		if e.key.kind == 0 {
			continue
		}
		at := n.table.number(&e.key)
		if e.primary {
			n.table.fact(at, &e, source)
			if n.filed {
				whose.add(e.row, n.table.base+uint64(at))
			}
		}
		n.table.seen(at, e.at, source)
		switch {
		case !e.linked:
		case n.guarded:
			nodes.addLinked(e.row, linkedKey{n.node(at), e.primary, e.at})
		default:
			nodes.add(e.row, n.node(at))
		}
	}
	return r.err
}

// node is what all shards call a key of the section that is read.
func (n *interner) node(at int) uint64 {
	return (n.table.base+uint64(at))<<bucketBits | uint64(n.shard)
}

// decidedKey is a key that a decision names.
type decidedKey struct {
	section int
	row     int64 // number of the decision: those to join first
	first   bool  // of its two keys
	key     key
}

// decidedKeys are those of one shard.
func (w *worker) decidedKeys(shard int) (all []decidedKey) {
	for row, pair := range slices.Concat(w.Identity.Decisions.Always, w.Identity.Decisions.Never) {
		for i, text := range []string{pair.A, pair.B} {
			k := keyOf(customer.KeyType(text[0]), []byte(text[2:]))
			if s := w.section(k.hash); s/w.inShard == shard {
				all = append(all, decidedKey{s % w.inShard, int64(row), i == 0, k})
			}
		}
	}
	return all
}

// decide tells which keys of a section decisions name, as if each decision
// were a record; what nobody has is of no account.
func (n *interner) decide(section int) {
	for i := range n.decided {
		k := &n.decided[i]
		if k.section != section {
			continue
		}
		if at, ok := n.table.find(&k.key); ok {
			n.decisions.addLinked(k.row, linkedKey{n.node(int(at)), k.first, customer.NoTime})
		}
	}
}

// tell sends each block the nodes of its records, and what was counted.
func (n *interner) tell(out *flow.Outputs) {
	var sums []byte
	for _, block := range slices.Sorted(maps.Keys(n.kept)) {
		if data := n.nodes[block].data; len(data) > 0 {
			out.Emit("nodes", block, data)
		}
		if data := n.whose[block].data; len(data) > 0 {
			out.Emit("whose", n.shard, appendBytes(binary.AppendUvarint(nil, uint64(block)), data))
		}
		sums = n.kept[block].append(sums, block)
	}
	out.Emit("interntally", 0, sums)
	if data := n.decisions.data; len(data) > 0 {
		out.Emit("nodes", n.decisionBlock(), data)
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

// readNodes reads what a nodeWriter wrote.
func readNodes(data []byte, yield func(row int64, node uint64)) error {
	d, row := decoder{b: data}, int64(0)
	for d.more() {
		row += d.varint()
		node := d.uvarint()
		if d.err == nil {
			yield(row, node)
		}
	}
	return d.err
}

// keyTable numbers the keys of a section and keeps what is known of each. It
// is an open-addressing table of its own: for these look-ups, nearly half of
// the night's work, Go's map is a quarter slower and holds pointers.
type keyTable struct {
	w         *worker
	slots     []uint32 // number + 1
	keys      []keyState
	arena     []byte // texts of keys and ids of birth records
	measures  measures
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

func newKeyTable(w *worker) *keyTable {
	return &keyTable{w: w, slots: make([]uint32, 1<<10), calendar: customer.NewCalendar(w.location)}
}

// reset starts the next section.
func (t *keyTable) reset() {
	t.base += uint64(len(t.keys))
	clear(t.slots)
	t.measures = t.w.newMeasures()
	t.measures.grow(len(t.keys)) // one section has about as many as the next
	t.keys, t.arena, t.sightings, t.glimpses = t.keys[:0], t.arena[:0], nil, nil
	t.people = map[int][]identity.Person{}
}

// number is the number of a key; a new key gets the next one.
func (t *keyTable) number(k *key) int {
	if 2*len(t.keys) >= len(t.slots) {
		t.grow()
	}
	mask := uint64(len(t.slots) - 1)
	i := k.hash & mask
	for t.slots[i] != 0 {
		n := t.slots[i] - 1
		if s := &t.keys[n]; s.hash == k.hash && s.kind == k.kind && s.numeric == k.numeric && s.number == k.number &&
			string(t.arena[s.text:s.text+s.textLen]) == string(k.text) {
			return int(n)
		}
		i = (i + 1) & mask
	}
	s := keyState{hash: k.hash, number: k.number, kind: k.kind, numeric: k.numeric, text: uint32(len(t.arena)), textLen: uint32(len(k.text)), birthAt: customer.NoTime}
	t.arena = append(t.arena, k.text...)
	t.keys = append(t.keys, s)
	t.slots[i] = uint32(len(t.keys))
	t.measures.reach(len(t.keys) - 1)
	if t.w.sighted {
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
func (t *keyTable) fact(node int, e *entry, source int) {
	s := &t.keys[node]
	s.records++
	s.written = s.written || e.written
	t.birth(s, e, source)
	if e.fact.Sale || e.fact.Return {
		e.fact.Day = t.calendar.Day(e.fact.At)
		e.fact.Month = customer.Month(e.fact.Day)
	}
	e.fact.Profile = e.profile
	t.measures.add(node, &e.fact)
	if len(e.person) > 0 {
		t.meet(node, e.person)
	}
}

// meet notes who the contact says that it is.
func (t *keyTable) meet(node int, person []byte) {
	d := decoder{b: person}
	p := identity.Person{Name: d.uint64(), Birth: int32(d.varint())}
	if !slices.Contains(t.people[node], p) {
		t.people[node] = append(t.people[node], p)
	}
}

// birth takes a record for the one that its customer began with, if it is
// the earliest.
func (t *keyTable) birth(s *keyState, e *entry, source int) {
	b := identity.Birth{At: e.fact.At, Source: source, Record: e.record}
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
	key    key
	at     int64
	source int
	record []byte
}

func (t *keyTable) glimpse(e *entry, source int) {
	g := glimpse{e.key, e.fact.At, source, bytes.Clone(e.record)}
	g.key.text = bytes.Clone(g.key.text)
	t.glimpses = append(t.glimpses, g)
}

// takeGlimpses puts them to the contacts that are in force, now that all of
// them are known: to those that say nothing better of their time.
func (t *keyTable) takeGlimpses() {
	for i := range t.glimpses {
		g := &t.glimpses[i]
		node, ok := t.find(&g.key)
		if !ok || !t.keys[node].written || g.at >= t.w.end-1 { // a version still to come says nothing of when it was first
			continue
		}
		e := entry{fact: customer.Fact{Kind: customer.Contact, At: g.at}, record: g.record}
		t.birth(&t.keys[node], &e, g.source)
		t.measures.add(int(node), &e.fact)
	}
}

// seen notes that a source showed a key.
func (t *keyTable) seen(node int, at int64, source int) {
	if !t.w.sighted {
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
	d := decoder{b: data}
	for d.more() {
		k := keyOf(customer.KeyType(d.byte()), d.bytes())
		late := d.byte() != 0
		id := d.take(len(customer.ID{}))
		if d.err != nil {
			break
		}
		if node, ok := t.find(&k); ok && t.keys[node].earlierID.IsZero() {
			copy(t.keys[node].earlierID[:], id)
			t.keys[node].late = late
		}
	}
	return d.err
}

// find is the number of a key that is there already.
func (t *keyTable) find(k *key) (uint64, bool) {
	mask := uint64(len(t.slots) - 1)
	for i := k.hash & mask; t.slots[i] != 0; i = (i + 1) & mask {
		n := t.slots[i] - 1
		if s := &t.keys[n]; s.hash == k.hash && s.kind == k.kind && s.numeric == k.numeric && s.number == k.number &&
			string(t.arena[s.text:s.text+s.textLen]) == string(k.text) {
			return uint64(n), true
		}
	}
	return 0, false
}
