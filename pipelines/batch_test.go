package pipelines

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func testWorker(t *testing.T, n *Night) *worker {
	t.Helper()
	if n.Zone == "" {
		n.Zone = "UTC"
	}
	if n.Shards == 0 {
		n.Shards = 4
	}
	n.Scratch = t.TempDir()
	w, err := newWorker(n, []port{"here"})
	if err != nil {
		t.Fatal(err)
	}
	return w
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
	w := testWorker(t, &Night{})
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
	path := filepath.Join(w.Scratch, "a")
	if err := os.WriteFile(path, []byte("fIrstthird"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := batches[0].batch.open(); err == nil || !strings.Contains(err.Error(), "changed") {
		t.Errorf("changed bytes were read: %v", err)
	}
}

// TestAKeyThatIsWorkedOnTwiceSealsOnce is a retry while the first try goes on:
// what was told of the first file must still hold.
func TestAKeyThatIsWorkedOnTwiceSealsOnce(t *testing.T) {
	w := testWorker(t, &Night{})
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

func TestBeyondTheBudgetBatchesAreSealed(t *testing.T) {
	before := inlineBytes.Load()
	w := testWorker(t, &Night{Memory: 3 * (before + 100)})
	o := &outputs{worker: w, stage: &stage{name: "s", outs: []port{"here"}}, key: 5}
	o.emit("here", 1, make([]byte, 90))
	if err := o.flush(); err != nil {
		t.Fatal(err)
	}
	o.emit("here", 1, make([]byte, 90))
	o.emit("nobody reads this", 1, make([]byte, 90))
	if err := o.flush(); err != nil {
		t.Fatal(err)
	}
	if len(o.done) != 2 || o.done[0].batch.body.path != "" || o.done[1].batch.body.path == "" {
		t.Fatalf("%d batches; the first should be inline, the second sealed, the third dropped", len(o.done))
	}
	if o.done[0].batch.Part == o.done[1].batch.Part {
		t.Error("two flushes share a part")
	}
	in := &inputs{batches: []Batch{o.done[0].batch, o.done[1].batch}}
	err := in.read("here", func(_ *Batch, data []byte) error {
		if !bytes.Equal(data, make([]byte, 90)) {
			t.Errorf("read %v", data)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := inlineBytes.Load(); got != before {
		t.Errorf("%d bytes are still counted as in memory", got-before)
	}
	if _, err := o.done[0].batch.open(); err == nil {
		t.Error("a batch was read after it was let go")
	}
}

func TestGraphHasOneReaderPerPort(t *testing.T) {
	n := &Night{Zone: "UTC", Shards: 1}
	seeds := []seed{{port: "blocks"}}
	if _, err := build(n, seeds, []step{{stage: "extract", reads: []port{"blocks"}}, {stage: "recall", reads: []port{"blocks"}}}); err == nil || !strings.Contains(err.Error(), "two readers") {
		t.Errorf("two readers: %v", err)
	}
	if _, err := build(n, seeds, []step{{stage: "settle", reads: []port{"ids"}}}); err == nil || !strings.Contains(err.Error(), "before it is written") {
		t.Errorf("nobody writes it: %v", err)
	}
	if _, err := build(n, seeds, []step{{stage: "extrakt", reads: []port{"blocks"}}}); err == nil {
		t.Error("an unknown stage was accepted")
	}
}

// TestEveryNightCanBeBuilt holds the ports of nightly together for every
// choice of tables, with and without a ledger.
func TestEveryNightCanBeBuilt(t *testing.T) {
	for _, tables := range [][]string{{}, {"customers"}, {"rfm"}, {"rfm_cuts"}, {"cohort_retention"}, {"cohort_overall"}, {"rfm_groups"}, {"orders"}, {"order_lines", "customer_keys"}, {"customers", "rfm", "events", "contacts"}} {
		for _, ledger := range []*Ledger{nil, {}} {
			n := &Night{Zone: "UTC", Shards: 2, Tables: map[string][]string{}, Ledger: ledger}
			for _, name := range tables {
				n.Tables[name] = nil
			}
			seeds, err := seedsOf(n, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := build(n, seeds, nightly(n)); err != nil {
				t.Errorf("%v, ledger %v: %v", tables, ledger != nil, err)
			}
		}
	}
}
