package nighttest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// movesProject is a shop of people of whom each moves for a reason of its own.
const movesProject = `project: moves
timezone: Europe/Berlin
currency: EUR
country: DE
id_salt: pepper
sources:
  - {name: crm, kind: csv, path: crm/%Y-%m-%d.csv, delivery: full, record: contact, fields: {id: id, email: email, loyalty_card: card, first_name: name, city: city, tags: {column: tags, split: "|"}, consent.email: mail, consent_at: mail_at, created_at: created, updated_at: updated}}
  - {name: tills, kind: csv, path: tills/%Y-%m-%d.csv, delivery: parts, record: order, fields: {id: id, at: at, email: email, amount: amount}}
  - {name: mail, kind: csv, path: mail/%Y-%m-%d.csv, delivery: parts, record: interaction, fields: {at: at, email: email, kind: kind, channel: {value: email}, status: status}}
  - {name: web, kind: csv, path: web/%Y-%m-%d.csv, delivery: parts, record: event, fields: {at: at, client_id: cid, email: email, name: name}}
warehouse: none
publish: {tables: all, keep_runs: 50}
shards: 4
`

const whoEntered = `SELECT concat_ws(' ', day(move_date), segment, string_agg(coalesce(first_name, left(email, 3)), ',' ORDER BY coalesce(first_name, left(email, 3))), reason)
	FROM h.segment_moves JOIN h.customers USING (customer_id) WHERE reason <> 'first_run' AND move = 'entered' GROUP BY move_date, segment, reason ORDER BY ALL`

