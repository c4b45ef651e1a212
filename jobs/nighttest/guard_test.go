package nighttest

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// togetherness is how many pairs of keys of one person are one customer's,
// how many pairs of one customer are one person's. A key that several people
// have, and a cookie, says nothing.
type togetherness struct{ right, together, same int64 }

func (d *database) togetherness(t *testing.T, p *place) (n togetherness) {
	t.Helper()
	rows := d.strings(t, `WITH one AS (SELECT key, any_value(person) AS person FROM read_csv('`+p.path("truth/keys.csv")+`', types = {'key': 'VARCHAR'})
			WHERE key[1] <> 'w' GROUP BY key HAVING count(DISTINCT person) = 1),
		mine AS (SELECT customer_id, person, count(*) AS n FROM (SELECT DISTINCT key, customer_id FROM h.customer_keys) JOIN one USING (key) GROUP BY ALL),
		customers AS (SELECT sum(n) AS n FROM mine GROUP BY customer_id), people AS (SELECT sum(n) AS n FROM mine GROUP BY person)
		SELECT (SELECT sum(n * (n - 1) // 2) FROM mine), (SELECT sum(n * (n - 1) // 2) FROM customers), (SELECT sum(n * (n - 1) // 2) FROM people)`)
	for i, to := range []*int64{&n.right, &n.together, &n.same} {
		v, err := strconv.ParseInt(rows[0][i], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		*to = v
	}
	return n
}

// TestGuardsKeepFamiliesApart holds the shop's guards against its truth, and
// what they leave against what they promise.
func TestGuardsKeepFamiliesApart(t *testing.T) {
	plain := shopPlace(t)
	plain.unguarded(t)
	before := newDatabase(t)
	before.attach(t, "h", plain, plain.manifest(t, plain.run(t, "--as-of", lastDay).RunID))
	joined := before.togetherness(t, plain)

	p := shopPlace(t)
	d := newDatabase(t)
	d.attach(t, "h", p, p.manifest(t, p.run(t, "--as-of", lastDay).RunID))
	guarded := d.togetherness(t, p)
	share := func(part, whole int64) float64 { return float64(part) / float64(whole) }
	t.Logf("precision %.5f, without guards %.5f; recall %.5f, without %.5f", share(guarded.right, guarded.together), share(joined.right, joined.together),
		share(guarded.right, guarded.same), share(joined.right, joined.same))
	if wrong := guarded.together - guarded.right; wrong*3 > joined.together-joined.right {
		t.Errorf("%d pairs of keys of two people are one customer's, without guards %d", wrong, joined.together-joined.right)
	}
	if lost := joined.right - guarded.right; lost*1000 > joined.right {
		t.Errorf("%d pairs of keys of one person are apart that were together", lost)
	}

	d.exec(t, "CREATE TABLE owned AS SELECT DISTINCT key, key_type, customer_id FROM h.customer_keys")
	for what, query := range map[string]string{
		"keys of two customers":                     "SELECT count(*) - count(DISTINCT key) FROM owned",
		"customers of two cards or logins":          "SELECT count(*) FROM (SELECT 1 FROM owned WHERE key_type IN ('loyalty_card', 'login') GROUP BY customer_id, key_type HAVING count(*) > 1)",
		"links between customers":                   "SELECT count(*) FROM h.identity_links l JOIN owned a ON a.key = l.key_a JOIN owned b ON b.key = l.key_b WHERE l.kept <> (a.customer_id = b.customer_id)",
		"links without their customer":              "SELECT count(*) FROM h.identity_links l JOIN owned a ON a.key = l.key_a WHERE l.customer_id IS DISTINCT FROM a.customer_id",
		"links without the other":                   "SELECT count(*) FROM h.identity_links l LEFT JOIN owned b ON b.key = l.key_b WHERE NOT l.kept AND l.other_id IS DISTINCT FROM b.customer_id",
		"links with a reason that hold, or without": "SELECT count(*) FROM h.identity_links WHERE kept = (reason IS NOT NULL)",
		"links told twice":                          "SELECT count(*) - count(DISTINCT (key_a, key_b, source)) FROM h.identity_links",
		"links that no key of the source has":       "SELECT count(*) FROM h.identity_links l WHERE NOT EXISTS (FROM h.customer_keys k WHERE k.key = l.key_a AND k.source = l.source AND k.record_count >= l.record_count)",
		"vetoes of people who agree": `SELECT count(*) FROM h.identity_links l WHERE reason = 'veto:phone' AND NOT EXISTS (
			FROM h.contacts a, h.contacts b WHERE a.customer_id = l.customer_id AND b.customer_id = l.other_id AND a.birth_date <> b.birth_date AND concat_ws(' ', a.first_name, a.last_name) <> concat_ws(' ', b.first_name, b.last_name))`,
		"golden cities that their source has not": `SELECT count(*) FROM h.customers c WHERE (city IS NOT NULL) <> ((sources->>'city') IS NOT NULL) OR (sources->>'city') = 'crm' AND NOT EXISTS (
			FROM h.contacts k WHERE k.customer_id = c.customer_id AND k.city = c.city)`,
		"golden cities that a contact would have told": "SELECT count(*) FROM h.customers WHERE (sources->>'city') <> 'crm' AND customer_id IN (SELECT customer_id FROM h.contacts WHERE city IS NOT NULL)",
		"customers that were not created":              "SELECT count(*) FROM h.customers FULL JOIN h.identity_changes USING (customer_id) WHERE change IS DISTINCT FROM 'created' OR kind IS NULL",
	} {
		if n := d.one(t, query); n != 0 {
			t.Errorf("%d %s", n, what)
		}
	}
	d.same(t, "records of contacts that name a key", "SELECT key_b, sum(record_count)::BIGINT FROM h.identity_links WHERE source = 'crm' GROUP BY ALL",
		"SELECT key, record_count FROM h.customer_keys WHERE source = 'crm' AND key_type <> 'contact_id'")
	for _, reason := range []string{"veto:phone", "limit:loyalty_card"} {
		if d.one(t, "SELECT count(*) FROM h.identity_links WHERE reason = '"+reason+"'") == 0 {
			t.Errorf("nothing is cut by %s: the test sees nothing", reason)
		}
	}
	d.same(t, "keys of other customers", "SELECT source, sum(found)::BIGINT FROM h.data_checks WHERE \"check\" = 'keys_of_another_customer' GROUP BY ALL",
		"SELECT source, sum(record_count)::BIGINT FROM h.identity_links WHERE NOT kept GROUP BY ALL")
}

const decidedProject = `project: decided
timezone: UTC
currency: EUR
country: DE
id_salt: pepper
sources:
  - {name: crm, kind: csv, path: crm.csv, delivery: full, record: contact,
     fields: {id: id, email: email, phone: phone, full_name: name, birth_date: born, created_at: created_at}}
  - {name: tills, kind: csv, path: tills.csv, delivery: full, record: order, fields: {id: id, at: at, email: email, phone: phone, amount: amount}}
identity: {phone: digits, GUARDS}
publish: {tables: all}
`

// night is a night of a small world: what is exported, decided and guarded,
// and what must become of it.
type night struct {
	guards        string
	contacts      []string // id email phone name birth day
	receipts      []string // id email phone day
	always, never []string // key key
	changes       []string // id change other cause
	keys          []string // key customer, of keys whose letter is not c
	cut           []string // key_a key_b reason
}

// TestDecisionsAndGuardsOverNights runs worlds night by night. A customer is
// called by its birth record and the day on which it got its id: a@1.
func TestDecisionsAndGuardsOverNights(t *testing.T) {
	two := rows("a e1 p1 ann 1980-01-01 1", "b e2 p2 bob 1990-01-01 2")
	family := rows("a e1 p1 ann 1980-01-01 1", "b e2 p1 bob 1990-01-01 2")
	three := rows("a e1 p1 ann 1980-01-01 1", "b e2 p1 ann 1980-01-01 2", "c e3 p1 bob 1990-01-01 3")
	apart := rows("a e1 p2 ann 1980-01-01 1", "b e2 p3 bob 1990-01-01 2", "c e3 p4 cyd 1970-01-01 2")
	created := rows("a@1 created - records", "b@1 created - records")
	for _, c := range []struct {
		name   string
		nights []night
	}{
		{"always join, and no longer", []night{
			{contacts: two, changes: created},
			{contacts: two, always: rows("email:e2@x.de contact_id:a"), changes: rows("b@1 merged a@1 decision"), keys: rows("e1 a@1", "e2 a@1", "p1 a@1", "p2 a@1")},
			{contacts: two, always: rows("email:e2@x.de contact_id:a")},
			{contacts: two, changes: rows("b@1 split a@1 records"), keys: rows("e1 a@1", "e2 b@1", "p1 a@1", "p2 b@1")},
		}},
		{"always join two of whom each has all that the limit allows", []night{
			{contacts: two, receipts: rows("r1 - p2 3"), guards: "limits: {phone: 1}", changes: created},
			{contacts: two, receipts: rows("r1 - p2 3"), guards: "limits: {phone: 1}", always: rows("c:a c:b"), changes: rows("b@1 merged a@1 decision"),
				keys: rows("e1 a@1", "e2 a@1", "p1 a@1", "p2 a@1")},
		}},
		{"never join those whom a receipt joined", []night{
			{contacts: two, changes: created},
			{contacts: two, receipts: rows("r1 e2 p1 9"), changes: rows("b@1 merged a@1 records"), keys: rows("e1 a@1", "e2 a@1", "p1 a@1", "p2 a@1")},
			{contacts: two, receipts: rows("r1 e2 p1 9"), never: rows("c:b c:a"), changes: rows("b@1 split a@1 decision"), keys: rows("e1 a@1", "e2 b@1", "p1 a@1", "p2 b@1"),
				cut: rows("p1 e2 never_join")},
			{contacts: two, receipts: rows("r1 e2 p1 9"), never: rows("c:b c:a"), cut: rows("p1 e2 never_join")},
		}},
		{"never join those who were always one: the larger part keeps the id", []night{
			{contacts: family, receipts: rows("r1 e2 - 3"), changes: rows("a@1 created - records"), keys: rows("e1 a@1", "e2 a@1", "p1 a@1")},
			{contacts: family, receipts: rows("r1 e2 - 3"), never: rows("c:a c:b"), changes: rows("a@2 split a@1 decision"), keys: rows("e1 a@2", "e2 a@1", "p1 a@2"),
				cut: rows("c:b p1 never_join")},
		}},
		{"a veto that is said later", []night{
			{contacts: family, changes: rows("a@1 created - records")},
			{contacts: family, guards: "veto: [phone]", changes: rows("b@2 split a@1 veto"), keys: rows("e1 a@1", "e2 b@2", "p1 a@1"), cut: rows("c:b p1 veto:phone")},
			{contacts: family, guards: "veto: [phone]", receipts: rows("r1 e2 p1 9"), keys: rows("e1 a@1", "e2 b@2", "p1 a@1"), cut: rows("c:b p1 veto:phone", "p1 e2 veto:phone")},
			{contacts: family, guards: "veto: [phone]", always: rows("c:a c:b"), changes: rows("b@2 merged a@1 decision")},
		}},
		{"a part for each reason", []night{
			{contacts: three, changes: rows("a@1 created - records")},
			{contacts: three, guards: "veto: [phone]", never: rows("c:a c:b"), changes: rows("b@2 split a@1 decision", "c@2 split a@1 veto"),
				cut: rows("c:b p1 never_join", "c:c p1 veto:phone")},
		}},
		{"a limit, and a value that nobody has then", []night{
			{contacts: two, receipts: rows("r1 e1 p3 3", "r2 e1 p4 4"), changes: created, keys: rows("e1 a@1", "e2 b@1", "p1 a@1", "p2 b@1", "p3 a@1", "p4 a@1")},
			{contacts: two, receipts: rows("r1 e1 p3 3", "r2 e1 p4 4"), guards: "priority: [contact_id, email], limits: {phone: 2}", keys: rows("e1 a@1", "e2 b@1", "p1 a@1", "p2 b@1", "p3 a@1"),
				cut: rows("e1 p4 limit:phone")},
		}},
		{"a phone of everyone", []night{
			{contacts: family, receipts: rows("r1 e1 - 3", "r2 e3 p1 4"), guards: "shared: {phone: 2}",
				changes: rows("a@1 created - records", "b@1 created - records", "r2@1 created - records"), keys: rows("e1 a@1", "e2 b@1", "e3 r2@1"),
				cut: rows("c:a p1 shared:phone", "c:b p1 shared:phone", "p1 e3 shared:phone")},
			{contacts: family, receipts: rows("r1 e1 - 3", "r2 e3 p1 4"), guards: "shared: {phone: 3}",
				changes: rows("b@1 merged a@1 records", "r2@1 merged a@1 records"), keys: rows("e1 a@1", "e2 a@1", "e3 a@1", "p1 a@1")},
		}},
		{"orders with a phone of everyone go by their e-mail, and so does the id", []night{
			{contacts: apart, receipts: rows("r1 e1 p1 3", "r2 e2 p1 4", "r3 e2 p1 5", "r4 e2 p1 6", "r5 e3 p1 7"), changes: rows("a@1 created - records")},
			{contacts: apart, receipts: rows("r1 e1 p1 3", "r2 e2 p1 4", "r3 e2 p1 5", "r4 e2 p1 6", "r5 e3 p1 7"), guards: "shared: {phone: 2}",
				changes: rows("a@2 split a@1 shared", "c@2 split a@1 shared"), keys: rows("e1 a@2", "e2 a@1", "e3 c@2", "p2 a@2", "p3 a@1", "p4 c@2"),
				cut: rows("p1 e1 shared:phone", "p1 e2 shared:phone", "p1 e3 shared:phone")},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, nil)
			d := newDatabase(t)
			for i, n := range c.nights {
				s := p.export(t, n, i+1)
				d.exec(t, "DROP SCHEMA IF EXISTS h CASCADE")
				d.attach(t, "h", p, p.manifest(t, s.RunID))
				d.exec(t, "CREATE OR REPLACE TABLE named AS SELECT customer_id, birth_record_id || '@' || day(born_date) AS name FROM h.customer_ids")
				d.exec(t, "CREATE OR REPLACE MACRO short(key) AS CASE key[1] WHEN 'e' THEN split_part(key[3:], '@', 1) WHEN 'p' THEN 'p' || key[-1] ELSE key END")
				check := func(what string, want []string, query string) {
					if diff := cmp.Diff(want, d.rows(t, query)); diff != "" {
						t.Errorf("night %d: %s: %s", i+1, what, diff)
					}
				}
				check("identity_changes", n.changes, "SELECT concat_ws(' ', a.name, change, coalesce(b.name, '-'), cause) FROM h.identity_changes c JOIN named a USING (customer_id) LEFT JOIN named b ON b.customer_id = other_id ORDER BY 1")
				check("links that do not hold", n.cut, "SELECT concat_ws(' ', short(key_a), short(key_b), reason) FROM h.identity_links WHERE NOT kept ORDER BY 1")
				if n.keys != nil {
					check("customer_keys", n.keys, "SELECT DISTINCT concat_ws(' ', short(key), name) FROM h.customer_keys JOIN named USING (customer_id) WHERE key[1] <> 'c' ORDER BY 1")
				}
				if n.always != nil {
					if got := d.one(t, "SELECT count(*) FROM h.identity_links WHERE rule = 'decision' AND kept AND source IS NULL"); got != int64(len(n.always)) {
						t.Errorf("night %d: %d decisions hold", i+1, got)
					}
				}
			}
		})
	}
}

