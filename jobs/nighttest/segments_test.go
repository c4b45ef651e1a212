package nighttest

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/fault"
)

// segmentProject is a shop of five people over three nights. Ann buys on the
// second; Bob lapses on it; Cy's card turns out to be Dee's on the third, on
// which the definition of big is edited too; Eve unsubscribes on the second. Of
// a sixth nobody knows more than an address on a receipt, and that it is blocked.
const segmentProject = `project: segmented
timezone: Europe/Berlin
currency: EUR
id_salt: pepper
sources:
  - {name: crm, kind: csv, path: crm/%Y-%m-%d.csv, delivery: full, record: contact, fields: {id: id, email: email, loyalty_card: card, first_name: name, consent.email: mail, consent_at: mail_at, created_at: created}}
  - {name: tills, kind: csv, path: tills/%Y-%m-%d.csv, delivery: parts, record: order, fields: {id: id, at: at, email: email, amount: amount}}
  - {name: mail, kind: csv, path: mail/%Y-%m-%d.csv, delivery: parts, record: interaction, fields: {at: at, email: email, kind: kind, channel: {value: email}, status: status}}
suppressed: suppressed.csv
activation:
  - {name: letter, segments: [buyers, vip], channel: email, purpose: marketing, columns: {mail: address, name: first_name}}
  - {name: offer, segments: big, channel: email, purpose: marketing, columns: {mail: address, spent: net_revenue}}
publish: {tables: all, keep_runs: 50}
shards: 1
`

func segmentFiles() map[string]string {
	crm := "id,email,card,name,mail,mail_at,created\n"
	ann, bob := "a,ann@x.de,,Ann,true,2025-01-01,2025-01-01\n", "b,bob@x.de,,Bob,true,2025-01-01,2025-01-01\n"
	cy, dee := "c,cy@x.de,%s,Cy,true,2025-01-01,2025-01-01\n", "d,dee@x.de,77,Dee,true,2025-01-02,2025-01-02\n"
	eve := "e,eve@x.de,,Eve,true,2025-01-01,2025-01-01\n"
	first := crm + ann + bob + strings.Replace(cy, "%s", "", 1) + dee + eve
	third := crm + ann + bob + strings.Replace(cy, "%s", "77", 1) + dee + eve
	return map[string]string{
		"habitue.yaml":         segmentProject,
		"suppressed.csv":       "kind,value,channel,reason,since\nemail,DEE@x.de,email,legal,2025-01-05\nemail,fay@x.de,,manual,2025-01-05\n",
		"segments/buyers.yaml": "segment: buyers\nwhen: {orders_count: {ge: 1, in_last: 30d}}\n",
		"segments/big.yaml":    "segment: big\nwhen: {total_spent: {ge: 100}}\n",
		"segments/vip.yaml":    "segment: vip\nmembers: vip.csv\n",
		"segments/never.yaml":  "segment: never\nwhen: {suppressed: {reason: manual}}\n",
		"vip.csv":              "email\nCY@x.de\nnobody@x.de\n",
		"crm/2025-01-10.csv":   first, "crm/2025-01-11.csv": first, "crm/2025-01-12.csv": third,
		"tills/2024-12-12.csv": "id,at,email,amount\n1,2024-12-12 10:00:00,bob@x.de,50\n5,2024-12-11 10:00:00,fay@x.de,1\n",
		"tills/2025-01-05.csv": "id,at,email,amount\n2,2025-01-05 10:00:00,dee@x.de,150\n3,2025-01-05 11:00:00,eve@x.de,120\n",
		"tills/2025-01-11.csv": "id,at,email,amount\n4,2025-01-11 10:00:00,ann@x.de,99.50\n",
		"mail/2025-01-11.csv":  "at,email,kind,status\n2025-01-11 09:00:00,eve@x.de,campaign_unsubscribed,\n2025-01-11 09:30:00,bob@x.de,campaign_bounced,hard\n",
	}
}

// play runs the three nights one by one, with the edit before the last.
func (p *place) play(t *testing.T) (runs []string) {
	t.Helper()
	for _, day := range []string{"2025-01-10", "2025-01-11", "2025-01-12"} {
		if day == "2025-01-12" {
			p.write(t, "segments/big.yaml", []byte("segment: big\nwhen: {total_spent: {ge: 99}}\n"))
		}
		runs = append(runs, p.run(t, "--as-of", day, "--known", "then").RunID)
	}
	return runs
}

const (
	whoMoved = `SELECT concat_ws(' ', day(move_date), segment, move, coalesce(first_name, 'gone'), reason, clause) FROM h.segment_moves m
		LEFT JOIN (SELECT DISTINCT customer_id, first_name FROM h.customers) c USING (customer_id) ORDER BY ALL`
	whoIsWhere = "SELECT concat_ws(' ', segment, first_name, day(entered_date)) FROM h.segment_members JOIN h.customers USING (customer_id) WHERE left_date IS NULL ORDER BY ALL"
	whoGets    = "SELECT concat_ws(' ', destination, step, customer_count) FROM h.export_waterfall WHERE customer_count > 0 AND run_date = (SELECT max(run_date) FROM h.segments) ORDER BY destination, position"
	whoMay     = "SELECT concat_ws(' ', address, state, suppressed, evidence IS NOT NULL, customer_id IS NOT NULL) FROM h.consents ORDER BY ALL"
)

