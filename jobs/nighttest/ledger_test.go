package nighttest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/fault"
)

const ledgerProject = `project: ledger
timezone: UTC
currency: EUR
country: DE
id_salt: pepper
shards: 16
sources:
  - {name: crm, kind: csv, path: crm.csv, delivery: full, record: contact, fields: {id: id, email: email, phone: phone, created_at: created_at}}
  - {name: tills, kind: csv, path: tills.csv, delivery: full, record: order, fields: {id: id, at: at, email: email, phone: phone, amount: amount}}
identity: {phone: digits}
publish: {tables: all}
`

// day is what the exports hold on a day: contacts and receipts, a row each.
// A row is "id email phone day"; - is no value, and the day is one of
// January 2025. Keys are written as e1, p1.
type day struct{ contacts, receipts []string }

func rows(all ...string) []string { return all }

// TestLedger runs small worlds day by day. A customer is told by its birth
// record and the day it was born on: a@1 was born on day 1 with record a.
func TestLedger(t *testing.T) {
	two := day{contacts: rows("a e1 p1 1", "b e2 p2 2")}
	three := day{contacts: rows("a e1 p1 1", "b e2 p2 2", "c e3 p3 3")}
	with := func(d day, receipts ...string) day { return day{d.contacts, receipts} }
	for _, c := range []struct {
		name string
		days []day
		want []string // customer_ids
		keys []string // whose each key is at the end, contacts as c:a
	}{
		{"everyone is created", []day{two},
			rows("a@1 created", "b@1 created"), rows("c:a a@1", "c:b b@1", "e1 a@1", "e2 b@1", "p1 a@1", "p2 b@1")},
		{"nothing new changes nothing", []day{two, two, two},
			rows("a@1 created", "b@1 created"), nil},
		{"without a contact the first receipt is the birth", []day{{receipts: rows("r2 e1 - 5", "r1 e1 - 4", "r3 e2 - 4")}},
			rows("r1@1 created", "r3@1 created"), rows("e1 r1@1", "e2 r3@1")},
		{"of two that are joined the first born stays", []day{two, with(two, "r1 e1 p2 9")},
			rows("a@1 created", "b@1 merged into a@1"), rows("c:a a@1", "c:b a@1", "e1 a@1", "e2 a@1", "p1 a@1", "p2 a@1")},
		{"and on the next day all is the same", []day{two, with(two, "r1 e1 p2 9"), with(two, "r1 e1 p2 9")},
			rows("a@1 created", "b@1 merged into a@1"), nil},
		{"a new one joins: it never had an id", []day{{contacts: rows("a e1 p1 5")}, {contacts: rows("a e1 p1 5", "b e1 p2 6")}},
			rows("a@1 created"), rows("c:a a@1", "c:b a@1", "e1 a@1", "p1 a@1", "p2 a@1")},
		{"parted again, it takes its id back", []day{two, with(two, "r1 e1 p2 9"), two},
			rows("a@1 created", "b@1 split"), rows("c:a a@1", "c:b b@1", "e1 a@1", "e2 b@1", "p1 a@1", "p2 b@1")},
		{"also with the most facts", []day{with(two, "r2 e2 - 3", "r3 e2 - 4"), with(two, "r2 e2 - 3", "r3 e2 - 4", "r1 e1 p2 9"), with(two, "r2 e2 - 3", "r3 e2 - 4")},
			rows("a@1 created", "b@1 split"), rows("c:a a@1", "c:b b@1", "e1 a@1", "e2 b@1", "p1 a@1", "p2 b@1")},
		{"three are joined at once", []day{three, with(three, "r1 e1 p2 9", "r2 e1 p3 9")},
			rows("a@1 created", "b@1 merged into a@1", "c@1 merged into a@1"), nil},
		{"who was merged twice is part of the last", []day{three, with(three, "r1 e2 p3 9"), with(three, "r1 e2 p3 9", "r2 e1 p2 9")},
			rows("a@1 created", "b@1 merged into a@1", "c@1 merged into a@1"), nil},
		{"and takes its id back from there", []day{three, with(three, "r1 e2 p3 9"), with(three, "r1 e2 p3 9", "r2 e1 p2 9"), three},
			rows("a@1 created", "b@1 split", "c@1 split"), rows("c:a a@1", "c:b b@1", "c:c c@1", "e1 a@1", "e2 b@1", "e3 c@1", "p1 a@1", "p2 b@1", "p3 c@1")},
		{"the larger part keeps the id", []day{{contacts: rows("a e1 p1 1"), receipts: rows("r1 - p1 2", "r2 - p1 3")}, {contacts: rows("a e1 - 1"), receipts: rows("r1 - p1 2", "r2 - p1 3")}},
			rows("a@1 created", "a@2 split"), rows("c:a a@2", "e1 a@2", "p1 a@1")},
		{"of equal parts the one with the birth record", []day{{contacts: rows("a e1 p1 1"), receipts: rows("r1 - p1 2")}, {contacts: rows("a e1 - 1"), receipts: rows("r1 - p1 2")}},
			rows("a@1 created", "r1@2 split"), rows("c:a a@1", "e1 a@1", "p1 r1@2")},
		{"who is found no more is retired", []day{two, {contacts: rows("a e1 p1 1")}, {contacts: rows("a e1 p1 1")}},
			rows("a@1 created", "b@1 retired 2"), rows("c:a a@1", "e1 a@1", "p1 a@1")},
		{"and is not born again", []day{two, {contacts: rows("a e1 p1 1")}, two, two},
			rows("a@1 created", "b@1 retired 2", "b@3 created"), rows("c:a a@1", "c:b b@3", "e1 a@1", "e2 b@3", "p1 a@1", "p2 b@3")},
		{"a second time neither", []day{two, {contacts: rows("a e1 p1 1")}, two, {contacts: rows("a e1 p1 1")}, two},
			rows("a@1 created", "b@1 retired 2", "b@3 retired 4", "b@5 created"), nil},
		{"who was merged is not retired with the other", []day{two, with(two, "r1 e1 p2 9"), {contacts: rows("x e9 p9 1")}},
			rows("a@1 retired 3", "b@1 merged into a@1", "x@3 created"), rows("c:x x@3", "e9 x@3", "p9 x@3")},
		{"the birth record goes, the customer stays", []day{{contacts: rows("a e1 p1 1"), receipts: rows("r1 e1 - 2")}, {receipts: rows("r1 e1 - 2")}, {receipts: rows("r1 e1 - 2")}},
			rows("a@1 created"), rows("e1 a@1")},
		{"an older fact changes no id", []day{{receipts: rows("r2 e1 - 5")}, {receipts: rows("r1 e1 - 4", "r2 e1 - 5")}},
			rows("r2@1 created"), rows("e1 r2@1")},
		{"a birth record moves to another", []day{{contacts: rows("a e1 - 1", "b e2 - 2"), receipts: rows("r1 e1 - 3", "r2 e2 - 3")}, {contacts: rows("a e2 - 1", "b e1 - 2"), receipts: rows("r1 e1 - 3", "r2 e2 - 3")}},
			nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, map[string]string{"habitue.yaml": ledgerProject})
			var s *summary
			for i, d := range c.days {
				p.write(t, "crm.csv", []byte("id,email,phone,created_at\n"+lines(d.contacts, "%[1]s,%[2]s,%[3]s,%[4]s\n")))
				p.write(t, "tills.csv", []byte("id,email,phone,at,amount\n"+lines(d.receipts, "%[1]s,%[2]s,%[3]s,%[4]s,10\n")))
				s = p.run(t, "--as-of", fmt.Sprintf("2025-02-%02d", i+1))
			}
			d := newDatabase(t)
			d.attach(t, "h", p, p.manifest(t, s.RunID))
			d.exec(t, "CREATE TABLE named AS SELECT *, birth_record_id || '@' || day(born_date) AS name FROM h.customer_ids")
			if c.want != nil {
				got := d.rows(t, "SELECT concat(a.name, ' ', a.cause, ' into ' || b.name, ' ' || day(a.retired_date)) FROM named a LEFT JOIN named b ON b.customer_id = a.merged_into ORDER BY 1")
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("customer_ids: %s", diff)
				}
			}
			if c.keys != nil {
				got := d.rows(t, "SELECT DISTINCT concat(CASE key[1] WHEN 'e' THEN split_part(key[3:], '@', 1) WHEN 'p' THEN 'p' || key[-1] ELSE key END, ' ', name) FROM h.customer_keys JOIN named USING (customer_id) ORDER BY 1")
				if diff := cmp.Diff(c.keys, got); diff != "" {
					t.Errorf("customer_keys: %s", diff)
				}
			}
			for what, query := range map[string]string{
				"ids given twice":                   "SELECT count(*) - count(DISTINCT customer_id) FROM h.customer_ids",
				"customers that the ledger has not": "SELECT count(*) FROM h.customers WHERE customer_id NOT IN (SELECT customer_id FROM h.customer_ids WHERE merged_into IS NULL AND retired_date IS NULL)",
				"living ids without a customer":     "SELECT count(*) FROM h.customer_ids WHERE merged_into IS NULL AND retired_date IS NULL AND customer_id NOT IN (SELECT customer_id FROM h.customers)",
				"customers of one id":               "SELECT count(*) - count(DISTINCT customer_id) FROM h.customers",
			} {
				if n := d.one(t, query); n != 0 {
					t.Errorf("%d %s", n, what)
				}
			}
			againAndAgain(t, p, len(c.days))
		})
	}
}

