package nighttest

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
)

const inDuckDB = "warehouse: {kind: duckdb, path: out/warehouse.duckdb}"

// served is the shop after its last nights as DuckDB serves it, with its
// report and its tables.
func served(t *testing.T) (p *place, d *database) {
	t.Helper()
	p, last := reported(t)
	p.edit(t, "warehouse: none", inDuckDB)
	p.habitue(t, fault.OK, "publish", last.RunID)
	d = newDatabase(t)
	d.attach(t, "r", p, p.manifest(t, last.RunID))
	d.exec(t, "ATTACH '"+p.path("out/warehouse.duckdb")+"' AS w (READ_ONLY)")
	d.exec(t, "CREATE MACRO d() AS DATE '"+lastDay+"'")
	return p, d
}

// answer is what a query gives: the names of its columns, and its rows.
type answer struct {
	names []string
	rows  [][]string
}

func (d *database) answer(t tester, query string) (a answer) {
	t.Helper()
	for _, row := range d.strings(t, "SELECT column_name FROM (DESCRIBE "+query+")") {
		a.names = append(a.names, row[0])
	}
	a.rows = d.strings(t, query)
	return a
}

// column is where a column stands.
func (a answer) column(t tester, name string) int {
	i := slices.Index(a.names, name)
	if i < 0 {
		t.Fatalf("no column %s among %q", name, a.names)
	}
	return i
}

// TestEveryMetric asks each metric of the shop: it has rows, and they are
// what the report says, what SQL of another make says, or both. Each is held
// by one of the two.
func TestEveryMetric(t *testing.T) {
	t.Parallel()
	p, d := served(t)
	page := p.page(t, "out/report.html")
	d.exec(t, "USE memory.r")
	for _, view := range append(reportViews, elsewhereViews...) {
		d.exec(t, "CREATE VIEW "+view)
	}
	held := 0
	for _, m := range customer.Metrics() {
		d.exec(t, "USE w")
		got := d.answer(t, m.SQL)
		if len(got.rows) == 0 {
			t.Errorf("%s has no rows", m.Name)
		}
		for _, f := range m.Report {
			compared := 0
			for _, row := range got.rows {
				name := braces.ReplaceAllStringFunc(f.Name, func(in string) string { return row[got.column(t, in[1:len(in)-1])] })
				value, there := page.figures[name]
				if !there {
					continue // the page leaves some zeros out
				}
				compared++
				if is := row[got.column(t, f.Column)]; !alike(value, is) {
					t.Errorf("%s: the report says %q of %s, SQL %q", m.Name, value, name, is)
				}
			}
			if compared == 0 {
				t.Errorf("%s: the report has no figure %s", m.Name, f.Name)
			}
		}
		sql, apart := elsewhere[m.Name]
		if len(m.Report) == 0 && !apart {
			t.Errorf("nothing else tells %s", m.Name)
		}
		if apart {
			held++
			d.exec(t, "USE memory.r")
			sameRows(t, m.Name, got, d.answer(t, sql))
		}
	}
	if held != len(elsewhere) {
		t.Errorf("%d metrics are held, there is SQL for %d", held, len(elsewhere))
	}
}

var braces = regexp.MustCompile(`\{\w+\}`)

// sameRows wants the rows of a metric to be those of other SQL, in the columns
// that this has.
func sameRows(t tester, name string, got, want answer) {
	t.Helper()
	if len(got.rows) != len(want.rows) {
		t.Errorf("%s: %d rows, want %d", name, len(got.rows), len(want.rows))
		return
	}
	for i, row := range want.rows {
		for k, value := range row {
			if is := got.rows[i][got.column(t, want.names[k])]; !alike(is, value) {
				t.Errorf("%s, row %d (%s): %s is %q, want %q", name, i, strings.Join(got.rows[i], ", "), want.names[k], is, value)
				return
			}
		}
	}
}
