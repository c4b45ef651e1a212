package identity

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/habitue-data/habitue/customer"
)

// Guards keep apart what links alone would join: they look at the keys of one
// component and leave out the weakest of its links. They only cut, and only
// inside the component, so the answer depends on its keys and links and on
// nothing else.
//
// To test each record as it arrives, and to drop a key of it where a limit
// would break, was rejected: then the order of arrival decides who somebody is.
type Guards struct {
	// Limits is the most keys of a type that one customer may have.
	Limits map[customer.KeyType]int
	// Shared is the most customers that may have one value. Of a value that
	// more of them began to use within Window nobody knows whose it is.
	Shared map[customer.KeyType]int
	Window int64 // microseconds; 0 for all time
	// Veto are the types of key of which one alone joins no two people whose
	// names and birth dates both differ.
	Veto []customer.KeyType
}

// Any tells whether anything is guarded.
func (g *Guards) Any() bool { return len(g.Limits)+len(g.Shared)+len(g.Veto) > 0 }

// Decisions are what people decided of who is who: it goes before what records
// say, and before every guard.
type Decisions struct{ Always, Never []Pair }

// Any tells whether anything was decided.
func (d *Decisions) Any() bool { return len(d.Always)+len(d.Never) > 0 }

// Pair is two keys, as letter:value in normal form.
type Pair struct{ A, B string }

// Node is a key of a component.
type Node struct {
	Kind   customer.KeyType
	Text   []byte
	People []Person // of the contacts whose strongest key it is
}

// Person is the name and the birth date of a contact that says both.
type Person struct {
	Name  uint64 // hash of the normalised name
	Birth int32  // day
}

// differs tells whether both differ: one that agrees may be a name that was
// mistyped, changed or written in another alphabet, or a date typed wrong.
func (p Person) differs(o Person) bool { return p.Name != o.Name && p.Birth != o.Birth }

// Bond is what links two keys: all records that name both, or a decision.
type Bond struct {
	A, B    int // places of the nodes
	Decided bool
	Records int64
	First   int64 // the earliest record, customer.NoTime without one
}

// Reason is why the ends of a bond are two customers; the zero Reason is that
// they are one.
type Reason struct {
	Why  Why
	Kind customer.KeyType // of a limit, a shared value or a veto
}

// Why is a sort of Reason.
type Why uint8

const (
	Held      Why = iota // the bond holds
	NeverJoin            // a decision
	SharedBy             // one end is a value of too many customers
	Limited              // the customer would have too many keys of a type
	Vetoed               // the names and the birth dates differ
)

var whys = []string{"", "never_join", "shared", "limit", "veto"}

// String is how the tables write it: "" for none, else as never_join or
// limit:email.
func (r Reason) String() string {
	if r.Kind == 0 {
		return whys[r.Why]
	}
	return whys[r.Why] + ":" + r.Kind.Name()
}

// Break tells whether a component may break a guard: if not, all its bonds
// hold, and Part would say so too, later.
func (g *Guards) Break(nodes []Node, bonds []Bond, never [][2]int) bool {
	if len(never) > 0 {
		return true
	}
	var counts typeCounts
	for i := range nodes {
		counts[letter(nodes[i].Kind)]++
	}
	for kind, most := range g.Limits {
		if int(counts[letter(kind)]) > most {
			return true
		}
	}
	if len(g.Shared) > 0 {
		degrees := make([]int, len(nodes))
		for _, b := range bonds {
			for _, at := range []int{b.A, b.B} {
				degrees[at]++
				if most, ok := g.Shared[nodes[at].Kind]; ok && degrees[at] > most {
					return true
				}
			}
		}
	}
	if len(g.Veto) == 0 {
		return false
	}
	var all people
	for i := range nodes {
		for _, n := range nodes[i].People {
			all.add(n)
		}
	}
	return all.moreNames && all.moreDays // then two of them differ in both
}

// Part takes the bonds of a component away and adds them again, decisions
// first, then the strongest, leaving out each that would break a guard or
// join a pair of never. Of each node it gives the first of its piece, of each
// bond why its ends are in two. No bond of a barred node joins.
//
// A decision joins two with all that each has: guards look at either by
// itself, as if nothing were decided. So what held before still holds.
func (g *Guards) Part(p *customer.Priority, nodes []Node, bonds []Bond, never [][2]int, barred []bool) (piece []int, cut []Reason) {
	w := newParting(g, nodes, never)
	cut = make([]Reason, len(bonds))
	for _, i := range strongestFirst(p, nodes, bonds) {
		if cut[i] = w.refuses(&bonds[i], barred); cut[i].Why == Held {
			w.join(&bonds[i])
		}
	}
	first := make([]int, len(nodes)) // of each root, plus one
	piece = make([]int, len(nodes))
	for i := range nodes {
		root := w.wholes.find(i)
		if first[root] == 0 {
			first[root] = i + 1
		}
		piece[i] = first[root] - 1
	}
	for i, b := range bonds {
		if piece[b.A] == piece[b.B] { // others joined them
			cut[i] = Reason{}
		}
	}
	return piece, cut
}

// strongestFirst is the order in which bonds are added: by the weaker of
// their two keys, the stronger, the records, the first of them, the bytes.
func strongestFirst(p *customer.Priority, nodes []Node, bonds []Bond) []int {
	ends := func(b *Bond) (strong, weak *Node) {
		x, y := &nodes[b.A], &nodes[b.B]
		if cmp.Or(cmp.Compare(p.Of(x.Kind), p.Of(y.Kind)), bytes.Compare(x.Text, y.Text)) > 0 {
			x, y = y, x
		}
		return x, y
	}
	order := make([]int, len(bonds))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		a, b := &bonds[i], &bonds[j]
		if a.Decided != b.Decided {
			if a.Decided {
				return -1
			}
			return 1
		}
		as, aw := ends(a)
		bs, bw := ends(b)
		return cmp.Or(cmp.Compare(p.Of(aw.Kind), p.Of(bw.Kind)), cmp.Compare(p.Of(as.Kind), p.Of(bs.Kind)),
			cmp.Compare(b.Records, a.Records), cmp.Compare(a.First, b.First), bytes.Compare(as.Text, bs.Text), bytes.Compare(aw.Text, bw.Text))
	})
	return order
}
