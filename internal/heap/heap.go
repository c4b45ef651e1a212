// Package heap keeps the memory of a process near a budget. It is for heaps of
// large pieces that hold almost no pointers, as those of rows in columns are.
package heap

import (
	"runtime/debug"
	"sync"
)

// least is what a heap may have whatever was said: below it the collector would
// do nothing but collect.
const least = 64 << 20

var held struct {
	sync.Mutex
	ballast []byte
}

// Spare sets the garbage collector for a budget in bytes, 0 for none: a percentage
// of 25 to 50 costs no time here and spares memory.
func Spare(budget int64) {
	held.Lock()
	defer held.Unlock()
	debug.SetGCPercent(50)
	// What is never touched is not resident, but it counts as live: so a small
	// heap is not collected hundreds of times.
	held.ballast = make([]byte, min(48<<20, budget/8))
	if budget > 0 {
		debug.SetMemoryLimit(max(budget, least))
	}
}

// Give gives back what Spare took: somebody else needs it now.
func Give() {
	held.Lock()
	defer held.Unlock()
	held.ballast = nil
	debug.FreeOSMemory()
}