func TestEveryMoveHasItsReason(t *testing.T) {
	p, d := newPlace(t, segmentFiles()), newDatabase(t)
	runs := p.play(t)
	want := rows(
		"10 big entered Eve first_run total_spent: {ge: 100}", "10 big entered gone first_run total_spent: {ge: 100}",
		"10 buyers entered Bob first_run orders_count: {ge: 1, in_last: 30d}", "10 buyers entered Eve first_run orders_count: {ge: 1, in_last: 30d}", "10 buyers entered gone first_run orders_count: {ge: 1, in_last: 30d}",
		"10 never entered gone first_run suppressed: {reason: manual}", // has no name
		"10 vip entered Dee first_run",
		"11 buyers entered Ann data orders_count: {ge: 1, in_last: 30d}", "11 buyers left Bob time orders_count: {ge: 1, in_last: 30d}",
		"12 big entered Ann definition total_spent: {ge: 99}", "12 big entered Dee identity total_spent: {ge: 99}", "12 big left gone identity",
		"12 buyers entered Dee identity orders_count: {ge: 1, in_last: 30d}", "12 buyers left gone identity",
	)
	if diff := cmp.Diff(want, p.ask(t, d, runs[2], whoMoved)); diff != "" {
		t.Errorf("moves: %s", diff)
	}
	if diff := cmp.Diff(rows("big Ann 12", "big Dee 12", "big Eve 10", "buyers Ann 11", "buyers Dee 12", "buyers Eve 10", "never 10", "vip Dee 10"), p.ask(t, d, runs[2], whoIsWhere)); diff != "" {
		t.Errorf("members: %s", diff)
	}
}

func TestTheWaterfallAddsUpAndEveryRowHasItsYes(t *testing.T) {
	p, d := newPlace(t, segmentFiles()), newDatabase(t)
	runs := p.play(t)
	consents := rows("ann@x.de subscribed true true", "bob@x.de subscribed bounce true true", "cy@x.de subscribed true true", "dee@x.de subscribed legal true true", "eve@x.de unsubscribed true true", "fay@x.de no_data manual false true")
	if diff := cmp.Diff(consents, p.ask(t, d, runs[1], whoMay)); diff != "" {
		t.Errorf("consents: %s", diff)
	}
	for run, want := range map[string][]string{
		runs[0]: rows("letter in_segment 4", "letter suppressed 1", "letter in_file 3", "offer in_segment 2", "offer suppressed 1", "offer lower_priority 1"),
		runs[1]: rows("letter in_segment 4", "letter no_consent 1", "letter suppressed 1", "letter in_file 2", "offer in_segment 2", "offer no_consent 1", "offer suppressed 1"),
	} {
		if diff := cmp.Diff(want, p.ask(t, d, run, whoGets)); diff != "" {
			t.Errorf("waterfall of %s: %s", run, diff)
		}
		wrong := p.ask(t, d, run, `SELECT destination FROM h.export_waterfall GROUP BY 1, run_date
			HAVING sum(customer_count) FILTER (step = 'in_segment') <> sum(customer_count) FILTER (step <> 'in_segment')`)
		wrong = append(wrong, p.ask(t, d, run, `SELECT r.address FROM h.export_rows r ANTI JOIN h.consents c
			ON r.address_type = c.address_type AND r.address = c.address AND c.channel = 'email' AND c.purpose = 'marketing' AND c.state = 'subscribed' AND c.suppressed IS NULL WHERE outcome = 'in_file'`)...)
		if len(wrong) > 0 {
			t.Errorf("run %s: %q", run, wrong)
		}
	}
}

