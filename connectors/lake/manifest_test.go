package lake

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/fault"
)

// manifestOf is a run with one table.
func manifestOf(t testing.TB, l Lake, runID, predecessor string, rows int) Manifest {
	t.Helper()
	table := every(customer.ByRun)
	f := write(t, l, table, runID, 0, many(table, rows))
	return Manifest{RunID: runID, RunDate: runID[:10], Predecessor: predecessor, Known: "then", Inputs: []Input{}, Scale: 2,
		Tables: map[string]Table{"every": entry(t, table, f)}, Summary: json.RawMessage(`{}`)}
}

// commit commits runs and puts them on the line, each behind the last one.
func commit(t testing.TB, l Lake, runIDs ...string) {
	t.Helper()
	for i, id := range runIDs {
		before, err := l.PredecessorOf(id[:10])
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Commit(manifestOf(t, l, id, before, 10+i)); err != nil {
			t.Fatal(err)
		}
		if err := l.Join(id); err != nil {
			t.Fatal(err)
		}
	}
}

func line(t testing.TB, l Lake) []string {
	t.Helper()
	ids, err := l.LineRuns()
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func TestACommittedManifestComesBackAndIsNeverOverwritten(t *testing.T) {
	t.Parallel()
	l := Lake{Dir: t.TempDir()}
	m := manifestOf(t, l, "2025-12-31.1", "", 7)
	if err := l.Commit(m); err != nil {
		t.Fatal(err)
	}
	got, err := l.Load("2025-12-31.1")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, got); diff != "" {
		t.Error(diff)
	}
	m.Known = "now"
	if err := l.Commit(m); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second Commit: %v", err)
	}
	if got, _ := l.Load("2025-12-31.1"); got.Known != "then" {
		t.Error("the manifest was overwritten")
	}
}

func TestARunIsThereOnlyWithItsManifest(t *testing.T) {
	t.Parallel()
	l := Lake{Dir: t.TempDir()}
	if ids, err := l.List(); err != nil || len(ids) != 0 {
		t.Fatalf("an empty lake lists %v, %v", ids, err)
	}
	manifestOf(t, l, "2025-12-30.1", "", 5) // its files, and then the process died
	commit(t, l, "2025-12-31.1")
	if ids, _ := l.List(); !cmp.Equal(ids, []string{"2025-12-31.1"}) {
		t.Errorf("List = %v", ids)
	}
	_, err := l.Named("2025-12-30.1")
	if fault.CodeOf(err) != fault.Usage || !strings.Contains(err.Error(), "the last runs are 2025-12-31.1") {
		t.Errorf("Named: %v", err)
	}
	_, err = l.Load("2025-12-30.1") // nobody's command line is wrong
	if fault.CodeOf(err) != fault.Internal || !strings.Contains(err.Error(), "_manifests/2025-12-30.1.json back from a copy") {
		t.Errorf("Load: %v", err)
	}
}

func TestARunWhoseFilesAreNotAllThereIsNotCommitted(t *testing.T) {
	t.Parallel()
	l := Lake{Dir: t.TempDir()}
	for i, spoil := range []func(path string) error{os.Remove, func(path string) error { return os.Truncate(path, 3) }} {
		m := manifestOf(t, l, "2025-12-31.1", "", 5)
		if err := spoil(l.Path(m.Tables["every"].Files[0].Path)); err != nil {
			t.Fatal(err)
		}
		if err := l.Commit(m); err == nil || !strings.Contains(err.Error(), "part-00000.parquet") {
			t.Errorf("%d: %v", i, err)
		}
		if ids, err := l.List(); err != nil || len(ids) != 0 {
			t.Errorf("%d: %v, %v", i, ids, err)
		}
	}
}

