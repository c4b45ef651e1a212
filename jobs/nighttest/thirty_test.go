package nighttest

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/demo"
)

// The nights of the test: a made-up shop in Morocco, whose clocks go back for
// Ramadan and forward after it, five weeks later, both at 02:30.
const (
	firstNight, lastNight = "2026-02-12", "2026-03-25"
	moroccan              = "Africa/Casablanca"
	nightly               = `schedule: "30 2 * * *"
`
)

// shopOfNights is the shop as it will be, and the shop before the first night.
func shopOfNights(t *testing.T) (whole, p *place) {
	t.Helper()
	whole, p = newPlace(t, nil), newPlace(t, nil)
	until, err := time.Parse(time.DateOnly, lastNight)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := demo.Make(t.Context(), demo.Options{Customers: 150, Days: 140, Seed: 5, Until: until, Out: filepath.Join(whole.dir, "shop")}); err != nil {
		t.Fatal(err)
	}
	whole.dir = filepath.Join(whole.dir, "shop")
	for _, edit := range [][2]string{{"timezone: Europe/Moscow", "timezone: " + moroccan}, {"warehouse: {kind: duckdb, path: out/warehouse.duckdb}", "warehouse: none"}, {"keep_runs: 14", "keep_runs: 60"},
		{"memory: 2GiB", nightly + "memory: 2GiB"},
		{"    path: exports/receipts/%Y-%m-%d.csv.gz\n", "    path: exports/receipts/%Y-%m-%d*.csv.gz\n    wait: 2d\n"},
		{"    path: exports/web/%Y-%m-%d.jsonl.gz\n", "    path: exports/web/%Y-%m-%d.jsonl.gz\n    wait: 36h\n"}} {
		whole.edit(t, edit[0], edit[1])
	}
	for name, data := range files(t, whole) {
		day := dayInPath(name)
		if strings.HasPrefix(name, "/exports/receipts/") && day >= "2026-03-07" {
			whole.write(t, name, recut(t, []byte(data), day >= "2026-03-09"))
		}
	}
	if err := os.CopyFS(p.dir, os.DirFS(whole.dir)); err != nil {
		t.Fatal(err)
	}
	for name := range files(t, p) {
		if dayInPath(name) >= firstNight {
			p.remove(t, name)
		}
	}
	return whole, p
}

var dated = regexp.MustCompile(`\d{4}-\d\d-\d\d`)

func dayInPath(name string) string { return dated.FindString(filepath.Base(name)) }

