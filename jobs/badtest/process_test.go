package badtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/atomicfile"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/demo/demotest"
)

// process is the program as a process of its own, to be killed and
// interrupted: the test binary, which is the program where it is told so.
type process struct {
	*exec.Cmd
	out, errs bytes.Buffer
	started   time.Time
}

func command(ctx context.Context, program, dir string, args ...string) *process {
	p := &process{Cmd: exec.CommandContext(ctx, program, append([]string{"--progress", "none"}, args...)...)}
	p.Dir, p.Stdout, p.Stderr = dir, &p.out, &p.errs
	p.Env = append(os.Environ(), "HABITUE_AS_PROGRAM=1")
	return p
}

func start(t *testing.T, dir string, args ...string) *process {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := command(t.Context(), program, dir, args...)
	p.started = time.Now()
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

// end waits and gives the name of the exit code, "killed" where it has none.
func (p *process) end(t *testing.T) string {
	t.Helper()
	var exit *exec.ExitError
	if err := p.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if code := p.ProcessState.ExitCode(); code >= 0 {
		return fault.Codes[code].Name
	}
	return "killed"
}

const shop = "../../testdata/shop"

// yesterday is a copy of the shop whose night of 2025-12-30 has run, and for
// which the files of the next have come.
func yesterday(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	demotest.Shop(t, shop, dir)
	demotest.Deliver(t, dir, "2025-12-29", "2025-12-30")
	if o := habitue(t.Context(), dir, nil, "run", "--as-of", "2025-12-30"); o.Code != "ok" {
		t.Fatalf("yesterday's night: %s\n%s", o.Code, o.Err)
	}
	demotest.Deliver(t, dir, "2025-12-31")
	return dir
}

func copyOf(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// undisturbed runs tonight's night in a copy, and gives the content hashes
// of its tables and the time that it took.
func undisturbed(t *testing.T, from string) (map[string]string, time.Duration) {
	t.Helper()
	dir := copyOf(t, from)
	p := start(t, dir, "run", "--as-of", "2025-12-31")
	if code := p.end(t); code != "ok" {
		t.Fatalf("%s\n%s", code, &p.errs)
	}
	took := time.Since(p.started)
	return contents(t, dir), took
}

// contents are the content hashes of the newest run of the line; the table
// of runs has clock readings.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	l := lakeOf(dir)
	end, err := l.LineEnd()
	if err != nil {
		t.Fatal(err)
	}
	m, err := l.Load(end)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"run_date": m.RunDate}
	for name, table := range m.Tables {
		if name != "runs" {
			all[name] = table.Content
		}
	}
	return all
}

// served is the one run_date of every table of the serving database.
func served(t *testing.T, dir string) string {
	t.Helper()
	var parts []string
	for _, table := range customer.Tables() {
		what := "run_date"
		if table.History {
			what = "max(run_date)"
		}
		parts = append(parts, fmt.Sprintf("SELECT %s FROM %s", what, table.Name))
	}
	o := habitue(t.Context(), dir, nil, "query", "--format", "csv", "SELECT DISTINCT run_date FROM ("+strings.Join(parts, " UNION ALL ")+")")
	if o.Code != "ok" {
		t.Fatalf("the serving database cannot be asked: %s", o.Err)
	}
	lines := strings.Fields(o.Out)
	if len(lines) != 2 {
		t.Fatalf("the serving database mixes days: %q", o.Out)
	}
	return lines[1]
}

// nightAfter runs the night once more, over whatever was left, and holds
// that it ends as if nothing had happened and leaves nothing behind.
func nightAfter(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	o := habitue(t.Context(), dir, nil, "run", "--as-of", "2025-12-31")
	if o.Code != "ok" {
		t.Fatalf("the next night ended in %s\n%s", o.Code, o.Err)
	}
	if diff := cmp.Diff(want, contents(t, dir)); diff != "" {
		t.Errorf("the next night differs from an undisturbed one: %s", diff)
	}
	if got := served(t, dir); got != "2025-12-31" {
		t.Errorf("the serving database is of %s", got)
	}
	named := map[string]bool{}
	l := lakeOf(dir)
	ids, err := l.List()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		m, err := l.Load(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range m.Tables {
			for _, f := range table.Files {
				named[filepath.Join("lake", f.Path)] = true
			}
		}
	}
	left := map[string]bool{}
	err = filepath.WalkDir(filepath.Join(dir, "out"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(filepath.Join(dir, "out"), path)
		kept := named[rel] || rel == "warehouse.duckdb" || rel == "report.html" || rel == "lake/_lock" || strings.HasPrefix(rel, "lake/_manifests/") || strings.HasPrefix(rel, "lake/_inputs/") || strings.HasPrefix(rel, "lake/_cache/") ||
			strings.HasPrefix(rel, "lake/_sent/") || strings.HasPrefix(rel, "activation/")
		if !kept || atomicfile.IsTemp(rel) {
			left[rel] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Errorf("left behind: %v", slices.Sorted(maps.Keys(left)))
	}
}
