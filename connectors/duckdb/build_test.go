package duckdb

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/serving"
)

// entries are the names in a folder.
func entries(t testing.TB, dir string) (names []string) {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		names = append(names, e.Name())
	}
	return names
}

func TestBuildLeavesOneFileWithTablesTypesAndComments(t *testing.T) {
	t.Parallel()
	for _, views := range []bool{false, true} {
		dir := t.TempDir()
		path := filepath.Join(dir, "warehouse.duckdb")
		for _, left := range []string{"warehouse.duckdb.tmp-77", "warehouse.duckdb.tmp-77.wal"} { // of a killed build
			if err := os.WriteFile(filepath.Join(dir, left), []byte("x"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if err := Build(context.Background(), snapshot(t, "2025-12-31"), path, BuildOptions{FactsAsViews: views}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"warehouse.duckdb"}, entries(t, dir)); diff != "" {
			t.Error(diff)
		}
		for sql, want := range map[string]string{
			"SELECT column_name, data_type, comment FROM duckdb_columns() WHERE table_name = 'orders'": "column_name,data_type,comment\n" +
				"run_date,DATE,the as-of date\namount,\"DECIMAL(18,2)\",money\norder_at,TIMESTAMP WITH TIME ZONE,\ntags,VARCHAR[],\n",
			"SELECT table_name, comment, estimated_size FROM duckdb_tables() WHERE table_name = 'customers'": "table_name,comment,estimated_size\ncustomers,A customer's row.,3\n",
			"SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1": map[bool]string{
				false: "view_name\nv_customers\n", true: "view_name\norders\nstores\nv_customers\n"}[views],
			"SELECT count(*) AS n FROM orders WHERE run_date = DATE '2025-12-31'": "n\n2\n",
		} {
			got, err := query(t, QueryOptions{Database: path}, sql, "csv")
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("views %v, %s: %v %s", views, sql, err, diff)
			}
		}
	}
}

func TestABuildThatFailsLeavesTheOldDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "warehouse.duckdb")
	if err := Build(context.Background(), snapshot(t, "2025-12-30"), path, BuildOptions{}); err != nil {
		t.Fatal(err)
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for _, c := range []struct {
		name  string
		ctx   context.Context
		spoil func(*serving.Snapshot)
		want  string
	}{
		{"a file is gone", context.Background(), func(s *serving.Snapshot) { s.Tables[1].Files = []string{"/nowhere/a.parquet"} }, "table orders: "},
		{"rows are missing", context.Background(), func(s *serving.Snapshot) { s.Tables[0].Rows++ }, "table customers: 3 rows, the manifest says 4"},
		{"a column is missing", context.Background(), func(s *serving.Snapshot) { s.Tables[0].Columns[1].Name = "id" }, `"id"`},
		{"cancelled", cancelled, func(*serving.Snapshot) {}, "context canceled"},
	} {
		s := snapshot(t, "2025-12-31")
		c.spoil(&s)
		if err := Build(c.ctx, s, path, BuildOptions{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff([]string{"warehouse.duckdb"}, entries(t, dir)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if got, err := query(t, QueryOptions{Database: path}, "SELECT max(run_date) AS d FROM customers", "csv"); err != nil || got != "d\n2025-12-30\n" {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
}

// TestAReaderNeverSeesHalfOfASwap opens the file again and again, by the
// name that BI tools have, while it is replaced.
func TestAReaderNeverSeesHalfOfASwap(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "warehouse.duckdb")
	days := []serving.Snapshot{snapshot(t, "2025-12-30"), snapshot(t, "2025-12-31")}
	if err := Build(context.Background(), days[0], path, BuildOptions{}); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		for i := range 20 {
			if err := Build(context.Background(), days[(i+1)%2], path, BuildOptions{}); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	reads, seen := 0, map[string]bool{}
	for {
		got, err := query(t, QueryOptions{Database: path}, "SELECT (SELECT max(run_date) FROM customers) AS a, (SELECT min(run_date) FROM orders) AS b", "csv")
		if err != nil {
			t.Fatal(err)
		}
		reads++
		seen[got] = true
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			delete(seen, "a,b\n2025-12-30,2025-12-30\n")
			delete(seen, "a,b\n2025-12-31,2025-12-31\n")
			if len(seen) > 0 || reads < 5 {
				t.Errorf("%d reads, of two runs at once: %v", reads, seen)
			}
			return
		default:
		}
	}
}