func TestRunIDs(t *testing.T) {
	t.Parallel()
	l := Lake{Dir: t.TempDir()}
	commit(t, l, "2025-12-30.2", "2025-12-30.10", "2025-12-31.1")
	for date, want := range map[string]string{"2025-12-30": "2025-12-30.11", "2025-12-31": "2025-12-31.2", "2026-01-01": "2026-01-01.1"} {
		if got, err := l.NextRunID(date); err != nil || got != want {
			t.Errorf("NextRunID(%s) = %s, %v, want %s", date, got, err, want)
		}
	}
	for _, bad := range []string{"", "2025-12-31", "2025-12-31.0", "2025-12-31.01", "2025-13-01.1", "../../etc.1", "2025-12-31.1.1"} {
		if _, err := l.Named(bad); fault.CodeOf(err) != fault.Usage {
			t.Errorf("Named(%q): %v", bad, err)
		}
	}
}

func TestTheLine(t *testing.T) {
	t.Parallel()
	l := Lake{Dir: t.TempDir()}
	commit(t, l, "2025-12-29.1", "2025-12-30.1", "2025-12-31.1", "2025-12-31.2")
	want := []string{"2025-12-29.1", "2025-12-30.1", "2025-12-31.2"}
	if diff := cmp.Diff(want, line(t, l)); diff != "" {
		t.Fatal(diff)
	}
	for date, want := range map[string]string{"2025-12-29": "", "2025-12-30": "2025-12-29.1", "2025-12-31": "2025-12-30.1", "2026-02-01": "2025-12-31.2"} {
		if got, err := l.PredecessorOf(date); err != nil || got != want {
			t.Errorf("PredecessorOf(%s) = %q, %v, want %q", date, got, err, want)
		}
	}
	if end, _ := l.LineEnd(); end != "2025-12-31.2" {
		t.Errorf("LineEnd = %s", end)
	}
}

func TestAnEarlierDateJoinsTheLineOnlyWithAllLaterOnes(t *testing.T) {
	t.Parallel()
	l := Lake{Dir: t.TempDir()}
	commit(t, l, "2025-12-29.1", "2025-12-30.1", "2025-12-31.1")
	old := line(t, l)
	for _, dates := range [][]string{{"2025-12-30"}, {"2025-12-28"}, {"2025-12-29", "2025-12-31"}} {
		if err := l.MayJoin(dates...); fault.CodeOf(err) != fault.Line || !strings.Contains(err.Error(), "--to 2025-12-31") {
			t.Errorf("MayJoin(%v): %v", dates, err)
		}
	}
	for _, dates := range [][]string{{"2025-12-31"}, {"2026-01-05"}, {"2025-12-30", "2025-12-31"}, {"2025-12-28", "2025-12-29", "2025-12-30", "2025-12-31", "2026-01-01"}} {
		if err := l.MayJoin(dates...); err != nil {
			t.Errorf("MayJoin(%v): %v", dates, err)
		}
	}

	// A rerun of two dates: the line stands still until the last is committed.
	if err := l.Commit(manifestOf(t, l, "2025-12-30.2", "2025-12-29.1", 3)); err != nil {
		t.Fatal(err)
	}
	if err := l.Join("2025-12-30.2"); fault.CodeOf(err) != fault.Line {
		t.Errorf("half of a rerun joined: %v", err)
	}
	if err := l.Join("2025-12-30.2", "2025-12-31.2"); err == nil {
		t.Error("a run without a manifest joined")
	}
	if diff := cmp.Diff(old, line(t, l)); diff != "" {
		t.Fatal(diff)
	}
	if err := l.Commit(manifestOf(t, l, "2025-12-31.2", "2025-12-30.2", 3)); err != nil {
		t.Fatal(err)
	}
	if err := l.Join("2025-12-30.2", "2025-12-31.2"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"2025-12-29.1", "2025-12-30.2", "2025-12-31.2"}, line(t, l)); diff != "" {
		t.Error(diff)
	}
}

func TestARunMadeAfterAnotherPredecessorDoesNotJoin(t *testing.T) {
	t.Parallel()
	l := Lake{Dir: t.TempDir()}
	commit(t, l, "2025-12-30.1")
	if err := l.Commit(manifestOf(t, l, "2025-12-31.1", "2025-12-29.1", 3)); err != nil {
		t.Fatal(err)
	}
	if err := l.Join("2025-12-31.1"); fault.CodeOf(err) != fault.Line {
		t.Errorf("Join: %v", err)
	}
}

