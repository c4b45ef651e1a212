package identity

import (
	"math/bits"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// inRounds finds components in rounds over that many shards, and tells in
// how many.
func inRounds(t testing.TB, links [][2]uint64, shards, most int) (labels map[uint64]uint64, rounds int) {
	labels = map[uint64]uint64{}
	label := func(node, smallest uint64) {
		if had, twice := labels[node]; twice {
			t.Fatalf("node %d is labelled %d and %d", node, had, smallest)
		}
		labels[node] = smallest
	}
	told := make([][]Word, shards)
	say := func(to [][]Word) func(Word) {
		return func(w Word) { to[w.To%uint64(shards)] = append(to[w.To%uint64(shards)], w) }
	}
	for _, l := range links {
		say(told)(Word{l[0], l[1], Link})
		say(told)(Word{l[1], l[0], Link})
	}
	for rounds = 0; slices.ContainsFunc(told, func(s []Word) bool { return len(s) > 0 }); rounds++ {
		if rounds > most {
			t.Fatalf("not finished after %d rounds", rounds)
		}
		hooked, shrunk := make([][]Word, shards), make([][]Word, shards)
		for _, s := range told {
			Hook(SortWords(s), say(hooked), label)
		}
		for _, s := range hooked {
			Shrink(SortWords(s), say(shrunk))
		}
		told = shrunk
	}
	return labels, rounds
}

// inMemory is the same by the union-find.
func inMemory(t testing.TB, links [][2]uint64) map[uint64]uint64 {
	n := uint64(0)
	for _, l := range links {
		n = max(n, l[0]+1, l[1]+1)
	}
	c, err := NewComponents(int(n))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range links {
		c.Join(uint32(l[0]), uint32(l[1]))
	}
	labels := map[uint64]uint64{}
	for _, l := range links {
		for _, x := range l {
			labels[x] = uint64(c.Find(uint32(x)))
		}
	}
	return labels
}

func TestRoundsAgreeWithTheUnionFind(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		links := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) [2]uint64 {
			a := rapid.Uint64Range(0, 60).Draw(rt, "a")
			b := rapid.Uint64Range(0, 59).Draw(rt, "b")
			if b >= a {
				b++ // a key is not linked to itself
			}
			return [2]uint64{a, b}
		}), 0, 60).Draw(rt, "links")
		want := inMemory(t, links)
		got, _ := inRounds(t, links, rapid.IntRange(1, 5).Draw(rt, "shards"), 20)
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatal(diff)
		}
		contracted := Contract(slices.Clone(links))
		got, _ = inRounds(t, contracted, 3, 20)
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("contracted to %v: %s", contracted, diff)
		}
	})
}

// TestRoundsAreAsManyAsAChainHasDigits holds the bound that the graph is
// built for, on shapes that are the worst: a chain in order, one that goes
// from end to end and back, a comb, a binary tree.
func TestRoundsAreAsManyAsAChainHasDigits(t *testing.T) {
	const n = 1 << 14
	shapes := map[string]func(i uint64) [2]uint64{
		"a chain in order":   func(i uint64) [2]uint64 { return [2]uint64{i, i + 1} },
		"a chain, scattered": func(i uint64) [2]uint64 { return [2]uint64{scatter(i, n), scatter(i+1, n)} },
		"a star":             func(i uint64) [2]uint64 { return [2]uint64{n, i} },
		"a binary tree":      func(i uint64) [2]uint64 { return [2]uint64{i + 1, i / 2} },
		"a comb":             func(i uint64) [2]uint64 { return [2]uint64{i + i%2*n, i + 1} },
	}
	for name, link := range shapes {
		var links [][2]uint64
		for i := range uint64(n - 1) {
			if l := link(i); l[0] != l[1] {
				links = append(links, l)
			}
		}
		want := inMemory(t, links)
		got, rounds := inRounds(t, links, 4, 100)
		if diff := cmp.Diff(len(want), len(got)); diff != "" {
			t.Error(name, diff)
		}
		for node, root := range want {
			if got[node] != root {
				t.Fatalf("%s: node %d is of %d, want %d", name, node, got[node], root)
			}
		}
		if most := bits.Len64(n) + 3; rounds > most {
			t.Errorf("%s of %d: %d rounds, more than %d", name, n, rounds, most)
		} else {
			t.Logf("%s: %d rounds", name, rounds)
		}
	}
}

// scatter is a permutation of 0 to n-1, n a power of two.
func scatter(i, n uint64) uint64 { return i * 0x9E3779B1 & (n - 1) }