// TestWhatWasSentIsNotSentAgain publishes twice, and once as if the run had
// been killed between its commit and the delivery.
func TestWhatWasSentIsNotSentAgain(t *testing.T) {
	p := newPlace(t, segmentFiles())
	runs := p.play(t)
	for name, want := range map[string]string{
		"out/activation/letter/2025-01-10.csv":         "mail,name\nbob@x.de,Bob\ncy@x.de,Cy\neve@x.de,Eve\n",
		"out/activation/letter/2025-01-11.csv":         "mail,name\nann@x.de,Ann\ncy@x.de,Cy\n",
		"out/activation/letter/2025-01-11.changes.csv": "change,mail,name\nadded,ann@x.de,Ann\nremoved,bob@x.de,Bob\nremoved,eve@x.de,Eve\n",
	} {
		if got := p.read(t, name); got != want {
			t.Errorf("%s:\n%s", name, got)
		}
	}
	before := p.read(t, "out/activation/letter/2025-01-12.csv")
	p.remove(t, "out/activation/letter/2025-01-12.csv")
	if out, _ := p.habitue(t, fault.OK, "publish", runs[2]); !strings.Contains(out, "letter has this file already") || p.exists(t, "out/activation/letter/2025-01-12.csv") {
		t.Errorf("sent again: %s", out)
	}
	p.remove(t, "out/lake/_sent/letter/000003-"+runs[2]+".json") // killed before the journal was written
	p.habitue(t, fault.OK, "publish", runs[2])
	if got := p.read(t, "out/activation/letter/2025-01-12.csv"); got != before {
		t.Errorf("after a kill the file is\n%s, it was\n%s", got, before)
	}
	p.write(t, "vip.csv", []byte("email\nann@x.de\n"))
	p.write(t, "segments/buyers.yaml", []byte("segment: buyers\nwhen: {orders_count: {ge: 1, in_last: 3d}}\n"))
	_, errs := p.habitue(t, fault.Publish, "--json", "--progress", "none", "run", "--as-of", "2025-01-12", "--known", "then")
	if !strings.Contains(errs, "was sent another file for 2025-01-12") || !strings.Contains(errs, "--resend") {
		t.Errorf("another file for the same day: %s", errs)
	}
	p.habitue(t, fault.OK, "publish", "2025-01-12.2", "--resend")
	if got := p.read(t, "out/activation/letter/2025-01-12.changes.csv"); got != "change,mail,name\nremoved,cy@x.de,Dee\n" {
		t.Errorf("changes from what was sent for the day:\n%s", got)
	}
}

// TestSegmentsAreTheSameWhateverTheShards compares shards, runners, and nights
// run one by one with a range of them.
func TestSegmentsAreTheSameWhateverTheShards(t *testing.T) {
	p := newPlace(t, segmentFiles())
	runs := p.play(t)
	want := contents(p.manifest(t, runs[2]))
	for _, other := range [][]string{{"shards: 1", "shards: 16"}, {"shards: 1", "shards: 4\nrunner: {name: prism}"}} {
		q := newPlace(t, segmentFiles())
		q.edit(t, other[0], other[1])
		if diff := cmp.Diff(want, contents(q.manifest(t, q.play(t)[2]))); diff != "" {
			t.Errorf("%s: %s", other[1], diff)
		}
	}
	// The edit is there from the first night of a range: its moves differ, and
	// no table but those that hold them.
	last := p.run(t, "--from", "2025-01-10", "--to", "2025-01-12").RunID
	moves := []string{"segment_moves", "segment_members", "segments", "exports", "export_rows", "export_waterfall"}
	if diff := cmp.Diff(contents(p.manifest(t, runs[2]), moves...), contents(p.manifest(t, last), moves...)); diff != "" {
		t.Errorf("nights one by one, and a range of them: %s", diff)
	}
}

// TestARunWithSegmentsReplays wants equal hashes from the recorded inputs.
func TestARunWithSegmentsReplays(t *testing.T) {
	p := newPlace(t, segmentFiles())
	runs := p.play(t)
	p.habitue(t, fault.OK, "runs", "verify", "--replay", runs[2])
}

func (p *place) read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(p.path(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestWhatWasPreparedIsNotForgotten: exports and waterfalls of all nights stand
// in the tables of the last, after a night without any destination too.
func TestWhatWasPreparedIsNotForgotten(t *testing.T) {
	t.Parallel()
	p, d := newPlace(t, segmentFiles()), newDatabase(t)
	runs := p.play(t)
	p.edit(t, segmentProject[strings.Index(segmentProject, "activation:"):strings.Index(segmentProject, "publish:")], "")
	p.run(t, "--as-of", "2025-01-13", "--known", "then")
	p.write(t, "habitue.yaml", []byte(segmentProject))
	last := p.run(t, "--as-of", "2025-01-14", "--known", "then").RunID
	const prepared = "SELECT concat_ws(' ', day(e.run_date), destination, row_count, day(compared_date), added_count, removed_count, customer_count) FROM h.exports e JOIN h.export_waterfall w USING (run_date, destination) WHERE step = 'in_segment' ORDER BY ALL"
	want := rows("10 letter 3 3 0 4", "10 offer 0 0 0 2", "11 letter 2 10 1 2 4", "11 offer 0 10 0 0 2")
	if diff := cmp.Diff(want, p.ask(t, d, runs[1], prepared)); diff != "" {
		t.Errorf("on the second night: %s", diff)
	}
	want = append(want, "12 letter 2 11 0 0 3", "12 offer 0 11 0 0 3", "14 letter 2 12 0 0 3", "14 offer 0 12 0 0 3")
	if diff := cmp.Diff(want, p.ask(t, d, last, prepared)); diff != "" {
		t.Errorf("on the last night: %s", diff)
	}
	p.habitue(t, fault.OK, "runs", "verify", "--replay", last)
	if out, _ := p.habitue(t, fault.OK, "publish", last); !strings.Contains(out, "letter has this file already") {
		t.Errorf("published again: %s", out)
	}
}
