package flow

import (
	"context"
	"errors"
	"math"
	"runtime/debug"
	"testing"

	"github.com/habitue-data/habitue/internal/heap"
)

// TestWhatIsHeldIsLetGo holds that of all ways in which a stage may end with a key
// none leaves bytes counted that nobody has, and that what goes on is counted on.
func TestWhatIsHeldIsLetGo(t *testing.T) {
	defer holding()()
	program = Program{Begin: func(context.Context, string) {}}
	w := here(t, math.MaxInt64)
	emitted := func() *Inputs {
		o := &Outputs{means: w, stage: "s"}
		o.Emit("here", 1, make([]byte, 90))
		if err := o.Flush(); err != nil {
			t.Fatal(err)
		}
		return &Inputs{[]Batch{o.done[0].batch}}
	}
	coded := func() *Inputs { // as a runner of this process has them
		in := emitted()
		data := encodeBatch(in.batches[0])
		encodeBatch(in.batches[0]) // Beam measures some
		b, err := decodeBatch(data)
		if err != nil {
			t.Fatal(err)
		}
		return &Inputs{[]Batch{b}}
	}
	for name, c := range map[string]struct {
		run  func(in *Inputs, out *Outputs) error
		left int64
	}{
		"read":          {func(in *Inputs, _ *Outputs) error { return in.Read("here", func(*Batch, []byte) error { return nil }) }, 0},
		"one":           {func(in *Inputs, _ *Outputs) error { _, err := in.One("here"); return err }, 0},
		"all":           {func(in *Inputs, _ *Outputs) error { _, err := in.All("here"); return err }, 0},
		"not looked at": {func(*Inputs, *Outputs) error { return nil }, 0},
		"failed":        {func(*Inputs, *Outputs) error { return errors.New("no") }, 0},
		"panicked":      {func(*Inputs, *Outputs) error { panic("no") }, 0},
		"read, and sent": {func(in *Inputs, out *Outputs) error {
			data, err := in.One("here")
			out.Emit("here", 2, data)
			return err
		}, 90},
		"passed on": {func(in *Inputs, out *Outputs) error { in.Pass("here", out, "here"); return nil }, 90},
	} {
		for _, in := range []*Inputs{emitted(), coded()} {
			f := &stageFn{stage: &Stage{Name: "t", Run: func(_ context.Context, _ any, _ int, in *Inputs, out *Outputs) error { return c.run(in, out) }}, means: w}
			before := held.bytes.Load().Load()
			r := f.work(t.Context(), 1, in)
			if got := held.bytes.Load().Load() - before + 90; got != c.left {
				t.Errorf("%s: %d bytes are counted, want %d", name, got, c.left)
			}
			for _, e := range r.emissions {
				if data, err := e.batch.open(); err != nil || len(data) != 90 {
					t.Errorf("%s: %d bytes come, %v", name, len(data), err)
				}
				e.batch.body.release()
			}
		}
	}
	if n := held.bytes.Load().Load(); n != 0 {
		t.Errorf("%d bytes are counted at the end", n)
	}
}

// TestARunBeginsWithNothingHeld whatever the one before left, and lets nothing of
// that go twice.
func TestARunBeginsWithNothingHeld(t *testing.T) {
	ended := holding()
	lost := inline(make([]byte, 90))
	lost.count()
	holding()() // one beside it
	if n := held.bytes.Load().Load(); n != 90 {
		t.Errorf("%d bytes are counted beside another run", n)
	}
	ended()
	defer holding()()
	lost.release()
	if n := held.bytes.Load().Load(); n != 0 {
		t.Errorf("%d bytes are counted when a run begins", n)
	}
}

// TestAWorkerHasTheBudgetOfTheNight: nobody else tells a process that a cluster
// started what it may take.
func TestAWorkerHasTheBudgetOfTheNight(t *testing.T) {
	limit := debug.SetMemoryLimit(-1)
	percent := debug.SetGCPercent(100)
	program = Program{Stages: []Stage{{Name: "s"}}, Ready: func([]byte, map[Port]bool) (any, Means, error) { return nil, Means{Memory: 3 << 30}, nil }}
	asWorker = true
	t.Cleanup(func() {
		asWorker = false
		heap.Give()
		debug.SetMemoryLimit(limit)
		debug.SetGCPercent(percent)
	})
	if err := (&stageFn{Stage: "s"}).Setup(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := debug.SetMemoryLimit(-1); got != 3<<30 {
		t.Errorf("the limit is %d", got)
	}
}
