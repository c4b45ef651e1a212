package nighttest

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/connectors/lake"
	"pgregory.net/rapid"
)

const worldProject = `project: world
timezone: UTC
currency: EUR
country: DE
id_salt: pepper
base: all
sources:
  - {name: crm, kind: csv, path: "crm/%Y-%m-%d.csv", delivery: full, record: contact, fields: {id: id, email: email, phone: phone}}
  - {name: tills, kind: csv, path: "tills/%Y-%m-%d.csv", delivery: DELIVERY, record: order,
     fields: {id: id, LINE at: at, email: email, phone: phone, kind: kind, amount: amount, updated_at: updated}}
  - {name: web, kind: csv, path: "web/%Y-%m-%d.csv", delivery: parts, record: event, fields: {at: at, client_id: cookie, email: email, name: name}}
identity: {phone: digits}
publish: {tables: all}
`

// The last day of a world; its files are of the days from 1.
const worldDays = 4

// world is what was exported: files by day.
type world struct {
	lines   bool // a row of tills is a line
	changes bool // files of tills add up
	crm     map[int][]worldContact
	tills   map[int][]worldReceipt
	web     map[int][]worldEvent
}

type worldContact struct{ id, email, phone string }

type worldReceipt struct {
	id, line, email, phone, kind string
	day, amount, updated         int // updated: day, 0 where the row does not say
}

type worldEvent struct {
	day           int
	cookie, email string
}

func drawWorld(t *rapid.T) *world {
	w := &world{lines: rapid.Bool().Draw(t, "lines"), changes: rapid.Bool().Draw(t, "changes"),
		crm: map[int][]worldContact{}, tills: map[int][]worldReceipt{}, web: map[int][]worldEvent{}}
	pick := func(what string, all ...string) string { return rapid.SampledFrom(all).Draw(t, what) }
	email := func() string { return pick("email", "", "", "e1", "e2", "e3", "e4") }
	phone := func() string { return pick("phone", "", "", "p1", "p2", "p3", "p4") }
	day := rapid.IntRange(1, worldDays)
	for d := 1; d <= worldDays; d++ {
		if d == 1 || rapid.Bool().Draw(t, "a dump") {
			w.crm[d] = nil
			for _, id := range []string{"a", "b", "c"} {
				if rapid.Bool().Draw(t, "has "+id) {
					w.crm[d] = append(w.crm[d], worldContact{id, email(), phone()})
				}
			}
		}
		w.tills[d], w.web[d] = nil, nil
		seen := map[string]bool{}
		for range rapid.IntRange(0, 5).Draw(t, "rows of tills") {
			r := worldReceipt{id: pick("receipt", "r1", "r2", "r3", "r4"), email: email(), phone: phone(), kind: pick("kind", "sale", "sale", "sale", "return", "cancelled"),
				day: min(day.Draw(t, "day"), d+2), amount: rapid.IntRange(-2, 3).Draw(t, "amount")}
			if rapid.Bool().Draw(t, "says when") {
				r.updated = day.Draw(t, "updated")
			}
			if w.lines {
				r.line = pick("line", "", "1", "2")
			}
			// Which of two rows for one thing holds is told by their hashes where
			// neither is newer: no business of a model.
			if thing := r.id + "/" + r.line; !w.lines || r.line != "" {
				if seen[thing] {
					continue
				}
				seen[thing] = true
			}
			w.tills[d] = append(w.tills[d], r)
		}
		for range rapid.IntRange(0, 3).Draw(t, "rows of web") {
			w.web[d] = append(w.web[d], worldEvent{min(day.Draw(t, "day"), d+2), pick("cookie", "", "w1", "w2", "w3"), email()})
		}
	}
	return w
}