// againAndAgain runs the days again, from each of them on, with the runs
// before and once more after these were pruned: nobody becomes another. What
// became of an id by a day in between is not known any more when the run
// before that day is gone.
func againAndAgain(t *testing.T, p *place, days int) {
	t.Helper()
	date := func(day int) string { return fmt.Sprintf("2025-02-%02d", day) }
	of := func(run string) map[string]string {
		all := contents(p.manifest(t, run))
		for table := range all {
			if !slices.Contains([]string{"customer_ids", "customer_keys", "customers", "contacts", "orders", "identity_changes", "identity_links"}, table) {
				delete(all, table)
			}
		}
		return all
	}
	var first []map[string]string
	for day := range days {
		first = append(first, of(date(day+1)+".1"))
	}
	for _, pruned := range []bool{false, true} {
		for from := 1; from <= days; from++ {
			if pruned {
				p.habitue(t, fault.OK, "runs", "prune", "--keep", "1")
			}
			p.run(t, "--from", date(from), "--to", date(days))
			for day := from; day <= days; day++ {
				runs := slices.DeleteFunc(must(t, p.lake.List), func(id string) bool { return !strings.HasPrefix(id, date(day)) })
				want, got := maps.Clone(first[day-1]), of(runs[len(runs)-1])
				var untold []string
				if pruned && from > 1 && day == from { // without the run before nobody knows what is a change
					untold = append(untold, "identity_changes")
				}
				if pruned && from > 1 && day < days {
					untold = append(untold, "customer_ids")
				}
				for _, table := range untold {
					delete(want, table)
					delete(got, table)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("from day %d on again, pruned %v: day %d: %s", from, pruned, day, diff)
				}
			}
		}
	}
}

func must[T any](t *testing.T, get func() (T, error)) T {
	t.Helper()
	v, err := get()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// lines writes rows as a CSV file has them.
func lines(all []string, layout string) string {
	var b strings.Builder
	for _, row := range all {
		f := strings.Fields(row)
		for i := range f {
			if f[i] == "-" {
				f[i] = ""
			}
		}
		if f[1] != "" {
			f[1] += "@x.de"
		}
		if f[2] != "" {
			f[2] = "4930123450" + f[2][1:]
		}
		fmt.Fprintf(&b, layout, f[0], f[1], f[2], fmt.Sprintf("2025-01-%02sT12:00:00", f[3]))
	}
	return b.String()
}
