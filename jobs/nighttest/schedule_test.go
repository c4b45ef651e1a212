package nighttest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs"
	book "github.com/habitue-data/habitue/jobs/schedule"
)

const scheduledProject = `project: scheduled
timezone: Europe/Berlin
currency: EUR
id_salt: pepper
sources:
  - {name: crm, kind: csv, path: crm.csv, delivery: full, record: contact, fields: {id: id, email: email, first_name: name}}
  - {name: tills, kind: csv, path: "tills/%Y-%m-%d.csv", record: order, wait: 20h, fields: {id: id, at: at, email: email, amount: amount}}
warehouse: {kind: duckdb, path: out/w.duckdb}
publish: {tables: all, keep_runs: 50}
schedule:
  cron: "15 3 * * *"
  metrics: out/habitue.prom
  notify:
    - {on: [success, gate, failure], command: [sh, -c, "cat >> told.json"]}
`

// scheduledPlace has a till's file of the day before the first night.
func scheduledPlace(t testing.TB) *place {
	t.Helper()
	p := newPlace(t, map[string]string{"habitue.yaml": scheduledProject, "crm.csv": "id,email,name\nc,x@x.de,Ann\n"})
	p.till(t, "2026-03-01")
	return p
}

// till puts the till's file of a day in place.
func (p *place) till(t testing.TB, day string) {
	t.Helper()
	p.write(t, "tills/"+day+".csv", []byte("id,at,email,amount\nr"+day+","+day+"T10:00:00,x@x.de,1\n"))
}

// clock is what a schedule is shown: it stands still while a night runs, and
// jumps to what is waited for. On the way until then comes what comes.
type clock struct {
	now, until time.Time
	comes      func(now time.Time)
	said       bytes.Buffer // by who is shown it
}

