package identity

// forest is nodes that are joined, in trees: the smaller under the larger.
type forest struct{ parent, size []int }

func newForest(n int) forest {
	f := forest{make([]int, n), make([]int, n)}
	for i := range n {
		f.parent[i], f.size[i] = i, 1
	}
	return f
}

func (f *forest) find(x int) int {
	for f.parent[x] != x {
		f.parent[x] = f.parent[f.parent[x]]
		x = f.parent[x]
	}
	return x
}

// join gives the root of both, and the one that is none any more; they are
// the same where nothing was to join.
func (f *forest) join(x, y int) (root, gone int) {
	if x, y = f.find(x), f.find(y); x == y {
		return x, x
	}
	if f.size[x] < f.size[y] {
		x, y = y, x
	}
	f.parent[y] = x
	f.size[x] += f.size[y]
	return x, y
}
