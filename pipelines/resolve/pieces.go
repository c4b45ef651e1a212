package resolve

import (
	"encoding/binary"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/transforms/identity"
)

// component looks at one: at its keys, and at what ties them.
func (g *guardian) component(members, inComponent []int, ties []tie) error {
	guards := &g.Identity.Guards
	l := g.lookAt(members, inComponent, ties)
	breaks := guards.Break(l.nodes, l.bonds, l.never)
	barred := make([]bool, len(members))
	if breaks {
		barred = guards.Barred(l.nodes, l.bonds)
	}
	owners, err := g.owners(members, inComponent, ties, barred)
	if err != nil {
		return err
	}
	if owners != nil {
		ties = g.untie(ties, members, inComponent, owners)
		l = g.lookAt(members, inComponent, ties)
		l.lend(owners)
	}
	if breaks {
		piece, cut := guards.Part(g.Priority, l.nodes, l.bonds, l.never, barred)
		for i, owner := range owners {
			piece[i] = piece[owner]
		}
		g.relabel(members, piece)
		for i := range ties {
			if t := &ties[i]; t.rule != ruleNever {
				t.reason = cut[l.bondOf[i]]
				if t.rule == ruleRecord && t.reason.Why != identity.Held {
					g.cuts[Cut{g.Names[t.source], t.reason.String()}] += t.records
				}
			}
		}
	}
	g.tellFates(ties)
	if g.Reads["linked"] {
		for i := range ties {
			if ties[i].rule != ruleNever {
				g.linked = g.appendLinked(g.linked, &ties[i])
			}
		}
	}
	return nil
}

// look is a component as the guards see it.
type look struct {
	nodes  []identity.Node
	bonds  []identity.Bond
	never  [][2]int
	bondOf []int // of each tie but those of never
}

func (g *guardian) lookAt(members, inComponent []int, ties []tie) *look {
	l := &look{nodes: make([]identity.Node, len(members)), bondOf: make([]int, len(ties))}
	for i, m := range members {
		l.nodes[i] = g.nodes[m].Node
	}
	for i := range ties {
		t := &ties[i]
		x, y := inComponent[t.x], inComponent[t.y]
		if t.rule == ruleNever {
			l.never = append(l.never, [2]int{x, y})
			continue
		}
		last := len(l.bonds) - 1
		if last < 0 || l.bonds[last].A != x || l.bonds[last].B != y {
			last++
			l.bonds = append(l.bonds, identity.Bond{A: x, B: y, First: customer.NoTime})
		}
		b := &l.bonds[last]
		b.Decided = b.Decided || t.rule == ruleAlways
		b.Records += t.records
		b.First = min(b.First, t.first)
		l.bondOf[i] = last
	}
	return l
}

// relabel gives each piece the place of its least key as its label: so no two
// of the world have the same, and the piece with the least key of all keeps
// that of the component.
func (g *guardian) relabel(members, piece []int) {
	least, born := make([]uint32, len(members)), make([]bool, len(members))
	for i, m := range members {
		p, n := piece[i], &g.nodes[m]
		if p == i || n.place < least[p] {
			least[p] = n.place
		}
		born[p] = born[p] || n.born
	}
	for i, m := range members {
		label := least[piece[i]]
		if !born[piece[i]] {
			label = nobody
		}
		binary.LittleEndian.PutUint32(g.parts[g.nodes[m].at:], label)
	}
}
