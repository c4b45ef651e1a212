package identity

import (
	"errors"
	"fmt"
	"math"
)

// Components finds which nodes are joined, in memory: about four bytes a
// node. The answer is the same sets whatever the order of links; the name of
// a set is its smallest node.
type Components struct{ parent []uint32 }

// ErrTooManyKeys says that one worker cannot hold the keys.
var ErrTooManyKeys = errors.New("more keys than one worker holds")

// NewComponents starts with n nodes, each by itself.
func NewComponents(n int) (*Components, error) {
	if n > math.MaxUint32 {
		return nil, fmt.Errorf("%w: %d", ErrTooManyKeys, n)
	}
	c := &Components{parent: make([]uint32, n)}
	for i := range c.parent {
		c.parent[i] = uint32(i)
	}
	return c, nil
}

// Find is the smallest node joined with x. It halves the path on its way.
func (c *Components) Find(x uint32) uint32 {
	for c.parent[x] != x {
		c.parent[x] = c.parent[c.parent[x]]
		x = c.parent[x]
	}
	return x
}

// Join joins two nodes. The smaller root wins, so that Find gives the
// smallest node for free.
func (c *Components) Join(a, b uint32) {
	a, b = c.Find(a), c.Find(b)
	if a < b {
		c.parent[b] = a
	} else if b < a {
		c.parent[a] = b
	}
}