// TestADecisionThatDecidesNothingIsTold has decisions that name keys of
// nobody, one of them twice.
func TestADecisionThatDecidesNothingIsTold(t *testing.T) {
	p := newPlace(t, nil)
	d := newDatabase(t)
	two := rows("a e1 p1 ann 1980-01-01 1", "b e2 p2 bob 1990-01-01 2")
	for i, c := range []struct {
		always, never []string
		want          string
	}{
		{rows("c:a c:b"), nil, "decisions 0 rows of decisions that name a key that no record has: they decide nothing"},
		{rows("c:a e:ghost@x.de", "c:a e:e1@x.de"), rows("c:nobody c:none"),
			"decisions 2 rows of decisions that name a key that no record has: they decide nothing; write the keys as customer_keys has them: c:a and e:ghost@x.de, c:nobody and c:none"},
	} {
		s := p.export(t, night{contacts: two, always: c.always, never: c.never}, i+1)
		d.exec(t, "DROP SCHEMA IF EXISTS h CASCADE")
		d.attach(t, "h", p, p.manifest(t, s.RunID))
		if diff := cmp.Diff([]string{c.want}, d.rows(t, "SELECT concat_ws(' ', source, found, detail) FROM h.data_checks WHERE \"check\" = 'decisions_without_key'")); diff != "" {
			t.Error(diff)
		}
	}
}