// schedule has habitue schedule stay up for a while.
func (p *place) schedule(t testing.TB, c *clock, want fault.Code, args ...string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	app := &jobs.App{In: strings.NewReader(""), Out: &c.said, Err: &c.said, Env: os.LookupEnv, Dir: p.dir,
		Now: func() time.Time { return c.now },
		Wait: func(ctx context.Context, until time.Time) error {
			if until.After(c.until) {
				c.now = c.until
				cancel()
				return ctx.Err()
			}
			c.now = until
			if c.comes != nil {
				c.comes(until)
			}
			return ctx.Err()
		}}
	if code := jobs.Execute(ctx, append([]string{"--progress", "none", "schedule"}, args...), app); fault.Code(code) != want {
		t.Fatalf("exit code %d, want %d\n%s", code, want, &c.said)
	}
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	when, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

// nights are the lines of the book of nights.
func (p *place) nights(t testing.TB) (all []string) {
	t.Helper()
	b, err := book.Open(p.path("out/lake/_manifests/_nights.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range b.Nights {
		all = append(all, strings.TrimSpace(n.Date+" "+n.RunID+" "+n.String()))
	}
	return all
}

// messagesOf are the messages that came, a line each.
func messagesOf(t testing.TB, text []byte) (all []string) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	for {
		var m book.Message
		if err := d.Decode(&m); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %s %s%s", m.Occasion, m.RunDate, m.Exit, strings.Join(m.WaitsFor, ","), strings.Join(m.Without, ","))))
	}
}

// TestNightsRunByThemselves: one that is in order, one that waits until its file
// comes, two of a machine that was off, one that waits in vain, one stopped by a
// broken file until somebody puts it right.
func TestNightsRunByThemselves(t *testing.T) {
	t.Parallel()
	p := scheduledPlace(t)
	comes := func(now time.Time) {
		switch now.Format("01-02 15:04") {
		case "03-04 03:15":
			p.till(t, "2026-03-02") // a night late
			p.till(t, "2026-03-03")
		case "03-10 03:15":
			p.till(t, "2026-03-09") // that of the 8th never comes
		case "03-11 03:15":
			p.write(t, "tills/2026-03-10.csv", []byte("id,at,email,amount\n\"r,2026\n"))
		case "03-12 03:15":
			p.till(t, "2026-03-11")
		case "03-13 03:15":
			p.till(t, "2026-03-10") // somebody put it right
			p.till(t, "2026-03-12")
		}
	}
	p.schedule(t, &clock{now: at(t, "2026-03-02 09:00"), until: at(t, "2026-03-04 12:00"), comes: comes}, fault.OK)
	want := []string{"2026-03-01 2026-03-01.1", "2026-03-02 2026-03-02.1 2 tries since 2026-03-03 02:15, waiting", "2026-03-03 2026-03-03.1"}
	if diff := cmp.Diff(want, p.nights(t)); diff != "" {
		t.Error(diff)
	}
	for _, day := range []string{"2026-03-04", "2026-03-05", "2026-03-06", "2026-03-07"} {
		p.till(t, day)
	}
	p.schedule(t, &clock{now: at(t, "2026-03-08 12:00"), until: at(t, "2026-03-13 12:00"), comes: comes}, fault.OK)
	want = append(want, "2026-03-04 2026-03-04.1", "2026-03-05 2026-03-05.1", "2026-03-06 2026-03-06.1", "2026-03-07 2026-03-07.1",
		"2026-03-08 2026-03-08.1 without tills, 2 tries since 2026-03-09 02:15, waiting", "2026-03-09 2026-03-09.1",
		"2026-03-10 2026-03-10.1 3 tries since 2026-03-11 02:15, input", "2026-03-11 2026-03-11.1", "2026-03-12 2026-03-12.1")
	if diff := cmp.Diff(want, p.nights(t)); diff != "" {
		t.Error(diff)
	}
	messages, err := os.ReadFile(p.path("told.json"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"success 2026-03-01 ok", "gate 2026-03-02 waiting tills", "success 2026-03-02 ok", "success 2026-03-03 ok"}, messagesOf(t, messages)[:4]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"gate 2026-03-08 waiting tills", "success 2026-03-08 ok tills", "success 2026-03-09 ok", "gate 2026-03-10 input", "success 2026-03-10 ok", "success 2026-03-11 ok", "success 2026-03-12 ok"}, messagesOf(t, messages)[8:]); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(string(messages), "x@x.de") || strings.Contains(string(messages), "r,2026") {
		t.Errorf("a message has something of a row: %s", messages)
	}
	if got, want := p.query(t, "SELECT max(run_date), count(*) FROM orders"), "2026-03-12,11\n"; got != want {
		t.Errorf("the warehouse serves %s, want %s", got, want)
	}
	if got, want := p.query(t, "SELECT path, bytes, known_date, in_force, row_count FROM deliveries WHERE content_sha256 IS NULL"), "tills/2026-03-08.csv,0,2026-03-08,false,0\n"; got != want {
		t.Errorf("waived is %s, want %s", got, want)
	}
	if got, want := p.query(t, "SELECT run_id, tries, without FROM runs WHERE tries > 1 ORDER BY 1"), "2026-03-02.1,2,\n2026-03-08.1,2,[tills]\n2026-03-10.1,3,\n"; got != want {
		t.Errorf("runs are %s, want %s", got, want)
	}

	// The list and the page of a run say so too, and a replay repeats it: also
	// where the file has come since.
	out, _ := p.habitue(t, fault.OK, "runs", "list")
	if want := "2026-03-08.1  yes   then   2026-03-07.1"; !strings.Contains(out, want) || !strings.Contains(out, "without tills, 2 tries") {
		t.Errorf("runs list says %s", out)
	}
	out, _ = p.habitue(t, fault.OK, "runs", "show", "2026-03-10.1")
	if !strings.Contains(out, "input") || !strings.Contains(out, "tills/2026-03-10.csv:2") {
		t.Errorf("runs show says %s", out)
	}
	p.till(t, "2026-03-08")
	for _, run := range []string{"2026-03-08.1", "2026-03-10.1"} {
		p.habitue(t, fault.OK, "runs", "verify", "--replay", run)
	}
	p.run(t, "--from", "2026-03-01", "--to", "2026-03-12")
	first, again := p.manifest(t, "2026-03-08.1"), p.manifest(t, "2026-03-08.2")
	if diff := cmp.Diff(contents(first), contents(again)); diff != "" {
		t.Errorf("the night that was run without a source, again: %s", diff)
	}
	if diff := cmp.Diff([]string{"tills"}, again.Without); diff != "" {
		t.Error(diff)
	}
	if n := p.query(t, "SELECT count(*) FROM orders WHERE run_date = DATE '2026-03-12'"); n != "12\n" {
		t.Errorf("%s orders when the file has come, want 12", n)
	}
}

// TestTheFirstNightIsWaitedFor like any other, in each round, until its wait is over.
func TestTheFirstNightIsWaitedFor(t *testing.T) {
	t.Parallel()
	p := scheduledPlace(t)
	p.schedule(t, &clock{now: at(t, "2026-03-03 03:15"), until: at(t, "2026-03-03 03:15")}, fault.Waiting, "--once")
	p.till(t, "2026-03-03")
	p.schedule(t, &clock{now: at(t, "2026-03-04 03:15"), until: at(t, "2026-03-04 03:15")}, fault.OK, "--once")
	want := []string{"2026-03-02 2026-03-02.1 without tills, 2 tries since 2026-03-03 02:15, waiting", "2026-03-03 2026-03-03.1"}
	if diff := cmp.Diff(want, p.nights(t)); diff != "" {
		t.Error(diff)
	}
}

