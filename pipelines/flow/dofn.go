package flow

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
	"github.com/habitue-data/habitue/internal/heap"
)

// stageFn runs a stage on Beam: it hands keys to bounded workers and emits
// their outputs in the order of the keys, always from Beam's own goroutine.
// The direct runner has one thread, so this is what uses the other cores.
type stageFn struct {
	Stage   string
	Program string // hash of the program that the job was launched for
	Job     []byte // for Program.Ready
	Read    []Port // ports that somebody reads
	Round   int    // of the rounds that the stage takes

	stage  *Stage
	worker any
	means  *means
	meter  loadMeter
	queue  []chan result
}

type result struct {
	emissions []emission
	err       error
}

type emitter = func(int, Batch)

// Setup readies the worker.
func (f *stageFn) Setup(context.Context) error {
	if err := same(f.Program); err != nil {
		return err
	}
	if f.stage = program.stage(f.Stage); f.stage == nil {
		return fmt.Errorf("no stage is called %q", f.Stage)
	}
	reads := map[Port]bool{}
	for _, p := range f.Read {
		reads[p] = true
	}
	w, m, err := program.Ready(f.Job, reads)
	if err != nil {
		return fmt.Errorf("stage %s: %w", f.Stage, err)
	}
	if asWorker {
		spare.Do(func() { heap.Spare(m.Memory) })
	}
	f.worker, f.means, f.meter = w, &means{m, reads}, newLoadMeter(f.Stage)
	return nil
}

// ProcessElement starts the work on one key and emits what is ready.
func (f *stageFn) ProcessElement(ctx context.Context, key int, batches func(*Batch) bool, e0, e1, e2, e3, e4, e5 emitter) error {
	if err := ctx.Err(); err != nil { // the direct runner never looks
		return context.Cause(ctx)
	}
	in := &Inputs{}
	var b Batch
	for batches(&b) {
		in.batches = append(in.batches, b)
	}
	f.meter.key(ctx, in.batches)
	in.sort()
	for len(f.queue) > runtime.GOMAXPROCS(0) {
		if err := f.emitFirst(e0, e1, e2, e3, e4, e5); err != nil {
			return err
		}
	}
	ready := make(chan result, 1)
	f.queue = append(f.queue, ready)
	go func() { ready <- f.work(ctx, key, in) }()
	return nil
}

func (f *stageFn) work(ctx context.Context, key int, in *Inputs) (r result) {
	defer func() {
		if p := recover(); p != nil {
			buf := make([]byte, 16<<10)
			r = result{err: fmt.Errorf("stage %s, key %d: panic: %v\n%s", f.Stage, key, p, buf[:runtime.Stack(buf, false)])}
		}
	}()
	program.Begin(ctx, f.Stage)
	out := &Outputs{Round: f.Round, means: f.means, stage: f.Stage, key: key}
	defer in.Release() // a stage need not say that it is done
	err := f.stage.Run(ctx, f.worker, key, in, out)
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return result{err: crossing(f.Stage, err)}
	}
	return result{emissions: out.done}
}

// emitFirst waits for the key that was started first.
func (f *stageFn) emitFirst(emitters ...emitter) error {
	r := <-f.queue[0]
	f.queue = f.queue[1:]
	if r.err != nil {
		return r.err
	}
	for _, e := range r.emissions {
		at := slices.Index(f.stage.Outs, e.batch.Port.Base())
		if at < 0 {
			return fmt.Errorf("stage %s has no output %q", f.Stage, e.batch.Port)
		}
		emitters[at](e.key, e.batch)
	}
	return nil
}

// FinishBundle emits the rest.
func (f *stageFn) FinishBundle(ctx context.Context, e0, e1, e2, e3, e4, e5 emitter) error {
	for len(f.queue) > 0 {
		if err := f.emitFirst(e0, e1, e2, e3, e4, e5); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	return nil
}

// seedFn puts the first batches into the graph.
type seedFn struct {
	Port    Port
	Program string // as stageFn has it
	Job     []byte
}

// ProcessElement emits them.
func (f *seedFn) ProcessElement(_ []byte, emit emitter) error {
	if err := same(f.Program); err != nil {
		return err
	}
	seed, err := program.Seed(f.Job, f.Port)
	if err != nil {
		return fmt.Errorf("begin with %s: %w", f.Port, err)
	}
	for i, key := range seed.Keys {
		emit(key, Batch{Port: f.Port, Seq: int64(key), body: inline(seed.Items[i])})
	}
	return nil
}

func init() {
	register.DoFn9x1[context.Context, int, func(*Batch) bool, emitter, emitter, emitter, emitter, emitter, emitter, error](&stageFn{})
	register.DoFn2x1[[]byte, emitter, error](&seedFn{})
	register.Emitter2[int, Batch]()
	register.Iter1[Batch]()
}