// TestTheGoldenProfileKeepsToWhatCanBeAKey has phones that are none, newer than
// one that is, and spellings of a city.
func TestTheGoldenProfileKeepsToWhatCanBeAKey(t *testing.T) {
	p := newPlace(t, map[string]string{
		"habitue.yaml": `project: golden
timezone: UTC
currency: EUR
country: DE
id_salt: pepper
sources:
  - {name: crm, kind: csv, path: crm.csv, delivery: full, record: contact, fields: {id: id, email: email, phone: phone, city: city, updated_at: at}}
identity: {golden: {city: most_frequent}}
publish: {tables: all}
`,
		"crm.csv": "id,email,phone,city,at\n1,a@x.de,+49 1511 2345678,Köln,2025-01-01\n2,A@x.de,n/a,KÖLN,2025-01-02\n3,a@x.de,n/a,Köln ,2025-01-03\n" +
			"4,a@x.de,n/a,Bonn,2025-01-04\n5,a@x.de,,Bonn,2025-01-05\n6,b@x.de,n/a,Ulm,2025-01-05\n",
	})
	d := newDatabase(t)
	d.attach(t, "h", p, p.manifest(t, p.run(t, "--as-of", "2025-02-01").RunID))
	if diff := cmp.Diff([]string{"a@x.de +49 1511 2345678 Köln", "b@x.de n/a Ulm"}, d.rows(t, "SELECT concat_ws(' ', email, phone, trim(city)) FROM h.customers ORDER BY 1")); diff != "" {
		t.Error(diff)
	}
}

