package nighttest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/jobs/demo/demotest"
)

// TestTheLastNights plays the shop's last three nights as make run does, and
// wants them to hold what they are there for; then it runs the three days
// again in one command and wants each to come to the same.
func TestTheLastNights(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	demotest.Shop(t, "../../testdata/shop", p.dir)
	p.edit(t, "warehouse: {kind: duckdb, path: out/warehouse.duckdb}", "warehouse: none")
	nights := demotest.Nights(t, p.dir)
	if diff := cmp.Diff([]string{"2025-12-29", "2025-12-30", lastDay}, nights); diff != "" {
		t.Fatal(diff)
	}
	d := newDatabase(t)
	var last *summary
	for i, night := range nights {
		demotest.Deliver(t, p.dir, night)
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
	p.run(t, "--from", nights[0], "--to", lastDay)
	for _, night := range nights {
		if diff := cmp.Diff(contents(p.manifest(t, night+".1")), contents(p.manifest(t, night+".2"))); diff != "" {
			t.Errorf("%s (- by night, + in one command): %s", night, diff)
		}
	}
}
