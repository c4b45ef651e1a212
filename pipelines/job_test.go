package pipelines

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/flow"
)

// TestJobIsSmall holds that what each step of the graph has with it says where
// the brief is, whatever the brief comes to, and that the brief comes back.
func TestJobIsSmall(t *testing.T) {
	known := lake.Table{}
	n := &brief.Night{RunID: "2025-01-01.1", Zone: "UTC", Salt: "pepper", Shards: 16, Scratch: t.TempDir(), Ledger: &brief.Ledger{},
		Suppress: []brief.Suppressed{{Type: 'e', Value: "a@x.de"}}, Segments: &brief.Segments{Lists: []brief.List{{Segment: "staff", Keys: []string{"e:b@x.de"}}}}}
	for i := range 5000 {
		path := fmt.Sprintf("exports/tills/2025/tills-%d.csv", i)
		n.Files = append(n.Files, brief.File{Path: path, SHA256: strings.Repeat("a", 64)})
		n.Blocks = append(n.Blocks, brief.Block{File: i, Block: rowfile.Block{Path: path, Header: []string{"id", "at", "amount"}}})
		known.Files = append(known.Files, lake.File{Path: fmt.Sprintf("customer_ids/%d.parquet", i)})
	}
	n.Ledger.Before = &brief.Known{CustomerIDs: known}
	job, err := jobOf(n)
	if err != nil {
		t.Fatal(err)
	}
	defer forget(job)
	if len(job) > 1<<10 {
		t.Errorf("the job has %d bytes, and every step of the graph has it", len(job))
	}
	back, err := briefed(job)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(n, back, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	if again, err := briefed(job); err != nil || again != back {
		t.Errorf("it was read a second time: %v", err)
	}
	for port, want := range map[string]int{"blocks": 5000, "again": 5000, "ledgerfiles": 5000, "asked": 1, "suppressions": 1} {
		if s, err := seed(job, flow.Port(port)); err != nil || len(s.Keys) != want || len(s.Items) != want {
			t.Errorf("%s begins with %d keys, want %d: %v", port, len(s.Keys), want, err)
		}
	}

	forget(job)
	path := n.Scratch + "/" + briefFile
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(text, []byte("pepper")) {
		t.Error("the salt of ids is in a file")
	}
	if err := os.WriteFile(path, bytes.Replace(text, []byte("UTC"), []byte("UTX"), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := briefed(job); err == nil || !strings.Contains(err.Error(), "changed") {
		t.Errorf("a brief of other bytes was read: %v", err)
	}
}
