package nighttest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/fault"
)

const columnsProject = `project: columns
timezone: UTC
currency: EUR
country: DE
id_salt: pepper
sources:
  - {name: crm, kind: csv, path: crm.csv, delivery: full, record: contact, fields: {id: id, email: email, created_at: at}}
  - {name: tills, kind: csv, path: tills.csv, delivery: full, record: order, fields: {id: id, line: line, at: at, email: email, amount: amount}}
  - {name: web, kind: csv, path: web.csv, delivery: full, record: event, fields: {at: at, client_id: cookie, name: name}}
warehouse: {kind: duckdb, path: out/warehouse.duckdb}
publish: {tables: TABLES}
`

// columnsPlace is a small project that publishes these tables.
func columnsPlace(t *testing.T, tables string) *place {
	return newPlace(t, map[string]string{
		"habitue.yaml": strings.Replace(columnsProject, "TABLES", tables, 1),
		"crm.csv":      "id,email,at\na,x@x.de,2025-01-01\nb,x@x.de,2025-01-02\n",
		"tills.csv":    "id,line,at,email,amount\nR2,1,2025-02-03,x@x.de,2\nR1,1,2025-01-03,x@x.de,1\nR1,2,2025-01-03,x@x.de,3\n",
		"web.csv":      "at,cookie,name\n2025-01-03,k,page_view\n2025-01-03,k,page_view\n",
	})
}

// TestSomeColumns publishes a column of each table that is none of those by
// which its rows are dated and found again: nights go on, customers keep
// their ids, and the serving database has just what was asked for.
func TestSomeColumns(t *testing.T) {
	t.Parallel()
	p := columnsPlace(t, "{customers: [customer_id], customer_ids: [cause], customer_keys: [source], contacts: [email], orders: [amount], order_lines: [amount], events: [name]}")
	p.run(t, "--as-of", "2025-03-01")
	before, _ := p.habitue(t, fault.OK, "query", "--format", "csv", "SELECT customer_id FROM customers ORDER BY 1")
	p.write(t, "crm.csv", []byte("id,email,at\nb,x@x.de,2025-01-02\n")) // the birth record is gone
	s := p.run(t, "--as-of", "2025-03-02")
	after, _ := p.habitue(t, fault.OK, "query", "--format", "csv", "SELECT customer_id FROM customers ORDER BY 1")
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("customers of two nights: %s", diff)
	}
	got, _ := p.habitue(t, fault.OK, "query", "--format", "csv", "SELECT table_name, string_agg(column_name, ' ' ORDER BY column_name) AS columns FROM duckdb_columns() WHERE schema_name = 'main' AND NOT internal GROUP BY 1 ORDER BY 1")
	if diff := cmp.Diff("table_name,columns\ncontacts,email run_date\ncustomer_ids,cause run_date\ncustomer_keys,run_date source\ncustomers,customer_id run_date\n"+
		"events,name run_date\norder_lines,amount run_date\norders,amount run_date\n", got); diff != "" {
		t.Errorf("the serving database: %s", diff)
	}
	d := newDatabase(t)
	d.attach(t, "h", p, p.manifest(t, s.RunID))
	if diff := cmp.Diff([]string{"R1 2025-01-03 4.00", "R2 2025-02-03 2.00"}, d.rows(t, "SELECT record_id || ' ' || order_date || ' ' || amount FROM h.orders ORDER BY 1")); diff != "" {
		t.Errorf("orders of the lake: %s", diff)
	}
	if diff := cmp.Diff([]string{"created", "created"}, d.rows(t, "SELECT cause FROM h.customer_ids WHERE birth_record_id IS NOT NULL AND merged_into IS NULL AND retired_date IS NULL")); diff != "" {
		t.Errorf("customer_ids of the lake: %s", diff)
	}
}

// TestTheLedgerOfIDsIsAlwaysKept holds that customer_ids is there whatever
// is published, so that without customer_keys an id that is given up is
// retired and not forgotten: what check warns of, and no more.
func TestTheLedgerOfIDsIsAlwaysKept(t *testing.T) {
	t.Parallel()
	p := columnsPlace(t, "{customers: [customer_id]}")
	if _, said := p.habitue(t, fault.OK, "check"); !strings.Contains(said, "the customer gets another id and the old one is retired") {
		t.Errorf("check says %s", said)
	}
	p.run(t, "--as-of", "2025-03-01")
	p.write(t, "crm.csv", []byte("id,email,at\nb,x@x.de,2025-01-02\n"))
	s := p.run(t, "--as-of", "2025-03-02")
	d := newDatabase(t)
	d.attach(t, "h", p, p.manifest(t, s.RunID))
	got := d.rows(t, "SELECT concat(birth_source, ' ', birth_record_id[:2], ' ', cause, ' ', retired_date) FROM h.customer_ids WHERE birth_source = 'crm' ORDER BY 1")
	if diff := cmp.Diff([]string{"crm a retired 2025-03-02", "crm b created"}, got); diff != "" {
		t.Errorf("customer_ids: %s", diff)
	}
	if said, _ := p.habitue(t, fault.OK, "query", "--format", "csv", "SELECT table_name FROM duckdb_tables() WHERE NOT internal"); said != "table_name\ncustomers\n" {
		t.Errorf("the serving database has %s", said)
	}
}

// TestMonthsOfOtherColumns edits what a month's file has, and no value of it: the
// currency's digits, and the list of columns. The months of the night before are
// of other columns then, and what is served is as the project says.
func TestMonthsOfOtherColumns(t *testing.T) {
	t.Parallel()
	p := columnsPlace(t, "{rfm: all, orders: [source, record_id, customer_id, order_date, amount, promo_code]}")
	p.edit(t, "amount: amount}}\n  - {name: web", "amount: {column: amount, unit: minor}}}\n  - {name: web")
	served := func(columns string) string {
		got, _ := p.habitue(t, fault.OK, "query", "--format", "csv", "SELECT "+columns+" FROM orders ORDER BY record_id")
		return got
	}
	p.run(t, "--as-of", "2025-03-01", "--publish")
	if diff := cmp.Diff("amount\n0.04\n0.02\n", served("amount")); diff != "" {
		t.Errorf("in euros: %s", diff)
	}
	p.edit(t, "currency: EUR", "currency: JPY")
	p.run(t, "--as-of", "2025-03-02", "--publish")
	if diff := cmp.Diff("amount,spent\n4,6\n2,6\n", served("amount, (SELECT sum(monetary) FROM rfm) AS spent")); diff != "" {
		t.Errorf("in yen: %s", diff)
	}
	p.edit(t, "promo_code", "payment_method")
	p.run(t, "--as-of", "2025-03-03", "--publish")
	if diff := cmp.Diff("amount,payment_method\n4,\n2,\n", served("amount, payment_method")); diff != "" {
		t.Errorf("another column: %s", diff)
	}
	p.edit(t, "payment_method", "payment_method, src_line")
	p.run(t, "--as-of", "2025-03-04", "--publish")
	if diff := cmp.Diff("record_id,src_line\nR1,3\nR2,2\n", served("record_id, src_line")); diff != "" {
		t.Errorf("a column more: %s", diff)
	}
}
