package nighttest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/fault"
)

const rerunProject = `project: rerun
timezone: UTC
currency: EUR
id_salt: pepper
sources:
  - {name: crm, kind: csv, path: crm.csv, delivery: full, record: contact, fields: {id: id, email: email, first_name: name}}
  - {name: tills, kind: csv, path: tills/*.csv, delivery: changes, record: order, fields: {id: id, at: at, email: email, amount: amount}}
publish: {tables: all, keep_runs: 50}
`

// rerunPlace has run three nights. The dump of contacts held A, B and A
// again; an order that is older than all came with the second night.
func rerunPlace(t testing.TB) *place {
	t.Helper()
	a := "id,email,name\nc,x@x.de,A\n"
	p := newPlace(t, map[string]string{"habitue.yaml": rerunProject, "crm.csv": a, "tills/1.csv": "id,at,email,amount\nr1,2025-01-03T10:00:00,x@x.de,1\n"})
	p.run(t, "--as-of", "2025-01-10")
	p.write(t, "crm.csv", []byte(strings.Replace(a, "A", "B", 1)))
	p.write(t, "tills/2.csv", []byte("id,at,email,amount\nr0,2025-01-01T10:00:00,x@x.de,1\n"))
	p.run(t, "--as-of", "2025-01-11")
	p.write(t, "crm.csv", []byte(a))
	p.run(t, "--as-of", "2025-01-12")
	return p
}

// ask answers a query over the tables of a run.
func (p *place) ask(t *testing.T, d *database, run, query string) []string {
	t.Helper()
	d.exec(t, "DROP SCHEMA IF EXISTS h CASCADE")
	d.attach(t, "h", p, p.manifest(t, run))
	return d.rows(t, query)
}

const (
	whatCame   = "SELECT concat_ws(' ', path, left(content_sha256, 4), day(delivered_date), in_force) FROM h.deliveries ORDER BY ALL"
	whoIsKnown = "SELECT concat_ws(' ', customer_id, birth_record_id, day(born_date), merged_into, day(retired_date), cause) FROM h.customer_ids ORDER BY ALL"
	whatIsSaid = "SELECT concat_ws(' ', first_name, day(first_delivered)) FROM h.contacts"
	whatRan    = "SELECT run_id FROM h.runs ORDER BY ALL"
)

// TestEveryTimeThatAVersionCameIsKept wants the ledger of deliveries to be
// one that is only ever added to.
func TestEveryTimeThatAVersionCameIsKept(t *testing.T) {
	p, d := rerunPlace(t), newDatabase(t)
	want := rows("crm.csv 753f 11 false", "crm.csv bdeb 10 false", "crm.csv bdeb 12 true", "tills/1.csv 9efe 10 true", "tills/2.csv b6fe 11 true")
	if diff := cmp.Diff(want, p.ask(t, d, "2025-01-12.1", whatCame)); diff != "" {
		t.Errorf("deliveries: %s", diff)
	}
	if diff := cmp.Diff(rows("A 10"), p.ask(t, d, "2025-01-12.1", whatIsSaid)); diff != "" {
		t.Errorf("contacts: %s", diff)
	}
}

// TestAnEarlierDayIsRunAsItWasKnown runs days again, beside the line and on
// it: what came later is not there, what came before and has gone is.
func TestAnEarlierDayIsRunAsItWasKnown(t *testing.T) {
	p, d := rerunPlace(t), newDatabase(t)
	nights := map[string][]string{}
	same := func(day, run string) {
		t.Helper()
		for _, query := range []string{whatCame, whoIsKnown, whatIsSaid} {
			first := p.ask(t, d, day+".1", query)
			if diff := cmp.Diff(first, p.ask(t, d, run, query)); diff != "" {
				t.Errorf("run %s (- the first of its day): %s", run, diff)
			}
		}
		nights[run] = p.ask(t, d, run, whatRan)
	}
	for _, day := range []string{"2025-01-10", "2025-01-11"} {
		same(day, p.run(t, "--as-of", day, "--known", "then").RunID)
	}
	p.run(t, "--from", "2025-01-10", "--to", "2025-01-12")
	same("2025-01-10", "2025-01-10.3")
	same("2025-01-11", "2025-01-11.3")
	same("2025-01-12", "2025-01-12.2")
	same("2025-01-12", p.run(t, "--as-of", "2025-01-12").RunID)
	want := map[string][]string{
		"2025-01-10.2": rows("2025-01-10.2"), "2025-01-11.2": rows("2025-01-10.1", "2025-01-11.2"),
		"2025-01-10.3": rows("2025-01-10.3"), "2025-01-11.3": rows("2025-01-10.3", "2025-01-11.3"),
		"2025-01-12.2": rows("2025-01-10.3", "2025-01-11.3", "2025-01-12.2"), "2025-01-12.3": rows("2025-01-10.3", "2025-01-11.3", "2025-01-12.3"),
	}
	if diff := cmp.Diff(want, nights); diff != "" {
		t.Errorf("runs: %s", diff)
	}
	for run := range nights {
		p.habitue(t, fault.OK, "runs", "verify", "--replay", run)
	}
}

