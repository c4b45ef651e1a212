package nighttest

import (
	"bytes"
	"fmt"
	"maps"
	"math"
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
