//go:build linux

package postgrestest

import (
	"encoding/json"
	"fmt"
	neturl "net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/bucket/emulator"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/store"
)

// nowhere is a server that does not answer.
const nowhere = "postgres://shop:se%2Fcret@127.0.0.1:1/postgres?sslmode=disable"

// round runs what is due at three in the morning after a day of March 2026.
func (b *branch) round(t testing.TB, day int, want fault.Code) string {
	t.Helper()
	b.now = time.Date(2026, 3, day+1, 0, 0, 0, 0, time.UTC)
	return b.habitue(t, want, "schedule", "--once")
}

// TestADatabaseThatIsDown holds what the schedule makes of it: a source that waits
// waits for it, and what changed meanwhile comes on the day on which it changed;
// after that the night runs without; a source that does not wait stops the night.
func TestADatabaseThatIsDown(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	exec(t, admin, crmTable)
	source := crm("    updated_at: changed_at\n    wait: 1d\n")
	up, down, strict := newBranch(t, url, source), newBranch(t, url, source), newBranch(t, url, strings.Replace(source, "    wait: 1d\n", "", 1))
	runs := func(b *branch, want ...string) {
		t.Helper()
		var rows []struct {
			ID      string   `json:"run_id"`
			Without []string `json:"without"`
		}
		if err := json.Unmarshal([]byte(b.habitue(t, fault.OK, "--json", "runs", "list")), &rows); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range rows {
			got = append(got, strings.TrimSpace(r.ID+" "+strings.Join(r.Without, ",")))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}

	exec(t, admin, crmRow(1, "ann@shop.ru", "Ann", "Tver", "'2026-03-01 10:00+03'"), crmRow(2, "bob@shop.ru", "Bob", "Omsk", "'2026-03-01 11:00+03'"))
	up.round(t, 1, fault.OK)
	down.round(t, 1, fault.OK)
	strict.round(t, 1, fault.OK)

	exec(t, admin, crmRow(1, "ann@shop.ru", "Anna", "Tver", "'2026-03-02 10:00+03'"))
	up.round(t, 2, fault.OK)
	down.url, strict.url = nowhere, nowhere
	said := down.round(t, 2, fault.Waiting)
	if want := "the night of 2026-03-02 waits for crm"; !strings.Contains(said, want) || strings.Count(said, "tried again") != 3 || strings.Contains(said, "cret") {
		t.Errorf("no %q, or a secret, or not three more tries: %s", want, said)
	}
	if said := strict.round(t, 2, fault.Unreachable); strings.Count(said, "tried again") != 3 || !strings.Contains(said, "pull the source crm") || strings.Contains(said, "cret") {
		t.Error(said)
	}
	runs(down, "2026-03-01.1", "")
	runs(strict, "2026-03-01.1", "")

	exec(t, admin, crmRow(3, "cyd@shop.ru", "Cyd", "Ufa", "'2026-03-03 10:00+03'"))
	down.url, strict.url = url, url
	for _, b := range []*branch{up, down, strict} {
		b.round(t, 3, fault.OK)
		runs(b, "2026-03-01.1", "2026-03-02.1", "2026-03-03.1")
		for _, run := range []string{"2026-03-02.1", "2026-03-03.1"} {
			if diff := cmp.Diff(up.content(t, run), b.content(t, run)); diff != "" {
				t.Errorf("run %s (- always up): %s", run, diff)
			}
		}
	}

	exec(t, admin, crmRow(4, "dan@shop.ru", "Dan", "Perm", "'2026-03-04 10:00+03'"))
	down.url = nowhere
	down.round(t, 4, fault.Waiting)
	down.round(t, 5, fault.Waiting) // of the fourth it no longer waits
	runs(down, "2026-03-01.1", "2026-03-02.1", "2026-03-03.1", "2026-03-04.1 crm", "")
	down.url = url
	down.round(t, 6, fault.OK)
	up.round(t, 6, fault.OK)
	if diff := cmp.Diff(up.content(t, "2026-03-06.1")["customers"], down.content(t, "2026-03-06.1")["customers"]); diff != "" {
		t.Errorf("in the end (- always up): %s", diff)
	}
	for _, run := range []string{"2026-03-04.1", "2026-03-06.1"} {
		down.habitue(t, fault.OK, "runs", "verify", "--replay", run)
	}
	for _, pattern := range []string{"_manifests/*", "_pulled/crm/_state.json"} {
		paths, err := filepath.Glob(filepath.Join(down.dir, "out/lake", pattern))
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %v, %v", pattern, paths, err)
		}
		for _, path := range paths {
			if text, err := os.ReadFile(path); err != nil || strings.Contains(string(text), "cret") || strings.Contains(string(text), "postgres://") {
				t.Errorf("%s holds the url, or %v", path, err)
			}
		}
	}
}