// TestAMoveHasOneReasonHoweverItsClauseAsks asks the same thing of facts, of the
// profile and of an expression: a move has the same reason by each. Dee and Fay
// have the same orders, and Fay looks at a page; Lea's receipt comes a day late;
// Max buys on the night on which another receipt of his comes late; Nea buys;
// Bea and Gus turn out to be one.
func TestAMoveHasOneReasonHoweverItsClauseAsks(t *testing.T) {
	t.Parallel()
	crm := func(bea string) []byte {
		text := "id,email,card,name,city,tags,mail,mail_at,created,updated\n"
		for _, who := range []string{"dee,", "fay,", "lea,", "max,", "nea,", "bea," + bea, "gus,77"} {
			text += who[:1] + "," + who[:3] + "@x.de," + who[4:] + "," + who[:3] + ",Ulm,,true,2025-01-01,2025-01-01,2025-01-01\n"
		}
		return []byte(text)
	}
	const head, tonight = "id,at,email,amount\n", "21,2025-03-28 10:00:00,lea@x.de,30\n22,2025-03-28 10:00:00,max@x.de,20\n23,2025-03-30 10:00:00,max@x.de,1\n25,2025-03-28 10:00:00,new@x.de,30\n26,2025-03-28 10:00:00,new@x.de,30\n27,2025-03-30 10:00:00,new@x.de,1\n24,2025-03-30 10:00:00,nea@x.de,30\n"
	old := "11,2025-03-26 10:00:00,lea@x.de,20\n12,2025-03-26 10:00:00,max@x.de,20\n13,2025-03-26 10:00:00,nea@x.de,20\n14,2025-03-26 10:00:00,bea@x.de,20\n15,2025-03-26 10:00:00,gus@x.de,21\n"
	for n, day := range rows("2024-12-24", "2025-01-03", "2025-01-13", "2025-01-23", "2025-02-02", "2025-02-12", "2025-02-22", "2025-03-04", "2025-03-14") {
		old += fmt.Sprintf("d%d,%s 10:00:00,dee@x.de,9\nf%d,%s 10:00:00,fay@x.de,9\n", n, day, n, day)
	}
	want := rows(
		"30 ago dee,fay time", "30 ago-t dee,fay time", "30 ago-w dee,fay time", "30 cold dee,fay time",
		"30 many lea,max,new late", "30 many nea data", "30 many-t lea,max,new late", "30 many-t nea data", "30 many-w lea,max,new late", "30 many-w nea data",
		"30 rich lea,new late", "30 rich max,nea data", "30 rich-t lea,new late", "30 rich-t max,nea data",
		"31 many gus identity", "31 many-t gus identity", "31 many-w gus identity", "31 rich gus identity", "31 rich-t gus identity",
	)
	for delivery, tills := range map[string][]string{"parts": {old, tonight, ""}, "full": {old, old + tonight, old + tonight}} {
		p, d := newPlace(t, map[string]string{
			"habitue.yaml":         strings.Replace(movesProject, "tills/%Y-%m-%d.csv, delivery: parts", "tills/%Y-%m-%d.csv, delivery: "+delivery, 1),
			"segments/ago.yaml":    "segment: ago\nwhen: {last_order_date: {older_than: 16d}}\n",
			"segments/ago-t.yaml":  "segment: ago-t\nwhen: {trait: {recency_days: {ge: 16}}}\n",
			"segments/ago-w.yaml":  "segment: ago-w\nwhen: {where: 'recency_days >= 16'}\n",
			"segments/cold.yaml":   "segment: cold\nwhen: {lifecycle_stage: [at_risk, lapsed]}\n",
			"segments/many.yaml":   "segment: many\nwhen: {orders_count: {ge: 2}}\n",
			"segments/many-t.yaml": "segment: many-t\nwhen: {trait: {order_count: {ge: 2}}}\n",
			"segments/many-w.yaml": "segment: many-w\nwhen: {where: 'order_count >= 2'}\n",
			"segments/rich.yaml":   "segment: rich\nwhen: {total_spent: {ge: 41}}\n",
			"segments/rich-t.yaml": "segment: rich-t\nwhen: {trait: {net_revenue: {ge: 41}}}\n",
			"mail/2025-03-20.csv":  "at,email,kind,status\n",
			"web/2025-03-30.csv":   "at,cid,email,name\n2025-03-30 12:00:00,k1,fay@x.de,page_view\n",
		}), newDatabase(t)
		run := ""
		for n, day := range rows("2025-03-29", "2025-03-30", "2025-03-31") {
			p.write(t, "tills/"+day+".csv", []byte(head+tills[n]))
			p.write(t, "crm/"+day+".csv", crm(rows("", "", "77")[n]))
			run = p.run(t, "--as-of", day, "--known", "then").RunID
		}
		if diff := cmp.Diff(want, p.ask(t, d, run, whoEntered)); diff != "" {
			t.Errorf("%s: moves: %s", delivery, diff)
		}
	}
}

