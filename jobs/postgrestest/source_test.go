//go:build linux

package postgrestest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs"
)

// branch is a project whose contacts lie in PostgreSQL, or in files that
// are exported from there, with a clock of its own.
type branch struct {
	dir, url string
	lake     string // out/lake unless said
	now      time.Time
}

const (
	branchHead = "project: branch\ntimezone: Europe/Moscow\ncurrency: RUB\ncountry: RU\nid_salt: pepper\nlake: out/lake\nsources:\n"
	crmFields  = "    record: contact\n    attributes: false\n    fields: {id: Id, email: \"E Mail\", phone: phone, first_name: first, birth_date: born, city: \"profile.city\", updated_at: changed_at}\n"
)

func newBranch(t testing.TB, url, sources string) *branch {
	t.Helper()
	b := &branch{dir: t.TempDir(), url: url, now: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)}
	b.write(t, "habitue.yaml", branchHead+sources)
	return b
}

func (b *branch) write(t testing.TB, path, text string) {
	t.Helper()
	path = filepath.Join(b.dir, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// habitue runs a command line at the branch's time and wants an exit code.
func (b *branch) habitue(t testing.TB, want fault.Code, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	env := func(name string) (string, bool) { return b.url, name == "HABITUE_SHOP_DB" }
	app := &jobs.App{In: strings.NewReader(""), Out: &out, Err: &out, Env: env, Now: func() time.Time { return b.now }, Dir: b.dir,
		Wait: func(_ context.Context, until time.Time) error { b.now = until; return nil }}
	if code := jobs.Execute(t.Context(), append([]string{"--progress", "none"}, args...), app); fault.Code(code) != want {
		t.Fatalf("habitue %s: exit code %d, want %d\n%s", strings.Join(args, " "), code, want, out.String())
	}
	return out.String()
}

// content are the content hashes of a run's tables, but of those that name files.
func (b *branch) content(t testing.TB, run string) map[string]string {
	t.Helper()
	m, err := lake.Lake{Dir: cmp.Or(b.lake, filepath.Join(b.dir, "out", "lake"))}.Load(run)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, name := range lake.TableNames(m) {
		if name != "runs" && name != "deliveries" && name != "rejects" {
			all[name] = fmt.Sprintf("%d rows, %s", m.Tables[name].Rows, m.Tables[name].Content)
		}
	}
	return all
}

// pulled are the names of all that lies where pulled files do, but for what is known
// of them.
func (b *branch) pulled(t testing.TB) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(b.dir, "out/lake/_pulled/crm"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "_state.json" {
			names = append(names, e.Name())
		}
	}
	return names
}

func crm(extra string) string {
	return "  - name: crm\n    kind: postgres\n    url: ${env:HABITUE_SHOP_DB}\n    table: CRM Data.Contacts\n    key: Id\n" + extra + crmFields
}

const crmTable = `CREATE SCHEMA "CRM Data";
	CREATE TABLE "CRM Data"."Contacts" ("Id" INT PRIMARY KEY, "E Mail" TEXT, phone TEXT, first TEXT, born DATE, profile JSONB, changed_at TIMESTAMPTZ)`

// crmRow writes a contact, or writes it anew.
func crmRow(id int, email, first, city, changed string) string {
	return fmt.Sprintf(`INSERT INTO "CRM Data"."Contacts" VALUES (%d, '%s', '+7916%07d', '%s', '1980-02-%02d', '{"city": "%s"}', %s)
		ON CONFLICT ("Id") DO UPDATE SET "E Mail" = EXCLUDED."E Mail", first = EXCLUDED.first, profile = EXCLUDED.profile, changed_at = EXCLUDED.changed_at`, id, email, id, first, 1+id%28, city, changed)
}

// TestOrdersByLinesArePulledWhole changes one line of an order of two: what is
// known of the order is what a file with both of them says.
func TestOrdersByLinesArePulledWhole(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	exec(t, admin, "CREATE TABLE lines (receipt TEXT, line INT, at TIMESTAMP, card TEXT, amount NUMERIC(10, 2), changed_at TIMESTAMPTZ, PRIMARY KEY (receipt, line))",
		"INSERT INTO lines SELECT 'r' || n / 2, n % 2, '2026-03-01 10:00', 'c' || n / 20, n + 0.5, '2026-03-01 10:00+03' FROM generate_series(1, 99) n")
	const whole = "SELECT *, max(changed_at) OVER (PARTITION BY receipt) AS order_changed FROM lines"
	fields := "    record: order\n    attributes: false\n    fields: {id: receipt, line: line, at: at, loyalty_card: card, amount: amount, updated_at: order_changed}\n"
	db := newBranch(t, url, "  - name: tills\n    kind: postgres\n    url: ${env:HABITUE_SHOP_DB}\n    query: "+whole+"\n    key: [receipt, line]\n    updated_at: order_changed\n"+fields)
	files := newBranch(t, "", "  - name: tills\n    kind: csv\n    path: exports/%Y-%m-%d.csv\n    delivery: changes\n"+fields)
	for n, change := range []string{"", "UPDATE lines SET amount = 1000, changed_at = '2026-03-02 12:00+03' WHERE receipt = 'r7' AND line = 1", "INSERT INTO lines VALUES ('r8', 2, '2026-03-01 10:00', 'c0', 5, '2026-03-03 09:00+03')",
		"INSERT INTO lines VALUES ('r8', 3, '2026-03-01 10:00', 'c0', 6, '2026-03-03 09:00+03')"} { // of the moment of another
		if change != "" {
			exec(t, admin, change)
		}
		date := time.Date(2026, 3, 1+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		var csv bytes.Buffer
		if _, err := admin.PgConn().CopyTo(t.Context(), &csv, "COPY (SELECT * FROM ("+whole+") q WHERE order_changed >= '"+date+"'::date - 1 ORDER BY random()) TO STDOUT (FORMAT csv, HEADER)"); err != nil {
			t.Fatal(err)
		}
		files.write(t, "exports/"+date+".csv", csv.String())
		for _, b := range []*branch{db, files} {
			b.habitue(t, fault.OK, "run")
			b.now = b.now.AddDate(0, 0, 1)
		}
		if diff := gocmp.Diff(files.content(t, date+".1"), db.content(t, date+".1")); diff != "" {
			t.Errorf("night of %s (- files, + PostgreSQL): %s", date, diff)
		}
	}
	if got, _, _ := strings.Cut(db.content(t, "2026-03-04.1")["order_lines"], ","); got != "101 rows" {
		t.Errorf("in the end there are %s of lines", got)
	}
	if said := db.habitue(t, fault.OK, "pull"); said != "tills: nothing new\n" {
		t.Error(said)
	}
}

// TestTablesArePulledAsFilesAreRead plays some nights from PostgreSQL and from CSV
// files that say the same: the tables are equal.
func TestTablesArePulledAsFilesAreRead(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	exec(t, admin, crmTable)
	db := newBranch(t, url, crm("    updated_at: changed_at\n"))
	files := newBranch(t, "", "  - name: crm\n    kind: csv\n    path: exports/%Y-%m-%d.csv\n    delivery: changes\n"+strings.Replace(crmFields, "profile.city", "city", 1))

	nights := [][]string{
		{crmRow(1, "ann@shop.ru", "Ann", "Tver", "'2026-03-01 10:00+03'"), crmRow(2, "bob@shop.ru", "Bob", "Omsk", "'2026-03-01 10:00+03'"), crmRow(3, "", "Cyd", "", "NULL")},
		{crmRow(1, "ann@shop.ru", "Anna", "Tver", "'2026-03-02 11:30:00.123456+03'"), crmRow(4, "dan@shop.ru", "Dan", "Perm", "'2026-03-02 12:00+03'")},
		{},
		{crmRow(3, "cyd@shop.ru", "Cyd", "Ufa", "NULL"), crmRow(2, "bob@shop.ru", "Bob", "Tomsk", "'2026-03-04 23:59:59.999999+03'")},
	}
	for n, night := range nights {
		exec(t, admin, night...)
		date := time.Date(2026, 3, 1+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		if len(night) > 0 {
			var csv bytes.Buffer
			if _, err := admin.PgConn().CopyTo(t.Context(), &csv, `COPY (SELECT "Id", "E Mail", phone, first, born, profile->>'city' AS city, changed_at FROM "CRM Data"."Contacts" ORDER BY random()) TO STDOUT (FORMAT csv, HEADER)`); err != nil {
				t.Fatal(err)
			}
			files.write(t, "exports/"+date+".csv", csv.String())
		}
		for _, b := range []*branch{db, files} {
			b.habitue(t, fault.OK, "run")
			b.now = b.now.AddDate(0, 0, 1)
		}
		if diff := gocmp.Diff(files.content(t, date+".1"), db.content(t, date+".1")); diff != "" {
			t.Errorf("night of %s (- files, + PostgreSQL): %s", date, diff)
		}
	}
	db.now, db.url = db.now.AddDate(0, 0, 1), nowhere
	db.habitue(t, fault.OK, "run", "--from", "2026-03-01", "--to", "2026-03-04")
	for n := range nights {
		date := time.Date(2026, 3, 1+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		if diff := gocmp.Diff(files.content(t, date+".1"), db.content(t, date+".2")); diff != "" {
			t.Errorf("%s, run again without the database (- files, + PostgreSQL): %s", date, diff)
		}
	}
	want := []string{"2026-03-01.0001.jsonl.zst", "2026-03-02.0001.jsonl.zst", "2026-03-04.0001.jsonl.zst"}
	if diff := gocmp.Diff(want, db.pulled(t)); diff != "" {
		t.Error(diff)
	}
}