// TestWhatCameSinceIsNotMovedBeforeWhatItReplaced runs days again after one
// more version came.
func TestWhatCameSinceIsNotMovedBeforeWhatItReplaced(t *testing.T) {
	p, d := rerunPlace(t), newDatabase(t)
	p.write(t, "crm.csv", []byte("id,email,name\nc,x@x.de,C\n"))
	p.run(t, "--from", "2025-01-10", "--to", "2025-01-12")
	for run, want := range map[string]string{"2025-01-10.2": "A 10", "2025-01-11.2": "B 11", "2025-01-12.2": "C 12"} {
		if diff := cmp.Diff(rows(want), p.ask(t, d, run, whatIsSaid)); diff != "" {
			t.Errorf("run %s: %s", run, diff)
		}
	}
}

// TestNoIdChangesWhenAllThatIsThereIsRead runs all days again with what only
// came later: an older order does not make the customer another one.
func TestNoIdChangesWhenAllThatIsThereIsRead(t *testing.T) {
	p, d := rerunPlace(t), newDatabase(t)
	want := p.ask(t, d, "2025-01-12.1", whoIsKnown)
	p.run(t, "--from", "2025-01-10", "--to", "2025-01-12", "--known", "now")
	for _, run := range []string{"2025-01-10.2", "2025-01-11.2", "2025-01-12.2"} {
		if diff := cmp.Diff(want, p.ask(t, d, run, whoIsKnown)); diff != "" {
			t.Errorf("run %s: %s", run, diff)
		}
	}
}

// TestWhoWasMergedStaysKnown runs days again with the receipt that joins two
// customers there from the first one on.
func TestWhoWasMergedStaysKnown(t *testing.T) {
	head := "id,email,phone,at,amount\n"
	p, d := newPlace(t, map[string]string{"habitue.yaml": ledgerProject, "tills.csv": head,
		"crm.csv": "id,email,phone,created_at\na,a@x.de,,2025-01-01T10:00:00\nb,,+4930123456,2025-01-02T10:00:00\n"}), newDatabase(t)
	p.run(t, "--as-of", "2025-01-10")
	p.run(t, "--as-of", "2025-01-11")
	p.write(t, "tills.csv", []byte(head+"r,a@x.de,+4930123456,2025-01-03T10:00:00,1\n"))
	p.run(t, "--as-of", "2025-01-12")
	const query = "SELECT concat_ws(' ', a.birth_record_id, day(a.born_date), b.birth_record_id, a.cause) FROM h.customer_ids a LEFT JOIN h.customer_ids b ON b.customer_id = a.merged_into ORDER BY ALL"
	p.run(t, "--from", "2025-01-10", "--to", "2025-01-12", "--known", "now")
	for run, want := range map[string][]string{
		"2025-01-11.1": rows("a 10 created", "b 10 created"),
		"2025-01-12.1": rows("a 10 created", "b 10 a merged"),
		"2025-01-11.2": rows("a 10 created"), // b was never apart, as far as these days know
		"2025-01-12.2": rows("a 10 created", "b 10 a merged"),
	} {
		if diff := cmp.Diff(want, p.ask(t, d, run, query)); diff != "" {
			t.Errorf("run %s: %s", run, diff)
		}
	}
}

// TestLedgersOutliveTheRunsBefore runs the last day again when it is the only
// one that is left.
func TestLedgersOutliveTheRunsBefore(t *testing.T) {
	p, d := rerunPlace(t), newDatabase(t)
	want := [][]string{p.ask(t, d, "2025-01-12.1", whatCame), p.ask(t, d, "2025-01-12.1", whoIsKnown), rows("2025-01-10.1", "2025-01-11.1", "2025-01-12.2")}
	p.habitue(t, fault.OK, "runs", "prune", "--keep", "1")
	run := p.run(t, "--as-of", "2025-01-12").RunID
	got := [][]string{p.ask(t, d, run, whatCame), p.ask(t, d, run, whoIsKnown), p.ask(t, d, run, whatRan)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
