package pipelines

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
)

// stage is one step of the night: plain Go from the batches of one key to
// batches for other keys. Nothing of Beam shows in it.
type stage struct {
	name string
	outs []port // at most maxOuts
	run  func(ctx context.Context, w *worker, key int, in *inputs, out *outputs) error
}

const maxOuts = 6

// inputs are the batches of one key, by port, in the order of Seq and Part
// whatever order the runner brought them in.
type inputs struct{ batches []Batch }

// read gives the batches of a port one after the other and lets each go
// once yield is done with it: its bytes must not be kept.
func (in *inputs) read(p port, yield func(b *Batch, data []byte) error) error {
	for i := range in.batches {
		b := &in.batches[i]
		if b.Port.base() != p {
			continue
		}
		data, err := b.open()
		if err != nil {
			return err
		}
		if err := yield(b, data); err != nil {
			return fmt.Errorf("%v of %d: %w", p, b.Seq, err)
		}
		b.release()
	}
	return nil
}

// all gives the bytes of every batch of a port at once, for a stage that
// reads them more than once.
func (in *inputs) all(p port) (batches [][]byte, err error) {
	for i := range in.batches {
		if in.batches[i].Port.base() == p {
			data, err := in.batches[i].open()
			if err != nil {
				return nil, err
			}
			batches = append(batches, data)
		}
	}
	return batches, nil
}

// one gives the only batch of a port, nil where there is none.
func (in *inputs) one(p port) (data []byte, err error) {
	for i := range in.batches {
		if in.batches[i].Port.base() == p {
			if data != nil {
				return nil, fmt.Errorf("more than one batch of %q", p)
			}
			if data, err = in.batches[i].open(); err != nil {
				return nil, err
			}
		}
	}
	return data, nil
}

// release lets go what one gave: its bytes must not be used any more.
func (in *inputs) release() {
	for i := range in.batches {
		in.batches[i].release()
	}
}

// pass hands the batches of a port on at another port, without a look at
// their bytes.
func (in *inputs) pass(p port, out *outputs, to port) {
	for _, b := range in.batches {
		if b.Port.base() == p {
			out.done = append(out.done, emission{out.key, Batch{Port: to.inRound(out.round), Seq: b.Seq, Part: b.Part, body: b.body}})
		}
	}
}

func (in *inputs) has(p port) bool {
	return slices.ContainsFunc(in.batches, func(b Batch) bool { return b.Port.base() == p })
}

// emission is a batch on its way to a key.
type emission struct {
	key   int
	batch Batch
}

// outputs collects what a stage gives for one key.
type outputs struct {
	worker *worker
	stage  *stage
	key    int
	round  int
	part   int32
	open   []emission // not yet sealed or settled to stay inline
	done   []emission
}

// emit sends bytes to a key. The bytes are the engine's from then on. An
// output that nobody reads is dropped here.
func (o *outputs) emit(p port, key int, data []byte) {
	if p = p.inRound(o.round); o.worker.reads[p] {
		o.open = append(o.open, emission{key, Batch{Port: p, Seq: int64(o.key), Part: o.part, body: &body{data: data, length: int64(len(data))}}})
	}
}

// flush settles where the bytes emitted so far live. A stage that emits more
// than some megabytes for one key calls it in between, so that memory stays
// bounded.
func (o *outputs) flush() error {
	var bytes int64
	for _, e := range o.open {
		bytes += e.batch.body.length
	}
	seal := o.open
	if !o.worker.overBudget(bytes) {
		seal = nil
		for _, e := range o.open {
			if o.worker.MaxInline > 0 && e.batch.body.length > o.worker.MaxInline {
				seal = append(seal, e)
				bytes -= e.batch.body.length
			}
		}
		inlineBytes.Add(bytes)
	}
	if err := o.worker.seal(fmt.Sprintf("%s-%d-%d-%d", o.stage.name, o.round, o.key, o.part), seal); err != nil {
		return err
	}
	o.done = append(o.done, o.open...)
	o.open = o.open[:0]
	o.part++
	return nil
}

// stageFn runs a stage on Beam: it hands keys to bounded workers and emits
// their outputs in the order of the keys, always from Beam's own goroutine.
// The direct runner has one thread, so this is what uses the other cores.
type stageFn struct {
	Stage string
	Night []byte // JSON of Night
	Read  []port // ports that somebody reads
	Round int    // of the rounds that the stage takes

	stage  *stage
	worker *worker
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
	var n Night
	if err := json.Unmarshal(f.Night, &n); err != nil {
		return fmt.Errorf("stage %s: read the night: %w", f.Stage, err)
	}
	for _, s := range stages() {
		if s.name == f.Stage {
			f.stage = &s
		}
	}
	if f.stage == nil {
		return fmt.Errorf("no stage is called %q", f.Stage)
	}
	w, err := newWorker(&n, f.Read)
	if err != nil {
		return fmt.Errorf("stage %s: %w", f.Stage, err)
	}
	f.worker, f.meter = w, newLoadMeter(f.Stage)
	return nil
}

// ProcessElement starts the work on one key and emits what is ready.
func (f *stageFn) ProcessElement(ctx context.Context, key int, batches func(*Batch) bool, e0, e1, e2, e3, e4, e5 emitter) error {
	if err := ctx.Err(); err != nil { // the direct runner never looks
		return context.Cause(ctx)
	}
	in := &inputs{}
	var b Batch
	for batches(&b) {
		in.batches = append(in.batches, b)
	}
	f.meter.key(ctx, in.batches)
	slices.SortFunc(in.batches, func(a, b Batch) int {
		switch {
		case a.Seq != b.Seq:
			return int(a.Seq - b.Seq)
		case a.Part != b.Part:
			return int(a.Part - b.Part)
		}
		return strings.Compare(string(a.Port), string(b.Port))
	})
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

func (f *stageFn) work(ctx context.Context, key int, in *inputs) (r result) {
	defer func() {
		if p := recover(); p != nil {
			buf := make([]byte, 16<<10)
			r = result{err: fmt.Errorf("stage %s, key %d: panic: %v\n%s", f.Stage, key, p, buf[:runtime.Stack(buf, false)])}
		}
	}()
	watchOf(ctx).begin(f.stage.name)
	out := &outputs{worker: f.worker, stage: f.stage, key: key, round: f.Round}
	err := f.stage.run(ctx, f.worker, key, in, out)
	if err == nil {
		err = out.flush()
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
		at := slices.Index(f.stage.outs, e.batch.Port.base())
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
	Port  port
	Keys  []int
	Items [][]byte
}

// ProcessElement emits them.
func (f *seedFn) ProcessElement(_ []byte, emit emitter) {
	for i, key := range f.Keys {
		emit(key, Batch{Port: f.Port, Seq: int64(key), body: inline(f.Items[i])})
	}
}

func init() {
	register.DoFn9x1[context.Context, int, func(*Batch) bool, emitter, emitter, emitter, emitter, emitter, emitter, error](&stageFn{})
	register.DoFn2x0[[]byte, emitter](&seedFn{})
	register.Emitter2[int, Batch]()
	register.Iter1[Batch]()
}
