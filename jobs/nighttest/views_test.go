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
