package nighttest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const withheldProject = `project: withheld
timezone: UTC
currency: EUR
id_salt: pepper
identity: {limits: {loyalty_card: 1}}
sources:
  - {name: crm, kind: csv, path: crm.csv, delivery: full, record: contact, fields: {id: id, email: {column: email, split: "|"}, loyalty_card: card, first_name: name, consent.email: mail, consent_at: mail_at}}
  - {name: mail, kind: csv, path: mail.csv, delivery: full, record: interaction, fields: {at: at, email: email, kind: kind, channel: {value: email}}}
activation:
  - {name: capped, segments: everyone, channel: email, purpose: marketing, columns: {mail: address}, cap: {messages: 2, in_last: 7d}, exclusive: false}
  - {name: held, segments: everyone, channel: email, purpose: marketing, columns: {mail: address}, hold_out: 50}
  - {name: after, segments: everyone, channel: email, purpose: marketing, columns: {mail: address}}
publish: {tables: all}
`

// TestWhoGetsNothingIsNotWrittenToThroughSomebodyElse has pairs of customers with
// an e-mail in common and a card each, of which one in two or so is held out, and
// a pair of whom one got too much already: a message goes to an address.
func TestWhoGetsNothingIsNotWrittenToThroughSomebodyElse(t *testing.T) {
	t.Parallel()
	var crm strings.Builder
	crm.WriteString("id,email,card,name,mail,mail_at\nfull,full@x.de,1,Full,true,2025-01-01\nbeside,full@x.de,2,Beside,true,2025-01-01\n")
	for i := range 20 { // the first of a pair is written to at an address of its own, were it not held out
		fmt.Fprintf(&crm, "%da,own%[1]d@x.de|fam%[1]d@x.de,%[1]d01,A,true,2025-01-01\n%[1]db,fam%[1]d@x.de,%[1]d02,B,true,2025-01-01\n", i+1)
	}
	p, d := newPlace(t, map[string]string{
		"habitue.yaml":           withheldProject,
		"segments/everyone.yaml": "segment: everyone\nwhen: {trait: {kind: known}}\n",
		"crm.csv":                crm.String(),
		"mail.csv":               "at,email,kind\n2025-01-07 10:00:00,full@x.de,campaign_sent\n2025-01-08 10:00:00,full@x.de,campaign_sent\n",
	}), newDatabase(t)
	run := p.run(t, "--as-of", "2025-01-10").RunID

	addresses := func(file string) map[string]bool {
		all := map[string]bool{}
		for line := range strings.FieldsSeq(p.read(t, "out/activation/"+file+"/2025-01-10.csv")) {
			all[line] = true
		}
		return all
	}
	if len(addresses("capped")) < 20 || addresses("capped")["full@x.de"] {
		t.Errorf("capped: %v", addresses("capped"))
	}
	held, after := addresses("held"), addresses("after")
	var wrong []string
	spared := p.ask(t, d, run, `SELECT concat_ws(' ', r.customer_id, c.address) FROM h.export_rows r, h.contacts k, h.consents c
		WHERE r.destination = 'held' AND r.outcome = 'hold_out' AND k.customer_id = r.customer_id AND (c.address = k.email OR c.address = 'fam' || replace(replace(k.record_id, 'a', ''), 'b', '') || '@x.de')`)
	for _, s := range spared {
		if _, address, _ := strings.Cut(s, " "); held[address] || after[address] {
			wrong = append(wrong, s)
		}
	}
	if len(spared) < 10 || len(held) < 5 || wrong != nil {
		t.Errorf("%d addresses of who is held out, %d in the file; written to all the same: %q", len(spared), len(held), wrong)
	}
	if diff := cmp.Diff(rows(), p.ask(t, d, run, `SELECT destination FROM h.export_waterfall GROUP BY 1
		HAVING sum(customer_count) FILTER (step = 'in_segment') <> sum(customer_count) FILTER (step <> 'in_segment')`)); diff != "" {
		t.Errorf("waterfall: %s", diff)
	}
}
