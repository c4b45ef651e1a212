package pull

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/connectors/jsonl"
	"github.com/habitue-data/habitue/connectors/postgres"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/internal/rowfile/rowtest"
	"github.com/habitue-data/habitue/jobs/project"
)

const branch = `project: branch
timezone: Europe/Moscow
currency: RUB
sources:
  - {name: crm, kind: postgres, url: "${env:DB}", table: contacts, key: id, updated_at: changed_at, record: contact, fields: {id: id, email: email, city: "profile.city", tags: "tags[0]"}, where: 'note != "x"'}
`

// crm is a project of one source, whose folder is the test's.
func crm(t *testing.T) (*project.Project, *project.Source) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "habitue.yaml")
	if err := os.WriteFile(path, []byte(branch), 0o644); err != nil {
		t.Fatal(err)
	}
	p, faults := project.Load(path, func(string) (string, bool) { return "postgres://u:secret@127.0.0.1:1/x", true })
	if err := faults.Err(fault.Config); err != nil {
		t.Fatal(err)
	}
	return p, &p.Sources[0]
}

func untold(int64) {}

func day(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }

// put writes a file of some rows.
func put(t *testing.T, o *Out, day time.Time, over bool, rows ...string) {
	t.Helper()
	f, err := o.File(day, over)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := f.Row([]byte(r)); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
}

// in are the names of all that a source has.
func in(t *testing.T, p *project.Project, s *project.Source) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(p.Path(p.PulledIn(s)))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// ids are what a file holds.
func ids(t *testing.T, p *project.Project, f project.File) string {
	t.Helper()
	file, err := rowtest.Read(jsonl.New(), p.Path(f.Path), rowfile.Options{}, "id")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(file.Rows, " ")
}

func TestFilesStandBesideEachOtherOrTakeAPlace(t *testing.T) {
	t.Parallel()
	p, s := crm(t)
	o := &Out{project: p, source: s, today: day(2), tell: untold}
	put(t, o, day(1), false) // the first one may be empty
	put(t, o, day(1), false) // the next is not made
	put(t, o, day(1), false, `{"id":1}`)
	put(t, o, day(2), true, `{"id":1}`)
	put(t, o, day(2), true, `{"id":2}`, `{"id":3}`)
	begun, err := o.File(day(3), false)
	if err != nil {
		t.Fatal(err)
	}
	if err := begun.Row([]byte(`{"id":4}`)); err != nil {
		t.Fatal(err)
	}
	if err := o.abort(); err != nil {
		t.Fatal(err)
	}
	want := []string{"2026-03-01.0001.jsonl.zst", "2026-03-01.0002.jsonl.zst", "2026-03-02.jsonl.zst"}
	if diff := cmp.Diff(want, in(t, p, s)); diff != "" || o.report.Rows != 4 {
		t.Errorf("%d rows %s", o.report.Rows, diff)
	}
	files, faults := p.Files(s)
	if len(files) != 3 || faults != nil || !files[2].Date.Equal(day(2)) {
		t.Errorf("the night sees %v, %v", files, faults)
	}
	if got := ids(t, p, files[2]); got != "2 3" {
		t.Errorf("the file that took the place of another has %s", got)
	}
}

func TestWhatIsKnownIsAboutWhatIsAsked(t *testing.T) {
	t.Parallel()
	p, s := crm(t)
	known := func(whole bool) string {
		t.Helper()
		o := &Out{project: p, source: s, today: day(2), tell: untold}
		if err := o.load(whole); err != nil {
			t.Fatal(err)
		}
		return string(o.state.Known)
	}
	o := &Out{project: p, source: s, today: day(2), tell: untold}
	if err := o.load(false); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(o.Save(watermark{Newest: "2026-03-02"}), o.ended()); err != nil {
		t.Fatal(err)
	}
	if got, want := known(false), `{"newest":"2026-03-02"}`; got != want {
		t.Errorf("known is %s, want %s", got, want)
	}
	if reached, err := Reached(p, s); err != nil || !reached.Equal(day(2)) {
		t.Errorf("reached %s, %v", reached, err)
	}
	s.Pulled.Overlap = time.Hour
	if known(false) == "" || known(true) != "" {
		t.Error("another overlap is no other question, and whole forgets everything")
	}
	s.Pulled.Key = []string{"id", "shop"}
	if got := known(false); got != "" {
		t.Errorf("with another key %s is known", got)
	}
	text, err := os.ReadFile(statePath(p, s))
	if err != nil || strings.Contains(string(text), "secret") {
		t.Errorf("%s, %v", text, err)
	}
}

