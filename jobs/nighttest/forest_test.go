package nighttest

// forest is union-find on texts: the plainest program that knows which keys
// hang together.
type forest struct{ parent map[string]string }

func newForest() *forest { return &forest{map[string]string{}} }

// find is the least text of a tree.
func (f *forest) find(x string) string {
	p, ok := f.parent[x]
	if !ok || p == x {
		f.parent[x] = x
		return x
	}
	root := f.find(p)
	f.parent[x] = root
	return root
}

func (f *forest) join(a, b string) {
	a, b = f.find(a), f.find(b)
	f.parent[max(a, b)] = min(a, b)
}