// TestWhatIsSaidTonightIsNew has a consent withdrawn, an address that bounces, tags
// and a city on one night; Una's contact has no time of
// its own, and Eve's no of ten days ago comes only now.
func TestWhatIsSaidTonightIsNew(t *testing.T) {
	t.Parallel()
	const crm = "id,email,card,name,city,tags,mail,mail_at,created,updated\n"
	const both = "a,ann@x.de,,ann,Ulm,,true,2025-01-01,2025-01-01,2025-01-01\nb,bob@x.de,,bob,Ulm,,true,2025-01-01,2025-01-01,2025-01-01\n"
	p, d := newPlace(t, map[string]string{
		"habitue.yaml":         movesProject,
		"segments/city.yaml":   "segment: city\nwhen: {city: Bonn}\n",
		"segments/dead.yaml":   "segment: dead\nwhen: {suppressed: {reason: bounce}}\n",
		"segments/no.yaml":     "segment: no\nwhen: {channel_consent: {channel: email, state: unsubscribed}}\n",
		"segments/tagged.yaml": "segment: tagged\nwhen: {tags: [vip]}\n",
		"crm/2025-03-29.csv":   crm + both + "e,eve@x.de,,eve,Ulm,,true,2025-01-01,2025-01-01,2025-01-01\nc,cid@x.de,,cid,Ulm,,true,2025-01-01,2025-01-01,2025-01-01\nu,una@x.de,,una,Ulm,,,,,\n",
		"crm/2025-03-30.csv":   crm + both + "e,eve@x.de,,eve,Ulm,,false,2025-03-20,2025-01-01,2025-03-20\nc,cid@x.de,,cid,Bonn,vip,true,2025-01-01,2025-01-01,2025-03-30\nu,una@x.de,,una,Bonn,vip,,,,\n",
		"tills/2025-03-26.csv": "id,at,email,amount\n",
		"mail/2025-03-20.csv":  "at,email,kind,status\n",
		"mail/2025-03-30.csv":  "at,email,kind,status\n2025-03-30 23:30:00,bob@x.de,campaign_bounced,hard\n2025-03-30 23:30:00,ann@x.de,unsubscribed,\n",
		"web/2025-03-20.csv":   "at,cid,email,name\n",
	}), newDatabase(t)
	p.run(t, "--as-of", "2025-03-29", "--known", "then")
	run := p.run(t, "--as-of", "2025-03-30", "--known", "then").RunID
	want := rows("30 city cid,una data", "30 dead bob data", "30 no ann data", "30 no eve late", "30 tagged cid,una data")
	if diff := cmp.Diff(want, p.ask(t, d, run, whoEntered)); diff != "" {
		t.Errorf("moves: %s", diff)
	}
}

// TestAMemberStaysOneThroughAMerge has Bob, who is in a list by his id and in a
// segment that is told on Mondays, become part of Ann on a Tuesday, and part from
// her on the Thursday: who he is part of is a member as long as he is.
func TestAMemberStaysOneThroughAMerge(t *testing.T) {
	t.Parallel()
	for _, shards := range rows("shards: 1", "shards: 16") {
		p, d := newPlace(t, map[string]string{
			"habitue.yaml":         movesProject,
			"segments/buying.yaml": "segment: buying\nevery: monday\nwhen: {orders_placed: {since: 2025-03-28}}\n",
			"segments/in.yaml":     "segment: in\nwhen: {in_segment: buying}\n",
			"segments/list.yaml":   "segment: list\nmembers: {file: ids.csv, column: customer_id}\n",
			"ids.csv":              "customer_id\n",
			"tills/2025-03-30.csv": "id,at,email,amount\n1,2025-03-01 10:00:00,ann@x.de,9\n2,2025-03-29 10:00:00,bob@x.de,9\n3,2025-03-29 10:00:00,cid@x.de,9\n",
			"mail/2025-03-20.csv":  "at,email,kind,status\n",
			"web/2025-03-20.csv":   "at,cid,email,name\n",
		}), newDatabase(t)
		p.edit(t, "shards: 4", shards)
		run := ""
		for day, card := range map[string]string{"2025-03-30": "2", "2025-03-31": "2", "2025-04-01": "1", "2025-04-02": "1", "2025-04-03": "2", "2025-04-04": "2"} {
			p.write(t, "crm/"+day+".csv", []byte("id,email,card,name,city,tags,mail,mail_at,created,updated\na,ann@x.de,1,ann,Ulm,,,,2025-01-01,2025-01-01\nb,bob@x.de,"+card+",bob,Ulm,,,,2025-01-02,2025-01-02\nc,cid@x.de,3,cid,Ulm,,,,2025-01-03,2025-01-03\n"))
		}
		for _, day := range rows("2025-03-30", "2025-03-31", "2025-04-01", "2025-04-02", "2025-04-03", "2025-04-04") {
			if day == "2025-03-31" {
				p.write(t, "ids.csv", []byte("customer_id\n"+p.ask(t, d, run, "SELECT customer_id FROM h.customers WHERE first_name = 'bob'")[0]+"\n"))
			}
			run = p.run(t, "--as-of", day, "--known", "then").RunID
		}
		want := rows(
			"2025-03-30 buying entered b first_run", "2025-03-30 buying entered c first_run", "2025-03-30 in entered b first_run", "2025-03-30 in entered c first_run",
			"2025-03-31 list entered b definition",
			"2025-04-01 buying entered a identity", "2025-04-01 buying left b identity", "2025-04-01 in entered a identity", "2025-04-01 in left b identity", "2025-04-01 list entered a identity", "2025-04-01 list left b identity",
			"2025-04-03 buying entered b identity", "2025-04-03 buying left a identity", "2025-04-03 in entered b identity", "2025-04-03 in left a identity", "2025-04-03 list entered b identity", "2025-04-03 list left a identity",
		)
		got := p.ask(t, d, run, `SELECT concat_ws(' ', move_date, segment, move, birth_record_id, reason) FROM h.segment_moves JOIN h.customer_ids USING (customer_id) ORDER BY ALL`)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: moves: %s", shards, diff)
		}
	}
}

