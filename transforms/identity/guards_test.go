package identity

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/customer"
	"pgregory.net/rapid"
)

// sets are nodes that are together: each has the set it is in.
type sets []map[int]bool

func newSets(n int) (all sets) {
	for i := range n {
		all = append(all, map[int]bool{i: true})
	}
	return all
}

func (all sets) unite(a, b int) {
	for n := range all[b] {
		all[a][n] = true
	}
	for n := range all[a] {
		all[n] = all[a]
	}
}

// partSlowly is Part as its words have it: the pieces are sets, and what a
// bond would break is looked for in all of them anew.
func partSlowly(g *Guards, p *customer.Priority, nodes []Node, bonds []Bond, never [][2]int) (piece []int, cut []Reason) {
	all, parts := newSets(len(nodes)), newSets(len(nodes))
	barred := barredSlowly(g, nodes, bonds)
	cut = make([]Reason, len(bonds))
	for _, i := range strongestFirst(p, nodes, bonds) {
		b := bonds[i]
		reason := func() Reason {
			for _, n := range never {
				if !all[b.A][b.B] && (all[b.A][n[0]] && all[b.B][n[1]] || all[b.A][n[1]] && all[b.B][n[0]]) {
					return Reason{Why: NeverJoin}
				}
			}
			if b.Decided || parts[b.A][b.B] {
				return Reason{}
			}
			for _, at := range []int{b.A, b.B} {
				if barred[at] {
					return Reason{SharedBy, nodes[at].Kind}
				}
			}
			for _, kind := range customer.KeyTypes() {
				count := func(of map[int]bool) (n int) {
					for at := range of {
						if nodes[at].Kind == kind {
							n++
						}
					}
					return n
				}
				most, ok := g.Limits[kind]
				if m, n := count(parts[b.A]), count(parts[b.B]); ok && m > 0 && n > 0 && m+n > most {
					return Reason{Limited, kind}
				}
			}
			for _, at := range []int{b.A, b.B} {
				if !slices.Contains(g.Veto, nodes[at].Kind) {
					continue
				}
				for x := range parts[b.A] {
					for y := range parts[b.B] {
						for _, one := range nodes[x].People {
							if slices.ContainsFunc(nodes[y].People, one.differs) {
								return Reason{Vetoed, nodes[at].Kind}
							}
						}
					}
				}
			}
			return Reason{}
		}()
		if cut[i] = reason; reason.Why == Held {
			all.unite(b.A, b.B)
			if !b.Decided {
				parts.unite(b.A, b.B)
			}
		}
	}
	for i := range nodes {
		first := i
		for n := range all[i] {
			first = min(first, n)
		}
		piece = append(piece, first)
	}
	for i, b := range bonds {
		if piece[b.A] == piece[b.B] {
			cut[i] = Reason{}
		}
	}
	return piece, cut
}

// barredSlowly begins with nobody joined by any value that may be shared, and
// looks at all of them again until nothing changes.
func barredSlowly(g *Guards, nodes []Node, bonds []Bond) []bool {
	barred := make([]bool, len(nodes))
	for i := range nodes {
		_, barred[i] = g.Shared[nodes[i].Kind]
	}
	for {
		next := make([]bool, len(nodes))
		for i := range nodes {
			most, ok := g.Shared[nodes[i].Kind]
			next[i] = ok && sharedSlowly(g, nodes, bonds, barred, i, most)
		}
		if slices.Equal(next, barred) {
			return barred
		}
		barred = next
	}
}

// sharedSlowly tries a window at every use.
func sharedSlowly(g *Guards, nodes []Node, bonds []Bond, barred []bool, value, most int) bool {
	c, _ := NewComponents(len(nodes))
	for _, b := range bonds {
		joins := b.Decided
		if !joins {
			joins = true
			for _, at := range []int{b.A, b.B} {
				joins = joins && !barred[at] && nodes[at].Kind != nodes[value].Kind
			}
		}
		if joins {
			c.Join(uint32(b.A), uint32(b.B))
		}
	}
	first := map[uint32]int64{}
	for _, b := range bonds {
		other := b.A + b.B - value
		if b.A != value && b.B != value {
			continue
		}
		by := c.Find(uint32(other))
		if had, ok := first[by]; !ok || b.First < had {
			first[by] = b.First
		}
	}
	starts := []int64{customer.NoTime}
	for _, at := range first {
		starts = append(starts, at)
	}
	for _, start := range starts {
		n := 0
		for _, at := range first {
			if at == customer.NoTime || start != customer.NoTime && at >= start && (g.Window == 0 || at-start < g.Window) {
				n++
			}
		}
		if n > most {
			return true
		}
	}
	return false
}

