//go:build linux

package postgrestest

import (
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/fault"
)

// TestAPullThatDiesLosesNothing puts back the watermark, as a kill does that comes
// behind the file and before it.
func TestAPullThatDiesLosesNothing(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	exec(t, admin, crmTable, crmRow(1, "ann@shop.ru", "Ann", "Tver", "'2026-03-01 10:00+03'"))
	source := crm("    updated_at: changed_at\n")
	killed, calm := newBranch(t, url, source), newBranch(t, url, source)
	killed.habitue(t, fault.OK, "run")
	calm.habitue(t, fault.OK, "run")
	state := filepath.Join(killed.dir, "out/lake/_pulled/crm/_state.json")
	before, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	exec(t, admin, crmRow(1, "ann@shop.ru", "Anna", "Tver", "'2026-03-02 10:00+03'"), crmRow(2, "bob@shop.ru", "Bob", "Omsk", "'2026-03-02 10:00+03'"))
	killed.now, calm.now = killed.now.AddDate(0, 0, 1), calm.now.AddDate(0, 0, 1)
	if said := killed.habitue(t, fault.OK, "pull", "crm"); said != "crm: 2 rows into out/lake/_pulled/crm/2026-03-02.0001.jsonl.zst\n" {
		t.Error(said)
	}
	if err := os.WriteFile(state, before, 0o644); err != nil {
		t.Fatal(err)
	}
	half := "out/lake/_pulled/crm/2026-03-02.0002.jsonl.zst.tmp-123456"
	killed.write(t, half, "half a file")
	killed.habitue(t, fault.OK, "run")
	calm.habitue(t, fault.OK, "run")
	if _, err := os.Stat(filepath.Join(killed.dir, half)); !os.IsNotExist(err) {
		t.Errorf("half a file is left: %v", err)
	}
	if diff := cmp.Diff(calm.content(t, "2026-03-02.1"), killed.content(t, "2026-03-02.1")); diff != "" {
		t.Errorf("(- not killed): %s", diff)
	}
	if said := killed.habitue(t, fault.OK, "pull"); said != "crm: nothing new\n" {
		t.Error(said)
	}
	killed.habitue(t, fault.OK, "runs", "prune", "--keep", "1")
	if found := killed.pulled(t); len(found) != 3 {
		t.Errorf("pruning leaves %s of three files", found)
	}
	if said := killed.habitue(t, fault.OK, "pull", "--whole"); !strings.HasPrefix(said, "crm: 2 rows into ") {
		t.Error(said)
	}
}

// TestAColumnIsRenamed renames a mapped column, which changes no updated_at: where
// the project file names the new one every row has it, with the old name or without.
func TestAColumnIsRenamed(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	exec(t, admin, crmTable, crmRow(1, "ann@shop.ru", "Ann", "Tver", "'2026-03-01 10:00+03'"), crmRow(2, "bob@shop.ru", "Bob", "Omsk", "'2026-03-01 11:00+03'"))
	source := crm("    updated_at: changed_at\n")
	branches := map[string]*branch{"mail": newBranch(t, url, source), `[mail, "E Mail"]`: newBranch(t, url, source)}
	for _, b := range branches {
		b.habitue(t, fault.OK, "run")
	}
	exec(t, admin, `ALTER TABLE "CRM Data"."Contacts" RENAME "E Mail" TO mail`)
	for says, b := range branches {
		b.now = b.now.AddDate(0, 0, 1)
		b.habitue(t, fault.Input, "run")
		b.write(t, "habitue.yaml", branchHead+strings.Replace(source, `"E Mail"`, says, 1))
		b.habitue(t, fault.OK, "run")
		if said := b.habitue(t, fault.OK, "query", "--format", "csv", "SELECT count(email) AS n FROM customers"); said != "n\n2\n" {
			t.Errorf("email: %s, and customers with one are %s", says, said)
		}
		if said := b.habitue(t, fault.OK, "pull"); said != "crm: nothing new\n" {
			t.Error(said)
		}
	}
}

