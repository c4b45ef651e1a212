package nighttest

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/jobs/demo"
)

// theNinetyDaysAfter is how long the shop of these tests goes on after
// lastDay: what it sells then is the truth that no night sees.
const theNinetyDaysAfter = "2026-03-31"

// shopWithAFuture is a shop of 20,000 customers of which only what was there
// on lastDay is delivered by then. Its CRM is exported that day.
func shopWithAFuture(t *testing.T) *place {
	t.Helper()
	p := &place{dir: filepath.Join(t.TempDir(), "shop")}
	p.lake = lake.Lake{Dir: filepath.Join(p.dir, "out", "lake")}
	until, err := time.Parse(time.DateOnly, theNinetyDaysAfter)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := demo.Make(context.Background(), demo.Options{Customers: 20_000, Days: 730 + 90, Seed: 1, Out: p.dir, Until: until}); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(p.path("exports/crm/2026-01-01.csv.gz"), p.path("exports/crm/"+lastDay+".csv.gz")); err != nil {
		t.Fatal(err)
	}
	p.edit(t, "warehouse: {kind: duckdb, path: out/warehouse.duckdb}", "warehouse: none")
	p.edit(t, "publish: {tables: all, keep_runs: 14}", "publish: {tables: {customer_keys: all, churn: all, model_fits: all, model_checks: all}}")
	return p
}

// TestChurnOfAShop holds the published risk against what happened after the
// last day, then has most of the history's days taken out of the same shop
// before the hold-out: a rush that nothing tells of.
func TestChurnOfAShop(t *testing.T) {
	p := shopWithAFuture(t)
	d := newDatabase(t)
	d.attach(t, "h", p, p.manifest(t, p.run(t, "--as-of", lastDay, "--known", "then").RunID))
	d.exec(t, `CREATE MACRO found(name) AS (SELECT any_value(value) FROM h.model_checks WHERE "check" = name AND (model IS NULL OR model = (SELECT any_value(model) FROM h.churn)))`)
	for what, query := range map[string]string{
		"AUC of the hold-out over that of recency":       "SELECT found('auc') > found('auc_recency')",
		"Brier score of the hold-out below a constant's": "SELECT found('brier') < found('brier_constant')",
		"a risk for everyone":                            "SELECT count(*) > 15000 AND bool_and(churn_risk BETWEEN 0 AND 1 AND reason IS NULL) FROM h.churn",
		"bands are thirds":                               "SELECT bool_and(band = CASE WHEN churn_risk < 1/3 THEN 'low' WHEN churn_risk < 2/3 THEN 'medium' ELSE 'high' END) FROM h.churn",
		"the next order is within the horizon":           "SELECT bool_and(next_order_date BETWEEN DATE '2026-01-01' AND DATE '" + theNinetyDaysAfter + "') FROM h.churn",
	} {
		if got := d.strings(t, query); len(got) != 1 || got[0][0] != "true" {
			t.Errorf("%s: %v", what, got)
		}
	}
	d.exec(t, `CREATE TABLE later AS SELECT DISTINCT k.customer_id FROM read_csv('`+p.path("truth/orders.csv")+`', types = {'key': 'VARCHAR', 'order_id': 'VARCHAR'}) o
		JOIN h.customer_keys k USING (key) WHERE o.counted AND o.order_date > DATE '`+lastDay+`'`)
	deciles := d.strings(t, `SELECT round(avg(churn_risk), 4), round(avg(gone), 4), abs(avg(churn_risk) - avg(gone)) <= .05 FROM
		(SELECT churn_risk, (l.customer_id IS NULL)::INT AS gone, ntile(10) OVER (ORDER BY churn_risk, c.customer_id) AS decile FROM h.churn c LEFT JOIN later l USING (customer_id)) GROUP BY decile ORDER BY decile`)
	for i, row := range deciles {
		t.Logf("decile %d: risk %s, happened %s", i+1, row[0], row[1])
		if row[2] != "true" {
			t.Errorf("decile %d: mean risk %s, and %s bought nothing", i+1, row[0], row[1])
		}
	}
	if len(deciles) != 10 {
		t.Errorf("%d deciles", len(deciles))
	}

	last, err := time.Parse(time.DateOnly, lastDay)
	if err != nil {
		t.Fatal(err)
	}
	for ago := 90; ago < 730; ago++ {
		if name := "exports/receipts/" + last.AddDate(0, 0, -ago).Format(time.DateOnly) + ".csv.gz"; ago%3 != 0 && p.exists(t, name) {
			p.remove(t, name)
		}
	}
	if err := os.RemoveAll(p.path("out")); err != nil {
		t.Fatal(err)
	}
	d.exec(t, "DROP SCHEMA h CASCADE")
	d.attach(t, "h", p, p.manifest(t, p.run(t, "--as-of", lastDay, "--known", "then").RunID))
	refused := d.strings(t, `SELECT model, detail FROM h.model_checks WHERE "check" = 'verdict' AND detail LIKE '%busier or quieter%'`)
	for _, row := range refused {
		t.Logf("rush: %s: %s", row[0], row[1])
	}
	if none := d.one(t, "SELECT count(*) FROM h.churn WHERE churn_risk IS NULL AND model IS NULL AND reason IS NOT NULL"); len(refused) == 0 || none == 0 || none != d.one(t, "SELECT count(*) FROM h.churn") {
		t.Errorf("%d candidates refused, %d customers with a reason: %v", len(refused), none, d.strings(t, `SELECT model, "check", value, predicted, detail FROM h.model_checks`))
	}
}

