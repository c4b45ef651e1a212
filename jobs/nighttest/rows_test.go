package nighttest

import (
	"testing"

	"github.com/habitue-data/habitue/customer"
)

// everyTableHasRows wants each table of the serving database, and each of its
// views, to hold something: a table that the shop cannot fill shows nobody
// anything.
func everyTableHasRows(t *testing.T, p *place) {
	t.Helper()
	d := newDatabase(t)
	d.exec(t, "ATTACH '"+p.path("out/warehouse.duckdb")+"' AS w (READ_ONLY)")
	d.exec(t, "USE w")
	var names []string
	for _, view := range customer.Views() {
		names = append(names, view.Name)
	}
	for _, table := range customer.Tables() {
		names = append(names, table.Name)
	}
	for _, name := range names {
		if d.one(t, "SELECT count(*) FROM "+name) == 0 {
			t.Errorf("%s has no row", name)
		}
	}
	if d.one(t, "SELECT count(*) FROM v_segment_members_now WHERE first_name IS NOT NULL AND entered_date IS NOT NULL AND entered_clause IS NOT NULL AND entered_reason <> 'first_run'") == 0 {
		t.Error("nobody came into a segment after the first night, with a name, a clause and a reason")
	}
}
