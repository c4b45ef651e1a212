//go:build linux

package postgrestest

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
)

// longAgo is a shop whose last order is older than any window of a metric, in
// a currency of three decimals: 2.003 of two customers is 1.0015 each.
var longAgo = map[string]string{
	"habitue.yaml": `project: long-ago
timezone: Asia/Kuwait
currency: KWD
sources:
  - name: till
    kind: csv
    path: "till*.csv"
    delivery: parts
    record: order
    fields: {id: id, line: line, at: at, email: email, sku: sku, quantity: qty, amount: amount}
lake: out/lake
warehouse: {kind: duckdb, path: out/warehouse.duckdb}
`,
	"till1.csv": `id,line,at,email,sku,qty,amount
1,1,2024-03-01 10:00,ann@example.com,A,1,1.001
2,1,2024-03-02 10:00,bob@example.com,B,1,1.002
3,1,2024-03-03 10:00,bob@example.com,B,1,-0.000
`,
}

// TestMetricsAtTheEdges asks what has nothing to divide by and what ends in a
// half: both databases give the same, and nothing but a number or nothing.
func TestMetricsAtTheEdges(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	s := &shop{t.TempDir(), url}
	for name, text := range longAgo {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s.habitue(t, fault.OK, "run", "--as-of", "2025-12-31")
	s.edit(t, inDuckDB, inPostgres)
	s.habitue(t, fault.OK, "publish", "2025-12-31.1")
	s.edit(t, inPostgres, inDuckDB)
	exec(t, admin, "SET search_path TO mart")
	for name, want := range map[string]string{
		"net_revenue_28d":          "net_revenue\n0.000\n",
		"orders_28d":               "orders\n0\n",
		"active_customers":         "days,customers\n30,0\n90,0\n365,0\n",
		"items_per_order":          "lines_per_order,quantity_per_order\n,\n",
		"return_rate":              "share_of_revenue,share_of_orders\n,\n",
		"purchase_frequency":       "orders,customers,orders_per_customer\n0,0,\n",
		"customer_value":           "customers,net_revenue_per_customer\n2,1.002\n",
		"average_order":            "order_month,average_order\n2024-03-01,1.002\n",
		"repeat_rate":              "buyers,repeat_rate\n2,0.0\n",
		"revenue_without_customer": "net_revenue,share\n0.000,0.0\n",
	} {
		duck, _ := s.habitue(t, fault.OK, "query", "--format", "csv", "--metric", name)
		if diff := cmp.Diff(want, duck); diff != "" {
			t.Errorf("%s (-want +DuckDB): %s", name, diff)
		}
		m, _ := customer.MetricNamed(name)
		var post bytes.Buffer
		if _, err := admin.PgConn().CopyTo(t.Context(), &post, "COPY ("+m.SQL+") TO STDOUT (FORMAT csv, HEADER)"); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		alikeRows(t, name, duck, post.String())
	}
}

// TestAStoreOfTwoSourcesHasOneNameEverywhere is in a database that sorts by a
// locale: to it shop_web is before shop1, by bytes it is not.
func TestAStoreOfTwoSourcesHasOneNameEverywhere(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	if _, err := admin.Exec(t.Context(), "CREATE DATABASE sorted TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en' LOCALE 'C'"); err != nil {
		t.Skipf("this PostgreSQL has no ICU: %v", err)
	}
	url = strings.Replace(url, "/"+ask(t, admin, "SELECT current_database()")+"?", "/sorted?", 1)
	s := &shop{t.TempDir(), url}
	const store = `
  - {name: NAME, kind: csv, path: "NAME-*.csv", delivery: full, record: store, fields: {id: id, name: name}}`
	files := map[string]string{
		"habitue.yaml":   strings.Replace(longAgo["habitue.yaml"], "\nlake:", strings.ReplaceAll(store, "NAME", "shop_web")+strings.ReplaceAll(store, "NAME", "shop1")+"\nlake:", 1),
		"shop_web-1.csv": "id,name\nS1,Web\n",
		"shop1-1.csv":    "id,name\nS1,One\n",
		"till1.csv":      "id,line,at,email,sku,qty,amount,store\n1,1,2024-03-01 10:00,ann@example.com,A,1,1.001,S1\n",
	}
	files["habitue.yaml"] = strings.Replace(files["habitue.yaml"], "amount: amount}", "amount: amount, store: store}", 1)
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s.habitue(t, fault.OK, "run", "--as-of", "2025-12-31")
	duck, _ := s.habitue(t, fault.OK, "query", "--format", "csv", "SELECT store_name FROM v_orders")
	s.edit(t, inDuckDB, inPostgres)
	s.habitue(t, fault.OK, "publish", "2025-12-31.1")
	if post := ask(t, connect(t, url), "SELECT store_name FROM mart.v_orders"); duck != "store_name\n"+post+"\n" {
		t.Errorf("the store is %q in PostgreSQL, in DuckDB %q", post, duck)
	}
}