// TestALakeInABucket holds that pulled files and what is known of them may lie
// there.
func TestALakeInABucket(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	exec(t, admin, crmTable, crmRow(1, "ann@shop.ru", "Ann", "Tver", "'2026-03-01 10:00+03'"))
	bucket := emulator.S3(t, nil)
	source := crm("    updated_at: changed_at\n    wait: 1d\n")
	local, remote := newBranch(t, url, source), newBranch(t, url, source)
	remote.write(t, "habitue.yaml", strings.Replace(branchHead, "lake: out/lake", "lake: "+bucket.URL+"/lake\nbuckets: {\""+bucket.URL+"\": \""+bucket.Options+"\"}", 1)+source)
	options, err := neturl.ParseQuery(bucket.Options)
	if err != nil {
		t.Fatal(err)
	}
	remote.lake = store.With(bucket.URL+"/lake", options)
	for n := 1; n <= 2; n++ {
		local.round(t, n, fault.OK)
		remote.round(t, n, fault.OK)
		run := fmt.Sprintf("2026-03-%02d.1", n)
		if diff := cmp.Diff(local.content(t, run), remote.content(t, run)); diff != "" {
			t.Errorf("%s (- folder, + bucket): %s", run, diff)
		}
		exec(t, admin, crmRow(2, "bob@shop.ru", "Bob", "Omsk", "'2026-03-02 10:00+03'"))
	}
	if said := remote.habitue(t, fault.OK, "pull"); said != "crm: nothing new\n" {
		t.Error(said)
	}
}

// TestACheckAsksTheDatabase holds what check says, and that a column that is gone
// stops the night before anything is written.
func TestACheckAsksTheDatabase(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	exec(t, admin, crmTable, crmRow(1, "ann@shop.ru", "Ann", "Tver", "'2026-03-01 10:00+03'"), crmRow(2, "bob@shop.ru", "Bob", "Omsk", "'infinity'"))
	b := newBranch(t, url, crm("    updated_at: changed_at\n"))
	if said := b.habitue(t, fault.Input, "run", "--no-pull"); said != "habitue.yaml:8:5: source crm has no file; read its database first: habitue pull crm\n" {
		t.Error(said)
	}
	said := b.habitue(t, fault.OK, "check")
	for _, want := range []string{"crm: contact, delivery changes, 0 files\n", "newest the table CRM Data.Contacts of postgres", "2 rows read, 1 kept, 0 filtered, 1 rejected\n", "infinity"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in %s", want, said)
		}
	}
	b.habitue(t, fault.OK, "run")
	exec(t, admin, `ALTER TABLE "CRM Data"."Contacts" ADD note TEXT`)
	b.now = b.now.AddDate(0, 0, 1)
	b.habitue(t, fault.OK, "run") // a column more is nothing to it

	exec(t, admin, `ALTER TABLE "CRM Data"."Contacts" RENAME phone TO phones`)
	b.now = b.now.AddDate(0, 0, 1)
	for _, args := range [][]string{{"run"}, {"pull"}, {"schedule", "--once"}} {
		if said := b.habitue(t, fault.Input, args...); !strings.Contains(said, "habitue.yaml:16:39: source crm: there is no column phone, the field phone is mapped from it; did you mean phones?") {
			t.Errorf("%s: %s", args, said)
		}
	}
	if said := b.habitue(t, fault.Config, "check"); !strings.Contains(said, "source crm: there is no column phone, the field phone is mapped from it; did you mean phones?") {
		t.Error(said)
	}
	b.url = nowhere
	if said := b.habitue(t, fault.Config, "check"); !strings.Contains(said, "habitue.yaml:10:10: the database of crm does not answer as it should") || strings.Contains(said, "cret") {
		t.Error(said)
	}
	if found := b.pulled(t); len(found) != 1 {
		t.Errorf("%s", found)
	}
	b.habitue(t, fault.OK, "run", "--no-pull")
	b.habitue(t, fault.OK, "run", "--as-of", "2026-03-01") // of the past: nothing is pulled
	b.habitue(t, fault.Unreachable, "run", "--as-of", "2026-03-01", "--pull")
}

// TestTheWholeTable holds a table without a column of changes: what is deleted in
// it is gone, and when it is empty most likely somebody else is wrong.
func TestTheWholeTable(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	exec(t, admin, crmTable, crmRow(1, "ann@shop.ru", "Ann", "Tver", "NULL"), crmRow(2, "bob@shop.ru", "Bob", "Omsk", "now()"))
	b := newBranch(t, url, crm("    updated_at: changed_at\n    delivery: full\n"))
	b.habitue(t, fault.OK, "run")
	exec(t, admin, `DELETE FROM "CRM Data"."Contacts" WHERE "Id" = 1`)
	b.now = b.now.AddDate(0, 0, 1)
	b.habitue(t, fault.OK, "run")
	b.habitue(t, fault.OK, "pull")
	for run, want := range map[string]string{"2026-03-01.1": "2 rows", "2026-03-02.1": "1 rows"} {
		if got, _, _ := strings.Cut(b.content(t, run)["contacts"], ","); got != want {
			t.Errorf("%s: %s, want %s", run, got, want)
		}
	}
	exec(t, admin, `DELETE FROM "CRM Data"."Contacts"`)
	if said := b.habitue(t, fault.Input, "pull"); !strings.Contains(said, "has no rows, and as the whole truth of it") {
		t.Error(said)
	}
	if found := b.pulled(t); len(found) != 2 {
		t.Errorf("%s", found)
	}
}
