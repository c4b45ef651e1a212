package nighttest

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/demo/demotest"
)

// question is a segment and the customers whom SQL takes for its members.
type question struct {
	name, yaml, sql string
	base            string // condition of who may be one
}

// questionsOf reads testdata/filters: blocks parted by an empty line, each a
// segment as a comment, and a query.
func questionsOf(t *testing.T) (all []question) {
	t.Helper()
	files, err := filepath.Glob("testdata/filters/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		for block := range strings.SplitSeq(readText(t, file), "\n\n") {
			var yaml, sql []string
			for line := range strings.Lines(block) {
				if comment, ok := strings.CutPrefix(line, "-- "); ok {
					yaml = append(yaml, comment)
				} else {
					sql = append(sql, line)
				}
			}
			name, ok := strings.CutPrefix(yaml[0], "segment: ")
			if !ok {
				continue // of views.sql
			}
			q := question{strings.TrimSpace(name), strings.Join(yaml, ""), strings.Join(sql, ""), "kind = 'known'"}
			if strings.Contains(q.yaml, "\nbase: all") {
				q.base = "true"
			}
			all = append(all, q)
		}
	}
	return all
}

func readText(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestFiltersEqualSQL holds members of segments, one of each kind of filter
// and more, against SQL over the tables of the night, which was written from
// docs/filters.md, docs/tables.md and nothing else. It takes two nights, as
// some filters ask for what was before. At a hundred thousand customers:
//
//	HABITUE_FILTERS_CUSTOMERS=100000 go test ./jobs/nighttest -run TestFiltersEqualSQL -v -timeout 60m
func TestFiltersEqualSQL(t *testing.T) {
	t.Parallel()
	customers := cmp.Or(os.Getenv("HABITUE_FILTERS_CUSTOMERS"), "3000")
	p, d, all := newPlace(t, nil), newDatabase(t), questionsOf(t)
	p.habitue(t, fault.OK, "demo", "--customers", customers, "--seed", "3", "--deliver", "--out", ".")
	p.edit(t, "warehouse: {kind: duckdb, path: out/warehouse.duckdb}", "warehouse: none")
	p.edit(t, "refill_days: refill_days", "refill_days: refill_days\n      tags: category") // the demo's articles have no tags
	for _, q := range all {
		p.write(t, "segments/"+q.name+".yaml", []byte(q.yaml))
	}
	p.write(t, "segments/a-tenth.yaml", []byte("segment: a-tenth\nwhen: {sample: {between: [0, 10], salt: spring}}\n"))
	demotest.Deliver(t, p.dir, "2025-12-29", "2025-12-30")
	d.attach(t, "before", p, p.manifest(t, p.run(t, "--as-of", "2025-12-30", "--known", "then").RunID))
	demotest.Deliver(t, p.dir, lastDay)
	d.attach(t, "today", p, p.manifest(t, p.run(t, "--as-of", lastDay, "--known", "then").RunID))
	d.exec(t, "USE today")
	d.exec(t, readText(t, "testdata/filters/views.sql"))
	for _, q := range all {
		d.exec(t, fmt.Sprintf("CREATE TEMP TABLE may AS SELECT customer_id FROM customers WHERE %s", q.base))
		d.exec(t, fmt.Sprintf("CREATE TEMP TABLE ours AS SELECT customer_id FROM segment_members WHERE segment = '%s' AND left_date IS NULL", q.name))
		d.exec(t, "CREATE TEMP TABLE theirs AS SELECT DISTINCT customer_id FROM ("+q.sql+") SEMI JOIN may USING (customer_id)")
		ours, theirs, of := d.one(t, "SELECT count(*) FROM ours"), d.one(t, "SELECT count(*) FROM theirs"), d.one(t, "SELECT count(*) FROM may")
		t.Logf("%-40s %8d members, %8d in SQL", q.name, ours, theirs)
		if ours == 0 || ours == of {
			t.Errorf("%s has %d members of %d customers and shows nothing", q.name, ours, of)
		}
		d.same(t, q.name, "FROM ours", "FROM theirs")
		d.exec(t, "DROP TABLE may; DROP TABLE ours; DROP TABLE theirs")
	}
	// What lot a customer draws is no business of SQL: a tenth of them, today
	// as yesterday.
	known, drawn := d.one(t, "SELECT count(*) FROM customers WHERE kind = 'known'"), d.one(t, "SELECT count(*) FROM segment_members WHERE segment = 'a-tenth' AND left_date IS NULL")
	if off := math.Abs(float64(drawn) - float64(known)/10); off > 4*math.Sqrt(float64(known)*.1*.9) {
		t.Errorf("a sample of a tenth has %d of %d customers", drawn, known)
	}
	stay := "SEMI JOIN (FROM today.customers WHERE kind = 'known') USING (customer_id) SEMI JOIN (FROM before.customers WHERE kind = 'known') USING (customer_id)"
	if n := d.one(t, "SELECT count(*) FROM segment_moves "+stay+" WHERE segment = 'a-tenth' AND move_date = DATE '"+lastDay+"'"); n > 0 {
		t.Errorf("%d customers drew another lot than yesterday", n)
	}
}
