//go:build linux

package postgrestest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/habitue-data/habitue/internal/bucket/emulator"
	"github.com/habitue-data/habitue/internal/fault"
)

// TestALakeInABucketIsServed reads tables and months from there, and a month that
// did not change not again.
func TestALakeInABucketIsServed(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()) // what a lake in a bucket has on this machine outlives its runs
	for name, b := range emulator.Both(t) {
		t.Run(name, func(t *testing.T) {
			url, admin := fresh(t)
			s := nightly(t, url)
			s.edit(t, "sources:\n", "lake: "+b.URL+"/lake\nbuckets: {\""+b.URL+"\": \""+b.Options+"\"}\nsources:\n"+
				"  - {name: tills, kind: csv, path: tills.csv, delivery: full, record: order, fields: {id: id, at: at, email: email, amount: amount}}\n")
			s.edit(t, "{customers: all}", "{customers: all, orders: all}")
			const served = "SELECT (SELECT max(run_date)::TEXT || ' ' || count(*) FROM mart.customers), (SELECT max(run_date)::TEXT || ' ' || count(*) || ' ' || sum(amount) FROM mart.orders)"
			rows := "id,at,email,amount\n1,2026-01-05,x@x.de,1.50\n"
			for _, night := range []struct{ day, row, want string }{
				{"2026-03-01", "2,2026-02-05,y@x.de,2\n", "2026-03-01 2 2026-03-01 2 3.50"},
				{"2026-03-02", "3,2026-02-06,z@x.de,3\n", "2026-03-02 3 2026-03-02 3 6.50"},
			} {
				rows += night.row
				if err := os.WriteFile(filepath.Join(s.dir, "tills.csv"), []byte(rows), 0o644); err != nil {
					t.Fatal(err)
				}
				s.habitue(t, fault.OK, "run", "--as-of", night.day)
				if got := ask(t, admin, served); got != night.want {
					t.Errorf("it serves %s, want %s", got, night.want)
				}
			}
			if got := ask(t, admin, "SELECT string_agg(substr(tablename, 1, 14), ' ' ORDER BY 1) FROM pg_tables WHERE schemaname = 'mart_facts'"); got != "orders_2026_01 orders_2026_02" {
				t.Errorf("the months are %s", got)
			}
		})
	}
}
