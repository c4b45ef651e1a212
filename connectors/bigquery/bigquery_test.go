package bigquery

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/connectors/bigquery/contract"
)

func publish(t testing.TB, s Snapshot, o Options) Report {
	t.Helper()
	r, err := Publish(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// want is what readers must see of a run.
func want(t testing.TB, s Snapshot) map[string][]string {
	seen := map[string][]string{}
	for _, table := range s.Tables {
		seen[table.Name] = []string{}
		for _, f := range table.Parts {
			seen[table.Name] = append(seen[table.Name], f.SHA256)
		}
		slices.Sort(seen[table.Name])
	}
	return seen
}

func seen(server *contract.Server) map[string][]string {
	all := map[string][]string{}
	for name := range columnsOf {
		if files := server.Seen(name); files != nil { // there is such a view
			all[name] = files
		}
	}
	return all
}

func TestTwoNightsAreServedOneAfterTheOther(t *testing.T) {
	t.Parallel()
	w, server := newWorld(t), contract.New(t)
	first := w.snapshot(monday)
	if r := publish(t, first, to(server)); r != (Report{Tables: 4, Partitions: 3, Rows: 21, Checked: 4 << 20}) {
		t.Errorf("%+v", r)
	}
	if diff := cmp.Diff(want(t, first), seen(server)); diff != "" {
		t.Error(diff)
	}
	second := w.snapshot(tuesday)
	if r := publish(t, second, to(server)); r.Partitions != 2 {
		t.Errorf("%d partitions were loaded; one month has changed, and the night is new", r.Partitions)
	}
	if diff := cmp.Diff(want(t, second), seen(server)); diff != "" {
		t.Error(diff)
	}
	left := []string{"rows_customers$2025123001 1", "rows_orders$202511 1", "rows_orders$202512 1", "rows_rfm_groups$2025123001 1",
		"rows_segment_moves$20251229 1", "rows_segment_moves$20251230 1"}
	if diff := cmp.Diff(left, server.Partitions()); diff != "" {
		t.Error(diff)
	}
	for view, sql := range map[string]string{
		"customers":     "SELECT run_date, `customer_id`, `kind`, `last_order_at`, `last_order_date`, `order_count`, `net_revenue` FROM `p.shop.rows_customers` WHERE _PARTITIONTIME = (SELECT slot FROM `p.shop._runs` WHERE state = 'committed' ORDER BY seq DESC LIMIT 1)",
		"orders":        "SELECT (SELECT run_date FROM `p.shop._runs` WHERE state = 'committed' ORDER BY seq DESC LIMIT 1) AS run_date, `source`, `record_id`, `customer_id`, `order_at`, `order_date`, `counted`, `amount` FROM `p.shop.rows_orders`",
		"segment_moves": "SELECT run_date, `segment`, `customer_id`, `move`, `move_date` FROM `p.shop.rows_segment_moves` WHERE run_date <= (SELECT run_date FROM `p.shop._runs` WHERE state = 'committed' ORDER BY seq DESC LIMIT 1)",
		"v_customers":   "SELECT * FROM `p.shop.customers` WHERE kind = 'known'",
	} {
		if diff := cmp.Diff(sql, server.View(view)); diff != "" {
			t.Error(diff)
		}
	}
}

// TestAColumnMoreIsLoadedInEveryMonth, also one that no content hash is over.
func TestAColumnMoreIsLoadedInEveryMonth(t *testing.T) {
	t.Parallel()
	w, server := newWorld(t), contract.New(t)
	publish(t, only(w.snapshot(monday), "orders"), to(server))
	second := only(w.snapshot(day{run: tuesday.run, before: monday.run, orders: monday.orders, more: []string{"src_file"}}), "orders")
	if r := publish(t, second, to(server)); r.Partitions != len(monday.orders) {
		t.Errorf("%d of %d months were loaded", r.Partitions, len(monday.orders))
	}
	if diff := cmp.Diff(want(t, second), seen(server)); diff != "" {
		t.Error(diff)
	}
}

// TestATableOfOtherPartitionsIsNotServed: what was made anew by each run has its
// history in a later version of the program, and no table changes its partitions.
func TestATableOfOtherPartitionsIsNotServed(t *testing.T) {
	t.Parallel()
	w, server := newWorld(t), contract.New(t)
	first := only(w.snapshot(monday), "orders", "customers")
	publish(t, first, to(server))
	second := only(w.snapshot(tuesday), "orders", "customers")
	for i := range second.Tables {
		if second.Tables[i].Name == "customers" {
			second.Tables[i].By = runDate
		}
	}
	if _, err := Publish(t.Context(), second, to(server)); err == nil || !strings.Contains(err.Error(), "rows_customers has other partitions") {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff(want(t, first), seen(server)); diff != "" {
		t.Error(diff)
	}
}

// TestATableThatSomebodyTookAwayIsLoadedWhole: the log says that its months are
// there, and they are not. So it is with a process that was stopped after it made
// the table anew.
func TestATableThatSomebodyTookAwayIsLoadedWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, second := w.snapshot(monday), w.snapshot(tuesday)
	for _, stopped := range []bool{false, true} {
		server := contract.New(t)
		publish(t, first, to(server))
		for _, name := range []string{"rows_orders", "rows_segment_moves", "rows_customers", "orders"} {
			server.Lose(name)
		}
		if stopped {
			ctx, kill := context.WithCancel(t.Context())
			server.Trouble = func(c contract.Call) contract.Answer {
				if c.Kind == "load" {
					kill()
				}
				return contract.Answer{}
			}
			if _, err := Publish(ctx, second, to(server)); err == nil {
				t.Fatal("nothing stopped it")
			}
			server.Quiet()
			server.Trouble = nil
		}
		publish(t, second, to(server))
		if diff := cmp.Diff(want(t, second), seen(server)); diff != "" {
			t.Errorf("stopped %v: %s", stopped, diff)
		}
	}
}

// TestAViewThatTheRunHasNotIsTakenAway: its columns, or its table, are served no
// more, so it could not be asked.
func TestAViewThatTheRunHasNotIsTakenAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := contract.New(t)
	publish(t, w.snapshot(monday), to(server))
	if server.View("v_customers") == "" {
		t.Fatal("it was never there")
	}
	next := only(w.snapshot(tuesday), "orders", "segment_moves")
	next.Views = nil
	publish(t, next, to(server))
	if sql := server.View("v_customers"); sql != "" {
		t.Errorf("it is %s", sql)
	}
	publish(t, w.snapshot(tuesday), to(server))
	if server.View("v_customers") == "" {
		t.Error("it is not there again")
	}
}

func TestARunIsPublishedAgainAfterALaterOne(t *testing.T) {
	t.Parallel()
	w, server := newWorld(t), contract.New(t)
	first, second := w.snapshot(monday), w.snapshot(tuesday)
	for _, s := range []Snapshot{first, second, first, first, second} {
		publish(t, s, to(server))
		if diff := cmp.Diff(want(t, s), seen(server)); diff != "" {
			t.Errorf("run %s: %s", s.RunID, diff)
		}
	}
	again := monday
	again.run, again.customers, again.orders = "2025-12-29.2", 3, map[string]int{"2025-12": 1}
	s := w.snapshot(again)
	publish(t, s, to(server))
	if diff := cmp.Diff(want(t, s), seen(server)); diff != "" {
		t.Error(diff)
	}
	for _, p := range server.Partitions() {
		if strings.Contains(p, "2025122901") || strings.Contains(p, "20251230") || strings.Contains(p, "202511") {
			t.Errorf("%s is left", p)
		}
	}
}

// TestADatasetThatBeginsAnew was served, deleted and made again, or is another
// one of the same Google Cloud project: what jobs did there they did not do
// here.
func TestADatasetThatBeginsAnew(t *testing.T) {
	t.Parallel()
	w, server := newWorld(t), contract.New(t)
	s := w.snapshot(monday)
	publish(t, s, to(server))
	server.Wipe()
	publish(t, s, to(server))
	if diff := cmp.Diff(want(t, s), seen(server)); diff != "" {
		t.Error(diff)
	}
	for _, c := range server.Calls() {
		if id := contract.Text(c.Body, "jobReference", "jobId"); id != "" && !strings.Contains(id, "-shop-") {
			t.Errorf("job %s may be another dataset's", id)
		}
	}
}

// TestARunADayOfRunsLater has the hour of the run that is read: it goes into
// another partition, so that readers see no table of it before the last row.
func TestARunADayOfRunsLater(t *testing.T) {
	t.Parallel()
	w, server := newWorld(t), contract.New(t)
	first := w.snapshot(day{run: "2025-12-29.1", customers: 7})
	publish(t, first, to(server))
	second := w.snapshot(day{run: "2025-12-29.25", customers: 3})
	server.Trouble = func(c contract.Call) contract.Answer {
		if strings.Contains(contract.Text(c.Body, "jobReference", "jobId"), "-committed") {
			return contract.Answer{JobFails: true, Reason: "invalid", Message: "no"}
		}
		return contract.Answer{}
	}
	if _, err := Publish(t.Context(), second, to(server)); err == nil {
		t.Fatal("it was committed")
	}
	if diff := cmp.Diff(want(t, first)["customers"], seen(server)["customers"]); diff != "" {
		t.Errorf("before it is committed: %s", diff)
	}
	server.Trouble = nil
	publish(t, second, to(server))
	if diff := cmp.Diff(want(t, second)["customers"], seen(server)["customers"]); diff != "" {
		t.Error(diff)
	}
}

// TestAViewThatIsNotAskedForIsTakenAway, or it would stay over tables that are
// not there any more.
func TestAViewThatIsNotAskedForIsTakenAway(t *testing.T) {
	t.Parallel()
	w, server := newWorld(t), contract.New(t)
	s := w.snapshot(monday)
	publish(t, s, to(server))
	if server.View("v_customers") == "" {
		t.Fatal("there is no view")
	}
	s.Views = nil
	publish(t, s, to(server))
	if sql := server.View("v_customers"); sql != "" {
		t.Error(sql)
	}
}