// TestOnceRunsWhatIsDue: whatever the schedule says, and with a name for how it
// ended.
func TestOnceRunsWhatIsDue(t *testing.T) {
	t.Parallel()
	p := scheduledPlace(t)
	once := func(when string, want fault.Code) {
		t.Helper()
		p.schedule(t, &clock{now: at(t, when), until: at(t, when)}, want, "--once")
	}
	crm := "id,email,name\n"
	for i := range 30 {
		crm += fmt.Sprintf("c%d,x%d@x.de,Ann\n", i, i)
	}
	p.write(t, "crm.csv", []byte(crm))
	once("2026-03-02 00:01", fault.OK)
	once("2026-03-02 23:59", fault.OK) // nothing is due
	once("2026-03-03 00:00", fault.Waiting)
	p.till(t, "2026-03-02")
	p.write(t, "habitue.yaml", []byte(strings.Replace(scheduledProject, "id, email: email", "id, email: mail", 1)))
	once("2026-03-03 00:01", fault.Input)
	p.write(t, "habitue.yaml", []byte(strings.Replace(scheduledProject, "EUR", "EURO", 1)))
	once("2026-03-03 00:01", fault.Config) // and no night has begun
	p.write(t, "habitue.yaml", []byte(scheduledProject))
	p.write(t, "crm.csv", []byte("id,email,name\n")) // thirty customers are gone
	once("2026-03-03 00:02", fault.Gate)
	metrics, err := os.ReadFile(p.path("out/habitue.prom"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`habitue_run_date_seconds{project="scheduled"} 1772323200`, `habitue_run_age_seconds{project="scheduled"} 86460`, `habitue_gate_shut{project="scheduled"} 1`,
		`habitue_nights_pending{project="scheduled"} 1`, `habitue_exit_code{project="scheduled"} 5`, `habitue_run_rows{project="scheduled",source="tills",fate="kept"} 1`} {
		if !strings.Contains(string(metrics), want+"\n") {
			t.Errorf("the metrics have no %s:\n%s", want, metrics)
		}
	}
	p.write(t, "crm.csv", []byte(crm))
	once("2026-03-03 00:03", fault.OK)
	want := []string{"2026-03-01 2026-03-01.1", "2026-03-02 2026-03-02.1 4 tries since 2026-03-02 23:00, waiting, input, gate"}
	if diff := cmp.Diff(want, p.nights(t)); diff != "" {
		t.Error(diff)
	}

	// As if the process had been killed between the run and its serving.
	b, err := book.Open(p.path("out/lake/_manifests/_nights.json"))
	if err != nil {
		t.Fatal(err)
	}
	b.Nights[1].Served = time.Time{}
	if err := b.Save(); err != nil {
		t.Fatal(err)
	}
	p.remove(t, "out/w.duckdb")
	once("2026-03-03 00:04", fault.OK)
	if got := p.query(t, "SELECT max(run_date) FROM orders"); got != "2026-03-02\n" {
		t.Errorf("the warehouse serves %s", got)
	}
}

// TestWhoIsToldAndAsks: a webhook, and who looks at health while it stays up.
func TestWhoIsToldAndAsks(t *testing.T) {
	t.Parallel()
	p := scheduledPlace(t)
	var posted bytes.Buffer
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(&posted, r.Body)
		if r.URL.Path != "/secret-token" {
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer hook.Close()
	p.edit(t, "    - {on: [success, gate, failure], command: [sh, -c, \"cat >> told.json\"]}\n",
		"    - {on: [success, gate], url: \""+hook.URL+"/secret-token\"}\n    - {on: [success], url: \""+hook.URL+"/other-token\"}\n    - {on: [failure], command: [no-such-program]}\n")
	p.edit(t, "  metrics: out/habitue.prom\n", "  listen: 127.0.0.1:0\n")
	var health, page string
	c := &clock{now: at(t, "2026-03-02 09:00"), until: at(t, "2026-03-04 09:00")}
	ask := func(path string) string {
		_, rest, _ := strings.Cut(c.said.String(), "http://")
		host, _, _ := strings.Cut(rest, "/healthz")
		a, err := http.Get("http://" + host + path)
		if err != nil {
			t.Error(err)
			return ""
		}
		defer a.Body.Close()
		text, _ := io.ReadAll(a.Body)
		return a.Status + " " + string(text)
	}
	c.comes = func(now time.Time) {
		if health == "" {
			health, page = ask("/healthz"), ask("/metrics")
		} else {
			health += ask("/healthz")
		}
	}
	p.schedule(t, c, fault.OK)
	if want := "200 OK {\"status\":\"ok\",\"exit\":\"ok\",\"run_date\":\"2026-03-01\"}\n503 Service Unavailable {\"status\":\"pending\",\"exit\":\"waiting\",\"run_date\":\"2026-03-01\",\"pending\":[\"2026-03-02\"]}\n"; health != want {
		t.Errorf("health is %s, want %s", health, want)
	}
	if !strings.Contains(page, `habitue_run_tries{project="scheduled"} 1`) {
		t.Errorf("the metrics are %s", page)
	}
	if diff := cmp.Diff([]string{"success 2026-03-01 ok", "success 2026-03-01 ok", "gate 2026-03-02 waiting tills"}, messagesOf(t, posted.Bytes())[:3]); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(c.said.String(), "it answered 404") || strings.Contains(c.said.String(), "token") {
		t.Errorf("it says %s", &c.said)
	}
}
