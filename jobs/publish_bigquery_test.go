package jobs

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/connectors/bigquery/contract"
	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
)

const inBigQuery = "{kind: bigquery, project: p, dataset: shop, location: EU, labels: {team: crm}, max_bytes_billed: 1GiB}"

// habitueAt runs a command line with a BigQuery for tests.
func habitueAt(t testing.TB, server *contract.Server, dir string, want fault.Code, args ...string) (out, errs string) {
	t.Helper()
	env := func(name string) (string, bool) {
		if name == "BIGQUERY_EMULATOR_HOST" {
			return server.URL, true
		}
		return "", false
	}
	code, out, errs := execution(context.Background(), dir, env, args...)
	if fault.Code(code) != want {
		t.Fatalf("habitue %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, out, errs)
	}
	return out, errs
}

func rewrite(t testing.TB, dir, old, text string) {
	t.Helper()
	path := filepath.Join(dir, "habitue.yaml")
	data, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(data), old) {
		t.Fatalf("habitue.yaml has no %q (%v)", old, err)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(data), old, text)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestBigQueryServesEveryTable publishes every table there is with every type
// of column, after a dry run that serves nothing.
func TestBigQueryServesEveryTable(t *testing.T) {
	t.Parallel()
	server := contract.New(t)
	dir, l := shop(t, inBigQuery)
	day := time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC)
	m := lake.Manifest{RunID: "2025-12-31.1", RunDate: "2025-12-31", Tables: map[string]lake.Table{}}
	want, got := map[string][]string{}, map[string][]string{}
	for _, table := range customer.Tables() {
		n := 20
		if table.Name == "rejects" {
			n = 0
		}
		m.Tables[table.Name] = written(t, l, m.RunID, table, day, rowsFor(table, n, day))
		want[table.Name] = []string{}
		for _, f := range m.Tables[table.Name].Files {
			want[table.Name] = append(want[table.Name], f.SHA256)
		}
	}
	if err := l.Commit(m); err != nil {
		t.Fatal(err)
	}
	rewrite(t, dir, "1GiB}", "1GiB, dry_run: true}")
	out, errs := habitueAt(t, server, dir, fault.OK, "publish", m.RunID)
	if out != "" || !strings.Contains(errs, "the checks would read 3") || server.View("customers") != "" {
		t.Errorf("%q %q", out, errs)
	}
	rewrite(t, dir, ", dry_run: true", "")
	if out, _ := habitueAt(t, server, dir, fault.OK, "publish", m.RunID); out != "the dataset p.shop of BigQuery serves run 2025-12-31.1\n" {
		t.Errorf("%q", out)
	}
	for name := range want {
		got[name] = server.Seen(name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	patches := func() (n int) {
		for _, c := range server.Calls() {
			if c.Kind == "table.patch" {
				n++
			}
		}
		return n
	}
	was := patches()
	habitueAt(t, server, dir, fault.OK, "publish", m.RunID)
	if n := patches() - was; n > 0 {
		t.Errorf("the same run again changes %d tables and views", n)
	}
	all, _ := customer.TableNamed("customers")
	for _, v := range customer.Views() {
		if server.View(v.Name) == "" {
			t.Errorf("%s is not there", v.Name)
		}
		docs := map[string]string{}
		for _, c := range v.Columns {
			docs[c.Name] = c.Doc
		}
		if v.Columns == nil {
			for _, c := range lake.Served(all) {
				docs[c.Name] = c.Doc
			}
		}
		if diff := cmp.Diff(docs, server.Described(v.Name)); diff != "" {
			t.Errorf("%s is described otherwise: %s", v.Name, diff)
		}
	}
	if out, _ := habitueAt(t, server, dir, fault.OK, "query", "--format", "csv", "SELECT 1 AS n"); out != "n\n1\n" { // over the lake
		t.Error(out)
	}
}

func TestBigQueryIsAskedBeforeANight(t *testing.T) {
	t.Parallel()
	server := contract.New(t)
	dir, _ := shop(t, inBigQuery, "2025-12-31")
	habitueAt(t, server, dir, fault.OK, "publish", "2025-12-31.1")
	rewrite(t, dir, "location: EU", "location: US")
	if _, errs := habitueAt(t, server, dir, fault.Config, "publish", "2025-12-31.1"); !strings.Contains(errs, "it is in EU, the project file says US") || !strings.Contains(errs, "habitue.yaml:8:") {
		t.Error(errs)
	}
	other := contract.New(t)
	rewrite(t, dir, "location: US", "location: EU")
	other.Foreign("shop", "customers")
	if _, errs := habitueAt(t, other, dir, fault.Config, "publish", "2025-12-31.1"); !strings.Contains(errs, "p.shop.customers is there and was not made for this project") {
		t.Error(errs)
	}
	other.Trouble = func(contract.Call) contract.Answer {
		return contract.Answer{Status: 403, Reason: "quotaExceeded", Message: "no more today"}
	}
	if _, errs := habitueAt(t, other, dir, fault.Publish, "publish", "2025-12-31.1"); !strings.Contains(errs, "the warehouse cannot be reached now: ") {
		t.Error(errs)
	}
	server.Bytes = 2 << 30 // more than may be read
	if _, errs := habitueAt(t, server, dir, fault.Publish, "publish", "2025-12-31.1"); !strings.Contains(errs, "warehouse: max_bytes_billed allows: raise it") {
		t.Error(errs)
	}
}
