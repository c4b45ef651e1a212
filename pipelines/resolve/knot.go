package resolve

import (
	"bytes"
	"errors"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/pipelines/work"
)

// owners are, of each member of a component, the one that its records go by:
// itself, but of a knot the first of its keys that is not barred, or the first
// of all where each is. It is nil where there is no knot. A knot is told what
// the ledger says of that key, since its records count where the key's do.
func (g *guardian) owners(members, inComponent []int, ties []tie, barred []bool) (owners []int, err error) {
	for from := 0; from < len(ties); {
		knot, to := ties[from].x, from // ties are in order of x, and a knot is always the stronger
		for to < len(ties) && ties[to].x == knot {
			to++
		}
		if g.nodes[knot].Kind == work.KnotKey {
			if owners == nil {
				owners = make([]int, len(members))
				for i := range owners {
					owners[i] = i
				}
			}
			owner, err := g.ownerOf(knot, ties[from:to], func(node int) bool { return barred[inComponent[node]] })
			if err != nil {
				return nil, err
			}
			owners[inComponent[knot]] = inComponent[owner]
			if err := tellEarlier(g.nodes[knot].state, g.nodes[owner].state, g.Worker); err != nil {
				return nil, err
			}
			g.nodes[owner].born = true
		}
		from = to
	}
	return owners, nil
}

func (g *guardian) ownerOf(knot int, ties []tie, barred func(node int) bool) (owner int, err error) {
	owner = -1
	err = work.EachOfKnot(g.nodes[knot].Text, func(kind customer.KeyType, value []byte) bool {
		for i := range ties {
			at := ties[i].y
			if n := &g.nodes[at]; n.Kind != kind || !bytes.Equal(n.Text, value) {
				continue
			}
			if owner < 0 || !barred(at) {
				owner = at
			}
			return !barred(at)
		}
		return false
	})
	if err == nil && owner < 0 {
		err = errors.New("records have keys, and are tied to none of them")
	}
	return owner, err
}

// untie ties the keys of each knot to its owner.
func (g *guardian) untie(ties []tie, members, inComponent, owners []int) []tie {
	var rest []tie
	for _, t := range ties {
		owner := members[owners[inComponent[t.x]]]
		switch {
		case owner == t.x:
			rest = append(rest, t)
		case owner != t.y:
			rest = append(rest, g.tie(t.bond, owner, t.y))
		}
	}
	return g.merge(rest)
}

// lend gives the owner of each knot the people of its records.
func (l *look) lend(owners []int) {
	for i, owner := range owners {
		if i != owner {
			l.nodes[owner].People = append(l.nodes[owner].People, l.nodes[i].People...)
		}
	}
}
