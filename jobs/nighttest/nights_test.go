package nighttest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/jobs/demo/demotest"
)

// TestTheLastNights plays the shop's last three nights as make run does, and
// wants them to hold what they are there for, and every table to hold
// something; then it runs the three days again in one command and wants each to
// come to the same. README.md shows some of it, and is held to that.
func TestTheLastNights(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	demotest.Shop(t, "../../testdata/shop", p.dir)
	const served, unserved = "warehouse: {kind: duckdb, path: out/warehouse.duckdb}", "warehouse: none" // to build it takes as long as the night
	p.edit(t, served, unserved)
	nights := demotest.Nights(t, p.dir)
	if diff := cmp.Diff([]string{"2025-12-29", "2025-12-30", lastDay}, nights); diff != "" {
		t.Fatal(diff)
	}
	d := newDatabase(t)
	var last *summary
	for i, night := range nights {
		demotest.Deliver(t, p.dir, night)
		if night == lastDay {
			p.edit(t, unserved, served)
		}
		last = p.run(t, "--as-of", night, "--known", "then", "--publish")
		if !last.OnLine {
			t.Errorf("the run of %s is not on the line", night)
		}
		d.attach(t, "n"+string(rune('1'+i)), p, p.manifest(t, last.RunID))
	}
	for what, query := range map[string]string{
		"receipts of the 29th on their own night":  "SELECT 1 - count(*) FROM (FROM n1.orders WHERE order_date = DATE '2025-12-29' LIMIT 1)",
		"receipts of the 29th a night late":        "SELECT count(*) FROM n2.orders WHERE order_date = DATE '2025-12-29' AND first_delivered = DATE '2025-12-30'",
		"customers merged on the 30th":             "SELECT count(*) FROM n2.customer_ids n JOIN n1.customer_ids o USING (customer_id) WHERE n.merged_into IS NOT NULL AND o.merged_into IS NULL",
		"cases closed between the nights":          "SELECT count(*) FROM n3.interactions n JOIN n1.interactions o USING (source, record_id) WHERE o.status = 'open' AND n.status = 'closed'",
		"letters sent on the 29th, opened later":   "SELECT count(*) FROM n3.interactions WHERE kind = 'campaign_opened' AND campaign = 'news-2025-12-29' AND interaction_date > DATE '2025-12-29'",
		"consents that changed between the nights": "SELECT count(*) FROM n3.contacts n JOIN n1.contacts o USING (source, record_id) WHERE n.consents <> o.consents",
	} {
		if d.one(t, query) <= 0 {
			t.Errorf("there are no %s", what)
		}
	}
	starters(t, d, "n3")
	readme(t, d, "n3")
	everyTableHasRows(t, p)
	p.edit(t, served, unserved)
	p.run(t, "--from", nights[0], "--to", lastDay)
	for i, night := range nights {
		again := p.manifest(t, night+".2")
		if diff := cmp.Diff(contents(p.manifest(t, night+".1"), segmentTables...), contents(again, segmentTables...)); diff != "" {
			t.Errorf("%s (- by night, + in one command): %s", night, diff)
		}
		// A segment was edited before the last night: now it is as edited in all.
		one := "n" + string(rune('1'+i))
		d.attach(t, one+"again", p, again)
		for _, table := range segmentTables {
			from := func(schema string) string {
				return "SELECT * FROM " + schema + "." + table + " WHERE segment <> 'big-spenders'"
			}
			d.same(t, table+" of "+night, from(one), from(one+"again"))
		}
	}
}

var segmentTables = []string{"segments", "segment_members", "segment_moves"}

// starters wants the segments that the shop begins with to be of use: somebody
// is in each and not everybody, and it says what for, by whom and what to do.
func starters(t *testing.T, d *database, schema string) {
	t.Helper()
	if n := d.one(t, "SELECT count(*) FROM "+schema+".segments"); n != 20 {
		t.Errorf("%d segments, want 20", n)
	}
	for _, s := range d.rows(t, "SELECT segment, member_count FROM "+schema+".segments WHERE member_count = 0 OR goal IS NULL OR owner IS NULL OR treatment IS NULL OR description IS NULL OR member_count > (SELECT count(*) / 2 FROM "+schema+".customers WHERE kind = 'known')") {
		t.Errorf("a segment that is of no use: %s", s)
	}
	for _, reason := range []string{"definition", "late", "identity", "data", "time"} {
		if d.one(t, "SELECT count(*) FROM "+schema+".segment_moves WHERE reason = '"+reason+"'") == 0 {
			t.Errorf("no move has the reason %s", reason)
		}
	}
}
