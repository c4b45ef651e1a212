package jobs

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/fault"
)

const shopYAML = `project: corner-shop
timezone: Europe/Moscow
currency: RUB
sources:
  - {name: tills, kind: csv, path: tills.csv, record: order, delivery: full, fields: {id: id, at: at, amount: amount}}
lake: out/lake
publish: {tables: all, keep_runs: 1}
`

// shop is a project folder with committed runs of these dates on the line;
// every value of a run tells its date.
func shop(t testing.TB, warehouse string, dates ...string) (dir string, l lake.Lake) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "habitue.yaml"), []byte(shopYAML+"warehouse: "+warehouse+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	l = lake.Lake{Dir: filepath.Join(dir, "out", "lake")}
	for i, date := range dates {
		commitDay(t, l, date, 3+i)
	}
	return dir, l
}

func commitDay(t testing.TB, l lake.Lake, date string, customers int) {
	t.Helper()
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		t.Fatal(err)
	}
	id, err := l.NextRunID(date)
	if err != nil {
		t.Fatal(err)
	}
	before, err := l.PredecessorOf(date)
	if err != nil {
		t.Fatal(err)
	}
	m := lake.Manifest{RunID: id, RunDate: date, Line: true, Predecessor: before, Known: "then", Tables: map[string]lake.Table{},
		Inputs: []lake.Input{{Source: "tills", Path: "tills.csv", SHA256: "ab", Bytes: 7, Delivered: date}}}
	for _, name := range []string{"customers", "orders", "rejects"} {
		table, _ := customer.TableNamed(name)
		n := customers
		if name == "rejects" {
			n = 0
		}
		k := rowsFor(table, n, day)
		m.Tables[name] = written(t, l, id, table, day, k)
	}
	if err := l.Commit(m); err != nil {
		t.Fatal(err)
	}
	if err := l.Join(id); err != nil {
		t.Fatal(err)
	}
}

