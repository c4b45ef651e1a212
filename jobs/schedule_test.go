package jobs

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/schedule"
)

const nightlyProject = `project: nightly
timezone: UTC
currency: EUR
id_salt: pepper
sources:
  - {name: crm, kind: csv, path: crm.csv, delivery: full, record: contact, fields: {id: id, email: email}}
publish: {tables: {customers: all}}
schedule: "15 3 * * *"
`

// nightly is a scheduler of a small project, its clock at noon. What it waits for
// is told to waits, and comes at once.
func nightly(t *testing.T, waits func(until time.Time)) (*scheduler, *bytes.Buffer) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"habitue.yaml": nightlyProject, "crm.csv": "id,email\nc,x@x.de\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	now, said := noon(), &bytes.Buffer{}
	app := &App{Out: said, Err: said, Env: noEnv, Dir: dir, Config: "habitue.yaml", Now: func() time.Time { return now }, Wait: func(_ context.Context, until time.Time) error {
		now = until
		waits(until)
		return nil
	}}
	p, err := app.Project()
	if err != nil {
		t.Fatal(err)
	}
	return &scheduler{app: app, command: &ScheduleCommand{Once: true}, project: p, board: &schedule.Board{}}, said
}

// TestALakeThatIsLockedIsTriedAgain: with longer and longer pauses, and not for
// ever.
func TestALakeThatIsLockedIsTriedAgain(t *testing.T) {
	t.Parallel()
	var other *flock.Flock
	var waited []string
	s, said := nightly(t, func(until time.Time) { waited = append(waited, until.Sub(noon()).String()) })
	lake := lakeOf(s.project).Dir
	if err := os.MkdirAll(lake, 0o755); err != nil {
		t.Fatal(err)
	}
	other = flock.New(filepath.Join(lake, lockFile))
	if mine, err := other.TryLock(); !mine {
		t.Fatal(err)
	}
	if err := os.WriteFile(other.Path(), []byte("process 7 on till since 2026-01-01T03:15:00Z\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	err := s.round(t.Context())
	if fault.CodeOf(err) != fault.Locked || !strings.Contains(err.Error(), "process 7 on till since 2026-01-01T03:15:00Z holds ") {
		t.Errorf("it ended in %v", err)
	}
	if diff := cmp.Diff([]string{"1m0s", "6m0s", "21m0s"}, waited); diff != "" {
		t.Error(diff)
	}
	if n := strings.Count(said.String(), "it is tried again in "); n != 3 {
		t.Errorf("it says %d times that it is tried again: %s", n, said)
	}
}

// TestANightThatTakesTooLongIsStopped, and is pending.
func TestANightThatTakesTooLongIsStopped(t *testing.T) {
	t.Parallel()
	s, _ := nightly(t, func(time.Time) { t.Error("it is tried again in the same round") })
	s.project.Schedule.Deadline = 1
	r := &round{scheduler: s}
	err := r.locked(t.Context())
	if fault.CodeOf(err) != fault.Cancelled || !strings.Contains(err.Error(), "not done within 1ns") {
		t.Errorf("it ended in %v", err)
	}
	book, err := schedule.Open(bookOf(lakeOf(s.project)))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(book.Pending()), "[pending: cancelled, 1 try since 2026-01-01 12:00]"; got != want {
		t.Errorf("the book has %s, want %s", got, want)
	}
	if err := s.round(t.Context()); err != nil { // which reads the project anew
		t.Error(err)
	}
}

// TestWorst: the exit code of a round is that of the worst that happened in it.
func TestWorst(t *testing.T) {
	t.Parallel()
	gate, publish := fault.With(fmt.Errorf("gate"), fault.Gate), fault.With(fmt.Errorf("publish"), fault.Publish)
	for _, c := range []struct {
		errs []error
		want fault.Code
	}{{nil, fault.OK}, {[]error{nil, nil}, fault.OK}, {[]error{gate, nil}, fault.Gate}, {[]error{gate, publish}, fault.Publish}, {[]error{publish, gate}, fault.Publish},
		{[]error{gate, fmt.Errorf("a defect")}, fault.Internal}} {
		if got := fault.CodeOf(worst(c.errs...)); got != c.want {
			t.Errorf("of %v it is %d, want %d", c.errs, got, c.want)
		}
	}
}
