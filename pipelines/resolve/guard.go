package resolve

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/identity"
)

var guardStage = work.Stage{Name: "guard", Run: guard, Outs: []flow.Port{"guarded", "linked", "fates", "guardtally"}}

// Peopled is where the keys of components are read, whoever they came through.
func Peopled(n *brief.Night) flow.Port {
	if n.WantsGuard() {
		return "guarded"
	}
	return "parts"
}

// guard looks at the single links of the components of one shard and takes
// those apart that break a guard or a decision. A piece stays where the
// component was, under a label of its own. It is there only where somebody
// asks of links.
func guard(ctx context.Context, w *work.Worker, shard int, in *flow.Inputs, out *flow.Outputs) error {
	batches, err := work.AllSections(w, in, "parts", false)
	if err != nil {
		return err
	}
	g := &guardian{Worker: w, cuts: map[Cut]int64{}}
	for section := range w.InShard {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		if err := g.gather(batches, section); err != nil {
			return err
		}
		if err := g.part(); err != nil {
			return err
		}
		g.leaveOut()
		emitSection(w, out, "guarded", shard, section, g.parts)
		emitSection(w, out, "linked", shard, section, g.linked)
		if len(g.fates) > 0 {
			out.Emit("fates", shard, g.fates)
		}
		if err := out.Flush(); err != nil {
			return err
		}
	}
	in.Release()
	return g.tell(out)
}

// emitSection emits one section of a shard as a batch of its own.
func emitSection(w *work.Worker, out *flow.Outputs, p flow.Port, shard, section int, data []byte) {
	work.TakeSections(w.InShard, w.InShard, func(i int) []byte {
		if i == section {
			return data
		}
		return nil
	}, func(_ int, data []byte) { out.Emit(p, shard, data) })
}

// guardian is the work on one shard, section by section.
type guardian struct {
	*work.Worker
	parts  []byte // the keys of the section as scatter wrote them; their labels are written over
	nodes  []guardedKey
	ties   []tie
	linked []byte // of identity_links, by tie
	fates  []byte // of components that were looked at
	cuts   map[Cut]int64
}

type guardedKey struct {
	identity.Node
	at, end   int    // of its label in parts, of its state
	state     []byte // in parts
	place     uint32
	component int
	born      bool // a record goes by it
}

// nobody is the label of keys that no record goes by and that no link holds:
// they are on records of customers of stronger keys. The places of keys are
// less.
const nobody = math.MaxUint32

// tie is a bond of two keys of the section, the stronger first.
type tie struct {
	bond
	x, y   int // places in nodes
	reason identity.Reason
}

func (t *tie) same(o *tie) bool {
	return t.x == o.x && t.y == o.y && t.rule == o.rule && t.source == o.source
}

// Cut is what links of a source that do not hold have in common.
type Cut struct {
	Source string
	Reason string // as identity_links has it
}

// gather reads a section: its keys, and the bonds between them.
func (g *guardian) gather(batches []work.Sectioned, section int) error {
	g.parts, g.nodes, g.ties, g.linked, g.fates = nil, g.nodes[:0], g.ties[:0], nil, nil
	var bonds []bond
	places := map[uint64]int{} // of nodes
	labels := labelTable{}
	size := 0
	for _, b := range batches {
		size += len(b.Sections[section])
	}
	g.parts = make([]byte, 0, size) // once: keys of the section point into it
	for _, b := range batches {
		if len(b.Sections[section]) == 0 {
			continue
		}
		d := work.Decoder{B: b.Sections[section]}
		base, keys := uint32(d.Uvarint()), d.Bytes()
		if d.Err != nil {
			return d.Err
		}
		start := len(g.parts)
		g.parts = append(g.parts, keys...)
		k := work.Decoder{B: g.parts[:len(g.parts):len(g.parts)], At: start}
		var one keyRecord
		for k.More() {
			n := guardedKey{at: k.At}
			n.component = labels.number(k.Uint32())
			node := k.Uvarint()
			state := k.Bytes()
			if k.Err != nil {
				return k.Err
			}
			if err := one.read(state, g.Sighted, g.Vetted); err != nil {
				return err
			}
			n.Kind, n.Text, n.People, n.place = one.kind, one.text, slices.Clone(one.people), base+uint32(node)
			n.state, n.end, n.born = state, k.At, one.born
			places[node<<brief.BucketBits|uint64(b.Seq)] = len(g.nodes)
			g.nodes = append(g.nodes, n)
		}
		if err := readBonds(d.Rest(), func(b bond) { bonds = append(bonds, b) }); err != nil {
			return err
		}
	}
	for _, b := range bonds {
		x, known := places[b.a]
		y, alsoKnown := places[b.b]
		if b.rule == ruleNever && (!known || !alsoKnown || g.nodes[x].component != g.nodes[y].component) {
			continue // they are apart as it is
		}
		if !known || !alsoKnown || g.nodes[x].component != g.nodes[y].component {
			return fmt.Errorf("a link ties key %d to key %d, which is in another component", b.a, b.b)
		}
		g.ties = append(g.ties, g.tie(b, x, y))
	}
	return nil
}

