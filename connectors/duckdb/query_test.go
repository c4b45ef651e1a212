package duckdb

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/serving"
)

// files writes Parquet files by queries and returns their paths.
func files(t testing.TB, queries ...string) (paths []string) {
	t.Helper()
	db, err := open(context.Background(), "", Resources{TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for i, q := range queries {
		path := filepath.Join(dir, "it's "+string(rune('a'+i))+".parquet")
		if err := db.run(context.Background(), "COPY ("+q+") TO "+serving.Text(path)); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	if err := db.close(); err != nil {
		t.Fatal(err)
	}
	return paths
}

func col(name, typ, doc string) serving.Column {
	return serving.Column{Name: name, Type: typ, Doc: doc}
}

// snapshot is a small run: customers, dated; orders by month; an empty table.
func snapshot(t testing.TB, runDate string) serving.Snapshot {
	t.Helper()
	date := col("run_date", "DATE", "the as-of date")
	return serving.Snapshot{RunDate: runDate, Views: []serving.View{{Name: "v_customers", Doc: "The known customers.", SQL: "SELECT * FROM customers WHERE kind = 'known'"}}, Tables: []serving.Table{
		{Name: "customers", Doc: "A customer's row.", Dated: true, Rows: 3,
			Columns: []serving.Column{date, col("customer_id", "VARCHAR", "the customer"), col("kind", "VARCHAR", ""), col("email", "VARCHAR", "it's an address")},
			Files: files(t, "SELECT DATE '"+runDate+"' AS run_date, 'c' || i AS customer_id, if(i = 2, 'anonymous', 'known') AS kind, if(i = 1, NULL, 'a@x') AS email FROM range(2) r(i)",
				"SELECT DATE '"+runDate+"' AS run_date, 'c2' AS customer_id, 'anonymous' AS kind, NULL::VARCHAR AS email")},
		{Name: "orders", Rows: 2,
			Columns: []serving.Column{date, col("amount", "DECIMAL(18,2)", "money"), col("order_at", "TIMESTAMP WITH TIME ZONE", ""), col("tags", "VARCHAR[]", "")},
			Files:   files(t, "SELECT * FROM (VALUES (12.50::DECIMAL(18,2), TIMESTAMPTZ '2025-12-30 10:00:00+03', ['a', 'b']), (-1.25, NULL, NULL)) v(amount, order_at, tags)")},
		{Name: "stores", Columns: []serving.Column{date, col("name", "VARCHAR", "")}},
	}}
}

func query(t testing.TB, o QueryOptions, sql, format string) (string, error) {
	t.Helper()
	o.TempDir, o.Name = t.TempDir(), "race.sql"
	var out bytes.Buffer
	err := Query(context.Background(), o, sql, format, &out)
	if left, _ := os.ReadDir(o.TempDir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	return out.String(), err
}

func TestQueryOverLakeAndOverFileGiveTheSame(t *testing.T) {
	t.Parallel()
	s := snapshot(t, "2025-12-31")
	path := filepath.Join(t.TempDir(), "out", "warehouse.duckdb")
	if err := Build(context.Background(), s, path, BuildOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, sql, format, want string }{
		{"a table", "SELECT customer_id, kind, email, run_date FROM customers ORDER BY 1", "table",
			"customer_id  kind       email  run_date\n-----------  ----       -----  --------\n" +
				"c0           known      a@x    2025-12-31\nc1           known             2025-12-31\nc2           anonymous         2025-12-31\n"},
		{"all types as CSV", "FROM orders ORDER BY amount", "csv",
			"run_date,amount,order_at,tags\n2025-12-31,-1.25,,\n2025-12-31,12.50,2025-12-30 07:00:00+00,\"[a, b]\"\n"},
		{"JSON", "SELECT amount, tags FROM orders ORDER BY amount", "json",
			"[\n\t{\"amount\":-1.25,\"tags\":null},\n\t{\"amount\":12.50,\"tags\":[\"a\",\"b\"]}\n]\n"},
		{"JSON of numbers that are none", `SELECT 'NaN'::DOUBLE AS a, '-inf'::DOUBLE AS b, ['inf'::FLOAT, 1.5] AS c, 'a "NaN" \ Infinity' AS "NaN", -1 AS d, true AS e`, "json",
			"[\n\t{\"a\":null,\"b\":null,\"c\":[null,1.5],\"NaN\":\"a \\\"NaN\\\" \\\\ Infinity\",\"d\":-1,\"e\":true}\n]\n"},
		{"an empty table", "SELECT count(*) AS n, any_value(name) AS name FROM stores", "csv", "n,name\n0,\n"},
		{"the view of known customers", "SELECT customer_id, email FROM v_customers ORDER BY 1", "csv", "customer_id,email\nc0,a@x\nc1,\n"},
		{"several, the last result counts", "CREATE TEMP TABLE x AS SELECT 1 AS a; SELECT 2 AS b; SELECT a + 1 AS c FROM x; DROP TABLE x;", "csv", "c\n2\n"},
		{"a comment at the end", "SELECT 1 AS a -- one", "csv", "a\n1\n"},
		{"no result", "CREATE TEMP TABLE y AS SELECT 1", "table", ""},
		{"columns of one name", "SELECT 1 AS a, 2 AS a", "table", "a  a_1\n-  ---\n1  2\n"},
		{"describe", "SELECT column_name FROM (DESCRIBE stores)", "csv", "column_name\nrun_date\nname\n"},
	} {
		for over, o := range map[string]QueryOptions{"lake": {Snapshot: &s}, "file": {Database: path}} {
			got, err := query(t, o, c.sql, c.format)
			if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
				t.Errorf("%s, over the %s: %v %s", c.name, over, err, diff)
			}
		}
	}
}

func TestCopyStatementsWriteFiles(t *testing.T) {
	t.Parallel()
	s := snapshot(t, "2025-12-31")
	dir := filepath.ToSlash(t.TempDir())
	got, err := query(t, QueryOptions{Snapshot: &s, Resources: Resources{Memory: 512 << 20}}, "COPY (SELECT kind, count(*) AS n FROM customers GROUP BY ALL) TO '"+dir+"/a.parquet' (FORMAT parquet);\n"+
		"COPY (SELECT sum(amount) AS m FROM orders) TO '"+dir+"/b.csv';", "table")
	if err != nil || got != "" {
		t.Fatalf("%q, %v", got, err)
	}
	got, err = query(t, QueryOptions{}, "SELECT kind, n, m FROM '"+dir+"/a.parquet', '"+dir+"/b.csv' ORDER BY 1", "csv")
	if want := "kind,n,m\nanonymous,1,11.25\nknown,2,11.25\n"; err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAParquetResultIsAFile(t *testing.T) {
	t.Parallel()
	got, err := query(t, QueryOptions{}, "SELECT 1 AS a", "parquet")
	if err != nil || !strings.HasPrefix(got, "PAR1") || !strings.HasSuffix(got, "PAR1") {
		t.Errorf("%q, %v", got, err)
	}
}

func TestATableForAPersonEndsAndSaysSo(t *testing.T) {
	t.Parallel()
	got, err := query(t, QueryOptions{}, "FROM range(2500) r(i)", "table")
	if err != nil || strings.Count(got, "\n") != 2+shown+1 || !strings.HasSuffix(got, "(1000 of 2500 rows; --format csv writes all)\n") {
		t.Errorf("%d lines, %v: %s", strings.Count(got, "\n"), err, got[max(0, len(got)-80):])
	}
}

func TestFaultsOfTheSQLAreToldWhereTheyStand(t *testing.T) {
	t.Parallel()
	s := snapshot(t, "2025-12-31")
	path := filepath.Join(t.TempDir(), "warehouse.duckdb")
	if err := Build(context.Background(), s, path, BuildOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, sql, want string }{
		{"a word too many", "SELECT * FORM x", `race.sql:1:15: Parser Error: syntax error at or near "x"`},
		{"in the second statement", "SELECT 1;\n\n  SELECT a\n    , b FROM range(3) r(a)", `race.sql:4:7: Binder Error: Referenced column "b" not found`},
		{"behind another on its line", "SELECT 1; SELECT colour FROM customers", `race.sql:1:18: Binder Error: Referenced column "colour"`},
		{"after letters of two bytes", "SELECT 'ёж', x", `race.sql:1:14: Binder Error`},
		{"far along a long line", "SELECT " + strings.Repeat("1234567, ", 40) + "nope FROM customers", `race.sql:1:368: Binder Error`},
		{"at run time", "SELECT 1;\nSELECT 'a'::INT FROM range(3)", `race.sql:2:11: Conversion Error`},
		{"a table that is not there", "FROM custommers", `race.sql:1:6: Catalog Error: Table with name custommers does not exist!; Did you mean "customers`},
		{"in a statement without a result", "COPY (SELECT x) TO 'a'; SELECT 1", `race.sql:1:14: Binder Error`},
		{"writing into the warehouse", "DELETE FROM customers", `race.sql:1:1: Invalid Input Error: Cannot execute statement of type "DELETE" on database "warehouse" which is attached in read-only mode!`},
		{"nothing", "-- nothing", `race.sql: no statement to run`},
		{"explain as CSV", "EXPLAIN SELECT 1", `the result of explain can only be written as a table`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := query(t, QueryOptions{Database: path}, c.sql, "csv")
			if err == nil || !strings.HasPrefix(err.Error(), c.want) || fault.CodeOf(err) != fault.Usage {
				t.Errorf("code %d, %v\nwant %s", fault.CodeOf(err), err, c.want)
			}
		})
	}
}

func TestACancelledQueryStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := Query(ctx, QueryOptions{Resources: Resources{TempDir: t.TempDir()}, Name: "SQL"}, "SELECT sum(i) FROM range(1000000000000) r(i)", "csv", &bytes.Buffer{})
	if err == nil || ctx.Err() == nil {
		t.Errorf("%v", err)
	}
}
