package nighttest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/fault"
)

const interactionProject = `project: talk
timezone: Europe/Berlin
currency: EUR
country: DE
id_salt: pepper
shards: SHARDS
sources:
  - {name: crm, kind: csv, path: crm.csv, delivery: full, record: contact, fields: {id: id, email: email, phone: phone, created_at: at}}
  - {name: mail, kind: jsonl, path: "mail/%Y-%m-%d.jsonl", delivery: parts, record: interaction,
     fields: {at: {column: ts, unit: s}, email: to, kind: {column: event, map: {open: campaign_opened, bounce: campaign_bounced}}, channel: {value: email}, campaign: id, arm: ab, status: type}}
  - {name: desk, kind: csv, path: "desk/%Y-%m-%d.csv", delivery: changes, record: interaction, attributes: true,
     fields: {id: ticket, at: opened, phone: phone, kind: {value: support_case}, topic: topic, value: score, text: text, status: status, updated_at: updated}}
WAREHOUSE
publish: {tables: all}
`

// TestInteractions holds that what passed between a shop and its people lies
// by the month with whom it was, newest version first, whatever the shards.
func TestInteractions(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"crm.csv": "id,email,phone,at\nC1,anna@x.de,030 1234567,2025-01-01T10:00:00\n",
		"mail/2025-02-01.jsonl": `{"ts":1738364400,"to":"ANNA@x.de","event":"open","id":"spring","ab":"b"}` + "\n" + // 2025-02-01 00:00 in Berlin, January in UTC
			strings.Repeat(`{"ts":1738400000,"to":"nobody@x.de","event":"bounce","id":"spring","type":"hard"}`+"\n", 2) + // two equal rows are two
			`{"to":"anna@x.de","event":"open","id":"spring"}` + "\n", // without a time
		"desk/2025-02-01.csv": "ticket,opened,phone,topic,score,text,status,updated,agent\nT1,2025-01-31T09:00:00,030/1234567,delivery,,late again,open,2025-01-31T09:00:00,Uwe\n" +
			"T2,2025-02-01T09:00:00,,,x,,open,2025-02-01T09:00:00,Uwe\n",
		"desk/2025-02-03.csv": "ticket,opened,phone,topic,score,text,status,updated,agent\nT1,2025-01-31T09:00:00,030/1234567,delivery,4.125,late again,closed,2025-02-03T12:00:00,Eva\n",
	}
	var first map[string]string
	for _, shards := range []string{"1", "64"} {
		files["habitue.yaml"] = strings.NewReplacer("SHARDS", shards, "WAREHOUSE", "warehouse: {kind: duckdb, path: out/w.duckdb}").Replace(interactionProject)
		p := newPlace(t, files)
		p.run(t, "--as-of", "2025-02-02", "--known", "then")
		got := p.query(t, "SELECT record_id, status, value FROM interactions WHERE source = 'desk'")
		if diff := cmp.Diff("T1,open,\n", got); diff != "" {
			t.Errorf("the case before it was closed: %s", diff)
		}
		s := p.run(t, "--as-of", "2025-02-04", "--known", "then")
		if got := []int64{s.source("mail").Rows.Kept, s.source("mail").Rows.Rejects, s.source("desk").Rows.Kept, s.source("desk").Rows.Superseded, s.source("desk").Rows.Rejects}; !cmp.Equal(got, []int64{3, 1, 1, 1, 1}) {
			t.Errorf("rows of mail and desk: %v", got)
		}
		got = p.query(t, `SELECT coalesce(c.email, 'nobody'), i.interaction_date, i.kind, i.channel, i.campaign, i.arm, i.topic, i.value, i.text, i.status, i.attributes
			FROM interactions i LEFT JOIN customers c USING (customer_id) ORDER BY i.interaction_at, i.record_id`)
		if diff := cmp.Diff(`anna@x.de,2025-01-31,support_case,,,,delivery,4.125,late again,closed,"{""agent"":""Eva""}"
anna@x.de,2025-02-01,campaign_opened,email,spring,b,,,,,
nobody@x.de,2025-02-01,campaign_bounced,email,spring,,,,,hard,
nobody@x.de,2025-02-01,campaign_bounced,email,spring,,,,,hard,
`, got); diff != "" {
			t.Errorf("interactions: %s", diff)
		}
		m := p.manifest(t, s.RunID)
		var months []string
		for _, f := range m.Tables["interactions"].Files {
			months = append(months, strings.Split(f.Path, "/")[1])
		}
		if diff := cmp.Diff([]string{"month=2025-01", "month=2025-02"}, months); diff != "" {
			t.Errorf("files: %s", diff)
		}
		if first == nil {
			first = contents(m)
		} else if diff := cmp.Diff(first, contents(m)); diff != "" {
			t.Errorf("%s shards: %s", shards, diff)
		}
		out, _ := p.habitue(t, fault.OK, "customer", "show", "anna@x.de")
		for _, want := range []string{"support_case", "late again", "campaign_opened", "spring"} {
			if !strings.Contains(out, want) {
				t.Errorf("%q is not in %s", want, out)
			}
		}
	}
}
