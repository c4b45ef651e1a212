package nighttest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
)

// TestAViewNeedsWhatItSays makes each view over tables that have just the
// columns that it says it needs, wants the columns and types that it tells,
// and takes away one of them after the other: a view that a project could
// have is not left out, and one that is made does not fail.
func TestAViewNeedsWhatItSays(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	for n, v := range customer.Views() {
		made := func(schema, without string) error {
			d.exec(t, "CREATE SCHEMA "+schema)
			d.exec(t, "USE "+schema)
			for table, names := range v.Needs {
				of, _ := customer.TableNamed(table)
				var columns []string
				for _, c := range lake.Served(of) {
					if c.Name == lake.RunDate || slices.Contains(names, c.Name) && table+"."+c.Name != without {
						columns = append(columns, `"`+c.Name+`" `+lake.SQLType(c, 2))
					}
				}
				if missing := len(names) + 1 - len(columns); missing != 0 && without == "" {
					t.Errorf("%s needs %d columns of %s that it has not", v.Name, missing, table)
				}
				d.exec(t, "CREATE TABLE "+table+" ("+strings.Join(columns, ", ")+")")
			}
			_, err := d.Exec("CREATE VIEW " + v.Name + " AS " + v.SQL())
			return err
		}
		schema := fmt.Sprint("s", n)
		if err := made(schema, ""); err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		if v.Columns != nil {
			var want []string
			for _, c := range v.Columns {
				want = append(want, c.Name+" "+lake.SQLType(customer.Column{Type: c.Type}, 2))
			}
			got := d.rows(t, "SELECT column_name || ' ' || replace(data_type, 'DECIMAL(38,', 'DECIMAL(18,') FROM duckdb_columns() WHERE schema_name = '"+schema+"' AND table_name = '"+v.Name+"' ORDER BY column_index")
			if !slices.Equal(got, want) {
				t.Errorf("%s has the columns\n%q\nand says\n%q", v.Name, got, want)
			}
		}
		for table, names := range v.Needs {
			for i, name := range names {
				if err := made(fmt.Sprintf("%s_%s_%d", schema, table, i), table+"."+name); err == nil {
					t.Errorf("%s says that it needs %s.%s, and is made without", v.Name, table, name)
				}
			}
		}
	}
}

