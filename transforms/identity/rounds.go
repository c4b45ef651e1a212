package identity

import "slices"

// Components in rounds: for more keys than one worker holds. Every node knows
// its neighbours and nothing else; in each round a node first tells its
// greater neighbours of the smallest one it knows (Hook), then each node ties
// what it was told of to the smallest of them (Shrink). A component becomes a
// star around its smallest node, in about as many rounds as the length of its
// longest chain has binary digits, and leaves the rounds as soon as it is
// one. After "Connected Components in MapReduce and Beyond", Kiveris et al.,
// SoCC 2014 (large-star, small-star); that a finished star leaves is ours:
// nearly all components of customers are small, and later rounds carry next
// to nothing.
//
// Passing each node its least neighbour until nothing changes was rejected:
// it takes as many rounds as the chain is long.

// Word is what one node is told in a round, about another.
type Word struct {
	To, About uint64
	Kind      WordKind
}

// WordKind is what a Word says.
type WordKind uint8

const (
	Link WordKind = iota // About is a neighbour
	Done                 // About is the smallest node of a component that is finished
	Pull                 // About is a smaller node of the same component
	Leaf                 // About is a neighbour that has no other
	Root                 // About is how many neighbours To has, all of them greater
)

// SortWords brings words in the order that Hook and Shrink want: by who is
// told, each once.
func SortWords(words []Word) []Word {
	slices.SortFunc(words, func(a, b Word) int {
		switch {
		case a.To != b.To:
			return order(a.To < b.To)
		case a.Kind != b.Kind:
			return int(a.Kind) - int(b.Kind)
		case a.About != b.About:
			return order(a.About < b.About)
		}
		return 0
	})
	return slices.Compact(words)
}

func order(less bool) int {
	if less {
		return -1
	}
	return 1
}

// eachTold gives the words of one node after the other.
func eachTold(words []Word, yield func(node uint64, told []Word)) {
	for from := 0; from < len(words); {
		to := from + 1
		for to < len(words) && words[to].To == words[from].To {
			to++
		}
		yield(words[from].To, words[from:to])
		from = to
	}
}

// Hook is the first half of a round. words are Links, from both ends, and
// Dones, sorted. label is called for every node whose component is finished.
func Hook(words []Word, say func(Word), label func(node, smallest uint64)) {
	eachTold(words, func(node uint64, told []Word) {
		if last := told[len(told)-1]; last.Kind == Done {
			label(node, last.About)
			return
		}
		least := min(node, told[0].About) // they are sorted
		for _, w := range told {
			if w.About > node {
				say(Word{w.About, least, Pull})
			}
		}
		if least == node {
			say(Word{node, uint64(len(told)), Root})
		} else if len(told) == 1 {
			say(Word{least, node, Leaf})
		}
	})
}

// Shrink is the second half of a round: words are what Hook said, sorted.
func Shrink(words []Word, say func(Word)) {
	tie := func(a, b uint64) {
		say(Word{a, b, Link})
		say(Word{b, a, Link})
	}
	eachTold(words, func(node uint64, told []Word) {
		pulls, rest := cutKind(told, Pull)
		leaves, roots := cutKind(rest, Leaf)
		for i, w := range pulls {
			if i == 0 {
				tie(node, w.About)
			} else {
				tie(w.About, pulls[0].About)
			}
		}
		if len(roots) > 0 && roots[0].About == uint64(len(leaves)) {
			say(Word{node, node, Done})
			for _, w := range leaves {
				say(Word{w.About, node, Done})
			}
		}
	})
}

// cutKind cuts the words of a kind off the front.
func cutKind(words []Word, kind WordKind) (of, rest []Word) {
	n := 0
	for n < len(words) && words[n].Kind == kind {
		n++
	}
	return words[:n], words[n:]
}

// Contract is the links of some nodes in fewer: of each set that they join a
// star around its smallest node.
func Contract(links [][2]uint64) [][2]uint64 {
	parent := map[uint64]uint64{}
	find := func(x uint64) uint64 {
		p, ok := parent[x]
		if !ok {
			parent[x] = x
			return x
		}
		for p != x {
			up := parent[p]
			parent[x] = up
			x, p = up, parent[up]
		}
		return x
	}
	for _, l := range links {
		if a, b := find(l[0]), find(l[1]); a != b {
			parent[max(a, b)] = min(a, b)
		}
	}
	stars := links[:0]
	for node := range parent {
		if root := find(node); root != node {
			stars = append(stars, [2]uint64{node, root})
		}
	}
	slices.SortFunc(stars, func(a, b [2]uint64) int { return order(a[0] < b[0]) })
	return stars
}