// recut adds a column to a till's file, and where the other has another name
// gives it that.
func recut(t *testing.T, packed []byte, renamed bool) []byte {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(string(unzip(t, packed)), "\n"), "\n")
	if renamed {
		lines[0] = strings.Replace(lines[0], ",phone,", ",phone_no,", 1)
	}
	for i := range lines {
		lines[i] += map[bool]string{true: ",weather", false: ",rain"}[i == 0]
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(strings.Join(lines, "\n") + "\n")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// comes puts in place what comes before a round: each file when its day is over,
// but for these.
//
//	02-19  the tills' file of the 18th has not come; it does a night later
//	02-21  the loyalty file of the 20th has not come, and nobody waits for it; it does on 02-23
//	02-25  the web's file of the 24th has not come; on 02-27 the night goes on without it, on 03-02 it comes after all
//	02-28  the process is killed in the midst of the night
//	03-04  the tills' file of the 3rd comes twice
//	03-08  from the 7th on the tills' files have another column
//	03-10  from the 9th on the column phone of the tills is called phone_no; on 03-11 somebody says so in the project file
//	03-12  the CRM's dump of the 11th has not come, and nobody waits for it; it does on 03-14
//	03-14  the web's file of the 13th is broken; on 03-16 somebody puts it right
//	03-17  the process is stopped in the midst of the night
//	03-19  the machine is off, for two nights
func (p *place) comes(t *testing.T, whole map[string]string, round time.Time) {
	t.Helper()
	today, over := round.Format(time.DateOnly), round.AddDate(0, 0, -1).Format(time.DateOnly)
	late := map[string]string{"/exports/receipts/2026-02-18.csv.gz": "2026-02-20", "/exports/loyalty/2026-02-20.csv.gz": "2026-02-23", "/exports/web/2026-02-24.jsonl.gz": "2026-03-02",
		"/exports/crm/2026-03-11.csv.gz": "2026-03-14"}
	for name, data := range whole {
		day, known := late[name]
		if !known && dayInPath(name) <= over && !p.exists(t, name) || known && day <= today && !p.exists(t, name) {
			p.write(t, name, []byte(data))
		}
	}
	const broken = "/exports/web/2026-03-13.jsonl.gz"
	switch today {
	case "2026-03-04":
		p.write(t, "exports/receipts/2026-03-03-again.csv.gz", []byte(whole["/exports/receipts/2026-03-03.csv.gz"]))
	case "2026-03-11":
		p.edit(t, "      phone: phone\n      email: email\n      login: login\n", "      phone: [phone, phone_no]\n      email: email\n      login: login\n")
	case "2026-03-14", "2026-03-15":
		p.write(t, broken, []byte(whole[broken][:len(whole[broken])/2]))
	case "2026-03-16":
		p.write(t, broken, []byte(whole[broken]))
	case "2026-02-28":
		p.stop(t, round, syscall.SIGKILL)
	case "2026-03-17":
		p.stop(t, round, syscall.SIGTERM)
	}
}

// stop has another process begin the night, and ends it as soon as it is in the
// midst of it.
func (p *place) stop(t *testing.T, now time.Time, signal os.Signal) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, program, "--progress", "none", "schedule", "--once")
	c.Dir, c.Env = p.dir, append(os.Environ(), "HABITUE_NOW="+now.Format(time.RFC3339))
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for ctx.Err() == nil {
		if begun, _ := filepath.Glob(p.path("out/lake/_scratch/*")); begun != nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if err := c.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err == nil {
		t.Errorf("the night of %s was over before it was stopped: %s", now, &said)
	} else if code := c.ProcessState.ExitCode(); signal == syscall.SIGTERM && fault.Code(code) != fault.Cancelled {
		t.Errorf("stopped, it ended in %d: %s", code, &said)
	}
}