// partOf is Part of what Barred bars.
func partOf(g *Guards, p *customer.Priority, nodes []Node, bonds []Bond, never [][2]int) (piece []int, cut []Reason) {
	return g.Part(p, nodes, bonds, never, g.Barred(nodes, bonds))
}

// component is a component as a test draws it.
type component struct {
	guards Guards
	nodes  []Node
	bonds  []Bond
	never  [][2]int
}

func drawComponent(t *rapid.T) component {
	var c component
	kinds := []customer.KeyType{customer.ContactKey, customer.CardKey, customer.PhoneKey, customer.EmailKey}
	kind := rapid.SampledFrom(kinds)
	few := rapid.IntRange(1, 3)
	c.guards = Guards{Limits: map[customer.KeyType]int{}, Shared: map[customer.KeyType]int{}, Window: int64(rapid.IntRange(0, 4).Draw(t, "window"))}
	for range rapid.IntRange(0, 2).Draw(t, "limits") {
		c.guards.Limits[kind.Draw(t, "limited")] = few.Draw(t, "limit")
	}
	for range rapid.IntRange(0, 2).Draw(t, "shareds") {
		c.guards.Shared[kind.Draw(t, "shared")] = few.Draw(t, "customers")
	}
	if rapid.Bool().Draw(t, "veto") {
		c.guards.Veto = []customer.KeyType{kind.Draw(t, "vetoed")}
	}
	for i := range rapid.IntRange(2, 14).Draw(t, "nodes") {
		n := Node{Kind: kind.Draw(t, "kind"), Text: fmt.Append(nil, i)}
		for range rapid.IntRange(0, 2).Draw(t, "people") {
			n.People = append(n.People, Person{uint64(few.Draw(t, "name")), int32(few.Draw(t, "birth"))})
		}
		c.nodes = append(c.nodes, n)
	}
	at := rapid.IntRange(0, len(c.nodes)-1)
	seen := map[[2]int]bool{}
	for range rapid.IntRange(0, 30).Draw(t, "bonds") {
		b := Bond{A: at.Draw(t, "a"), B: at.Draw(t, "b"), Records: int64(few.Draw(t, "records")), First: int64(rapid.IntRange(0, 6).Draw(t, "first"))}
		if b.Decided = rapid.IntRange(0, 9).Draw(t, "decided") == 0; b.First == 6 || b.Decided {
			b.First = customer.NoTime
		}
		if pair := [2]int{min(b.A, b.B), max(b.A, b.B)}; b.A != b.B && !seen[pair] {
			seen[pair] = true
			c.bonds = append(c.bonds, b)
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, "nevers") {
		if n := [2]int{at.Draw(t, "a"), at.Draw(t, "b")}; n[0] != n[1] {
			c.never = append(c.never, n)
		}
	}
	return c
}

func TestPartIsWhatItsWordsSay(t *testing.T) {
	t.Parallel()
	priority := customer.NewPriority(nil)
	rapid.Check(t, func(t *rapid.T) {
		c := drawComponent(t)
		piece, cut := partOf(&c.guards, priority, c.nodes, c.bonds, c.never)
		wantPiece, wantCut := partSlowly(&c.guards, priority, c.nodes, c.bonds, c.never)
		if diff := cmp.Diff(wantPiece, piece) + cmp.Diff(wantCut, cut); diff != "" {
			t.Fatalf("(- by the words, + Part) %s", diff)
		}
		if held := !slices.ContainsFunc(cut, func(r Reason) bool { return r.Why != Held }); !held && !c.guards.Break(c.nodes, c.bonds, c.never) {
			t.Fatal("a bond is cut where nothing is said to break")
		}

		// Other numbers for the same keys, other places for the same bonds.
		seed := rapid.Uint64().Draw(t, "seed")
		r := rand.New(rand.NewPCG(seed, 1))
		place := r.Perm(len(c.nodes)) // node i is now at place[i]
		nodes := make([]Node, len(c.nodes))
		for i, n := range c.nodes {
			nodes[place[i]] = n
		}
		order := r.Perm(len(c.bonds))
		bonds := make([]Bond, len(c.bonds))
		for to, from := range order {
			b := c.bonds[from]
			b.A, b.B = place[b.B], place[b.A]
			bonds[to] = b
		}
		var never [][2]int
		for _, n := range c.never {
			never = append([][2]int{{place[n[1]], place[n[0]]}}, never...)
		}
		others, otherCut := partOf(&c.guards, priority, nodes, bonds, never)
		for i := range c.nodes {
			for j := range i {
				if (piece[i] == piece[j]) != (others[place[i]] == others[place[j]]) {
					t.Fatalf("nodes %d and %d are together in one order and apart in another", i, j)
				}
			}
		}
		for to, from := range order {
			if otherCut[to].Why != cut[from].Why {
				t.Fatalf("bond %d is cut for %v in one order and for %v in another", from, cut[from], otherCut[to])
			}
		}
	})
}

// TestADecisionToJoinTakesNothingAway holds that what records join is joined
// still where people decided that more is.
func TestADecisionToJoinTakesNothingAway(t *testing.T) {
	t.Parallel()
	priority := customer.NewPriority(nil)
	rapid.Check(t, func(t *rapid.T) {
		c := drawComponent(t)
		c.guards.Shared = nil // with fewer customers a value may join more, and a limit then be reached sooner
		undecided := slices.DeleteFunc(slices.Clone(c.bonds), func(b Bond) bool { return b.Decided })
		_, before := partOf(&c.guards, priority, c.nodes, undecided, nil)
		piece, _ := partOf(&c.guards, priority, c.nodes, c.bonds, nil)
		for i, b := range undecided {
			if before[i].Why == Held && piece[b.A] != piece[b.B] {
				t.Fatalf("a decision to join parts %d and %d", b.A, b.B)
			}
		}
		for _, b := range c.bonds {
			if b.Decided && piece[b.A] != piece[b.B] {
				t.Fatalf("%d and %d are not joined for all that was decided", b.A, b.B)
			}
		}
	})
}

func TestGuards(t *testing.T) {
	t.Parallel()
	ann, bob, typo := Person{1, 1}, Person{2, 2}, Person{3, 1}
	node := func(key string, people ...Person) Node {
		return Node{customer.KeyType(key[0]), []byte(key[2:]), people}
	}
	bond := func(a, b int, records, first int64) Bond { return Bond{A: a, B: b, Records: records, First: first} }
	phone := []customer.KeyType{customer.PhoneKey}
	for _, c := range []struct {
		name   string
		guards Guards
		nodes  []Node
		bonds  []Bond
		never  [][2]int
		piece  []int
		cut    string
	}{
		{"a phone joins two contacts", Guards{}, []Node{node("c:a", ann), node("c:b", bob), node("p:1")},
			[]Bond{bond(0, 2, 1, 1), bond(1, 2, 1, 2)}, nil, []int{0, 0, 0}, "[ ]"},
		{"but not where name and birth date differ", Guards{Veto: phone}, []Node{node("c:a", ann), node("c:b", bob), node("p:1")},
			[]Bond{bond(0, 2, 1, 2), bond(1, 2, 1, 1)}, nil, []int{0, 1, 1}, "[veto:phone ]"},
		{"the phone is whose records show it more often", Guards{Veto: phone}, []Node{node("c:a", ann), node("c:b", bob), node("p:1")},
			[]Bond{bond(0, 2, 2, 2), bond(1, 2, 1, 1)}, nil, []int{0, 1, 0}, "[ veto:phone]"},
		{"one of them agrees", Guards{Veto: phone}, []Node{node("c:a", ann), node("c:b", typo), node("p:1")},
			[]Bond{bond(0, 2, 1, 2), bond(1, 2, 1, 1)}, nil, []int{0, 0, 0}, "[ ]"},
		{"nobody says both", Guards{Veto: phone}, []Node{node("c:a", ann), node("c:b"), node("p:1")},
			[]Bond{bond(0, 2, 1, 2), bond(1, 2, 1, 1)}, nil, []int{0, 0, 0}, "[ ]"},
		{"an e-mail joins them all the same", Guards{Veto: phone}, []Node{node("c:a", ann), node("c:b", bob), node("p:1"), node("e:1")},
			[]Bond{bond(0, 2, 1, 2), bond(1, 2, 1, 1), bond(0, 3, 1, 1), bond(1, 3, 1, 1)}, nil, []int{0, 0, 0, 0}, "[   ]"},
		{"a card too many", Guards{Limits: map[customer.KeyType]int{customer.CardKey: 1}}, []Node{node("l:1"), node("l:2"), node("p:1")},
			[]Bond{bond(0, 2, 1, 1), bond(1, 2, 1, 2)}, nil, []int{0, 1, 0}, "[ limit:loyalty_card]"},
		{"a decision goes before a limit", Guards{Limits: map[customer.KeyType]int{customer.CardKey: 1}}, []Node{node("l:1"), node("l:2"), node("p:1")},
			[]Bond{bond(0, 2, 1, 1), {A: 0, B: 1, Decided: true, First: customer.NoTime}}, nil, []int{0, 0, 0}, "[ ]"},
		{"and brings all that either has", Guards{Limits: map[customer.KeyType]int{customer.CardKey: 1}}, []Node{node("c:a"), node("c:b"), node("l:1"), node("l:2"), node("l:3"), node("p:1")},
			[]Bond{bond(0, 2, 1, 1), bond(1, 3, 1, 2), bond(1, 5, 1, 1), bond(4, 5, 1, 1), {A: 0, B: 1, Decided: true, First: customer.NoTime}}, nil, []int{0, 0, 0, 0, 4, 0}, "[   limit:loyalty_card ]"},
		{"a pair that never joins", Guards{}, []Node{node("c:a"), node("c:b"), node("e:1")},
			[]Bond{bond(0, 2, 1, 1), bond(1, 2, 9, 2)}, [][2]int{{0, 1}}, []int{0, 1, 1}, "[never_join ]"},
		{"a phone of three customers", Guards{Shared: map[customer.KeyType]int{customer.PhoneKey: 2}}, []Node{node("l:1"), node("l:2"), node("l:3"), node("p:1")},
			[]Bond{bond(0, 3, 1, 1), bond(1, 3, 1, 2), bond(2, 3, 1, 3)}, nil, []int{0, 1, 2, 3}, "[shared:phone shared:phone shared:phone]"},
		{"a phone and an e-mail of three customers do not hide each other", Guards{Shared: map[customer.KeyType]int{customer.PhoneKey: 2, customer.EmailKey: 2}},
			[]Node{node("c:a"), node("c:b"), node("c:c"), node("p:1"), node("e:1")},
			[]Bond{bond(0, 3, 1, 1), bond(1, 3, 1, 2), bond(2, 3, 1, 3), bond(0, 4, 1, 1), bond(1, 4, 1, 2), bond(2, 4, 1, 3)}, nil, []int{0, 1, 2, 3, 4},
			"[shared:phone shared:phone shared:phone shared:email shared:email shared:email]"},
		{"an e-mail of two makes two customers of the three that have a phone", Guards{Shared: map[customer.KeyType]int{customer.PhoneKey: 2, customer.EmailKey: 2}},
			[]Node{node("c:a"), node("c:b"), node("c:c"), node("p:1"), node("e:1")},
			[]Bond{bond(0, 3, 1, 1), bond(1, 3, 1, 2), bond(2, 3, 1, 3), bond(0, 4, 1, 1), bond(1, 4, 1, 2)}, nil, []int{0, 0, 0, 0, 0}, "[    ]"},
		{"of two by their e-mail", Guards{Shared: map[customer.KeyType]int{customer.PhoneKey: 2}}, []Node{node("l:1"), node("l:2"), node("l:3"), node("p:1"), node("e:1")},
			[]Bond{bond(0, 3, 1, 1), bond(1, 3, 1, 2), bond(2, 3, 1, 3), bond(0, 4, 1, 1), bond(1, 4, 1, 1)}, nil, []int{0, 0, 0, 0, 0}, "[    ]"},
		{"of three, one after the other", Guards{Shared: map[customer.KeyType]int{customer.PhoneKey: 2}, Window: 3}, []Node{node("l:1"), node("l:2"), node("l:3"), node("p:1")},
			[]Bond{bond(0, 3, 1, 1), bond(1, 3, 1, 3), bond(2, 3, 1, 4)}, nil, []int{0, 0, 0, 0}, "[  ]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			piece, cut := partOf(&c.guards, customer.NewPriority(nil), c.nodes, c.bonds, c.never)
			if diff := cmp.Diff(c.piece, piece); diff != "" || fmt.Sprint(cut) != c.cut {
				t.Errorf("%v, want %s; %s", cut, c.cut, diff)
			}
		})
	}
}

// TestAPhoneOfTenThousand holds that a component that is as large as one
// should never be takes no time that grows with its square.
func TestAPhoneOfTenThousand(t *testing.T) {
	t.Parallel()
	const many = 100_000
	g := Guards{Limits: map[customer.KeyType]int{customer.ContactKey: math.MaxInt}, Veto: []customer.KeyType{customer.PhoneKey}}
	nodes := []Node{{Kind: customer.PhoneKey, Text: []byte("1")}}
	var bonds []Bond
	for i := range many {
		nodes = append(nodes, Node{customer.ContactKey, fmt.Append(nil, i), []Person{{1, int32(i)}}})
		bonds = append(bonds, Bond{A: i + 1, B: 0, Records: 1})
	}
	nodes[1].People[0].Name = 2 // the rest have one name, and many days
	piece, cut := partOf(&g, customer.NewPriority(nil), nodes, bonds, nil)
	apart := 0
	for i := range cut {
		if cut[i].Why != Held {
			apart++
		}
	}
	if apart != 1 && apart != many-1 {
		t.Errorf("%d of %d are kept apart; pieces %v", apart, many, piece[:5])
	}
}