// TestViewsOfAMadeUpShop has what the sample shop has not: a source that was
// missing, a store and an article of two sources, a return before any order.
func TestViewsOfAMadeUpShop(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	for _, table := range customer.Tables() {
		var columns []string
		for _, c := range lake.Served(table) {
			columns = append(columns, `"`+c.Name+`" `+lake.SQLType(c, 2))
		}
		d.exec(t, "CREATE TABLE "+table.Name+" ("+strings.Join(columns, ", ")+")")
	}
	for _, v := range customer.Views() {
		d.exec(t, "CREATE VIEW "+v.Name+" AS "+v.SQL())
	}
	for table, rows := range map[string]string{
		"customers (customer_id, kind, full_name, first_order_date, last_order_date, r_score)": "('ann', 'known', 'Ann', DATE '2025-12-01', DATE '2025-12-31', 5), ('bob', 'known', 'Bob', NULL, NULL, NULL), ('cookie', 'anonymous', NULL, DATE '2025-12-31', DATE '2025-12-31', NULL)",
		"stores (source, record_id, name)":             "('b', 'S1', 'Second'), ('a', 'S1', 'First')",
		"products (source, record_id, name, category)": "('b', 'K1', 'Bun', 'bread'), ('a', 'K1', 'Roll', 'bakery')",
		"orders (source, record_id, customer_id, order_date, kind, counted, amount, store, line_count)": `
			('till', '1', 'ann', DATE '2025-12-01', 'sale', true, 10, 'S1', 2), ('till', '2', 'ann', DATE '2025-12-01', 'sale', true, 5, 'S2', 1),
			('till', '3', 'ann', DATE '2025-12-31', 'return', false, -4, 'S1', 1), ('till', '4', 'ann', DATE '2025-12-31', 'cancelled', false, 7, 'S1', 1),
			('till', '5', 'bob', DATE '2025-12-31', 'return', false, -2, 'S1', 1), ('till', '6', NULL, DATE '2025-12-31', 'sale', true, 3, 'S1', 1), ('till', '7', 'bob', DATE '2025-12-31', 'sale', false, 0, 'S1', 1),
			('web', '1', 'ann', DATE '2025-12-31', 'sale', true, 8, NULL, 0), ('web', '2', 'cookie', DATE '2025-12-31', 'sale', true, 1, NULL, 0)`,
		"order_lines (source, record_id, line, sku, name, category, quantity, amount)": `
			('till', '1', '1', 'K1', 'roll', NULL, 2, 12), ('till', '1', '2', 'K2', 'cup', 'ware', 1, -2), ('till', '3', '1', 'K1', NULL, NULL, -1, -4), ('till', '4', '1', 'K1', NULL, NULL, 1, 7)`,
		"segments (segment)": "('hot'), ('cold')",
		"segment_moves (segment, customer_id, move, move_date, reason)": `('hot', 'ann', 'entered', DATE '2025-12-25', 'data'), ('hot', 'ann', 'left', DATE '2025-12-24', 'time'), ('hot', 'bob', 'entered', DATE '2025-12-31', 'first_run')`,
		"runs (run_id, started_at, without)":                            `('2025-12-30.1', TIMESTAMPTZ '2025-12-31 02:00:00Z', ['web']), ('2025-12-31.1', TIMESTAMPTZ '2026-01-01 02:00:00Z', NULL), ('2025-12-31.10', TIMESTAMPTZ '2026-01-02 02:00:00Z', ['till', 'crm_new'])`,
		"deliveries (source, delivered_date, in_force, row_count, kept_count, repeat_count, superseded_count, filtered_count, reject_count, later_count)": `
			('till', DATE '2025-12-30', true, 8, 6, 0, 0, 0, 2, 0), ('till', DATE '2025-12-29', false, 2, 0, 0, 2, 0, 0, 0), ('crm', DATE '2025-12-31', true, 0, 0, 0, 0, 0, 0, 0), ('web', DATE '2025-12-31', true, 1, 1, 0, 0, 0, 0, 0)`,
	} {
		d.exec(t, "INSERT INTO "+table+" VALUES "+rows)
		name, _, _ := strings.Cut(table, " ")
		d.exec(t, "UPDATE "+name+" SET run_date = DATE '2025-12-31'")
	}
	metric := func(name string) string {
		m, _ := customer.MetricNamed(name)
		return m.SQL
	}
	for query, want := range map[string]string{
		metric("segment_moves_7d"): "cold,0,0 hot,1,0",
		metric("buyers"):           "1", metric("new_customers_28d"): "0", metric("new_customers_by_month"): "2025-12-01,1", metric("active_customers"): "30,1 90,1 365,1",
		metric("purchase_frequency"): "3,1,3.0",
		"SELECT source || order_id, kind, buyer, store_name, order_month, order_count, net_revenue, gross_revenue, refunds FROM v_orders ORDER BY 1": `
			till1,sale,new,First,2025-12-01,1,10.00,10.00,0.00 till2,sale,new,,2025-12-01,1,5.00,5.00,0.00 till3,return,returning,First,2025-12-01,0,-4.00,0.00,4.00
			till5,return,unknown,First,2025-12-01,0,-2.00,0.00,2.00 till6,sale,unknown,First,2025-12-01,1,3.00,3.00,0.00 web1,sale,returning,,2025-12-01,1,8.00,8.00,0.00 web2,sale,new,,2025-12-01,1,1.00,1.00,0.00`,
		"SELECT order_id, line, product_name, category, quantity, net_revenue FROM v_order_lines ORDER BY 1, 2": "1,1,Roll,bakery,2.000,12.00 1,2,cup,ware,-1.000,-2.00 3,1,Roll,bakery,-1.000,-4.00",
		"SELECT order_date, order_count, return_count, buyers, new_buyers, net_revenue, gross_revenue, refunds, net_new, net_returning, net_unknown FROM v_revenue_daily ORDER BY 1": `
			2025-12-01,2,0,1,1,15.00,15.00,0.00,15.00,0.00,0.00 2025-12-31,3,2,2,1,6.00,12.00,6.00,1.00,4.00,1.00`,
		"SELECT run_id, newest, degraded, missing_sources FROM v_runs ORDER BY started_at":                                           "2025-12-30.1,false,true,web 2025-12-31.1,false,false, 2025-12-31.10,true,true,till|crm_new",
		"SELECT source, newest_file_date, missing, file_count, used_file_count, row_count, reject_share FROM v_freshness ORDER BY 1": "crm,2025-12-31,false,1,1,0, till,2025-12-30,true,2,1,10,0.2 web,2025-12-31,false,1,1,1,0.0",
	} {
		var got []string
		for _, row := range d.strings(t, query) {
			got = append(got, strings.ReplaceAll(strings.Join(row, ","), ", ", "|"))
		}
		if want := strings.Fields(want); !slices.Equal(got, want) {
			t.Errorf("%s:\n%q\nwant\n%q", query, got, want)
		}
	}
}
