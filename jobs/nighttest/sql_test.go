package nighttest

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/connectors/lake"

	_ "github.com/duckdb/duckdb-go/v2" // the driver: a reader of the tables that shares no code with their writer
)

// database is DuckDB in memory, to look at tables with.
type database struct {
	*sql.DB
}

func newDatabase(t testing.TB) *database {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1) // its settings belong to a connection
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	d := &database{db}
	d.exec(t, "SET TimeZone = 'Europe/Moscow'")
	d.exec(t, "SET threads = 2")
	return d
}

func (d *database) exec(t tester, statement string) {
	t.Helper()
	if _, err := d.Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// attach makes the tables of a run those of a schema.
func (d *database) attach(t tester, schema string, p *place, m lake.Manifest) {
	t.Helper()
	d.exec(t, "CREATE SCHEMA "+schema)
	for name, table := range m.Tables {
		var files, columns []string
		for _, f := range table.Files {
			files = append(files, "'"+filepath.ToSlash(p.lake.Path(f.Path))+"'")
		}
		for _, c := range table.Columns {
			columns = append(columns, "NULL::"+c.Type+` AS "`+c.Name+`"`)
		}
		from := "(SELECT " + strings.Join(columns, ", ") + " WHERE false)"
		if files != nil {
			from = "read_parquet([" + strings.Join(files, ", ") + "], hive_partitioning = false)"
		}
		d.exec(t, fmt.Sprintf("CREATE TABLE %s.%s AS FROM %s", schema, name, from))
	}
}

// rows are the rows of a query as text, values parted by blanks.
func (d *database) rows(t tester, query string) (all []string) {
	t.Helper()
	rows, err := d.Query(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, to := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		to[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			t.Fatal(err)
		}
		all = append(all, strings.TrimSpace(fmt.Sprintln(values...)))
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return all
}

// one is the only value of a query.
func (d *database) one(t tester, query string) (n int64) {
	t.Helper()
	if err := d.QueryRow(query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// same wants two queries to give the same rows, each as often.
func (d *database) same(t tester, what, got, want string) {
	t.Helper()
	for _, c := range []struct{ title, a, b string }{{"too many", got, want}, {"missing", want, got}} {
		n := d.one(t, "SELECT count(*) FROM (("+c.a+") EXCEPT ALL ("+c.b+"))")
		if n > 0 {
			t.Errorf("%s: %d rows %s, as\n%s", what, n, c.title, strings.Join(d.rows(t, "SELECT * FROM (("+c.a+") EXCEPT ALL ("+c.b+")) LIMIT 5"), "\n"))
		}
	}
}

// strings are the rows of a query, each value as text.
func (d *database) strings(t tester, query string) (all [][]string) {
	t.Helper()
	rows, err := d.Query("SELECT COLUMNS(*)::VARCHAR FROM (" + query + ")")
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, to := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range values {
			to[i] = &values[i]
		}
		if err := rows.Scan(to...); err != nil {
			t.Fatal(err)
		}
		one := make([]string, len(values))
		for i, v := range values {
			one[i] = v.String
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return all
}