// export writes the files of a night and runs it.
func (p *place) export(t tester, n night, day int) *summary {
	t.Helper()
	guards := n.guards
	if guards == "" {
		guards = "limits: {}"
	}
	p.write(t, "habitue.yaml", []byte(strings.Replace(decidedProject, "GUARDS", guards, 1)))
	crm, tills := "id,email,phone,name,born,created_at\n", "id,email,phone,at,amount\n"
	for _, row := range n.contacts {
		f := strings.Fields(row)
		crm += fmt.Sprintf("%s,%s,%s,%s,%s,2025-01-%02sT12:00:00\n", f[0], address(f[1]), number(f[2]), f[3], f[4], f[5])
	}
	for _, row := range n.receipts {
		f := strings.Fields(strings.ReplaceAll(row, " - ", " \"\" "))
		for i := range f {
			f[i] = strings.Trim(f[i], `"`)
		}
		tills += fmt.Sprintf("%s,%s,%s,2025-01-%02sT12:00:00,10\n", f[0], address(f[1]), number(f[2]), f[3])
	}
	p.write(t, "crm.csv", []byte(crm))
	p.write(t, "tills.csv", []byte(tills))
	for name, pairs := range map[string][]string{"always_join": n.always, "never_join": n.never} {
		text := "key_a,key_b,by,note\n"
		for _, pair := range pairs {
			text += strings.Replace(pair, " ", ",", 1) + ",ann,so it is\n"
		}
		p.write(t, "decisions/"+name+".csv", []byte(text))
	}
	return p.run(t, "--as-of", fmt.Sprintf("2025-02-%02d", day))
}
