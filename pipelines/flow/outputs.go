package flow

import (
	"fmt"
)

// emission is a batch on its way to a key.
type emission struct {
	key   int
	batch Batch
}

// Outputs collects what a stage gives for one key.
type Outputs struct {
	Round int // of the rounds that the stage takes

	means *means
	stage string
	key   int
	part  int32      // of the next batch
	open  []emission // not yet sealed or settled to stay inline
	done  []emission
}

// Emit sends bytes to a key. The bytes are the engine's from then on. An
// output that nobody reads is dropped here.
func (o *Outputs) Emit(p Port, key int, data []byte) {
	if p = p.InRound(o.Round); o.means.reads[p] {
		o.open = append(o.open, emission{key, Batch{Port: p, Seq: int64(o.key), Part: o.part, body: inline(data)}})
		o.part++
	}
}

// Flush settles where the bytes emitted so far live. A stage that emits more
// than some megabytes for one key calls it in between, so that memory stays
// bounded.
func (o *Outputs) Flush() error {
	var bytes int64
	for _, e := range o.open {
		bytes += e.batch.body.length
	}
	var seal []emission
	switch {
	case o.means.MaxInline > 0:
		for _, e := range o.open {
			if e.batch.body.length > o.means.MaxInline {
				seal = append(seal, e)
			}
		}
	case o.means.overBudget(bytes):
		seal = o.open
	default:
		for _, e := range o.open {
			e.batch.body.count()
		}
	}
	if err := o.means.seal(fmt.Sprintf("%s-%d-%d-%d", o.stage, o.Round, o.key, o.part), seal); err != nil {
		return err
	}
	o.done = append(o.done, o.open...)
	o.open = o.open[:0]
	return nil
}
