package nighttest

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/demo/demotest"
)

// reported is the shop after its last nights, with its report.
func reported(t *testing.T) (p *place, last *summary) {
	t.Helper()
	p = newPlace(t, nil)
	demotest.Shop(t, "../../testdata/shop", p.dir)
	p.edit(t, "warehouse: {kind: duckdb, path: out/warehouse.duckdb}", "warehouse: none")
	for _, night := range demotest.Nights(t, p.dir) {
		demotest.Deliver(t, p.dir, night)
		last = p.run(t, "--as-of", night, "--known", "then")
	}
	return p, last
}

// TestEveryFigureOfTheReport reads each figure back from the page and wants it
// to be what SQL says that was written from docs/tables.md alone, over other
// tables where that can be: cohorts and buyers from orders, scores from
// customers, files from export_rows, ties from what the run told.
func TestEveryFigureOfTheReport(t *testing.T) {
	t.Parallel()
	p, last := reported(t)
	page := p.page(t, "out/report.html")
	d := newDatabase(t)
	d.attach(t, "r", p, p.manifest(t, last.RunID))
	d.exec(t, "USE r")
	d.exec(t, "CREATE MACRO d() AS DATE '"+lastDay+"'")
	d.exec(t, "CREATE MACRO low(k, n) AS (k / n + 1.959963984540054 ** 2 / (2 * n) - 1.959963984540054 * sqrt(k / n * (1 - k / n) / n + 1.959963984540054 ** 2 / (4 * n * n))) / (1 + 1.959963984540054 ** 2 / n)")
	d.exec(t, "CREATE MACRO high(k, n) AS (k / n + 1.959963984540054 ** 2 / (2 * n) + 1.959963984540054 * sqrt(k / n * (1 - k / n) / n + 1.959963984540054 ** 2 / (4 * n * n))) / (1 + 1.959963984540054 ** 2 / n)")
	for _, view := range reportViews {
		d.exec(t, "CREATE TEMP VIEW "+view)
	}
	want := tiesOf(last)
	for _, query := range reportFigures {
		rows := d.strings(t, query)
		if len(rows) == 0 {
			t.Errorf("no rows of %s", query)
		}
		for _, r := range rows {
			if _, had := want[r[0]]; had {
				t.Errorf("SQL gives %s twice", r[0])
			}
			want[r[0]] = r[1]
		}
	}
	if len(page.figures) < 500 {
		t.Errorf("the page has only %d figures", len(page.figures))
	}
	for _, name := range slices.Sorted(maps.Keys(page.figures)) {
		if value, ok := want[name]; !ok {
			t.Errorf("SQL knows nothing of %s", name)
		} else if !alike(page.figures[name], value) {
			t.Errorf("%s: the page says %q, SQL %q", name, page.figures[name], value)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if _, ok := page.figures[name]; !ok {
			t.Errorf("the page has no %s", name)
		}
	}
	_, said, _ := strings.Cut(string(page.text), "the first that holds, in this order:")
	for _, step := range d.strings(t, "SELECT step FROM export_waterfall WHERE step NOT IN ('in_segment', 'in_file') GROUP BY step ORDER BY min(position)") {
		label := strings.ReplaceAll(step[0], "_", " ")
		_, rest, ok := strings.Cut(said, " "+label)
		if said = rest; !ok {
			t.Errorf("the words under the waterfalls do not have the step %s, or not in its place", label)
		}
	}
	for _, private := range d.strings(t, "SELECT DISTINCT unnest([email, phone, loyalty_card, customer_id]) AS what FROM customers WHERE kind = 'known'") {
		if len(private[0]) > 5 && bytes.Contains(page.text, []byte(private[0])) {
			t.Errorf("the page has %s of a person", private[0])
		}
	}
}

// alike tells whether two values are the same number, to six digits behind the
// point where the page works a share out, or the same text.
func alike(a, b string) bool {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return a == b || errX == nil && errY == nil && math.Abs(x-y) < 1e-6
}

// tiesOf are the figures that the run printed when it ended.
func tiesOf(s *summary) map[string]string {
	all := map[string]string{}
	for _, one := range s.Sources {
		name := "tie." + one.Name
		all[name+".files"] = strconv.Itoa(one.Files)
		put := func(what string, t tie, unit float64) {
			for fate, v := range map[string]int64{"read": t.Read, "kept": t.Kept, "repeats": t.Repeats, "superseded": t.Superseded, "filtered": t.Filtered, "rejects": t.Rejects, "later": t.Later} {
				all[name+"."+what+"."+fate] = fmt.Sprint(float64(v) / unit)
			}
		}
		put("rows", one.Rows, 1)
		if one.Money != nil {
			put("money", *one.Money, 100)
		}
		if one.Unreadable > 0 {
			all[name+".unreadable"] = fmt.Sprint(one.Unreadable)
		}
	}
	return all
}

// TestTheReportIsTheSameFromWhereverItIsMade: night by night and in one
// command, from more shards and with little memory.
func TestTheReportIsTheSameFromWhereverItIsMade(t *testing.T) {
	t.Parallel()
	p, last := reported(t)
	want := p.page(t, "out/report.html").text
	for _, secret := range []string{p.dir, last.RunID} {
		if bytes.Contains(want, []byte(secret)) {
			t.Errorf("the page has %s", secret)
		}
	}
	said, _ := p.habitue(t, fault.OK, "report", last.RunID, "--out", "again.html", "--memory", "300MiB")
	if !strings.Contains(said, "report of run "+last.RunID+": again.html\n") {
		t.Errorf("said %q", said)
	}
	if !bytes.Equal(want, p.page(t, "again.html").text) {
		t.Error("report of the same run is another page")
	}
	p.edit(t, "memory: 2GiB", "memory: 2GiB\nshards: 16")
	rerun := p.run(t, "--as-of", lastDay, "--known", "then")
	if got := p.page(t, "out/report.html").text; rerun.RunID == last.RunID || !bytes.Equal(want, got) {
		at := 0
		for at < min(len(want), len(got)) && want[at] == got[at] {
			at++
		}
		t.Errorf("the last night run again, with 16 shards, gives another page:\n%s\n%s", want[at:min(at+200, len(want))], got[at:min(at+200, len(got))])
	}
}

// TestAReportOfWhatIsNotThere says in a sentence what a section lacks.
func TestAReportOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	const crm = "  - {name: crm, kind: csv, path: crm.csv, delivery: full, record: contact, fields: {id: id, email: email, created_at: at}}\n"
	const desk = "  - {name: desk, kind: csv, path: desk.csv, delivery: full, record: order, fields: {id: id, at: at, email: email, amount: amount}}\n"
	files := map[string]string{
		"crm.csv":  "id,email,at\nC1,anna@x.de,2025-01-01T10:00:00\nC2,berta@x.de,2025-01-02T10:00:00\n",
		"desk.csv": "id,at,email,amount\nR1,2025-01-03T10:00:00,anna@x.de,10\nR2,2025-01-04T10:00:00,berta@x.de,-2000\nR3,2025-01-04T11:00:00,,7\nR4,never,,7\n",
	}
	for _, c := range []struct {
		name, currency, sources, publish string
		says, not                        []string
	}{
		{"contacts only", "EUR", crm, "all", []string{
			"No order lies in the last 56 weeks.", "No customer has a counted order, so nobody is scored.", "The project has no segments;", "The project sends nothing:",
			"No customer has a counted order, or the project file asks for no cohorts", "No prediction: nobody has a counted order.", "No row was refused.", `data-figure="headline.known" data-value="2"`,
		}, []string{"Net revenue</a>", "<table class=\"heats\">", "At high risk</a>"}},
		{"a few orders", "JPY", crm + desk, "all", []string{
			`data-figure="headline.net_28d" data-value="-1983"`, "No prediction: ", "<table class=\"heats\">", `data-figure="reject.desk.at.bad_time" data-value="1"`,
		}, []string{"At high risk</a>"}},
		{"orders only", "EUR", desk, "all", []string{`data-figure="headline.net_28d" data-value="-1983.00"`}, nil},
		{"almost nothing published", "EUR", crm + desk, "{rfm: [customer_id, r_score, f_score, rfm_group]}", []string{
			"The run has no table orders: the project file does not name it under publish.", "The table rfm has no monetary: the project file does not name it under publish.", "The run has no table segment_moves:", "The run has no table exports:",
			"The run has no table cohort_retention:", "The run has no table identity_changes:", "The run has no table data_checks:", "✓ ties",
		}, []string{"<svg class=\"weeks\"", "NaN"}},
	} {
		p := newPlace(t, files)
		p.write(t, "habitue.yaml", []byte("project: people\ntimezone: UTC\ncurrency: "+c.currency+"\nreport: out/pages/monday.html\npublish: {tables: "+c.publish+"}\nsources:\n"+c.sources))
		out, _ := p.habitue(t, fault.OK, "run", "--as-of", "2025-01-05", "--no-gates")
		if !strings.HasSuffix(out, "report: out/pages/monday.html\n") {
			t.Errorf("%s: the run ends with\n%s", c.name, out)
		}
		text := string(p.page(t, "out/pages/monday.html").text)
		for _, says := range c.says {
			if !strings.Contains(text, says) {
				t.Errorf("%s: the page does not say %s", c.name, says)
			}
		}
		for _, not := range c.not {
			if strings.Contains(text, not) {
				t.Errorf("%s: the page has %s", c.name, not)
			}
		}
	}
}

