package nighttest

import (
	"encoding/csv"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// step is a row of replay/schedule.csv.
type step struct{ night, action, path, from string }

// schedule is how the shop's files came, night by night.
func schedule(t testing.TB) (nights []string, steps []step) {
	t.Helper()
	f, err := os.Open("../../testdata/shop/replay/schedule.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		steps = append(steps, step{r[0], r[1], r[2], r[3]})
		if r[1] != "start" && !slices.Contains(nights, r[0]) {
			nights = append(nights, r[0])
		}
	}
	return nights, steps
}

// arrivals is the shop as it was before the nights of the schedule: its
// files come with do.
type arrivals struct {
	*place
	from  *place // the whole shop
	steps []step
}

func newArrivals(t testing.TB, steps []step) *arrivals {
	t.Helper()
	a := &arrivals{place: shopPlace(t), from: shopPlace(t), steps: steps}
	for _, s := range steps {
		if a.exists(t, s.path) {
			a.remove(t, s.path)
		}
	}
	a.do(t, func(s step) bool { return s.action == "start" })
	return a
}

// do does the steps that are asked for, in order.
func (a *arrivals) do(t testing.TB, wanted func(step) bool) {
	t.Helper()
	for _, s := range a.steps {
		switch {
		case !wanted(s):
		case s.action == "delete":
			a.remove(t, s.path)
		default:
			from := s.from
			if from == "" {
				from = s.path
			}
			data, err := os.ReadFile(a.from.path(from))
			if err != nil {
				t.Fatal(err)
			}
			a.write(t, s.path, data)
		}
	}
}

// night does the steps of a night.
func (a *arrivals) night(t testing.TB, night string) {
	t.Helper()
	a.do(t, func(s step) bool { return s.action != "start" && s.night == night })
}

// TestTheReplayEndsWithTheExports holds the schedule against the folder.
func TestTheReplayEndsWithTheExports(t *testing.T) {
	nights, steps := schedule(t)
	a := newArrivals(t, steps)
	for _, n := range nights {
		a.night(t, n)
	}
	if diff := cmp.Diff(files(t, a.from), files(t, a.place)); diff != "" {
		t.Error(diff)
	}
	for _, action := range []string{"late", "resend", "delete"} {
		if !slices.ContainsFunc(steps, func(s step) bool { return s.action == action }) {
			t.Errorf("the schedule has no %s", action)
		}
	}
}

func files(t testing.TB, p *place) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(p.path("exports"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		all[strings.TrimPrefix(path, p.dir)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// currentTables are what three ways to the last day must agree in, with the
// columns that say nothing of the way: when a file was first delivered.
var currentTables = []string{"contacts", "orders", "order_lines", "events", "interactions", "products", "stores", "customers", "customer_keys", "rfm", "rfm_cuts", "rfm_groups", "cohort_retention", "cohort_overall"}

// sameTables wants the tables of two schemas to be equal once their customers
// are named by their first keys.
func sameTables(t *testing.T, d *database, a, b string, tables []string) {
	t.Helper()
	query := func(schema, table string) string {
		columns := map[string]bool{}
		for _, row := range d.strings(t, "SELECT column_name FROM information_schema.columns WHERE table_schema = '"+schema+"' AND table_name = '"+table+"'") {
			columns[row[0]] = true
		}
		var but []string
		for _, c := range []string{"src_file", "src_line", "first_delivered", "customer_id"} {
			if columns[c] {
				but = append(but, c)
			}
		}
		from := "SELECT x.* FROM " + schema + "." + table + " x"
		if columns["customer_id"] {
			from = "SELECT x.* EXCLUDE (" + strings.Join(but, ", ") + "), c.first_key AS whose FROM " + schema + "." + table + " x LEFT JOIN " + schema + ".customers c ON c.customer_id = x.customer_id"
		} else if but != nil {
			from = "SELECT x.* EXCLUDE (" + strings.Join(but, ", ") + ") FROM " + schema + "." + table + " x"
		}
		return from
	}
	for _, table := range tables {
		d.same(t, table+" of "+a+" and "+b, query(a, table), query(b, table))
	}
}