// TestAPullIsKilled kills the process at moments spread over a pull, one after the
// other in one lake.
func TestAPullIsKilled(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	exec(t, admin, crmTable, `INSERT INTO "CRM Data"."Contacts" SELECT n, 'u' || n || '@shop.ru', NULL, 'U', NULL, '{"city": "Tver"}', '2020-03-01 10:00+03'::timestamptz + n * interval '1 ms' FROM generate_series(1, 40000) n`)
	source := crm("    updated_at: changed_at\n")
	killed, calm := newBranch(t, url, source), newBranch(t, url, source)
	kills := 0
	pull := func(b *branch, after time.Duration) time.Duration {
		t.Helper()
		c := osexec.CommandContext(t.Context(), os.Args[0], "-c", filepath.Join(b.dir, "habitue.yaml"), "--progress", "none", "pull", "--whole")
		c.Env = append(os.Environ(), asProcess+"=1", "HABITUE_SHOP_DB="+url)
		began := time.Now()
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if after > 0 {
			time.AfterFunc(after, func() { _ = c.Process.Kill() }) // it may have ended
		}
		err := c.Wait()
		if err != nil && after == 0 {
			t.Fatal(err)
		}
		if err != nil {
			kills++
		}
		return time.Since(began)
	}
	took := pull(newBranch(t, url, source), 0)
	for i := range time.Duration(5) {
		pull(killed, took*(2*i+1)/10)
		for _, name := range killed.pulled(t) {
			if !strings.Contains(name, ".tmp-") && !strings.HasSuffix(name, ".jsonl.zst") {
				t.Errorf("a kill leaves %s", name)
			}
		}
	}
	if kills == 0 {
		t.Error("each pull was over before it was killed")
	}
	zone, err := time.LoadLocation("Europe/Moscow")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for _, b := range []*branch{killed, calm} {
		b.now = now
		b.habitue(t, fault.OK, "run")
	}
	run := now.In(zone).AddDate(0, 0, -1).Format(time.DateOnly) + ".1"
	if diff := cmp.Diff(calm.content(t, run), killed.content(t, run)); diff != "" {
		t.Errorf("(- not killed): %s", diff)
	}
}

// TestAConnectionThatIsLost ends the server's side in the middle of a table.
func TestAConnectionThatIsLost(t *testing.T) {
	t.Parallel()
	url, admin := fresh(t)
	exec(t, admin, crmTable, crmRow(1, "ann@shop.ru", "Ann", "Tver", "'2026-03-01 10:00+03'"), crmRow(2, "bob@shop.ru", "Bob", "Omsk", "'2026-03-02 10:00+03'"),
		`CREATE VIEW "CRM Data"."Half" AS SELECT *, CASE WHEN "Id" = 2 THEN pg_terminate_backend(pg_backend_pid()) END AS gone FROM "CRM Data"."Contacts"`)
	b := newBranch(t, url, crm("    updated_at: changed_at\n"))
	exec(t, admin, `DELETE FROM "CRM Data"."Contacts" WHERE "Id" = 2`)
	b.habitue(t, fault.OK, "run")
	state, err := os.ReadFile(filepath.Join(b.dir, "out/lake/_pulled/crm/_state.json"))
	if err != nil {
		t.Fatal(err)
	}
	exec(t, admin, `ALTER TABLE "CRM Data"."Contacts" RENAME TO "All"`, `ALTER VIEW "CRM Data"."Half" RENAME TO "Contacts"`,
		strings.ReplaceAll(crmRow(2, "bob@shop.ru", "Bob", "Omsk", "'2026-03-02 10:00+03'"), `"Contacts"`, `"All"`))
	b.now = b.now.AddDate(0, 0, 1)
	if said := b.habitue(t, fault.Unreachable, "run"); !strings.HasPrefix(said, "habitue: pull the source crm: ") {
		t.Error(said)
	}
	if is, err := os.ReadFile(filepath.Join(b.dir, "out/lake/_pulled/crm/_state.json")); err != nil || string(is) != string(state) {
		t.Errorf("the watermark was %s and is %s, %v", state, is, err)
	}
	if found := b.pulled(t); len(found) != 1 {
		t.Errorf("%s", found)
	}
}
