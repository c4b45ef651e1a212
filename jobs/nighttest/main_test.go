// Package nighttest runs whole nights, in this process, and holds what they
// leave against the shop's truth, against plain SQL and against themselves.
//
// It promises that a table that changes with cores, runner, memory or the
// order of its input fails a test here. It does not look inside a stage:
// those have tests beside them. Golden files of whole tables were rejected:
// they say that something changed, never what was right.
package nighttest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs"
	"github.com/habitue-data/habitue/jobs/demo/demotest"
	"github.com/habitue-data/habitue/pipelines"
)

func TestMain(m *testing.M) {
	pipelines.Init()
	if now := os.Getenv("HABITUE_NOW"); now != "" { // the test binary stands in for the program, at that time
		os.Exit(atThatTime(now))
	}
	// A property's example is four nights here: a quarter of rapid's hundred
	// unless the command line says so.
	if err := flag.Set("rapid.checks", "25"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// atThatTime is jobs.Main with a clock that stands still.
func atThatTime(text string) int {
	now, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return jobs.Execute(ctx, os.Args[1:], &jobs.App{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.LookupEnv, Now: func() time.Time { return now }})
}

// lastDay is the shop's.
const lastDay = "2025-12-31"

// tester is what helpers need of a test, and of a property's.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// place is a folder with a project in it.
type place struct {
	dir  string
	lake lake.Lake
}

// newPlace is a folder with these files; the project's lake is out/lake.
func newPlace(t testing.TB, files map[string]string) *place {
	t.Helper()
	p := &place{dir: t.TempDir()}
	p.lake = lake.Lake{Dir: filepath.Join(p.dir, "out", "lake")}
	for name, text := range files {
		p.write(t, name, []byte(text))
	}
	return p
}

func (p *place) path(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }

func (p *place) write(t tester, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(p.path(name)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.path(name), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func (p *place) remove(t tester, name string) {
	t.Helper()
	if err := os.Remove(p.path(name)); err != nil {
		t.Fatal(err)
	}
}

// edit replaces a text of the project file, which must be there.
func (p *place) edit(t tester, old, text string) {
	t.Helper()
	data, err := os.ReadFile(p.path("habitue.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(data, []byte(old)) {
		t.Fatalf("habitue.yaml has no %q", old)
	}
	p.write(t, "habitue.yaml", bytes.Replace(data, []byte(old), []byte(text), 1))
}

// shopPlace is a copy of the seeded shop, all nights in place, that publishes
// to its lake alone: to build the serving database takes as long as the night,
// and the report is made of the same tables.
func shopPlace(t testing.TB) *place {
	t.Helper()
	p := newPlace(t, nil)
	demotest.Shop(t, "../../testdata/shop", p.dir)
	demotest.Deliver(t, p.dir, demotest.Nights(t, p.dir)...)
	p.edit(t, "warehouse: {kind: duckdb, path: out/warehouse.duckdb}", "warehouse: none")
	p.edit(t, "report: out/report.html", "# report: out/report.html")
	return p
}

// unguarded takes the guards of identity out of the shop's project file.
func (p *place) unguarded(t tester) {
	t.Helper()
	for _, key := range []string{"limits", "veto"} {
		p.edit(t, "\n  "+key+": ", "\n  # "+key+": ")
	}
}

// tie is what became of rows, or of money.
type tie struct{ Read, Kept, Repeats, Superseded, Filtered, Rejects, Later int64 }

func (t tie) sum() int64 {
	return t.Kept + t.Repeats + t.Superseded + t.Filtered + t.Rejects + t.Later
}

type sourceSummary struct {
	Name       string
	Files      int
	Rows       tie
	Money      *tie
	Ties       bool
	Unreadable int64
	Orders     *struct {
		Count   int64
		Money   int64
		Without int64 `json:"without_customer"`
	}
}

// summary is what a run prints with --json.
type summary struct {
	RunID   string `json:"run_id"`
	OnLine  bool   `json:"on_line"`
	Sources []sourceSummary
	Orders  int64
	Assumed int64 `json:"assumed_current"`
	Tables  map[string]int64
}

func (s *summary) source(name string) sourceSummary {
	for _, one := range s.Sources {
		if one.Name == name {
			return one
		}
	}
	return sourceSummary{}
}

// habitue runs a command line and wants an exit code.
func (p *place) habitue(t tester, want fault.Code, args ...string) (out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	app := &jobs.App{In: strings.NewReader(""), Out: &o, Err: &e, Env: os.LookupEnv, Now: time.Now, Dir: p.dir}
	if code := jobs.Execute(context.Background(), args, app); fault.Code(code) != want {
		t.Fatalf("habitue %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, o.String(), e.String())
	}
	return o.String(), e.String()
}

// run runs nights and wants every source of the last to tie.
func (p *place) run(t tester, args ...string) *summary {
	t.Helper()
	out, _ := p.habitue(t, fault.OK, append([]string{"--json", "--progress", "none", "run"}, args...)...)
	s := &summary{}
	if err := json.Unmarshal([]byte(out), s); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	for _, one := range s.Sources {
		if !one.Ties || one.Rows.sum() != one.Rows.Read || one.Money != nil && one.Money.sum() != one.Money.Read {
			t.Errorf("run %s: source %s does not tie: %+v %+v", s.RunID, one.Name, one.Rows, one.Money)
		}
	}
	return s
}

// manifest is that of a run.
func (p *place) manifest(t tester, run string) lake.Manifest {
	t.Helper()
	m, err := p.lake.Load(run)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// contents are the content hashes of a run's tables, runs and those named
// aside.
func contents(m lake.Manifest, but ...string) map[string]string {
	all := map[string]string{}
	for name, table := range m.Tables {
		all[name] = table.Content
	}
	for _, name := range append(but, "runs") {
		delete(all, name)
	}
	return all
}

// exists tells whether a file is there.
func (p *place) exists(t tester, name string) bool {
	t.Helper()
	_, err := os.Stat(p.path(name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return err == nil
}