// tie is a bond between two keys of the section.
func (g *guardian) tie(b bond, x, y int) tie {
	if n, m := &g.nodes[x], &g.nodes[y]; cmp.Or(cmp.Compare(g.Priority.Of(n.Kind), g.Priority.Of(m.Kind)), bytes.Compare(n.Text, m.Text)) > 0 {
		x, y = y, x
	}
	return tie{bond: b, x: x, y: y}
}

// merge puts ties in order of component, and those of the same two together:
// records may name two keys of one type in either order.
func (g *guardian) merge(ties []tie) []tie {
	slices.SortFunc(ties, func(a, b tie) int {
		return cmp.Or(cmp.Compare(g.nodes[a.x].component, g.nodes[b.x].component), cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y), cmp.Compare(a.rule, b.rule), cmp.Compare(a.source, b.source))
	})
	n := 0
	for i := range ties {
		if t := &ties[i]; n > 0 && ties[n-1].same(t) {
			ties[n-1].records += t.records
			ties[n-1].first = min(ties[n-1].first, t.first)
		} else {
			ties[n] = *t
			n++
		}
	}
	return ties[:n]
}

// part looks at every component that has a bond.
func (g *guardian) part() error {
	g.ties = g.merge(g.ties)
	members := make([]int, len(g.nodes)) // nodes by component
	for i := range members {
		members[i] = i
	}
	slices.SortStableFunc(members, func(a, b int) int { return g.nodes[a].component - g.nodes[b].component })
	inComponent := make([]int, len(g.nodes)) // place of a node among its component's
	for from, at := 0, 0; from < len(members); {
		c := g.nodes[members[from]].component
		to := from
		for ; to < len(members) && g.nodes[members[to]].component == c; to++ {
			inComponent[members[to]] = to - from
		}
		end := at
		for end < len(g.ties) && g.nodes[g.ties[end].x].component == c {
			end++
		}
		if end > at {
			if err := g.component(members[from:to], inComponent, g.ties[at:end]); err != nil {
				return err
			}
		}
		from, at = to, end
	}
	return nil
}

// leaveOut takes the keys of nobody out of the section: a customer without a
// record is none.
func (g *guardian) leaveOut() {
	n := 0
	for i := range g.nodes {
		k := &g.nodes[i]
		if g.label(i) == nobody {
			continue
		}
		n += copy(g.parts[n:], g.parts[k.at:k.end])
	}
	g.parts = g.parts[:n]
}

func (g *guardian) label(node int) uint32 {
	return binary.LittleEndian.Uint32(g.parts[g.nodes[node].at:])
}

// tell counts what was cut.
func (g *guardian) tell(out *flow.Outputs) error {
	var all []Cuts
	for c, n := range g.cuts {
		all = append(all, Cuts{c, n})
	}
	slices.SortFunc(all, orderOfCuts)
	data, err := json.Marshal(all)
	if err != nil {
		return fmt.Errorf("tell what was cut: %w", err)
	}
	out.Emit("guardtally", 0, data)
	return nil
}

// Cuts are how many times a record of a source names a key that is another
// customer's for that reason.
type Cuts struct {
	Cut
	Records int64
}

func orderOfCuts(a, b Cuts) int {
	return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Reason, b.Reason))
}

// AddCuts adds up what several shards counted.
func AddCuts(all, more []Cuts) []Cuts {
	for _, c := range more {
		if i := slices.IndexFunc(all, func(have Cuts) bool { return have.Cut == c.Cut }); i >= 0 {
			all[i].Records += c.Records
		} else {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, orderOfCuts)
	return all
}

// fateDecided is the bit of a fate that a decision joins keys of the
// customer; those of the reasons why some of its links were cut are 1 << Why.
const fateDecided = 1 << 7

// tellFates writes down of each piece of a component what joined it and what
// parts it from the others: each by its own links.
func (g *guardian) tellFates(ties []tie) {
	fates := map[uint32]byte{}
	for i := range ties {
		t := &ties[i]
		x, y := g.label(t.x), g.label(t.y)
		switch {
		case t.rule == ruleNever:
		case t.reason.Why != identity.Held:
			fates[x] |= 1 << t.reason.Why
			fates[y] |= 1 << t.reason.Why
		case t.rule == ruleAlways:
			fates[x] |= fateDecided
		}
	}
	delete(fates, nobody)
	for _, label := range slices.Sorted(maps.Keys(fates)) {
		g.fates = append(binary.LittleEndian.AppendUint32(g.fates, label), fates[label])
	}
}

// appendLinked appends a row of identity_links, but for the ids.
func (g *guardian) appendLinked(dst []byte, t *tie) []byte {
	for _, at := range []int{t.x, t.y} {
		n := &g.nodes[at]
		dst = binary.LittleEndian.AppendUint32(dst, g.label(at))
		dst = work.AppendBytes(append(dst, byte(n.Kind)), n.Text)
	}
	dst = append(dst, t.rule, byte(t.reason.Why), byte(t.reason.Kind))
	dst = binary.AppendUvarint(binary.AppendUvarint(dst, uint64(t.source)), uint64(t.records))
	return work.AppendMaybeTime(dst, t.first)
}