// TestReportOpens hands the page to what shows pages.
func TestReportOpens(t *testing.T) { // it sets PATH
	p := newPlace(t, map[string]string{"habitue.yaml": customerProject, "crm.csv": "id,email,phone,born,at\nC1,anna@x.de,,,2025-01-01T10:00:00\n", "desk.csv": "id,at,email,card,login,amount\n"})
	p.edit(t, "WAREHOUSE", "warehouse: none")
	p.run(t, "--as-of", "2025-01-05")
	p.write(t, "bin/xdg-open", []byte("#!/bin/sh\necho \"$1\" > \""+p.path("shown")+"\"\n"))
	if err := os.Chmod(p.path("bin/xdg-open"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", p.path("bin"))
	p.habitue(t, fault.OK, "report", "--open")
	if shown := p.read(t, "shown"); shown != p.path("report.html")+"\n" {
		t.Errorf("shown: %q", shown)
	}
	t.Setenv("PATH", p.path("nowhere"))
	if _, errs := p.habitue(t, fault.OK, "report", "--open"); !strings.Contains(errs, "nothing here opens pages: open report.html yourself") {
		t.Errorf("said %q", errs)
	}
	if _, errs := p.habitue(t, fault.Usage, "report", "2025-01-06.1"); !strings.Contains(errs, "2025-01-06.1") {
		t.Errorf("said %q", errs)
	}
}