// TestThirtyNights lets six weeks of nights run by themselves, while happens what
// does. Nobody has to do a thing but to say the new name of a column and to put
// a broken file right. All tables of every night are then those of one command
// over all days, in a lake that was given the two ledgers and what was sent, and
// the last night's are those of one run over all that ever came.
func TestThirtyNights(t *testing.T) {
	t.Parallel()
	whole, p := shopOfNights(t)
	all := files(t, whole)
	zone, err := time.LoadLocation(moroccan)
	if err != nil {
		t.Fatal(err)
	}
	var rounds []string
	comes := func(now time.Time) {
		rounds = append(rounds, now.Format("01-02 15:04 -07"))
		p.comes(t, all, now)
	}
	on := func(text string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	p.comes(t, all, on("2026-02-13 02:29"))
	p.schedule(t, &clock{now: on("2026-02-13 02:29"), until: on("2026-03-18 18:00"), comes: comes}, fault.OK)
	p.comes(t, all, on("2026-03-20 08:00"))
	c := &clock{now: on("2026-03-20 08:00"), until: on("2026-03-26 12:00"), comes: comes}
	p.schedule(t, c, fault.OK)

	if n := len(rounds); n != 40 {
		t.Errorf("%d rounds", n)
	}
	for _, want := range []string{"02-15 02:30 +01", "02-16 02:30 +00", "03-21 02:30 +00", "03-22 03:00 +01"} {
		if n := len(slices.DeleteFunc(slices.Clone(rounds), func(r string) bool { return r[:5] != want[:5] })); n != 1 || !slices.Contains(rounds, want) {
			t.Errorf("there were %d rounds on that day, and want one at %s: %q", n, want, rounds)
		}
	}
	p.holdNights(t)
	if t.Failed() {
		t.Log(&c.said)
		return
	}

	line, err := p.lake.LineRuns()
	if err != nil {
		t.Fatal(err)
	}
	again := p.givenTheLedgers(t, line[len(line)-1])
	again.run(t, "--from", firstNight, "--to", lastNight)
	for _, id := range line {
		date, _, _ := strings.Cut(id, ".")
		theirs, err := again.lake.LineRuns()
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(theirs, func(id string) bool { return strings.HasPrefix(id, date+".") })
		if diff := cmp.Diff(contents(p.manifest(t, id)), contents(again.manifest(t, theirs[i]))); diff != "" {
			t.Errorf("%s (- by night, + in one command): %s", date, diff)
		}
	}

	fresh := newPlace(t, nil)
	if err := os.CopyFS(fresh.dir, os.DirFS(p.dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(fresh.path("out")); err != nil {
		t.Fatal(err)
	}
	alone := fresh.run(t, "--as-of", lastNight)
	d := newDatabase(t)
	d.attach(t, "nightly", p, p.manifest(t, line[len(line)-1]))
	d.attach(t, "fresh", fresh, fresh.manifest(t, alone.RunID))
	sameTables(t, d, "nightly", "fresh", currentTables)
	ids(t, d, "nightly")
	if n := d.one(t, "SELECT count(*) FROM nightly.orders WHERE attributes LIKE '%weather%'"); n == 0 {
		t.Error("the column that was added is nowhere")
	}
}

// holdNights wants the book to tell of each night what happened, and what was
// decided.
func (p *place) holdNights(t *testing.T) {
	t.Helper()
	want := map[string]string{
		"2026-02-18": "2 tries since 2026-02-19 02:30, waiting",
		"2026-02-24": "without web, 3 tries since 2026-02-25 02:30, waiting",
		"2026-02-27": "2 tries since 2026-02-28 02:30, killed",
		"2026-03-09": "2 tries since 2026-03-10 02:30, input",
		"2026-03-13": "3 tries since 2026-03-14 02:30, input",
		"2026-03-16": "2 tries since 2026-03-17 02:30, cancelled",
	}
	got, n := map[string]string{}, 0
	for _, line := range p.nights(t) {
		date, rest, _ := strings.Cut(line, " ")
		run, said, _ := strings.Cut(rest, " ")
		n++
		if !strings.HasPrefix(run, date+".") {
			t.Errorf("the night of %s is run %s", date, run)
		}
		if said != "" {
			got[date] = said
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || n != 42 {
		t.Errorf("%d nights: %s", n, diff)
	}
}

// givenTheLedgers is a place with all that ever came, whose lake has the two
// ledgers of a run, the versions of the files and what was sent, and no other
// table but that of runs, which every lake has.
func (p *place) givenTheLedgers(t *testing.T, run string) *place {
	t.Helper()
	to := newPlace(t, nil)
	if err := os.CopyFS(to.dir, os.DirFS(p.dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(to.path("out")); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"_inputs", "_sent"} {
		if err := os.CopyFS(to.path("out/lake/"+folder), os.DirFS(p.path("out/lake/"+folder))); err != nil {
			t.Fatal(err)
		}
	}
	m := p.manifest(t, run)
	maps.DeleteFunc(m.Tables, func(name string, _ lake.Table) bool {
		return !slices.Contains([]string{"customer_ids", "customer_keys", "deliveries", "runs"}, name) // runs stands aside
	})
	for _, table := range m.Tables {
		for _, f := range table.Files {
			data, err := os.ReadFile(p.lake.Path(f.Path))
			if err != nil {
				t.Fatal(err)
			}
			to.write(t, "out/lake/"+f.Path, data)
		}
	}
	text, err := json.Marshal([]string{run})
	if err != nil {
		t.Fatal(err)
	}
	to.write(t, "out/lake/_manifests/_line.json", text)
	if text, err = json.Marshal(m); err != nil {
		t.Fatal(err)
	}
	to.write(t, "out/lake/_manifests/"+run+".json", text)
	return to
}