func TestRowsStandInTheFileOfTheirDay(t *testing.T) {
	t.Parallel()
	p, s := crm(t)
	for _, c := range []struct {
		before int // day of the last pull; this one is of the fifth
		want   []string
	}{
		{0, []string{"2026-03-05.0001: 0 1 2 3 4 5 6 7"}},
		{4, []string{"2026-03-05.0001: 0 1 2 3 4 5 6 7"}},
		{2, []string{"2026-03-03.0001: 0 1 2", "2026-03-04.0001: 3", "2026-03-05.0001: 4 5 6 7"}},
	} {
		o := &Out{project: p, source: s, today: day(5), tell: untold}
		if c.before > 0 {
			o.state.Day = day(c.before).Format(time.DateOnly)
		}
		days := byDay{out: o, zone: p.Zone, silent: time.UTC}
		for i, updated := range []string{"2020-01-01 00:00:00+00", "2026-03-03", "2026-03-03 20:59:59.999999+00", "2026-03-03 21:00:00", "2026-03-05 10:00:00+00", "2026-03-06 01:00:00+00", "infinity", ""} {
			r := postgres.Row{JSON: []byte{'{', '"', 'i', 'd', '"', ':', '0' + byte(i), '}'}, Updated: []byte(updated)}
			if updated == "" {
				r.Updated = nil
			}
			if err := days.row(r, true); err != nil {
				t.Fatal(err)
			}
		}
		if err := days.commit(); err != nil {
			t.Fatal(err)
		}
		var got []string
		files, _ := p.Files(s)
		for _, f := range files {
			got = append(got, strings.TrimSuffix(filepath.Base(f.Path), ".jsonl.zst")+": "+ids(t, p, f))
			if err := os.Remove(p.Path(f.Path)); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("after a pull of day %d: %s", c.before, diff)
		}
	}
}

func TestColumnsThatAreGone(t *testing.T) {
	t.Parallel()
	_, s := crm(t)
	if faults := Unmapped(s, []string{"id", "email", "profile", "tags", "note", "more"}); faults != nil {
		t.Error(faults)
	}
	want := "habitue.yaml:5:196: source crm: where, 1:1: there is no column note; see the names in the header\n" +
		"habitue.yaml:5:135: source crm: there is no column email, the field email is mapped from it; did you mean e_mail?\n" +
		"habitue.yaml:5:149: source crm: there is no column profile.city, the field city is mapped from it; there are id, e_mail, tag\n" +
		"habitue.yaml:5:171: source crm: there is no column tags[0], the field tags is mapped from it; there are id, e_mail, tag"
	if diff := cmp.Diff(want, Unmapped(s, []string{"id", "e_mail", "tag"}).Error()); diff != "" {
		t.Error(diff)
	}
}

// TestADatabaseThatDoesNotAnswer holds the code, that nothing is written, and that
// nobody learns the password.
func TestADatabaseThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	p, s := crm(t)
	_, err := Source(t.Context(), p, s, day(3), false, untold)
	if fault.CodeOf(err) != fault.Unreachable || !strings.HasPrefix(err.Error(), "pull the source crm: connect to PostgreSQL: ") || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Source(ctx, p, s, day(3), false, untold); fault.CodeOf(err) != fault.Cancelled {
		t.Error(err)
	}
	if names := in(t, p, s); names != nil {
		t.Error(names)
	}
}
