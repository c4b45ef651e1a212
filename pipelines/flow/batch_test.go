package flow

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// here are the means of a stage whose port here is read.
func here(t *testing.T, memory int64) *means {
	t.Helper()
	return &means{Means{Memory: memory, Scratch: t.TempDir()}, map[Port]bool{"here": true}}
}

func TestBatchComesThroughItsCoder(t *testing.T) {
	in := Batch{Port: "keys#2", Seq: 7, Part: 3, body: inline([]byte("some rows"))}
	out, err := decodeBatch(encodeBatch(in))
	if err != nil {
		t.Fatal(err)
	}
	data, err := out.open()
	if err != nil || string(data) != "some rows" || out.Port != in.Port || out.Seq != 7 || out.Part != 3 {
		t.Errorf("got %+v, %q, %v", out, data, err)
	}
	whole := encodeBatch(in)
	for n := range whole {
		if _, err := decodeBatch(whole[:n]); err == nil {
			t.Errorf("%d of %d bytes were accepted", n, len(whole))
		}
	}
}

func TestSealedBatchesAreReadBackAndChecked(t *testing.T) {
	w := here(t, 0)
	var batches []emission
	for _, text := range []string{"first", "", "third"} {
		batches = append(batches, emission{0, Batch{Port: "here", body: &body{data: []byte(text), length: int64(len(text))}}})
	}
	if err := w.seal("a", batches); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range batches {
		data, err := e.batch.open()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(data))
	}
	if diff := cmp.Diff([]string{"first", "", "third"}, got); diff != "" {
		t.Error(diff)
	}
	left, err := os.ReadDir(w.Scratch)
	if err != nil || len(left) != 1 {
		t.Errorf("%d files in the scratch folder, %v; want just the sealed one", len(left), err)
	}
	if err := os.WriteFile(batches[0].batch.body.path, []byte("fIrstthird"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := batches[0].batch.open(); err == nil || !strings.Contains(err.Error(), "changed") {
		t.Errorf("changed bytes were read: %v", err)
	}
}

// TestAKeyThatIsWorkedOnTwiceSealsOnce is a retry while the first try goes on:
// what was told of the first file must still hold.
func TestAKeyThatIsWorkedOnTwiceSealsOnce(t *testing.T) {
	w := here(t, 0)
	try := func() []emission {
		e := []emission{{0, Batch{Port: "here", body: &body{data: []byte("rows"), length: 4}}}}
		if err := w.seal("a", e); err != nil {
			t.Fatal(err)
		}
		return e
	}
	for _, e := range append(try(), try()...) {
		if data, err := e.batch.open(); err != nil || string(data) != "rows" {
			t.Errorf("got %q, %v", data, err)
		}
	}
	if left, err := os.ReadDir(w.Scratch); err != nil || len(left) != 1 {
		t.Errorf("%d files in the scratch folder, %v", len(left), err)
	}
}

// TestATryWithOtherMemorySealsBesideTheFirst: which batches of a key are sealed goes
// by what else is in memory, so two tries of it seal other ones, on a cluster too.
func TestATryWithOtherMemorySealsBesideTheFirst(t *testing.T) {
	w := here(t, 0)
	w.MaxInline = 8
	try := func(memory int64) []emission {
		w.Memory = memory
		o := &Outputs{means: w, stage: "s", key: 5}
		o.Emit("here", 1, []byte("short"))
		o.Emit("here", 1, []byte("one of many bytes"))
		if err := o.Flush(); err != nil {
			t.Fatal(err)
		}
		return o.done
	}
	roomy := try(0)
	w.MaxInline = 0
	tight := try(1)
	for i, want := range []string{"short", "one of many bytes"} {
		for _, e := range []emission{roomy[i], tight[i]} {
			if data, err := e.batch.open(); err != nil || string(data) != want {
				t.Errorf("got %q, %v", data, err)
			}
		}
	}
	if roomy[0].batch.body.path != "" || tight[0].batch.body.path == "" {
		t.Error("the second try sealed what the first did")
	}
}

// TestBatchesComeInTheOrderOfTheirEmission, also those that were emitted to one key
// one after the other, in whatever order the runner brings them.
func TestBatchesComeInTheOrderOfTheirEmission(t *testing.T) {
	var in Inputs
	for key := range 2 {
		o := &Outputs{means: here(t, 0), stage: "s", key: key}
		for i := range 6 {
			o.Emit("here", 1, []byte{byte(6*key + i)})
			if i == 3 {
				if err := o.Flush(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := o.Flush(); err != nil {
			t.Fatal(err)
		}
		for _, e := range o.done {
			in.batches = append(in.batches, e.batch)
		}
	}
	brought := in.batches
	for turn := range brought {
		in.batches = slices.Concat(brought[turn:], brought[:turn])
		if turn%2 == 1 {
			slices.Reverse(in.batches)
		}
		in.sort()
		var got []byte
		if err := in.Keep("here", func(_ *Batch, data []byte) error { got = append(got, data...); return nil }); err != nil {
			t.Fatal(err)
		}
		if want := []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}; !bytes.Equal(got, want) {
			t.Errorf("got %v", got)
		}
	}
}

func TestBeyondTheBudgetBatchesAreSealed(t *testing.T) {
	defer holding()()
	w := here(t, 3*100)
	o := &Outputs{means: w, stage: "s", key: 5}
	o.Emit("here", 1, make([]byte, 90))
	if err := o.Flush(); err != nil {
		t.Fatal(err)
	}
	o.Emit("here", 1, make([]byte, 90))
	o.Emit("nobody reads this", 1, make([]byte, 90))
	if err := o.Flush(); err != nil {
		t.Fatal(err)
	}
	if len(o.done) != 2 || o.done[0].batch.body.path != "" || o.done[1].batch.body.path == "" {
		t.Fatalf("%d batches; the first should be inline, the second sealed, the third dropped", len(o.done))
	}
	if o.done[0].batch.Part == o.done[1].batch.Part {
		t.Error("two flushes share a part")
	}
	in := &Inputs{batches: []Batch{o.done[0].batch, o.done[1].batch}}
	err := in.Read("here", func(_ *Batch, data []byte) error {
		if !bytes.Equal(data, make([]byte, 90)) {
			t.Errorf("read %v", data)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := held.bytes.Load().Load(); n != 0 {
		t.Errorf("%d bytes are still counted as in memory", n)
	}
	if _, err := o.done[0].batch.open(); err == nil {
		t.Error("a batch was read after it was let go")
	}
}

func TestGraphHasOneReaderPerPort(t *testing.T) {
	program := Program{Stages: []Stage{{Name: "split", Outs: []Port{"words"}}, {Name: "count"}, {Name: "spell"}}}
	seeds := []Port{"lines"}
	for want, steps := range map[string][]Step{
		"two readers":          {{Stage: "split", Reads: []Port{"lines"}}, {Stage: "count", Reads: []Port{"lines"}}},
		"before it is written": {{Stage: "count", Reads: []Port{"words"}}},
		"two writers":          {{Stage: "split", Reads: []Port{"lines"}}, {Stage: "split", Reads: []Port{"words"}}},
		"no stage is called":   {{Stage: "splat", Reads: []Port{"lines"}}},
	} {
		if _, err := Build(program, nil, seeds, steps); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := Build(program, nil, seeds, []Step{{Stage: "split", Reads: []Port{"lines"}}, {Stage: "count", Reads: []Port{"words"}}}); err != nil {
		t.Error(err)
	}
}
