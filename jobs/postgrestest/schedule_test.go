//go:build linux

package postgrestest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs"
	"github.com/habitue-data/habitue/jobs/schedule"
)

const nightlyProject = `project: nightly
timezone: UTC
currency: EUR
id_salt: pepper
sources:
  - {name: crm, kind: csv, path: crm.csv, delivery: full, record: contact, fields: {id: id, email: email, consent.email: mail}}
activation:
  - {name: letter, segments: everyone, channel: email, purpose: marketing, columns: {mail: address}}
warehouse: {kind: postgres, url: "${env:HABITUE_PG}", schema: mart}
publish: {tables: {customers: all}, keep_runs: 2}
schedule:
  cron: "15 3 * * *"
  notify:
    - {on: [success, gate, failure], command: [sh, -c, "cat >> told.json"]}
`

// nightly is a small project whose warehouse is at a URL.
func nightly(t testing.TB, url string) *shop {
	t.Helper()
	s := &shop{t.TempDir(), url}
	for name, text := range map[string]string{"habitue.yaml": nightlyProject, "crm.csv": "id,email,mail\nc,x@x.de,yes\n", "segments/everyone.yaml": "segment: everyone\nwhen: {registered: {missing: true}}\n"} {
		path := filepath.Join(s.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// gateway stands before the server, which is reached while it is open.
type gateway struct {
	at string
	to string

	mu       sync.Mutex
	listener net.Listener
	through  []net.Conn
}

// gatewayTo puts a gateway before the server of a URL.
func gatewayTo(t testing.TB, to string) (g *gateway, at string) {
	t.Helper()
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	g = &gateway{at: "127.0.0.1:0", to: u.Host}
	g.open(t)
	t.Cleanup(g.shut)
	u.Host = g.at
	return g, u.String()
}

func (g *gateway) open(t testing.TB) {
	t.Helper()
	l, err := net.Listen("tcp", g.at)
	if err != nil {
		t.Fatal(err)
	}
	g.at, g.listener = l.Addr().String(), l
	go func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", g.to)
			if err != nil {
				_ = from.Close()
				return
			}
			g.mu.Lock()
			g.through = append(g.through, from, to)
			g.mu.Unlock()
			go func() { _, _ = io.Copy(to, from); _ = to.Close() }()
			go func() { _, _ = io.Copy(from, to); _ = from.Close() }()
		}
	}()
}

// shut ends who is connected, and lets nobody in.
func (g *gateway) shut() {
	_ = g.listener.Close()
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range g.through {
		_ = c.Close()
	}
	g.through = nil
}

// TestAWarehouseThatIsAwayIsServedWhenItIsBack: nights are made without it, and
// the newest is served, and its file sent, in the round in which it is there, also
// where that forgets the first of the others.
func TestAWarehouseThatIsAwayIsServedWhenItIsBack(t *testing.T) {
	t.Parallel()
	direct, admin := fresh(t)
	g, through := gatewayTo(t, direct)
	s := nightly(t, through)
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	end := time.Date(2026, 3, 8, 12, 0, 0, 0, time.UTC)
	serves := map[string]string{}
	var said bytes.Buffer
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	app := &jobs.App{In: strings.NewReader(""), Out: &said, Err: &said, Env: s.env, Dir: s.dir, Now: func() time.Time { return now },
		Wait: func(ctx context.Context, until time.Time) error {
			if until.After(end) {
				cancel()
				return ctx.Err()
			}
			now = until
			switch at := now.Format("01-02 15:04"); at {
			case "03-03 03:15":
				g.shut()
			case "03-07 03:15":
				serves["away"] = ask(t, admin, "SELECT max(run_date)::TEXT FROM mart.customers")
				g.open(t)
			}
			return ctx.Err()
		}}
	if code := jobs.Execute(ctx, []string{"--progress", "none", "schedule"}, app); fault.Code(code) != fault.OK {
		t.Fatalf("it ended in %d:\n%s", code, &said)
	}
	serves["back"] = ask(t, admin, "SELECT max(run_date)::TEXT FROM mart.customers")
	if diff := cmp.Diff(map[string]string{"away": "2026-03-01", "back": "2026-03-07"}, serves); diff != "" {
		t.Errorf("what is served: %s", diff)
	}
	book, err := schedule.Open(filepath.Join(s.dir, "out/lake/_manifests/_nights.json"))
	if err != nil {
		t.Fatal(err)
	}
	var nights []string
	for _, n := range book.Nights {
		nights = append(nights, strings.TrimSpace(n.RunID+" "+n.String()))
	}
	want := []string{"2026-03-01.1"}
	for day := 2; day <= 5; day++ {
		want = append(want, fmt.Sprintf("2026-03-%02d.1 5 tries since 2026-03-%02d 03:15, publish", day, day+1))
	}
	want = append(want, "2026-03-06.1", "2026-03-07.1")
	if diff := cmp.Diff(want, nights); diff != "" {
		t.Errorf("the book: %s", diff)
	}
	files, _ := filepath.Glob(filepath.Join(s.dir, "out/activation/letter/????-??-??.csv"))
	for i := range files {
		files[i] = filepath.Base(files[i])
	}
	if diff := cmp.Diff([]string{"2026-03-01.csv", "2026-03-06.csv", "2026-03-07.csv"}, files); diff != "" {
		t.Errorf("what was sent: %s", diff)
	}
	text, err := os.ReadFile(filepath.Join(s.dir, "told.json"))
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for d := json.NewDecoder(bytes.NewReader(text)); d.More(); {
		var m schedule.Message
		if err := d.Decode(&m); err != nil {
			t.Fatal(err)
		}
		told = append(told, m.RunDate+" "+m.Exit)
	}
	if diff := cmp.Diff([]string{"2026-03-01 ok", "2026-03-02 publish", "2026-03-03 publish", "2026-03-04 publish", "2026-03-05 publish",
		"2026-03-02 ok", "2026-03-03 ok", "2026-03-04 ok", "2026-03-05 ok", "2026-03-06 ok", "2026-03-07 ok"}, told); diff != "" {
		t.Errorf("what was told: %s", diff)
	}
}

// TestWhatDoesNotPassStopsTheNight: nobody who waits mends a name that is wrong.
func TestWhatDoesNotPassStopsTheNight(t *testing.T) {
	t.Parallel()
	url, _ := fresh(t)
	for _, wrong := range []string{strings.Replace(url, "//shop@", "//nobody@", 1), strings.Replace(url, "?", "_gone?", 1), "postgres://shop@127.0.0.1:123456/x"} {
		s := nightly(t, wrong)
		if _, errs := s.habitue(t, fault.Config, "run"); !strings.Contains(errs, "habitue.yaml:9:34: the warehouse cannot be reached: ") {
			t.Errorf("%s: %s", wrong, errs)
		}
	}
	s := nightly(t, "postgres://shop@127.0.0.1:1/x") // nobody listens
	if _, errs := s.habitue(t, fault.Publish, "run", "--as-of", "2026-03-01"); !strings.Contains(errs, "the night is made all the same") {
		t.Error(errs)
	}
	s.url = url
	if out, _ := s.habitue(t, fault.OK, "publish", "2026-03-01.1"); !strings.Contains(out, "letter/2026-03-01.csv  1 rows (1 added") {
		t.Error(out)
	}
}