// written is a table of a run with these rows.
func written(t testing.TB, l lake.Lake, runID string, table customer.Table, day time.Time, k *columns.Chunk) lake.Table {
	t.Helper()
	var f lake.File
	var err error
	if table.Layout == customer.ByMonth {
		f, err = l.WriteFact(table, 2, day.Format("2006-01"), func(yield func(*columns.Chunk) error) error { return yield(k) }, nil)
	} else {
		var w *lake.Writer
		if w, err = l.NewWriter(lake.PartPath(table.Name, runID, 0), table, 2, int32(day.Unix()/86400)); err == nil {
			if err = w.Write(k); err == nil {
				f, err = w.Close()
			}
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	e, err := lake.NewTable(table, 2, []lake.File{f})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// rowsFor is n rows of any table: every fifth value of a column is missing,
// texts and numbers are the row's, dates the day.
func rowsFor(table customer.Table, n int, day time.Time) *columns.Chunk {
	types := map[customer.ColumnType]columns.Type{customer.IntColumn: columns.Int, customer.BoolColumn: columns.Bool,
		customer.DateColumn: columns.Date, customer.TimeColumn: columns.Time, customer.FloatColumn: columns.Float,
		customer.ListColumn: columns.List, customer.MoneyColumn: columns.Money, customer.QuantityColumn: columns.Money}
	k := &columns.Chunk{N: n}
	for j, c := range table.Columns {
		col := columns.Column{Name: c.Name, Type: types[c.Type]}
		for i := range n {
			switch {
			case (i+j)%5 == 4:
				col.AddMissing()
			case c.Name == "kind":
				col.AddText([]string{"known", "anonymous"}[i%2])
			case col.Type == columns.List:
				col.AddText(c.Name + "\x1f" + string(rune('a'+i%26)))
			case col.Type == columns.Text:
				col.AddText(c.Name + " " + string(rune('a'+i%26)))
			case col.Type == columns.Float:
				col.Floats = append(col.Floats, float64(i)/4)
			case col.Type == columns.Bool:
				col.Ints = append(col.Ints, int64(i%2))
			case col.Type == columns.Date:
				col.Ints = append(col.Ints, day.Unix()/86400)
			case col.Type == columns.Time:
				col.Ints = append(col.Ints, day.UnixMicro()+int64(i))
			default:
				col.Ints = append(col.Ints, int64(i))
			}
		}
		k.Cols = append(k.Cols, col)
	}
	return k
}

// habitue runs a command line in a folder and wants an exit code.
func habitue(t testing.TB, dir string, want fault.Code, args ...string) (out, errs string) {
	t.Helper()
	code, out, errs := execution(context.Background(), dir, noEnv, args...)
	if fault.Code(code) != want {
		t.Fatalf("habitue %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, out, errs)
	}
	return out, errs
}

func TestPublishServesARunAndAnOlderOneAgain(t *testing.T) {
	t.Parallel()
	dir, _ := shop(t, "{kind: duckdb, path: out/warehouse.duckdb}", "2025-12-30", "2025-12-31")
	if _, errs := habitue(t, dir, fault.Usage, "query", "SELECT 1"); !strings.Contains(errs, "the warehouse out/warehouse.duckdb is not there yet") {
		t.Error(errs)
	}
	for run, want := range map[string]string{
		"2025-12-31.1": "c,o,known,d\n4,4,2,2025-12-31\n",
		"2025-12-30.1": "c,o,known,d\n3,3,2,2025-12-30\n",
	} {
		out, _ := habitue(t, dir, fault.OK, "publish", run)
		if want := "out/warehouse.duckdb serves run " + run + "\n"; out != want {
			t.Errorf("%q, want %q", out, want)
		}
		got, _ := habitue(t, dir, fault.OK, "query", "--format", "csv",
			"SELECT (SELECT count(*) FROM customers) AS c, (SELECT count(*) FROM orders) AS o, (SELECT count(*) FROM v_customers) AS known, (SELECT max(run_date) FROM orders) AS d")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	if _, errs := habitue(t, dir, fault.Usage, "publish", "2025-12-29.1"); !strings.Contains(errs, "the last runs are 2025-12-30.1, 2025-12-31.1") {
		t.Error(errs)
	}
}

func TestPublishWaitsForNobodyWhoHoldsTheLock(t *testing.T) {
	t.Parallel()
	dir, l := shop(t, "{kind: duckdb, path: out/warehouse.duckdb}", "2025-12-31")
	app := &App{Env: noEnv, Now: noon, Dir: dir, Config: "habitue.yaml"}
	p, err := app.Project()
	if err != nil {
		t.Fatal(err)
	}
	_, unlock, err := lock(t.Context(), app, p)
	if err != nil {
		t.Fatal(err)
	}
	habitue(t, dir, fault.Locked, "publish", "2025-12-31.1")
	habitue(t, dir, fault.Locked, "runs", "prune")
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(l.Path(manifestFile(t, l, "2025-12-31.1", "orders"))); err != nil {
		t.Fatal(err)
	}
	if _, errs := habitue(t, dir, fault.Publish, "publish", "2025-12-31.1"); !strings.Contains(errs, "table orders") {
		t.Error(errs)
	}
}

// manifestFile is the path of a table's first file, relative to the lake.
func manifestFile(t testing.TB, l lake.Lake, run, table string) string {
	t.Helper()
	m, err := l.Load(run)
	if err != nil {
		t.Fatal(err)
	}
	return m.Tables[table].Files[0].Path
}

func TestOnlyTheTablesAndColumnsThatAreAskedForAreServed(t *testing.T) {
	t.Parallel()
	dir, _ := shop(t, "{kind: duckdb, path: w.duckdb}", "2025-12-31")
	yaml := strings.Replace(shopYAML, "tables: all", "tables: {customers: [customer_id, kind], rejects: all}", 1)
	if err := os.WriteFile(filepath.Join(dir, "habitue.yaml"), []byte(yaml+"warehouse: {kind: duckdb, path: w.duckdb}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	habitue(t, dir, fault.OK, "publish", "2025-12-31.1")
	got, _ := habitue(t, dir, fault.OK, "query", "--format", "csv",
		"SELECT table_name AS t, string_agg(column_name, ' ' ORDER BY ordinal_position) AS c FROM information_schema.columns WHERE table_name <> 'rejects' GROUP BY 1 ORDER BY 1")
	if want := "t,c\ncustomers,run_date customer_id kind\nv_customers,run_date customer_id kind\n"; got != want {
		t.Errorf("%q", got)
	}
	if _, errs := habitue(t, dir, fault.Usage, "query", "--metric", "orders_28d"); !strings.Contains(errs, "the project must publish the tables that it is made from: customers, orders, stores") {
		t.Error(errs)
	}
}

func TestFactsNeedNotBeServed(t *testing.T) {
	t.Parallel()
	dir, _ := shop(t, "{kind: duckdb, path: w.duckdb, facts: none}", "2025-12-31")
	habitue(t, dir, fault.OK, "publish", "2025-12-31.1")
	got, _ := habitue(t, dir, fault.OK, "query", "--format", "csv", "SELECT DISTINCT table_name AS t FROM information_schema.tables ORDER BY 1")
	if want := "t\ncustomers\nrejects\nv_customers\n"; got != want {
		t.Errorf("%q", got)
	}
}

func TestQueryOverTheLakeReadsTheLinesEnd(t *testing.T) {
	t.Parallel()
	dir, l := shop(t, "none", "2025-12-30", "2025-12-31")
	side := lake.Manifest{RunID: "2026-02-01.1", RunDate: "2026-02-01", Tables: map[string]lake.Table{}} // nobody's yesterday
	if err := l.Commit(side); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "q.sql"), []byte("SELECT max(run_date) AS d, count(*) AS n\nFROM customers;"), 0o644); err != nil {
		t.Fatal(err)
	}
	out, _ := habitue(t, dir, fault.OK, "query", "-f", "q.sql", "--format", "csv")
	if out != "d,n\n2025-12-31,4\n" {
		t.Errorf("%q", out)
	}
	habitue(t, dir, fault.OK, "query", "-f", "q.sql", "--format", "parquet", "--out", "r.parquet", "--memory", "256MiB")
	out, _ = habitue(t, dir, fault.OK, "--json", "query", "SELECT n FROM '"+filepath.ToSlash(dir)+"/r.parquet'")
	if out != "[\n\t{\"n\":4}\n]\n" {
		t.Errorf("%q", out)
	}
	_, errs := habitue(t, dir, fault.Usage, "query", "SELECT custommer_id FROM customers")
	if !strings.Contains(errs, "SQL:1:8: Binder Error: ") {
		t.Errorf("%q", errs)
	}
	habitue(t, dir, fault.Usage, "query", "SELECT 1", "-f", "q.sql")
	habitue(t, dir, fault.Usage, "query", "SELECT 1", "--format", "parquet")
	habitue(t, dir, fault.Usage, "query", "-f", "nothing.sql")
}

// TestDuckDBReadsEveryTableAsItWasWritten writes every table there is, with
// missing values, and compares what DuckDB reads with the rows, both ways.
func TestDuckDBReadsEveryTableAsItWasWritten(t *testing.T) {
	t.Parallel()
	dir, l := shop(t, "{kind: duckdb, path: w.duckdb}")
	day := time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC)
	const rows = 3000
	m := lake.Manifest{RunID: "2025-12-31.1", RunDate: "2025-12-31", Tables: map[string]lake.Table{}}
	for _, table := range customer.Tables() {
		k := rowsFor(table, rows, day)
		m.Tables[table.Name] = written(t, l, m.RunID, table, day, k)
		if err := os.WriteFile(filepath.Join(dir, table.Name+".csv"), asCSV(table, k), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Commit(m); err != nil {
		t.Fatal(err)
	}
	habitue(t, dir, fault.OK, "publish", m.RunID)
	for _, table := range customer.Tables() {
		wanted := "SELECT DATE '2025-12-31' AS run_date, " + fromCSV(table) +
			" FROM read_csv('" + filepath.ToSlash(dir) + "/" + table.Name + ".csv', all_varchar = true, header = true, nullstr = '\\N', quote = '\"', escape = '\"')"
		out, _ := habitue(t, dir, fault.OK, "query", "--format", "csv", "SELECT (SELECT count(*) FROM (FROM "+table.Name+" EXCEPT ALL ("+wanted+"))) AS too_many, "+
			"(SELECT count(*) FROM (("+wanted+") EXCEPT ALL FROM "+table.Name+")) AS too_few, (SELECT count(*) FROM "+table.Name+") AS n")
		if want := "too_many,too_few,n\n0,0,3000\n"; out != want {
			t.Errorf("table %s: %s", table.Name, out)
		}
	}
}

// TestDuckDBReadsSeveralRowGroups has pages of nothing but missing values,
// and a column that looks as if its texts repeated and then goes on without
// its dictionary.
func TestDuckDBReadsSeveralRowGroups(t *testing.T) {
	t.Parallel()
	dir, l := shop(t, "none")
	day := time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC)
	rfm, _ := customer.TableNamed("rfm")
	table := rfm.Only([]string{"customer_id", "recency_days", "monetary", "rfm_group"})
	k := rowsFor(table, 0, day)
	for i := range 300000 {
		k.Cols[0].AddText("c" + strconv.Itoa(i))
		k.Cols[1].Ints = append(k.Cols[1].Ints, int64(i)*int64(i)*int64(1-2*(i%2)))
		switch {
		case i/30000%3 == 1:
			k.Cols[2].AddMissing()
			k.Cols[3].AddMissing()
		case i < 5000:
			k.Cols[2].Ints = append(k.Cols[2].Ints, int64(-i))
			k.Cols[3].AddText("group " + strconv.Itoa(i%10))
		default:
			k.Cols[2].Ints = append(k.Cols[2].Ints, int64(-i))
			k.Cols[3].AddText("group " + strconv.Itoa(i))
		}
		k.N++
	}
	m := lake.Manifest{RunID: "2025-12-31.1", RunDate: "2025-12-31", Tables: map[string]lake.Table{"rfm": written(t, l, "2025-12-31.1", table, day, k)}}
	if err := l.Commit(m); err != nil {
		t.Fatal(err)
	}
	wanted := "(SELECT DATE '2025-12-31', 'c' || i, i * i * (1 - 2 * (i % 2)), if(i // 30000 % 3 = 1, NULL, (-i / 100)::DECIMAL(18,2)), " +
		"if(i // 30000 % 3 = 1, NULL, 'group ' || if(i < 5000, i % 10, i)) FROM range(300000) r(i))"
	out, _ := habitue(t, dir, fault.OK, "query", "--format", "csv", "--memory", "2GiB",
		"SELECT (SELECT count(*) FROM (FROM rfm EXCEPT ALL "+wanted+")) AS too_many, (SELECT count(*) FROM ("+wanted+" EXCEPT ALL FROM rfm)) AS too_few, (SELECT count(*) FROM rfm) AS n")
	if want := "too_many,too_few,n\n0,0,300000\n"; out != want {
		t.Errorf("%q", out)
	}
}

func asCSV(table customer.Table, k *columns.Chunk) []byte {
	var b []byte
	for j, c := range table.Columns {
		if j > 0 {
			b = append(b, ',')
		}
		b = append(b, c.Name...)
	}
	for i := range k.N {
		for j := range k.Cols {
			b = append(b, "\n,"[min(j, 1)])
			if k.Cols[j].Missing(i) {
				b = append(b, `\N`...)
				continue
			}
			scaled := k.Cols[j]
			scaled.Scale = 2
			if table.Columns[j].Type == customer.QuantityColumn {
				scaled.Scale = 3
			}
			b = append(b, '"')
			b = scaled.AppendValue(b, i)
			b = append(b, '"')
		}
	}
	return append(b, '\n')
}

func fromCSV(table customer.Table) string {
	var cols []string
	for _, c := range table.Columns {
		if c.Type == customer.ListColumn {
			cols = append(cols, "string_split("+c.Name+", chr(31)) AS "+c.Name)
			continue
		}
		cols = append(cols, `"`+c.Name+`"::`+lake.SQLType(c, 2)+` AS "`+c.Name+`"`)
	}
	return strings.Join(cols, ", ")
}