// TestARowThatIsSentAgainIsNotNew has Xav's receipt twice in files that came anew
// for the sake of other rows: a part with one more receipt, and a dump of every
// night. He leaves by the day alone; of Ann's the one more came late.
func TestARowThatIsSentAgainIsNotNew(t *testing.T) {
	t.Parallel()
	const old, late = "1,2025-03-28 10:00:00,xav@x.de,9\n2,2025-03-28 10:00:00,ann@x.de,9\n", "3,2025-03-28 11:00:00,ann@x.de,9\n"
	want := rows("29 buying left ann,xav time", "29 many entered ann late", "29 many-t entered ann late", "29 spent entered ann late")
	for _, c := range []struct{ source, first, second string }{
		{"tills/%Y-%m-%d.csv, delivery: parts", "tills/2025-03-28.csv", "tills/2025-03-28.csv"},
		{"tills/%Y-%m-%d.csv, delivery: full", "tills/2025-03-28.csv", "tills/2025-03-29.csv"},
	} {
		p, d := newPlace(t, map[string]string{
			"habitue.yaml":         strings.Replace(movesProject, "tills/%Y-%m-%d.csv, delivery: parts", c.source, 1),
			"segments/buying.yaml": "segment: buying\nwhen: {orders_count: {ge: 1, in_last: 1d}}\n",
			"segments/many.yaml":   "segment: many\nwhen: {orders_count: {ge: 2}}\n",
			"segments/many-t.yaml": "segment: many-t\nwhen: {trait: {order_count: {ge: 2}}}\n",
			"segments/spent.yaml":  "segment: spent\nwhen: {total_spent: {ge: 10}}\n",
			"crm/2025-03-28.csv":   "id,email,card,name,city,tags,mail,mail_at,created,updated\nx,xav@x.de,,xav,Ulm,,,,2025-01-01,2025-01-01\na,ann@x.de,,ann,Ulm,,,,2025-01-01,2025-01-01\n",
			"mail/2025-03-20.csv":  "at,email,kind,status\n",
			"web/2025-03-20.csv":   "at,cid,email,name\n",
			c.first:                "id,at,email,amount\n" + old,
		}), newDatabase(t)
		p.run(t, "--as-of", "2025-03-28", "--known", "then")
		p.write(t, c.second, []byte("id,at,email,amount\n"+old+late))
		run := p.run(t, "--as-of", "2025-03-29", "--known", "then").RunID
		got := p.ask(t, d, run, `SELECT concat_ws(' ', day(move_date), segment, move, string_agg(coalesce(first_name, left(email, 3)), ',' ORDER BY coalesce(first_name, left(email, 3))), reason)
			FROM h.segment_moves JOIN h.customers USING (customer_id) WHERE reason <> 'first_run' GROUP BY move_date, segment, move, reason ORDER BY ALL`)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: moves: %s", c.source, diff)
		}
	}
}
