package bigquery

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/bigquery"
	"github.com/habitue-data/habitue/internal/columns"
	"google.golang.org/api/iterator"
)

// TestAgainstTheService publishes two nights into a real dataset, reads them
// through the views, and takes its tables away. The dataset must be the test's
// alone; it is made where it is not there, and left.
func TestAgainstTheService(t *testing.T) {
	place := os.Getenv("HABITUE_BIGQUERY")
	project, dataset, ok := strings.Cut(place, ".")
	if !ok {
		t.Skip("BigQuery itself was not asked: HABITUE_BIGQUERY=project.dataset names a dataset that is this test's alone (HABITUE_BIGQUERY_LOCATION is where, EU unless said), and credentials are needed as for gcloud")
	}
	location := os.Getenv("HABITUE_BIGQUERY_LOCATION")
	if location == "" {
		location = "EU"
	}
	o := Options{Project: project, Dataset: dataset, Location: location, Owner: "smoke test", MaxBytesBilled: 1 << 30, Now: time.Now}
	w, err := open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer w.client.Close()
	clean := func() {
		names, err := w.tables(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if md, err := w.ds.Table(name).Metadata(t.Context()); err != nil || md.Labels[ownerLabel] != w.labels[ownerLabel] {
				t.Fatalf("%s is in the dataset and not this test's (%v)", name, err)
			}
			if err := w.drop(t.Context(), name); err != nil {
				t.Fatal(err)
			}
		}
	}
	clean()
	defer clean()
	world := newWorld(t)
	first, second := world.snapshot(monday), world.snapshot(tuesday)
	for _, night := range []struct {
		s    Snapshot
		says string
	}{
		{first, "2025-12-29 7 3 9 1 2"}, {second, "2025-12-30 9 5 12 1 2"}, {first, "2025-12-29 7 3 9 1 2"},
	} {
		r := publish(t, night.s, o)
		t.Logf("run %s: %+v", night.s.RunID, r)
		q := w.client.Query("SELECT FORMAT('%t %d %d %d %d %d', (SELECT MAX(run_date) FROM `customers`), (SELECT COUNT(*) FROM `customers`), (SELECT COUNT(*) FROM `segment_moves`), " +
			"(SELECT COUNT(*) FROM `orders`), (SELECT COUNT(DISTINCT run_date) FROM `orders`), (SELECT COUNT(*) FROM `rfm_groups`))")
		q.DefaultProjectID, q.DefaultDatasetID, q.MaxBytesBilled = project, dataset, o.MaxBytesBilled
		rows, err := q.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var row []bigquery.Value
		if err := rows.Next(&row); err != nil || fmt.Sprint(row[0]) != night.says {
			t.Errorf("readers see %v, want %s (%v)", row, night.says, err)
		}
		if err := rows.Next(&row); err != iterator.Done {
			t.Error(err)
		}
	}
}

// TestAgainstAnExport reads the oldest day of a real export twice, and some of
// its columns. Reading costs nothing; Google's own sample will do, whose days
// have some ten thousand rows.
func TestAgainstAnExport(t *testing.T) {
	place := os.Getenv("HABITUE_BIGQUERY_EXPORT")
	project, dataset, ok := strings.Cut(place, ".")
	if !ok {
		t.Skip("no export was read: HABITUE_BIGQUERY_EXPORT=project.dataset names one, as bigquery-public-data.ga4_obfuscated_sample_ecommerce, and credentials are needed as for gcloud")
	}
	e, err := OpenExport(t.Context(), Source{Project: project, Dataset: dataset})
	if err != nil {
		t.Fatal(err)
	}
	days, err := e.Days(t.Context())
	if err != nil || len(days) == 0 {
		t.Fatalf("%d days, %v", len(days), err)
	}
	day := slices.MinFunc(days, time.Time.Compare)
	read := func(want []string) (rows, bytes int, hash columns.Hash128) {
		v, hash, err := e.Read(t.Context(), day, want, func() (Row, error) {
			rows, bytes = 0, 0
			return func(row []byte) error {
				if !json.Valid(row) {
					t.Errorf("%s", row)
				}
				rows, bytes = rows+1, bytes+len(row)
				return nil
			}, nil
		})
		if err != nil || int64(rows) != v.Rows {
			t.Fatalf("%d rows of %+v: %v", rows, v, err)
		}
		return rows, bytes, hash
	}
	rows, bytes, hash := read(nil)
	_, _, again := read(nil)
	fewer, less, _ := read([]string{"event_timestamp", "event_name", "event_params", "user_pseudo_id"})
	t.Logf("%s: %d rows, %d bytes, %d of four columns", e.name(day), rows, bytes, less)
	if rows == 0 || hash != again || fewer != rows || less >= bytes {
		t.Errorf("%d rows are %v and then %v; of four columns %d rows, %d bytes of %d", rows, hash, again, fewer, less, bytes)
	}
}
