package nighttest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestThreeWaysToTheLastDay replays the shop's last nights one by one as the
// files came, runs the same days in one command over what is there at the
// end, and runs the last day alone in a lake without a past.
func TestThreeWaysToTheLastDay(t *testing.T) {
	if testing.Short() {
		t.Skip("sixty nights")
	}
	nights, steps := schedule(t)
	nightly := newArrivals(t, steps)
	var last *summary
	tills := map[string]sourceSummary{}
	for _, n := range nights {
		nightly.night(t, n)
		last = nightly.run(t, "--as-of", n, "--known", "then")
		if !last.OnLine {
			t.Fatalf("the run of %s is not on the line", n)
		}
		tills[n] = last.source("tills")
	}
	if n := tills["2025-12-13"].Files - tills["2025-12-12"].Files; n != 2 {
		t.Errorf("%d more files of tills are read on the night that one comes late, want 2", n)
	}
	if before, after := tills["2025-12-18"].Rows.Kept, tills["2025-12-19"].Rows.Kept; after == before {
		t.Errorf("%d rows of tills are kept before and after a day was sent again", after)
	}
	inOne := shopPlace(t)
	ranged := inOne.run(t, "--from", nights[0], "--to", lastDay)
	fresh := shopPlace(t)
	alone := fresh.run(t, "--as-of", lastDay)

	d := newDatabase(t)
	d.attach(t, "nightly", nightly.place, nightly.manifest(t, last.RunID))
	d.attach(t, "ranged", inOne, inOne.manifest(t, ranged.RunID))
	d.attach(t, "fresh", fresh, fresh.manifest(t, alone.RunID))
	sameTables(t, d, "nightly", "fresh", currentTables)
	sameTables(t, d, "ranged", "fresh", currentTables)

	for _, schema := range []string{"nightly", "ranged"} {
		if n, all := ids(t, d, schema), d.one(t, "SELECT count(*) FROM "+schema+".customers"); n == 0 || 10*n > all {
			t.Errorf("%s: %d of %d customers have another id than in a fresh lake: that few or many are not of these nights", schema, n, all)
		}
	}
	stories(t, d)
}

// ids wants every customer to have the id that a lake without a past gives
// it, but for those that have a past: that were merged or split, got a fact
// older than their birth, or lost their birth record to somebody else. It tells
// how many have another one.
func ids(t *testing.T, d *database, schema string) (others int64) {
	t.Helper()
	d.exec(t, "CREATE OR REPLACE TABLE other AS SELECT a.customer_id, b.customer_id AS fresh_id, a.first_key FROM "+schema+".customers a JOIN fresh.customers b USING (first_key) WHERE a.customer_id <> b.customer_id")
	d.exec(t, strings.ReplaceAll(`CREATE OR REPLACE TABLE past AS
		SELECT merged_into AS customer_id, 'another was merged into it' AS why FROM @.customer_ids WHERE merged_into IS NOT NULL
		UNION ALL SELECT customer_id, 'it was split' FROM @.customer_ids WHERE cause = 'split'
		UNION ALL SELECT i.customer_id, 'an older fact came' FROM @.customer_ids i JOIN @.customers c USING (customer_id) JOIN fresh.customers f USING (first_key)
			JOIN fresh.customer_ids o ON o.customer_id = f.customer_id
			WHERE (o.birth_at, o.birth_source, o.birth_record_id) < (coalesce(i.birth_at, TIMESTAMPTZ '9999-01-01'), i.birth_source, i.birth_record_id)
		UNION ALL SELECT customer_id, 'its birth record is gone, or another''s' FROM @.customer_ids WHERE (customer_id, birth_source, birth_record_id) NOT IN (
			SELECT (customer_id, source, record_id) FROM (SELECT customer_id, source, record_id FROM @.contacts UNION ALL SELECT customer_id, source, record_id FROM @.orders
				UNION ALL SELECT customer_id, source, record_id FROM @.events UNION ALL SELECT customer_id, source, record_id FROM @.interactions) WHERE customer_id IS NOT NULL)`, "@", schema))
	if all := d.rows(t, "SELECT * FROM other WHERE customer_id NOT IN (SELECT customer_id FROM past)"); all != nil {
		t.Errorf("%s: %d ids differ from a fresh lake's without a reason, as\n%s", schema, len(all), strings.Join(all[:min(5, len(all))], "\n"))
	}
	for _, row := range d.rows(t, "SELECT count(DISTINCT customer_id), why FROM other JOIN past USING (customer_id) GROUP BY why ORDER BY ALL DESC") {
		t.Logf("%s: another id than in a fresh lake: %s", schema, row)
	}
	return d.one(t, "SELECT count(*) FROM other")
}