// TestContactsAlone runs a shop that sells nothing.
func TestContactsAlone(t *testing.T) {
	t.Parallel()
	p := newPlace(t, map[string]string{
		"habitue.yaml": "project: contacts\ntimezone: UTC\ncurrency: EUR\nid_salt: pepper\nsources:\n  - {name: crm, kind: csv, path: crm.csv, delivery: full, record: contact, fields: {id: id, email: email, created_at: at}}\n",
		"crm.csv":      "id,email,at\na,a@x.de,2025-01-01\nb,b@x.de,2025-01-02\n",
	})
	d := newDatabase(t)
	d.attach(t, "h", p, p.manifest(t, p.run(t, "--as-of", "2025-03-01").RunID))
	for query, want := range map[string]string{
		"SELECT (SELECT count(*) FROM h.churn) || ' ' || (SELECT count(*) FROM h.model_fits) || ' ' || (SELECT count(*) FROM h.rfm)": "0 0 0",
		`SELECT "check" || ': ' || detail FROM h.model_checks`:                                                                       "verdict: no prediction: nobody has a counted order",
		"SELECT DISTINCT lifecycle_stage || ' ' || (churn_risk IS NULL) FROM h.customers":                                            "prospect true",
	} {
		if got := d.rows(t, query); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

// TestOnlyTheStage asks for the columns that need order days but no models,
// and for the models without customers.
func TestOnlyTheStage(t *testing.T) {
	t.Parallel()
	p := shopPlace(t)
	d := newDatabase(t)
	p.run(t, "--as-of", lastDay)
	d.attach(t, "whole", p, p.manifest(t, lastDay+".1"))
	p.edit(t, "publish: {tables: all, keep_runs: 14}", "publish: {tables: {customers: [customer_id, lifecycle_stage, median_gap_days, tenure_days]}}")
	p.run(t, "--as-of", lastDay)
	d.attach(t, "stage", p, p.manifest(t, lastDay+".2"))
	d.same(t, "stages", "SELECT customer_id, lifecycle_stage, median_gap_days, tenure_days FROM stage.customers", "SELECT customer_id, lifecycle_stage, median_gap_days, tenure_days FROM whole.customers")
	p.edit(t, "publish: {tables: {customers: [customer_id, lifecycle_stage, median_gap_days, tenure_days]}}", "publish: {tables: {customers: [customer_id], churn: all}}")
	p.run(t, "--as-of", lastDay)
	d.attach(t, "churn", p, p.manifest(t, lastDay+".3"))
	d.same(t, "churn", "FROM churn.churn", "FROM whole.churn")
}

// TestWithoutAnyOrderTheReasonIsTold: also where nobody is there at all, and where
// no file has a row.
func TestWithoutAnyOrderTheReasonIsTold(t *testing.T) {
	t.Parallel()
	p := newPlace(t, map[string]string{"tills.csv": "id,at,email,amount\n1,2026-05-01,a@x.de,5\n",
		"habitue.yaml": "project: early\ntimezone: UTC\ncurrency: EUR\nid_salt: pepper\nsources:\n  - {name: tills, kind: csv, path: tills.csv, delivery: full, record: order, fields: {id: id, at: at, email: email, amount: amount}}\npublish: {tables: all}\n"})
	for _, day := range []string{"2026-03-01", "2026-03-02"} {
		p.run(t, "--as-of", day)
		if got, want := p.query(t, `SELECT "check", detail FROM model_checks`), "verdict,no prediction: nobody has a counted order\n"; got != want {
			t.Errorf("of %s: %s, want %s", day, got, want)
		}
		p.write(t, "tills.csv", []byte("id,at,email,amount\n"))
	}
}
