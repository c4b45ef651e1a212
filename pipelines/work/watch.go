package work

import (
	"context"
	"slices"
	"sync"

	"github.com/habitue-data/habitue/internal/progress"
	"github.com/habitue-data/habitue/pipelines/brief"
)

// phases are the steps of a night as a person is told of them, each with
// the stages that begin it. A night never goes back to an earlier one: what
// runs late, and what runs as soon as it can (refuse, ledger), counts to the
// phase that is under way.
var phases = []struct {
	name   string
	stages []string
}{
	{"extract", []string{"extract"}},
	{"settle", []string{"settle", "recall", "gather", "compare"}},
	{"resolve", []string{"intern", "link", "components", "hook", "shrink", "label", "scatter", "guard", "fold", "reclaim", "award", "name", "register"}},
	{"score", []string{"count", "next", "sample", "fit", "score", "cube"}},
	{"records", []string{"whose", "records", "month", "forward", "consent"}},
	{"segment", []string{"segment", "enlist"}},
}

// watch tells how far a night is. It travels in the context: a worker in
// another process has none, and tells nobody. A channel from every worker
// was rejected: it would be one more thing for a runner to carry.
type watch struct {
	told *progress.Progress
	all  int64   // bytes to read
	of   []int64 // about how many of them are in each block

	mu   sync.Mutex // guards what follows
	at   int        // phase under way, -1 before the first
	step *progress.Step
}

type watchKey struct{}

// Watched gives stages run under the context somebody to tell.
func Watched(ctx context.Context, n *brief.Night, told *progress.Progress) (context.Context, *watch) {
	w := &watch{told: told, of: make([]int64, len(n.Blocks)), at: -1}
	blocks := make([]int64, len(n.Files))
	for _, b := range n.Blocks {
		blocks[b.File]++
	}
	for i, b := range n.Blocks {
		w.of[i] = n.Files[b.File].Bytes / blocks[b.File]
		w.all += w.of[i]
	}
	return context.WithValue(ctx, watchKey{}, w), w
}

// WatchOf is the watch of a context; nil, which tells nobody, where it has
// none.
func WatchOf(ctx context.Context) *watch {
	w, _ := ctx.Value(watchKey{}).(*watch)
	return w
}

// Begin notes that a stage works.
func (w *watch) Begin(stage string) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for at := w.at + 1; at < len(phases); at++ {
		if slices.Contains(phases[at].stages, stage) {
			w.step.End(nil)
			bytes := int64(0)
			if at == 0 {
				bytes = w.all
			}
			w.at, w.step = at, w.told.Start(phases[at].name, bytes)
			return
		}
	}
}

// Read notes that a block was read.
func (w *watch) Read(block int, rows int64) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.at == 0 {
		w.step.Add(rows, w.of[block])
	}
}

// End closes the phase under way.
func (w *watch) End(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.step.End(err)
}