// stories wants each of the things that the nights are to tell to be told.
func stories(t *testing.T, d *database) {
	t.Helper()
	for what, query := range map[string]string{
		"a resent day":        "SELECT count(*) FROM nightly.deliveries WHERE path = 'exports/receipts/2025-12-16.csv.gz'",
		"a cancelled receipt": "SELECT count(*) FROM nightly.orders WHERE kind = 'cancelled' AND order_date >= DATE '2025-12-01'",
	} {
		if d.one(t, query) == 0 {
			t.Errorf("the nights tell nothing of %s", what)
		}
	}
}

// TestADumpThatComesBack writes one path anew on every night: A, B, A.
func TestADumpThatComesBack(t *testing.T) {
	a, b := "id,email,created_at\na,x@x.de,2025-01-01T10:00:00\nb,y@x.de,2025-01-02T10:00:00\n", "id,email,created_at\na,z@x.de,2025-01-01T10:00:00\n"
	for _, known := range []string{"then", "now"} {
		p := newPlace(t, map[string]string{"habitue.yaml": strings.Replace(ledgerProject, "id: id, email: email, phone: phone, c", "id: id, email: email, c", 1),
			"tills.csv": "id,email,phone,at,amount\n"})
		for i, dump := range []string{a, b, a, a, b} {
			p.write(t, "crm.csv", []byte(dump))
			s := p.run(t, "--as-of", "2025-02-0"+string(rune('1'+i)), "--known", known)
			want := int64(strings.Count(dump, "\n") - 1)
			if got := s.Tables["contacts"]; got != want {
				t.Errorf("known %s, night %d: %d contacts, want %d", known, i+1, got, want)
			}
		}
	}
}

// TestARebuildChangesNothing runs a day after the shop's last, without any
// new file: ids, and the files of the months, are those of the day before.
func TestARebuildChangesNothing(t *testing.T) {
	p := shopPlace(t)
	first := p.manifest(t, p.run(t, "--as-of", lastDay).RunID)
	second := p.manifest(t, p.run(t, "--as-of", "2026-01-01").RunID)
	for _, table := range []string{"orders", "order_lines", "events"} {
		var before, after []string
		for _, f := range first.Tables[table].Files {
			before = append(before, f.Path)
		}
		for _, f := range second.Tables[table].Files {
			after = append(after, f.Path)
		}
		if diff := cmp.Diff(before, after); diff != "" || len(after) < 18 {
			t.Errorf("%s: %d files, %s", table, len(after), diff)
		}
		if first.Tables[table].Content != second.Tables[table].Content {
			t.Errorf("%s has other content", table)
		}
	}
	d := newDatabase(t)
	d.attach(t, "a", p, first)
	d.attach(t, "b", p, second)
	for _, table := range []string{"customer_ids", "customer_keys", "contacts", "products", "stores", "orders"} {
		but := map[bool]string{true: "", false: "EXCLUDE run_date "}[table == "orders"]
		d.same(t, table, "SELECT * "+but+"FROM b."+table, "SELECT * "+but+"FROM a."+table)
	}
}