// export writes the files.
func (w *world) export(t tester, p *place) {
	t.Helper()
	yaml := strings.Replace(worldProject, "DELIVERY", map[bool]string{true: "changes", false: "parts"}[w.changes], 1)
	p.write(t, "habitue.yaml", []byte(strings.Replace(yaml, "LINE", map[bool]string{true: "line: line,"}[w.lines], 1)))
	at := func(day int) string {
		if day == 0 {
			return ""
		}
		return fmt.Sprintf("2025-01-%02dT12:00:00", day)
	}
	file := func(folder string, day int, text string) {
		p.write(t, fmt.Sprintf("%s/2025-01-%02d.csv", folder, day), []byte(text))
	}
	for d, rows := range w.crm {
		text := "id,email,phone\n"
		for _, r := range rows {
			text += fmt.Sprintf("%s,%s,%s\n", r.id, address(r.email), number(r.phone))
		}
		file("crm", d, text)
	}
	for d, rows := range w.tills {
		text := "id,line,at,email,phone,kind,amount,updated\n"
		for _, r := range rows {
			text += fmt.Sprintf("%s,%s,%s,%s,%s,%s,%d,%s\n", r.id, r.line, at(r.day), address(r.email), number(r.phone), r.kind, r.amount, at(r.updated))
		}
		file("tills", d, text)
	}
	for d, rows := range w.web {
		text := "at,cookie,email,name\n"
		for _, r := range rows {
			text += fmt.Sprintf("%s,%s,%s,page_view\n", at(r.day), r.cookie, address(r.email))
		}
		file("web", d, text)
	}
}

func address(e string) string {
	if e == "" {
		return ""
	}
	return e + "@x.de"
}

func number(p string) string {
	if p == "" {
		return ""
	}
	return "4930123450" + p[1:]
}

// told is what is known of a customer: its keys, then counts and money.
type told struct{ orders, returns, net, gross, events int }

// asOf is the customers of a day, by their keys: SEMANTICS in the plainest
// way there is. The last of them, without keys, is nobody.
func (w *world) asOf(day int) map[string]told {
	type fact struct {
		keys []string
		told told
	}
	var facts []fact
	keys := func(named ...string) (all []string) {
		for _, k := range named {
			if len(k) > 2 && !slices.Contains(all, k) {
				all = append(all, k)
			}
		}
		return all
	}

	// The newest dump of the day or before is the whole truth.
	newest := 1
	for d := range w.crm {
		if d <= day {
			newest = max(newest, d)
		}
	}
	for _, c := range w.crm[newest] {
		facts = append(facts, fact{keys: keys("c:"+c.id, "e:"+address(c.email), "p:"+number(c.phone))})
	}

	// Of a receipt the version holds that was written last, by the day.
	type version struct {
		file, updated int
		partly        bool // other rows of the file are still to come
		rows          []worldReceipt
	}
	versions := map[string][]*version{}
	for _, file := range slices.Sorted(maps.Keys(w.tills)) {
		holds := func(r worldReceipt) bool { return r.updated > 0 && r.updated <= day || r.updated == 0 && file <= day }
		rows, held := map[string]int{}, map[string]int{}
		for _, r := range w.tills[file] {
			rows[r.id]++
			if holds(r) {
				held[r.id]++
			}
		}
		inFile := map[string]*version{}
		for _, r := range w.tills[file] {
			if held[r.id] > 0 && !holds(r) {
				continue // later than those that hold
			}
			if inFile[r.id] == nil {
				inFile[r.id] = &version{file: file, partly: held[r.id] > 0 && held[r.id] < rows[r.id]}
				versions[r.id] = append(versions[r.id], inFile[r.id])
			}
			v := inFile[r.id]
			v.updated = max(v.updated, r.updated)
			v.rows = append(v.rows, r)
		}
	}
	for _, all := range versions {
		slices.SortFunc(all, func(a, b *version) int {
			if a.updated != b.updated {
				return a.updated - b.updated
			}
			return a.file - b.file
		})
		holds, whole := all[0], false // before the first version the first one is used
		for _, v := range all {
			if (v.updated > 0 && v.updated <= day || v.updated == 0 && v.file <= day) && (!v.partly || !whole) {
				holds, whole = v, !v.partly
			}
		}
		holds.rows = slices.DeleteFunc(slices.Clone(holds.rows), func(r worldReceipt) bool { return r.day > day }) // of days to come
		if len(holds.rows) == 0 {
			continue
		}
		var f fact
		positive, negative, cancelled := false, false, false
		for _, r := range holds.rows {
			f.keys = keys(append(f.keys, "e:"+address(r.email), "p:"+number(r.phone))...)
			amount := r.amount
			if r.kind == "return" {
				amount = -max(amount, -amount)
			}
			positive, negative, cancelled = positive || amount > 0, negative || amount < 0, cancelled || r.kind == "cancelled"
			f.told.net += amount
		}
		switch {
		case cancelled:
			f.told = told{}
		case positive:
			f.told.orders, f.told.gross = 1, f.told.net
		case negative:
			f.told.returns = 1
		}
		facts = append(facts, f)
	}

	// Of equal rows as many are records as the part with the most has.
	records := map[worldEvent]int{}
	for _, rows := range w.web {
		inFile := map[worldEvent]int{}
		for _, e := range rows {
			if e.day <= day {
				inFile[e]++
				records[e] = max(records[e], inFile[e])
			}
		}
	}
	for e, n := range records {
		facts = append(facts, fact{keys("w:"+e.cookie, "e:"+address(e.email)), told{events: n}})
	}

	joined := newForest()
	for _, f := range facts {
		for _, k := range f.keys {
			joined.join(f.keys[0], k)
		}
	}
	members := map[string][]string{}
	for k := range joined.parent {
		members[joined.find(k)] = append(members[joined.find(k)], k)
	}
	names := map[string]string{}
	for root, all := range members {
		slices.Sort(all)
		names[root] = strings.Join(all, " ")
	}
	customers := map[string]told{}
	for _, f := range facts {
		name := ""
		if f.keys != nil {
			name = names[joined.find(f.keys[0])]
		}
		c := customers[name]
		c.orders += f.told.orders
		c.returns += f.told.returns
		c.net += f.told.net
		c.gross += f.told.gross
		c.events += f.told.events
		customers[name] = c
	}
	delete(customers, "") // nobody
	return customers
}

