package identity

import (
	"slices"

	"github.com/habitue-data/habitue/customer"
)

// parting is the work on one component.
type parting struct {
	*Guards
	nodes  []Node
	parts  forest // what is together without a decision
	asks   []asked
	wholes forest  // parts, and what decisions join of them
	foes   [][]int // of each root of wholes: nodes that never join it
}

// asked is what the guards ask of a part.
type asked struct {
	counts typeCounts
	people people
}

// typeCounts counts keys by the letter of their type.
type typeCounts [26]int32

func letter(k customer.KeyType) int { return int(k - 'a') }

func newParting(g *Guards, nodes []Node, never [][2]int) *parting {
	w := &parting{g, nodes, newForest(len(nodes)), make([]asked, len(nodes)), newForest(len(nodes)), make([][]int, len(nodes))}
	for i := range nodes {
		w.asks[i].counts[letter(nodes[i].Kind)] = 1
		for _, n := range nodes[i].People {
			w.asks[i].people.add(n)
		}
	}
	for _, n := range never {
		w.foes[n[0]] = append(w.foes[n[0]], n[1])
		w.foes[n[1]] = append(w.foes[n[1]], n[0])
	}
	return w
}

// join joins the ends of a bond.
func (w *parting) join(bond *Bond) {
	if root, gone := w.wholes.join(bond.A, bond.B); root != gone {
		w.foes[root] = append(w.foes[root], w.foes[gone]...)
	}
	if bond.Decided {
		return
	}
	root, gone := w.parts.join(bond.A, bond.B)
	if root == gone {
		return
	}
	a, b := &w.asks[root], &w.asks[gone]
	for i, n := range b.counts {
		a.counts[i] += n
	}
	for n := range b.people.all {
		a.people.add(n)
	}
}

// refuses is why a bond must not join its ends.
func (w *parting) refuses(bond *Bond, barred []bool) Reason {
	if x, y := w.wholes.find(bond.A), w.wholes.find(bond.B); x != y && w.hostile(x, y) {
		return Reason{Why: NeverJoin}
	}
	x, y := w.parts.find(bond.A), w.parts.find(bond.B)
	if bond.Decided || x == y { // who decides knows better than a rule
		return Reason{}
	}
	for _, at := range []int{bond.A, bond.B} {
		if barred[at] {
			return Reason{SharedBy, w.nodes[at].Kind}
		}
	}
	a, b := &w.asks[x], &w.asks[y]
	for _, kind := range customer.KeyTypes() {
		if most, ok := w.Limits[kind]; ok {
			m, n := int(a.counts[letter(kind)]), int(b.counts[letter(kind)])
			if m > 0 && n > 0 && m+n > most {
				return Reason{Limited, kind}
			}
		}
	}
	for _, at := range []int{bond.A, bond.B} {
		if kind := w.nodes[at].Kind; slices.Contains(w.Veto, kind) && a.people.differ(&b.people) {
			return Reason{Vetoed, kind}
		}
	}
	return Reason{}
}

// hostile tells whether a pair that never joins is of these two wholes.
func (w *parting) hostile(x, y int) bool {
	if len(w.foes[y]) < len(w.foes[x]) {
		x, y = y, x
	}
	return slices.ContainsFunc(w.foes[x], func(foe int) bool { return w.wholes.find(foe) == y })
}

// people are the different persons of a piece.
type people struct {
	all                 map[Person]bool
	one                 Person // any of them
	moreNames, moreDays bool   // than one
}

func (p *people) add(n Person) {
	if p.all == nil {
		p.all, p.one = map[Person]bool{}, n
	}
	p.all[n] = true
	p.moreNames = p.moreNames || n.Name != p.one.Name
	p.moreDays = p.moreDays || n.Birth != p.one.Birth
}

// differ tells whether anybody of one piece differs from anybody of another.
// Where many agree, they do by the one name or the one day of all of them: so
// there is nothing to go through.
func (p *people) differ(o *people) bool {
	switch {
	case len(p.all) == 0 || len(o.all) == 0,
		!p.moreNames && !o.moreNames && p.one.Name == o.one.Name,
		!p.moreDays && !o.moreDays && p.one.Birth == o.one.Birth:
		return false
	}
	for a := range p.all {
		for b := range o.all {
			if a.differs(b) {
				return true
			}
		}
	}
	return false
}
