package flow

import (
	"sync"
	"sync/atomic"
)

// held is how many bytes of batches this process holds in memory. It belongs to
// the process, as the memory does: several stages and pipelines share one budget.
// What is counted is counted until its reader lets it go, also while a runner of
// this process has it encoded. On a cluster nothing is: there an element is the
// place of a file, or as short.
var held struct {
	bytes atomic.Pointer[atomic.Int64]

	mu   sync.Mutex
	runs int // under way
}

func init() { held.bytes.Store(new(atomic.Int64)) }

// holding is called when a run begins, and what it returns when it ended. A run
// that fails leaves batches that nobody will ever read: so the first of those
// under way begins at zero, and what is let go late is taken from the old sum.
func holding() (ended func()) {
	held.mu.Lock()
	defer held.mu.Unlock()
	if held.runs++; held.runs == 1 {
		held.bytes.Store(new(atomic.Int64))
	}
	return func() {
		held.mu.Lock()
		defer held.mu.Unlock()
		held.runs--
	}
}

// count counts the bytes as held.
func (b *body) count() {
	b.counted = held.bytes.Load()
	b.counted.Add(b.length)
}

// release lets inline bytes go. A batch has one reader, so nobody misses them.
func (b *body) release() {
	if b.counted != nil {
		b.counted.Add(-b.length)
		b.counted = nil
	}
	b.data = nil
}
