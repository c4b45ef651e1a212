package nighttest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/fault"
)

const versionsProject = `project: versions
timezone: UTC
currency: EUR
country: DE
id_salt: pepper
sources:
  - {name: crm, kind: csv, path: "crm/%Y-%m-%d.csv", delivery: DELIVERY, record: contact, fields: {id: id, email: email, updated_at: updated}}
  - {name: tills, kind: csv, path: tills.csv, delivery: full, record: order, fields: {id: id, at: at, email: email, kind: kind, amount: amount, updated_at: updated}}
  - {name: lines, kind: csv, path: lines.csv, delivery: full, record: order, fields: {id: id, line: line, at: at, email: email, kind: kind, amount: amount, updated_at: updated}}
publish: {tables: all}
`

// query is the answer as CSV without its header.
func (p *place) query(t tester, sql string) string {
	t.Helper()
	out, _ := p.habitue(t, fault.OK, "query", "--format", "csv", sql)
	for i := range out {
		if out[i] == '\n' {
			return out[i+1:]
		}
	}
	return out
}

// TestAContactsTimeIsItsFirstVersions holds that a contact without a time of
// creation is as old as its oldest version, in force or not, and so is the
// customer's birth.
func TestAContactsTimeIsItsFirstVersions(t *testing.T) {
	t.Parallel()
	for _, delivery := range []string{"changes", "full"} {
		p := newPlace(t, map[string]string{
			"habitue.yaml":       versionsProject,
			"crm/2025-01-01.csv": "id,email,updated\nC1,a@x.de,2025-01-01T10:00:00\nC2,gone@x.de,2025-01-01T10:00:00\n",
			"crm/2025-01-08.csv": "id,email,updated\nC1,a@x.de,2025-01-08T10:00:00\n",
			"tills.csv":          "id,at,email,kind,amount,updated\nR1,2025-01-04T10:00:00,a@x.de,sale,10,2025-01-04T10:00:00\n",
			"lines.csv":          "id,line,at,email,kind,amount,updated\n",
		})
		p.edit(t, "DELIVERY", delivery)
		p.run(t, "--as-of", "2025-01-10")
		got := p.query(t, "SELECT birth_source, birth_record_id, birth_at::DATE, first_seen_at::DATE FROM customer_ids JOIN customers USING (customer_id) WHERE email = 'a@x.de'")
		if diff := cmp.Diff("crm,C1,2025-01-01,2025-01-01\n", got); diff != "" {
			t.Errorf("%s: %s", delivery, diff)
		}
		want := "1\n" // in a full dump who is gone is gone
		if delivery == "changes" {
			want = "2\n"
		}
		if diff := cmp.Diff(want, p.query(t, "SELECT count(*) FROM customers")); diff != "" {
			t.Errorf("%s: customers: %s", delivery, diff)
		}
	}
}

// TestAnOlderDaySeesOnlyItsVersions holds that what is written after the day
// changes nothing of it, in rows and in lines alike.
func TestAnOlderDaySeesOnlyItsVersions(t *testing.T) {
	t.Parallel()
	p := newPlace(t, map[string]string{
		"habitue.yaml":       versionsProject,
		"crm/2025-01-01.csv": "id,email,updated\nC1,a@x.de,2025-01-01T10:00:00\n",
		"tills.csv": "id,at,email,kind,amount,updated\n" +
			"R1,2025-01-04T10:00:00,a@x.de,sale,10,2025-01-05T10:00:00\nR1,2025-01-04T10:00:00,a@x.de,cancelled,10,2025-01-17T10:00:00\n" + // cancelled later
			"R2,2025-01-05T10:00:00,a@x.de,sale,20,2025-01-05T10:00:00\nR2,2025-01-20T10:00:00,a@x.de,sale,20,2025-01-06T10:00:00\n", // put off to a day to come
		"lines.csv": "id,line,at,email,kind,amount,updated\n" +
			"L1,1,2025-01-04T10:00:00,b@x.de,sale,100,2025-01-05T10:00:00\nL1,1,2025-01-04T10:00:00,b@x.de,cancelled,100,2025-01-17T10:00:00\n" +
			"L2,1,2025-01-04T10:00:00,b@x.de,sale,10,2025-01-05T10:00:00\nL2,1,2025-01-04T10:00:00,b@x.de,sale,12,2025-01-17T10:00:00\nL2,2,2025-01-04T10:00:00,b@x.de,sale,5,2025-01-17T10:00:00\n",
	})
	p.edit(t, "DELIVERY", "full")
	for _, c := range []struct{ day, want string }{
		{"2025-01-10", "a@x.de,1,10.00\nb@x.de,2,110.00\n"},
		{"2025-01-31", "a@x.de,1,20.00\nb@x.de,1,17.00\n"},
	} {
		p.run(t, "--as-of", c.day)
		if diff := cmp.Diff(c.want, p.query(t, "SELECT email, order_count, net_revenue FROM customers WHERE order_count > 0 ORDER BY 1")); diff != "" {
			t.Errorf("%s: %s", c.day, diff)
		}
	}
}

// TestVersionsThatNothingTellsApart holds that one rule decides them all,
// that it is told, and that a repeat does not make a row look newly come.
func TestVersionsThatNothingTellsApart(t *testing.T) {
	t.Parallel()
	p := newPlace(t, map[string]string{
		"habitue.yaml": `project: ties
timezone: UTC
currency: EUR
country: DE
id_salt: pepper
sources:
  - {name: desk, kind: csv, path: "desk/%Y-%m-%d.csv", delivery: parts, record: order, fields: {id: id, at: at, email: email, kind: kind, amount: amount}}
publish: {tables: all}
`,
		"desk/2025-01-05.csv": "id,at,email,kind,amount\n" +
			"S1,2025-01-05T10:00:00,a@x.de,sale,10\nS1,2025-01-05T10:00:00,a@x.de,cancelled,10\n" +
			"S2,2025-01-05T10:00:00,a@x.de,cancelled,10\nS2,2025-01-05T10:00:00,a@x.de,sale,10\n" +
			"S3,2025-01-05T10:00:00,a@x.de,sale,10\nS3,2025-01-05T10:00:00,a@x.de,cancelled,10\n" +
			"S4,2025-01-05T23:59:00,a@x.de,sale,10\n",
		"desk/2025-01-06.csv": "id,at,email,kind,amount\nS4,2025-01-05T23:59:00,a@x.de,sale,10\n",
	})
	p.run(t, "--as-of", "2025-01-10")
	if diff := cmp.Diff("S1,sale,2025-01-05\nS2,sale,2025-01-05\nS3,sale,2025-01-05\nS4,sale,2025-01-05\n", p.query(t, "SELECT record_id, kind, first_delivered FROM orders ORDER BY 1")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("3\n", p.query(t, "SELECT found FROM data_checks WHERE \"check\" = 'equal_versions'")); diff != "" {
		t.Error(diff)
	}
}
