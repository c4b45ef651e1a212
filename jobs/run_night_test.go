package jobs

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/pipelines"
)

func TestMain(m *testing.M) {
	pipelines.Init()
	os.Exit(m.Run())
}

// stall is a small shop: a dump of contacts, a file of receipts a day, and
// web events. settings are lines of its project file.
type stall struct {
	t   testing.TB
	dir string
	now time.Time
	env map[string]string
}

const stallYAML = `project: stall
timezone: UTC
currency: EUR
warehouse: none
sources:
  - name: crm
    kind: csv
    path: crm.csv
    record: contact
    fields: {id: id, email: email, updated_at: updated}
  - name: tills
    kind: csv
    path: tills/%Y-%m-%d.csv.gz
    record: order
    fields: {id: id, at: at, email: email, amount: amount, kind: {column: type, map: {S: sale, R: return, X: cancelled}}, updated_at: updated}
  - name: web
    kind: jsonl
    path: web.jsonl.gz
    delivery: full
    record: event
    fields: {at: at, client_id: cookie, login: user, name: name}
`

func newStall(t testing.TB, settings string) *stall {
	t.Helper()
	s := &stall{t: t, dir: t.TempDir(), now: noon()}
	s.put("habitue.yaml", stallYAML+settings)
	s.put("crm.csv", "id,email,updated\n1,ann@x.org,2025-01-01T00:00:00Z\n2,bob@x.org,2025-01-01T00:00:00Z\nbroken\n")
	s.put("tills/2025-01-01.csv.gz", "id,at,email,amount,type,updated\n10,2025-01-01T09:00:00Z,ann@x.org,10.00,S,\n11,2025-01-01T10:00:00Z,,7.50,S,\n12,2025-01-01T11:00:00Z,bob@x.org,three,S,\n")
	s.put("tills/2025-01-02.csv.gz", "id,at,email,amount,type,updated\n13,2025-01-02T09:00:00Z,bob@x.org,20.00,S,\n14,2025-01-02T10:00:00Z,ann@x.org,5.00,X,\n15,2025-01-04T10:00:00Z,ann@x.org,5.00,S,\n")
	s.put("web.jsonl.gz", `{"at":"2025-01-01T08:00:00Z","cookie":"c1","user":"ann","name":"page_view","page":"/a"}`+"\n{oops\n"+`{"at":"2025-01-02T08:00:00Z","cookie":"c2","name":"search","q":["x"]}`+"\n")
	return s
}

// put writes a file of the project, packed where its name says so.
func (s *stall) put(name, text string) {
	s.t.Helper()
	data := []byte(text)
	if strings.HasSuffix(name, ".gz") {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write(data); err != nil {
			s.t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			s.t.Fatal(err)
		}
		data = b.Bytes()
	}
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// do runs a command line that must end in the code.
func (s *stall) do(want fault.Code, args ...string) (out, errs string) {
	s.t.Helper()
	var o, e bytes.Buffer
	code := Execute(context.Background(), args, &App{In: strings.NewReader(""), Out: &o, Err: &e, Now: func() time.Time { return s.now }, Dir: s.dir, Env: func(name string) (string, bool) {
		value, there := s.env[name]
		return value, there
	}, Wait: func(_ context.Context, until time.Time) error {
		s.now = until
		return nil
	}})
	if code != int(want) {
		s.t.Fatalf("habitue %s ended in %d, want %d\n%s%s", strings.Join(args, " "), code, want, &o, &e)
	}
	return o.String(), e.String()
}

func (s *stall) lake() lake.Lake { return lake.Lake{Dir: filepath.Join(s.dir, "out", "lake")} }

func (s *stall) manifest(run string) lake.Manifest {
	s.t.Helper()
	m, err := s.lake().Load(run)
	if err != nil {
		s.t.Fatal(err)
	}
	return m
}

// contents are the content hashes of a run's tables, runs aside.
func (s *stall) contents(run string) map[string]string {
	s.t.Helper()
	all := map[string]string{}
	for name, t := range s.manifest(run).Tables {
		if name != "runs" {
			all[name] = fmt.Sprintf("%d rows, %s", t.Rows, t.Content)
		}
	}
	return all
}

func (s *stall) files(pattern string) []string {
	s.t.Helper()
	found, err := filepath.Glob(filepath.Join(s.lake().Dir, filepath.FromSlash(pattern)))
	if err != nil {
		s.t.Fatal(err)
	}
	return found
}

// TestADayIsRunForOnceItIsOver asks around midnight of Moscow, which is 21:00
// of UTC.
func TestADayIsRunForOnceItIsOver(t *testing.T) {
	t.Parallel()
	moscow, err := time.LoadLocation("Europe/Moscow")
	if err != nil {
		t.Fatal(err)
	}
	p := &project.Project{Zone: moscow}
	midnight := time.Date(2026, 1, 1, 21, 0, 0, 0, time.UTC)
	day := Date{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	for _, c := range []RunCommand{{AsOf: day}, {From: day, To: day}} {
		for now, want := range map[time.Time]fault.Code{midnight.Add(-time.Second): fault.Usage, midnight: fault.OK} {
			days, err := c.days(&App{Now: func() time.Time { return now }}, p)
			if fault.CodeOf(err) != want {
				t.Errorf("%v at %v: %v, %v", c, now, days, err)
			}
		}
	}
}