func TestADamagedLineIsToldAndNotUsed(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"cut": `["2025-12-30.1"`, "no ids": `["x"]`, "out of order": `["2025-12-31.1","2025-12-30.1"]`} {
		l := Lake{Dir: t.TempDir()}
		if err := os.MkdirAll(l.Path(manifests), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(l.Path(lineFile), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := l.LineEnd(); err == nil || !strings.Contains(err.Error(), "_line.json") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// files are all files of a lake but its manifests.
func files(t testing.TB, l Lake) (found []string) {
	t.Helper()
	err := filepath.WalkDir(l.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(l.Dir, path)
		if !d.IsDir() && !strings.HasPrefix(rel, manifests) {
			found = append(found, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestSweepTakesWhatAKilledRunLeftAndNothingElse(t *testing.T) {
	t.Parallel()
	l := Lake{Dir: t.TempDir()}
	commit(t, l, "2025-12-30.1")
	manifestOf(t, l, "2025-12-31.1", "", 5) // no manifest
	table := every(customer.ByRun)
	w, err := l.NewWriter(PartPath("every", "2025-12-31.1", 1), table, 2, 1) // never closed
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(many(table, 5)); err != nil {
		t.Fatal(err)
	}
	for _, rel := range []string{"every/notes.txt", "_inputs/a.parquet", "every/run=2025-12-30.1/readme.md"} {
		if err := os.MkdirAll(filepath.Dir(l.Path(rel)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(l.Path(rel), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	swept, err := l.Sweep()
	if err != nil {
		t.Fatal(err)
	}
	if len(swept) != 2 || swept[1] != "every/run=2025-12-31.1/part-00000.parquet" {
		t.Errorf("swept %v", swept)
	}
	want := []string{"_inputs/a.parquet", "every/notes.txt", "every/run=2025-12-30.1/part-00000.parquet", "every/run=2025-12-30.1/readme.md"}
	if diff := cmp.Diff(want, files(t, l)); diff != "" {
		t.Error(diff)
	}
	if _, err := os.Stat(l.Path("every/run=2025-12-31.1")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the empty folder stays: %v", err)
	}
	if again, err := l.Sweep(); err != nil || len(again) != 0 {
		t.Errorf("a second Sweep: %v, %v", again, err)
	}
}

func TestPruneKeepsTheNewestRunsOfTheLineAndBesideIt(t *testing.T) {
	t.Parallel()
	l := Lake{Dir: t.TempDir()}
	commit(t, l, "2025-12-28.1", "2025-12-29.1", "2025-12-30.1", "2025-12-30.2", "2025-12-31.1")
	if err := l.Commit(manifestOf(t, l, "2025-06-30.1", "", 3)); err != nil { // a side run
		t.Fatal(err)
	}
	runs, removed, err := l.Prune(2)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"2025-12-28.1", "2025-12-29.1"}, runs); diff != "" {
		t.Error(diff)
	}
	if len(removed) != 2 {
		t.Errorf("removed %v", removed)
	}
	if diff := cmp.Diff([]string{"2025-12-30.2", "2025-12-31.1"}, line(t, l)); diff != "" {
		t.Error(diff)
	}
	for _, id := range []string{"2025-06-30.1", "2025-12-30.1", "2025-12-30.2", "2025-12-31.1"} {
		m, err := l.Load(id)
		if err != nil {
			t.Fatal(err)
		}
		if found, err := l.Verify(context.Background(), m); err != nil || len(found) > 0 {
			t.Errorf("run %s: %v, %v", id, found, err)
		}
	}
	if _, _, err := l.Prune(0); err == nil {
		t.Error("Prune(0) was allowed")
	}
}

func TestVerifyTellsEveryDifference(t *testing.T) {
	t.Parallel()
	l := Lake{Dir: t.TempDir()}
	m := manifestOf(t, l, "2025-12-31.1", "", 50)
	if found, err := l.Verify(context.Background(), m); err != nil || len(found) != 0 {
		t.Fatalf("untouched: %v, %v", found, err)
	}
	path := l.Path(m.Tables["every"].Files[0].Path)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		spoil func() error
		want  string
	}{
		{"one bit", func() error { b := append([]byte(nil), whole...); b[9] ^= 1; return os.WriteFile(path, b, 0o644) }, "the manifest says " + m.Tables["every"].Files[0].SHA256},
		{"cut short", func() error { return os.WriteFile(path, whole[:7], 0o644) }, "7 bytes, the manifest says"},
		{"gone", func() error { return os.Remove(path) }, "the file is gone"},
	} {
		if err := c.spoil(); err != nil {
			t.Fatal(err)
		}
		found, err := l.Verify(context.Background(), m)
		if err != nil || len(found) != 1 || !strings.Contains(found[0].String(), c.want) {
			t.Errorf("%s: %v, %v", c.name, found, err)
		}
	}
	table := m.Tables["every"]
	table.Rows++
	table.Content = columns.Hash128{Lo: 1}.String()
	table.Files = nil
	m.Tables["every"] = table
	if found, _ := l.Verify(context.Background(), m); len(found) != 2 {
		t.Errorf("a manifest that does not add up: %v", found)
	}
}

func TestReadTableRefusesWhatIsNotAsTheManifestSays(t *testing.T) {
	t.Parallel()
	l := Lake{Dir: t.TempDir()}
	m := manifestOf(t, l, "2025-12-31.1", "", 5)
	read := func(m Manifest, table string, want ...string) error {
		return l.ReadTable(context.Background(), m, table, want, func(*columns.Chunk) error { return nil })
	}
	other := m
	table := m.Tables["every"]
	table.Columns = append([]Column{}, table.Columns...)
	table.Columns[2].Type = "VARCHAR" // number
	other.Tables = map[string]Table{"every": table}
	for _, c := range []struct {
		err  error
		want string
	}{
		{read(m, "nothing"), "the run has no such table, only every"},
		{read(m, "every", "text", "colour"), "no column colour"},
		{read(other, "every", "number"), "column number is INT64, the manifest says VARCHAR"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("%v, want %q", c.err, c.want)
		}
	}
}

// TestALineThatIsLostIsToldWithWhatItWas takes the line's file away, or its
// sense: a run that then began without ledgers would give customers other ids.
func TestALineThatIsLostIsToldWithWhatItWas(t *testing.T) {
	t.Parallel()
	l := Lake{Dir: t.TempDir()}
	made := func(id, after string, forLine bool) {
		t.Helper()
		m := manifestOf(t, l, id, after, 3)
		m.Line = forLine
		if err := l.Commit(m); err != nil {
			t.Fatal(err)
		}
	}
	made("2025-11-30.1", "", false)
	if ids, err := l.LineRuns(); ids != nil || err != nil {
		t.Fatalf("with a run beside the line alone: %v, %v", ids, err)
	}
	made("2025-12-29.1", "", true) // and the process died before it joined
	if ids, err := l.LineRuns(); len(ids) != 0 || err != nil {
		t.Fatalf("with a run that did not join: %v, %v", ids, err)
	}
	made("2025-12-29.2", "", true)
	made("2025-12-30.1", "2025-12-29.2", true)
	made("2025-12-30.2", "2025-12-29.1", true)
	made("2025-12-31.1", "2025-12-30.1", true)
	made("2026-01-15.1", "2025-12-31.1", false)
	path := l.Path(lineFile)
	for name, spoil := range map[string]func() error{
		"gone":      func() error { return os.Remove(path) },
		"empty":     func() error { return os.WriteFile(path, nil, 0o644) },
		"no ids":    func() error { return os.WriteFile(path, []byte(`["x"]`), 0o644) },
		"unordered": func() error { return os.WriteFile(path, []byte(`["2025-12-31.1", "2025-12-30.1"]`), 0o644) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		const was = `write ["2025-12-29.2","2025-12-30.1","2025-12-31.1"] into it`
		for _, ask := range []func() error{
			func() error { _, err := l.LineRuns(); return err },
			func() error { _, err := l.PredecessorOf("2026-01-01"); return err },
			func() error { return l.MayJoin("2026-01-01") },
			func() error { _, _, err := l.Prune(1); return err },
		} {
			if err := ask(); fault.CodeOf(err) != fault.Mismatch || !strings.Contains(err.Error(), was) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
