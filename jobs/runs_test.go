package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/project"
)

func TestRunsListShowsTheLine(t *testing.T) {
	t.Parallel()
	dir, l := shop(t, "none", "2025-12-30", "2025-12-31")
	if err := l.Commit(lake.Manifest{RunID: "2025-06-30.1", RunDate: "2025-06-30", Known: "now", Tables: map[string]lake.Table{}}); err != nil {
		t.Fatal(err)
	}
	out, _ := habitue(t, dir, fault.OK, "runs", "list")
	var heads []string
	for _, row := range strings.Split(strings.TrimSpace(out), "\n") {
		heads = append(heads, strings.Join(strings.Fields(row)[:7], " "))
	}
	want := []string{"RUN LINE KNOWN AFTER INPUTS TABLES ROWS", "2025-06-30.1 no now - 0 0 0",
		"2025-12-30.1 yes then - 1 3 6", "2025-12-31.1 yes then 2025-12-30.1 1 3 8"}
	if diff := cmp.Diff(want, heads); diff != "" {
		t.Error(diff)
	}
	out, _ = habitue(t, dir, fault.OK, "--json", "runs", "list")
	var rows []runRow
	if err := json.Unmarshal([]byte(out), &rows); err != nil || len(rows) != 3 || !rows[2].OnLine || rows[2].Rows != 8 {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestRunsShow(t *testing.T) {
	t.Parallel()
	dir, _ := shop(t, "none", "2025-12-31")
	out, _ := habitue(t, dir, fault.OK, "runs", "show", "2025-12-31.1")
	for _, want := range []string{"on the line  yes", "\ncustomers  3 ", "\nrejects ", "\ntills   tills.csv  2025-12-31"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	out, _ = habitue(t, dir, fault.OK, "--json", "runs", "show", "2025-12-31.1")
	var m struct {
		lake.Manifest
		OnLine bool `json:"on_line"`
	}
	if err := json.Unmarshal([]byte(out), &m); err != nil || !m.OnLine || m.Tables["customers"].Rows != 3 {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestRunsVerify(t *testing.T) {
	t.Parallel()
	dir, l := shop(t, "none", "2025-12-31")
	out, _ := habitue(t, dir, fault.OK, "runs", "verify", "2025-12-31.1")
	if out != "run 2025-12-31.1: 2 files of 3 tables are as its manifest says\n" {
		t.Errorf("%q", out)
	}
	path := manifestFile(t, l, "2025-12-31.1", "customers")
	if err := os.Truncate(l.Path(path), 10); err != nil {
		t.Fatal(err)
	}
	out, errs := habitue(t, dir, fault.Mismatch, "runs", "verify", "2025-12-31.1")
	if !strings.HasPrefix(out, path+": 10 bytes, the manifest says ") || !strings.Contains(errs, "1 differences") {
		t.Errorf("%q %q", out, errs)
	}
	out, _ = habitue(t, dir, fault.Mismatch, "--json", "runs", "verify", "2025-12-31.1")
	if !strings.Contains(out, `"path": "`+path+`"`) {
		t.Errorf("%q", out)
	}
}

func TestRunsVerifyReplays(t *testing.T) {
	t.Parallel()
	dir, _ := shop(t, "none", "2025-12-31")
	var out bytes.Buffer
	app := &App{Out: &out, Env: noEnv, Dir: dir, Config: "habitue.yaml"}
	c := &RunsVerifyCommand{RunID: "2025-12-31.1", Replay: true, Memory: 7}
	err := c.verify(context.Background(), app, func(_ context.Context, _ *App, _ *project.Project, m lake.Manifest, memory int64) ([]lake.Difference, error) {
		if m.RunID != "2025-12-31.1" || memory != 7 {
			t.Errorf("replay of %s with %d bytes", m.RunID, memory)
		}
		return []lake.Difference{{Table: "rfm", What: "another content"}}, nil
	})
	if fault.CodeOf(err) != fault.Mismatch || out.String() != "rfm: another content\n" {
		t.Errorf("%v, %q", err, out.String())
	}
}

func TestRunsPrune(t *testing.T) {
	t.Parallel()
	dir, l := shop(t, "none", "2025-12-29", "2025-12-30", "2025-12-31")
	out, _ := habitue(t, dir, fault.OK, "runs", "prune", "--keep", "2")
	if out != "run 2025-12-29.1\n1 runs and 2 files deleted\n" {
		t.Errorf("%q", out)
	}
	out, _ = habitue(t, dir, fault.OK, "--json", "runs", "prune") // keep_runs of the project
	if !strings.Contains(out, `"2025-12-30.1"`) {
		t.Errorf("%q", out)
	}
	if ids, err := l.List(); err != nil || !cmp.Equal(ids, []string{"2025-12-31.1"}) {
		t.Errorf("%v, %v", ids, err)
	}
	habitue(t, dir, fault.OK, "runs", "verify", "2025-12-31.1")
}
