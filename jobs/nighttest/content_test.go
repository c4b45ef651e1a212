package nighttest

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestSameContent runs the shop's last day in ways that must not matter.
func TestSameContent(t *testing.T) {
	plain := shopPlace(t)
	want := contents(plain.manifest(t, plain.run(t, "--as-of", lastDay).RunID))
	for _, name := range []string{"customers", "customer_ids", "customer_keys", "contacts", "orders", "order_lines", "events", "interactions", "products", "stores", "identity_links", "identity_changes", "rfm",
		"rfm_cuts", "rfm_groups", "cohort_retention", "cohort_overall", "churn", "model_fits", "model_checks", "deliveries", "rejects"} {
		if want[name] == "" {
			t.Fatalf("the run has no table %s", name)
		}
	}
	for _, c := range []struct {
		name string
		args []string
		cut  string // shards
		work func(t *testing.T, p *place)
		but  []string
	}{
		{name: "run again"},
		{name: "16 shards", cut: "16"},
		{name: "256 shards", cut: "256"},
		{name: "keys joined in rounds", cut: "16\ncomponents: {in_memory: 0}"},
		{name: "keys joined in rounds, every batch sealed", args: []string{"--memory", "1KiB"}, cut: "4\ncomponents: {in_memory: 0}"},
		{name: "prism", args: []string{"--runner", "prism"}},
		{name: "one core", work: func(t *testing.T, _ *place) { cores(t, 1) }},
		{name: "two cores", work: func(t *testing.T, _ *place) { cores(t, 2) }},
		{name: "eight cores", work: func(t *testing.T, _ *place) { cores(t, 8) }},
		{name: "every batch sealed", args: []string{"--memory", "1KiB"}, cut: "16", work: watchSealing},
		{name: "every batch sealed on prism", args: []string{"--memory", "1KiB", "--runner", "prism"}, work: watchSealing},
		// The files themselves are others then, and deliveries has their hashes.
		{name: "rows shuffled", work: func(t *testing.T, p *place) { shuffle(t, p, 1) }, but: []string{"deliveries"}},
		{name: "rows shuffled again", cut: "16", work: func(t *testing.T, p *place) { shuffle(t, p, 2) }, but: []string{"deliveries"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := shopPlace(t)
			if c.cut != "" {
				p.edit(t, "memory: 2GiB", "memory: 2GiB\nshards: "+c.cut)
			}
			if c.work != nil {
				c.work(t, p)
			}
			m := p.manifest(t, p.run(t, append(c.args, "--as-of", lastDay)...).RunID)
			wanted := want
			if c.but != nil {
				wanted = contents(plain.manifest(t, lastDay+".1"), c.but...)
			}
			if diff := cmp.Diff(wanted, contents(m, c.but...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// cores sets how many cores there are, for this test.
func cores(t *testing.T, n int) {
	before := runtime.GOMAXPROCS(n)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

// watchSealing looks into the scratch folder while a run is under way, and
// wants batches of most stages to be there.
func watchSealing(t *testing.T, p *place) {
	seen := map[string]bool{}
	done := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(time.Millisecond):
			}
			files, _ := filepath.Glob(filepath.Join(p.lake.Dir, "_scratch", "*", "*")) // its only error is a wrong pattern
			for _, f := range files {
				stage, _, _ := strings.Cut(filepath.Base(f), "-")
				seen[stage] = true
			}
		}
	})
	t.Cleanup(func() {
		close(done)
		wait.Wait()
		for _, stage := range []string{"extract", "gather", "intern", "link", "components", "scatter", "guard", "name", "count", "records"} {
			if !seen[stage] {
				t.Errorf("no batch of %s was sealed; there were those of %v", stage, seen)
			}
		}
	})
}

// shuffle puts the rows of every export in another order.
func shuffle(t *testing.T, p *place, seed uint64) {
	r := rand.New(rand.NewPCG(seed, seed))
	err := filepath.WalkDir(p.path("exports"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		packed := strings.HasSuffix(path, ".gz")
		if packed {
			data = unzip(t, data)
		}
		head := 1
		if strings.Contains(path, ".jsonl") {
			head = 0
		}
		data = shuffled(data, head, r)
		if packed {
			data = zip(t, data)
		}
		return os.WriteFile(path, data, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// shuffled keeps the first rows and puts the others in another order. A line
// break inside quotes ends no row of a CSV file.
func shuffled(data []byte, head int, r *rand.Rand) []byte {
	var rows [][]byte
	quoted := false
	from := 0
	for i, b := range data {
		switch {
		case b == '"' && head > 0:
			quoted = !quoted
		case b == '\n' && !quoted:
			rows = append(rows, data[from:i+1])
			from = i + 1
		}
	}
	if from < len(data) {
		rows = append(rows, append(slices.Clone(data[from:]), '\n'))
	}
	rest := rows[min(head, len(rows)):]
	r.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	return bytes.Join(rows, nil)
}

func unzip(t testing.TB, data []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func zip(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed) // its only error is a level that is not there
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
