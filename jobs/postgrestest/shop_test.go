//go:build linux

package postgrestest

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/serving"
	"github.com/habitue-data/habitue/jobs"
)

const (
	inDuckDB   = "warehouse: {kind: duckdb, path: out/warehouse.duckdb}"
	inPostgres = "warehouse: {kind: postgres, url: \"${env:HABITUE_PG}\", schema: mart}"
)

// shop is a copy of the sample shop.
type shop struct {
	dir, url string
}

func newShop(t testing.TB, url string) *shop {
	t.Helper()
	s := &shop{t.TempDir(), url}
	if err := os.CopyFS(s.dir, os.DirFS("../../testdata/shop")); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *shop) env(name string) (string, bool) {
	if name == "HABITUE_PG" {
		return s.url, true
	}
	return os.LookupEnv(name)
}

// edit replaces a text of the project file, which must be there.
func (s *shop) edit(t testing.TB, old, text string) {
	t.Helper()
	path := filepath.Join(s.dir, "habitue.yaml")
	data, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(data, []byte(old)) {
		t.Fatalf("habitue.yaml has no %q (%v)", old, err)
	}
	if err := os.WriteFile(path, bytes.ReplaceAll(data, []byte(old), []byte(text)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// habitue runs a command line and wants an exit code.
func (s *shop) habitue(t testing.TB, want fault.Code, args ...string) (out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	app := &jobs.App{In: strings.NewReader(""), Out: &o, Err: &e, Env: s.env, Now: time.Now, Dir: s.dir}
	if code := jobs.Execute(context.Background(), append([]string{"--progress", "none"}, args...), app); fault.Code(code) != want {
		t.Fatalf("habitue %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, o.String(), e.String())
	}
	return o.String(), e.String()
}

// TestTheShopIsTheSameInPostgreSQLAndDuckDB runs a night into PostgreSQL, and
// publishes another one that DuckDB served first.
func TestTheShopIsTheSameInPostgreSQLAndDuckDB(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	s := newShop(t, url)
	s.edit(t, inDuckDB, inPostgres)
	s.habitue(t, fault.OK, "check")
	if out, _ := s.habitue(t, fault.OK, "run", "--as-of", "2025-12-29"); !strings.Contains(out, "warehouse: the schema mart of PostgreSQL") {
		t.Error(out)
	}
	if got := ask(t, admin, "SELECT DISTINCT run_date::TEXT FROM mart.customers UNION ALL SELECT DISTINCT run_date::TEXT FROM mart.orders"); got != "2025-12-29\n2025-12-29" {
		t.Error(got)
	}
	months := func() string {
		return ask(t, admin, "SELECT relname FROM pg_class WHERE relnamespace = 'mart_facts'::regnamespace AND relkind = 'r' ORDER BY 1")
	}
	was := strings.Fields(months())

	s.edit(t, inPostgres, inDuckDB)
	if err := os.CopyFS(s.dir, os.DirFS("../../testdata/shop/deliveries/2025-12-30")); err != nil && !os.IsExist(err) {
		t.Fatal(err)
	}
	s.habitue(t, fault.OK, "run", "--as-of", "2025-12-30")
	s.edit(t, inDuckDB, inPostgres)
	if out, _ := s.habitue(t, fault.OK, "publish", "2025-12-30.1"); !strings.HasPrefix(out, "the schema mart of PostgreSQL serves run 2025-12-30.1\n") {
		t.Error(out)
	}
	is := strings.Fields(months())
	if got, want := common(was, is), common(s.months(t, "2025-12-29.1"), s.months(t, "2025-12-30.1")); got != want || want == 0 || want == len(is) || len(is) != len(s.months(t, "2025-12-30.1")) {
		t.Errorf("%d of %d months of facts were carried over, the lake carried %d over; there are %d now", got, len(was), want, len(is))
	}

	s.edit(t, inPostgres, inDuckDB) // habitue query asks the DuckDB file
	m, err := lake.Lake{Dir: filepath.Join(s.dir, "out", "lake")}.Load("2025-12-30.1")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range lake.TableNames(m) {
		columns := append([]lake.Column{{Name: "run_date", Type: "DATE"}}, m.Tables[name].Columns...)
		if columns[1].Name == "run_date" {
			columns = columns[1:]
		}
		want, _ := s.habitue(t, fault.OK, "query", "--format", "csv", asTexts(columns, name, "epoch_us(%s)::VARCHAR"))
		var got bytes.Buffer
		if _, err := admin.PgConn().CopyTo(t.Context(), &got, "COPY ("+asTexts(columns, "mart."+name, "(extract(epoch FROM %s) * 1000000)::BIGINT::TEXT")+") TO STDOUT (FORMAT csv, HEADER)"); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		w, g := sorted(t, want, columns), sorted(t, got.String(), columns)
		if int64(len(w)-1) != m.Tables[name].Rows {
			t.Errorf("%s: %d rows, the manifest says %d", name, len(w)-1, m.Tables[name].Rows)
		}
		if diff := cmp.Diff(w, g); diff != "" {
			t.Errorf("%s (- DuckDB, + PostgreSQL): %s", name, diff[:min(len(diff), 2000)])
		}
	}
	s.sameForAnalysts(t, admin)
	for sql, want := range map[string]string{
		"SELECT obj_description('mart.orders'::regclass)":       "An order in force, cancelled ones and returns too.",
		"SELECT col_description('mart.customers'::regclass, 1)": "the as-of date of the run",
		"SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'mart.orders'::regclass AND attname IN ('amount', 'order_at', 'order_date', 'counted') ORDER BY attname": "numeric(18,2)\nboolean\ntimestamp with time zone\ndate",
	} {
		if got := ask(t, admin, sql); got != want {
			t.Errorf("%s: %s", sql, got)
		}
	}
}

// months are the files of by-month tables of a run.
func (s *shop) months(t testing.TB, run string) (paths []string) {
	t.Helper()
	m, err := lake.Lake{Dir: filepath.Join(s.dir, "out", "lake")}.Load(run)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range m.Tables {
		for _, f := range table.Files {
			if f.Month != "" {
				paths = append(paths, f.Path)
			}
		}
	}
	return paths
}

func common(a, b []string) (n int) {
	for _, x := range a {
		if slices.Contains(b, x) {
			n++
		}
	}
	return n
}

// asTexts is a query that gives every column as text, alike in both databases.
func asTexts(columns []lake.Column, from, instant string) string {
	var all []string
	for _, c := range columns {
		text := serving.Name(c.Name)
		switch c.Type {
		case "TIMESTAMP WITH TIME ZONE":
			text = fmt.Sprintf(instant, text)
		case "VARCHAR[]":
			text = "array_to_string(" + text + ", '|')"
		case "BOOLEAN":
			text = "CASE WHEN " + text + " THEN 'true' WHEN NOT " + text + " THEN 'false' END"
		case "DOUBLE", "DATE", "BIGINT":
			text = "CAST(" + text + " AS VARCHAR)"
		case "VARCHAR":
			text = "replace(" + text + ", chr(13), '<cr>')" // csv's reader joins line ends
		default:
			text = "CAST(" + text + " AS VARCHAR)"
		}
		all = append(all, "coalesce("+text+", '<null>') AS "+serving.Name(c.Name))
	}
	return "SELECT " + strings.Join(all, ", ") + " FROM " + from
}

// sorted are the rows of a CSV in order, floats in one way of writing.
func sorted(t testing.TB, text string, columns []lake.Column) (rows []string) {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for n, row := range all {
		for i, c := range columns {
			if v, err := strconv.ParseFloat(row[i], 64); n > 0 && c.Type == "DOUBLE" && err == nil {
				row[i] = strconv.FormatFloat(v, 'g', -1, 64)
			}
		}
		rows = append(rows, strings.Join(row, "\x1f"))
	}
	slices.Sort(rows)
	return rows
}

// TestASchemaOfSomebodyElseStopsTheNightBeforeItBegins holds check and run.
func TestASchemaOfSomebodyElseStopsTheNightBeforeItBegins(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	s := newShop(t, url)
	s.edit(t, inDuckDB, inPostgres)
	mustPublish(t, url, made("2025-12-30", 3, "2025-12"))
	for _, c := range []struct{ do, undo, want string }{
		{"CREATE TABLE mart.notes ()", "DROP TABLE mart.notes", `the schema mart has "notes", which no publish made`},
		{"CREATE VIEW bi AS SELECT * FROM mart.customers", "DROP VIEW bi", "the view public.bi is made from mart.customers"},
		{"CREATE FUNCTION mart.one() RETURNS int LANGUAGE sql AS 'SELECT 1'", "DROP FUNCTION mart.one", "the schema mart has the function mart.one(), which no publish made"},
		{"CREATE FUNCTION bi() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM mart.customers; END", "DROP FUNCTION bi", "the function bi() is made from mart.customers"},
		{"CREATE ROLE other; ALTER SCHEMA mart OWNER TO other; CREATE ROLE plain LOGIN; GRANT CREATE ON DATABASE " + admin.Config().Database + " TO plain", "ALTER SCHEMA mart OWNER TO shop", "the schema mart belongs to another role"},
		{"COMMENT ON SCHEMA mart IS 'figures'", "SELECT 1", `the schema mart has "customers", and its comment does not say that a publish made it`},
	} {
		exec(t, admin, c.do)
		s.url = url
		if strings.Contains(c.do, "plain") { // who is almighty owns everything
			s.url = strings.Replace(url, "//shop@", "//plain@", 1)
		}
		for _, command := range [][]string{{"check"}, {"run", "--as-of", "2025-12-29"}} {
			if _, errs := s.habitue(t, fault.Config, command...); !strings.Contains(errs, c.want) || !strings.Contains(errs, "habitue.yaml:") {
				t.Errorf("%v: %s, want %q", command, errs, c.want)
			}
		}
		exec(t, admin, c.undo)
	}
}
