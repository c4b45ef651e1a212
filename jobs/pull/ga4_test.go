package pull

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/connectors/bigquery/contract"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/klauspost/compress/zstd"
)

const exported = `project: branch
timezone: UTC
currency: RUB
sources:
  - {name: web, kind: ga4, project: p, dataset: analytics_1, record: event, fields: {at: {column: event_timestamp, unit: us}, name: event_name}}
`

// TestAFileIsNotTakenForRowsThatItHasNot: a pull dies when it puts a restated day
// in place, perhaps before that and perhaps after; then the day is as it was
// first.
func TestAFileIsNotTakenForRowsThatItHasNot(t *testing.T) {
	t.Parallel()
	server := contract.New(t)
	path := filepath.Join(t.TempDir(), "habitue.yaml")
	if err := os.WriteFile(path, []byte(exported), 0o644); err != nil {
		t.Fatal(err)
	}
	p, faults := project.Load(path, func(string) (string, bool) { return server.URL, true })
	if err := faults.Err(fault.Config); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(p.Dir, "out/lake/_pulled/web/2026-03-01.jsonl.zst")
	pull := func(modified int64, row string) error {
		server.Fill("analytics_1", "events_20260301", contract.Export{Schema: contract.GA4, Rows: []string{row}, Modified: modified})
		_, err := Source(t.Context(), p, &p.Sources[0], day(2), false, untold)
		return err
	}
	const first, second = `{"event_timestamp":1,"event_name":"a"}`, `{"event_timestamp":2,"event_name":"b"}`
	if err := pull(1, first); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(file, "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := pull(2, second); err == nil {
		t.Fatal("a folder was replaced")
	}
	if err := os.RemoveAll(file); err != nil {
		t.Fatal(err)
	}
	put := func(row string) { // as the pull had done that dies right after it
		if err := os.WriteFile(file, zstdOf(t, row+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put(second)
	if err := pull(3, first); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(z)
	if diff := cmp.Diff(first+"\n", string(got)); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func zstdOf(t *testing.T, text string) []byte {
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return z.EncodeAll([]byte(text), nil)
}