// TestTinyWorlds runs worlds of a few rows day by day and holds their
// customers against the model.
func TestTinyWorlds(t *testing.T) {
	d := newDatabase(t)
	parent := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		dir, err := os.MkdirTemp(parent, "world")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		p := &place{dir: dir, lake: lake.Lake{Dir: dir + "/out/lake"}}
		w.export(t, p)
		for day := 1; day <= worldDays; day++ {
			s := p.run(t, "--as-of", fmt.Sprintf("2025-01-%02d", day))
			d.exec(t, "DROP SCHEMA IF EXISTS h CASCADE")
			d.attach(t, "h", p, p.manifest(t, s.RunID))
			got := map[string]told{}
			for _, row := range d.strings(t, `SELECT string_agg(key, ' ' ORDER BY key), any_value(order_count), any_value(return_count), any_value(net_revenue)::BIGINT,
				any_value(gross_revenue)::BIGINT, any_value(event_count) FROM (SELECT DISTINCT customer_id, key FROM h.customer_keys) JOIN h.customers USING (customer_id) GROUP BY customer_id`) {
				var c told
				if _, err := fmt.Sscan(strings.Join(row[1:], " "), &c.orders, &c.returns, &c.net, &c.gross, &c.events); err != nil {
					t.Fatal(err)
				}
				got[row[0]] = c
			}
			if diff := cmp.Diff(w.asOf(day), got, cmp.AllowUnexported(told{})); diff != "" {
				t.Fatalf("day %d (- model, + engine): %s", day, diff)
			}
			for what, query := range map[string]string{
				"customers without a row":  "SELECT count(DISTINCT customer_id) - (SELECT count(*) FROM h.customers) FROM h.customer_keys",
				"ids given twice":          "SELECT count(*) - count(DISTINCT customer_id) FROM h.customer_ids",
				"living ids without a row": "SELECT count(*) FROM h.customer_ids WHERE merged_into IS NULL AND retired_date IS NULL AND customer_id NOT IN (SELECT customer_id FROM h.customers)",
				"merged into who is none":  "SELECT count(*) FROM h.customer_ids a JOIN h.customer_ids b ON b.customer_id = a.merged_into WHERE b.merged_into IS NOT NULL",
			} {
				if n := d.one(t, query); n != 0 {
					t.Fatalf("day %d: %d %s", day, n, what)
				}
			}
		}
	})
}
