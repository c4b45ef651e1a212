package identity

import (
	"cmp"
	"slices"

	"github.com/habitue-data/habitue/customer"
)

// Barred are the nodes whose value too many customers share, as those stand
// by decisions and by keys of other types that are not barred themselves:
// customers that began to use it within any one window.
//
// At first every value of many bonds is barred, so that no two of them hide
// each other. One that few customers have for all that is not, and joins
// them; others may then have fewer, and so on, to the end. More that joins
// never makes more customers, so no order of looking gives another answer.
func (g *Guards) Barred(nodes []Node, bonds []Bond) []bool {
	barred := make([]bool, len(nodes))
	if len(g.Shared) == 0 {
		return barred
	}
	degrees := make([]int, len(nodes))
	left := 0 // that are barred
	for _, b := range bonds {
		for _, at := range []int{b.A, b.B} {
			degrees[at]++
			if most, ok := g.Shared[nodes[at].Kind]; ok && degrees[at] == most+1 {
				barred[at] = true
				left++
			}
		}
	}
	for before := left + 1; left > 0 && left < before; {
		before = left
		for _, kind := range customer.KeyTypes() {
			if most, ok := g.Shared[kind]; ok {
				left -= g.release(kind, most, nodes, bonds, barred)
			}
		}
	}
	return barred
}

// use is that a customer has a value.
type use struct {
	value, by int   // nodes
	first     int64 // customer.NoTime where nothing tells
}

// release takes the bar off the values of a type that no more than most
// customers have, and tells how many they are.
func (g *Guards) release(kind customer.KeyType, most int, nodes []Node, bonds []Bond, barred []bool) (released int) {
	var uses []use
	customers := newForest(len(nodes))
	out := func(at int) bool { return nodes[at].Kind == kind || barred[at] }
	for _, b := range bonds {
		if b.Decided || !out(b.A) && !out(b.B) {
			customers.join(b.A, b.B)
		}
	}
	for _, b := range bonds {
		for _, ends := range [][2]int{{b.A, b.B}, {b.B, b.A}} {
			if value := ends[0]; nodes[value].Kind == kind && barred[value] {
				uses = append(uses, use{value, customers.find(ends[1]), b.First})
			}
		}
	}
	slices.SortFunc(uses, func(a, b use) int {
		return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.by, b.by), cmp.Compare(a.first, b.first))
	})
	uses = slices.CompactFunc(uses, func(a, b use) bool { return a.value == b.value && a.by == b.by }) // the first use of each
	slices.SortFunc(uses, func(a, b use) int {
		return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.first, b.first))
	})
	for len(uses) > 0 {
		n := 1
		for n < len(uses) && uses[n].value == uses[0].value {
			n++
		}
		if !g.crowded(uses[:n:n], most) {
			barred[uses[0].value] = false
			released++
		}
		uses = uses[n:]
	}
	return released
}

// crowded tells whether more than most of the uses of a value, in order of
// their first, lie in one window. One without a time may be of any.
func (g *Guards) crowded(uses []use, most int) bool {
	dated := len(uses)
	for dated > 0 && uses[dated-1].first == customer.NoTime {
		dated--
	}
	undated := len(uses) - dated
	if undated > most {
		return true
	}
	for i := range dated {
		if j := i + most - undated; j < dated && (g.Window == 0 || uses[j].first-uses[i].first < g.Window) {
			return true
		}
	}
	return false
}
