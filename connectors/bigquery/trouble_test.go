package bigquery

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/connectors/bigquery/contract"
)

// TestStoppedAnywhereItIsWholeAndEndsWhenDoneAgain stops a publish at each of
// its requests, before and after the service worked on it, as a killed process
// does. Readers see one run or the other, and the next publish meets what is
// there.
func TestStoppedAnywhereItIsWholeAndEndsWhenDoneAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	some := []string{"customers", "segment_moves", "orders"}
	first, second := only(w.snapshot(monday), some...), only(w.snapshot(tuesday), some...)
	other := tuesday
	other.run, other.customers, other.orders = "2025-12-30.2", 4, map[string]int{"2025-11": 4, "2025-12": 5} // orders as on monday
	third := only(w.snapshot(other), some...)
	old, anew := want(t, first), want(t, second)
	for n := 0; ; n++ {
		server := contract.New(t)
		publish(t, first, to(server))
		from := len(server.Calls())
		ctx, kill := context.WithCancel(t.Context())
		server.Trouble = func(c contract.Call) contract.Answer {
			if c.N < from+n/2 {
				return contract.Answer{}
			}
			kill()
			return contract.Answer{Cut: n%2 == 0, CutAfter: n%2 == 1}
		}
		_, err := Publish(ctx, second, to(server))
		kill()
		server.Quiet()
		server.Trouble = nil
		if err == nil {
			if n < 50 {
				t.Fatalf("it had no more than %d requests", n/2)
			}
			return
		}
		got := seen(server)
		for _, name := range some[:2] {
			expected := old[name]
			if slices.Equal(got["customers"], anew["customers"]) {
				expected = anew[name]
			}
			if !slices.Equal(got[name], expected) {
				t.Errorf("stopped at request %d: readers see of %s\n%v", n, name, got)
			}
		}
		if n%3 == 0 { // another run is published first
			publish(t, third, to(server))
			if diff := cmp.Diff(want(t, third), seen(server)); diff != "" {
				t.Fatalf("stopped at request %d, then another run: %s", n, diff)
			}
		}
		publish(t, second, to(server))
		if diff := cmp.Diff(anew, seen(server)); diff != "" {
			t.Fatalf("stopped at request %d, then done again: %s", n, diff)
		}
		if left := server.Tables("stage_"); len(left) > 0 && n%3 != 0 && !slices.Equal(got["customers"], anew["customers"]) { // else they expire
			t.Errorf("stopped at request %d, then done again: %v are left", n, left)
		}
	}
}

// TestTroubleThatPassesIsTriedAgain breaks each request once.
func TestTroubleThatPassesIsTriedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.snapshot(monday)
	for name, answer := range map[string]contract.Answer{
		"connection reset":              {Cut: true},
		"answer lost, so 409 on a job":  {CutAfter: true},
		"503 to an upload":              {Status: 503, Reason: "backendError", Message: "try later"},
		"a rate limit":                  {Status: 403, Reason: "rateLimitExceeded", Message: "too fast"},
		"a job that the service failed": {JobFails: true, Reason: "backendError", Message: "our fault"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := contract.New(t)
			met := map[string]bool{}
			server.Trouble = func(c contract.Call) contract.Answer {
				to := contract.Text(c.Body, "configuration", "load", "destinationTable", "tableId")
				if to == "" || met[to] {
					return contract.Answer{}
				}
				met[to] = true
				return answer
			}
			publish(t, s, to(server))
			if diff := cmp.Diff(want(t, s), seen(server)); diff != "" || len(met) != 6 { // four tables, one of two months, and the log
				t.Errorf("%d troubles: %s", len(met), diff)
			}
		})
	}
}

// once has a server answer the first request of a kind so; met tells whether there
// was one.
func once(server *contract.Server, kind string, answer contract.Answer) (met *bool) {
	met = new(bool)
	server.Trouble = func(c contract.Call) contract.Answer {
		if *met || c.Kind != kind {
			return contract.Answer{}
		}
		*met = true
		return answer
	}
	return met
}

// TestEveryOtherRequestIsTriedAgainToo lets the client itself come back.
func TestEveryOtherRequestIsTriedAgainToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.snapshot(monday)
	for _, kind := range []string{"dataset.get", "table.insert", "table.delete", "rows.get", "copy", "query", "job.get", "table.patch"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			server := contract.New(t)
			met := once(server, kind, contract.Answer{Status: 503, Reason: "backendError", Message: "try later"})
			o := to(server)
			o.patience = 0
			publish(t, s, o)
			if diff := cmp.Diff(want(t, s), seen(server)); diff != "" || !*met {
				t.Errorf("met %v: %s", *met, diff)
			}
		})
	}
}

// TestWhatMayPassLaterIsToldApart asks for the dataset, as is done before a night.
func TestWhatMayPassLaterIsToldApart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer contract.Answer
		passes bool
	}{
		"503, again and again":  {contract.Answer{Status: 503, Reason: "backendError", Message: "try later"}, true},
		"nobody answers":        {contract.Answer{Cut: true}, true},
		"a quota of the day":    {contract.Answer{Status: 403, Reason: "quotaExceeded", Message: "no more today"}, true},
		"no right":              {contract.Answer{Status: 403, Reason: "accessDenied", Message: "you may not"}, false},
		"who is not logged in":  {contract.Answer{Status: 401, Reason: "authError", Message: "who are you"}, false},
		"a project that is not": {contract.Answer{Status: 400, Reason: "invalid", Message: "no such project"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := contract.New(t)
			server.Trouble = func(contract.Call) contract.Answer { return c.answer }
			if err := Try(t.Context(), to(server), nil); err == nil || Passing(err) != c.passes {
				t.Errorf("%v: it passes is %v, want %v", err, Passing(err), c.passes)
			}
		})
	}
	server := contract.New(t)
	o := to(server)
	o.Location = "mars"
	if err := Try(t.Context(), to(server), nil); err != nil {
		t.Fatal(err)
	}
	if err := Try(t.Context(), o, nil); err == nil || Passing(err) {
		t.Errorf("another location: %v passes", err)
	}
}

// TestARequestWhoseAnswerGotLostIsDone loses the answer to the first request
// of a kind: the next try finds it done.
func TestARequestWhoseAnswerGotLostIsDone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.snapshot(monday)
	for _, kind := range []string{"dataset.insert", "table.insert", "table.delete", "table.patch", "copy", "query"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			server := contract.New(t)
			met := once(server, kind, contract.Answer{CutAfter: true})
			publish(t, s, to(server))
			if diff := cmp.Diff(want(t, s), seen(server)); diff != "" || !*met {
				t.Errorf("met %v: %s", *met, diff)
			}
		})
	}
}

// TestWhatDoesNotPassIsTold fails jobs and requests for good.
func TestWhatDoesNotPassIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.snapshot(monday)
	for name, c := range map[string]struct {
		kind, in string
		answer   contract.Answer
		says     []string
	}{
		"a file that cannot be loaded": {"load", "customers", contract.Answer{JobFails: true, Reason: "invalid", Message: "Provided Schema does not match"},
			[]string{"table customers: load ", "part-00000.parquet", "habitue_load-shop-2025-12-29-1-customers", "invalid: Provided Schema does not match"}},
		"a copy":                 {"copy", "orders", contract.Answer{JobFails: true, Reason: "invalid", Message: "no"}, []string{"table orders: copy stage_orders_1_20251229_1$202511 to rows_orders$202511", "invalid: no"}},
		"a quota":                {"load", "customers", contract.Answer{JobFails: true, Reason: "quotaExceeded", Message: "load jobs per table per day"}, []string{"a quota of the Google Cloud project is used up"}},
		"a quota, at once":       {"load", "customers", contract.Answer{Status: 403, Reason: "quotaExceeded", Message: "uploads"}, []string{"a quota of the Google Cloud project is used up"}},
		"a rate for ever":        {"load", "customers", contract.Answer{Status: 403, Reason: "rateLimitExceeded", Message: "slow"}, []string{"publish again in some minutes"}},
		"a service that is away": {"copy", "customers", contract.Answer{Status: 503, Reason: "backendError", Message: "away"}, []string{"table customers: copy", "away"}},
		"no right":               {"dataset.get", "", contract.Answer{Status: 403, Reason: "accessDenied", Message: "Access Denied"}, []string{"dataset p.shop", "bigquery.dataEditor"}},
		"no billing":             {"query", "customers", contract.Answer{Status: 403, Reason: "billingNotEnabled", Message: "no"}, []string{"switch billing on"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := contract.New(t)
			server.Trouble = func(call contract.Call) contract.Answer {
				if call.Kind == c.kind && strings.Contains(fmt.Sprint(call.Body), c.in) {
					return c.answer
				}
				return contract.Answer{}
			}
			o := to(server)
			o.patience = time.Second
			_, err := Publish(t.Context(), s, o)
			if err == nil {
				t.Fatal("it was published")
			}
			for _, text := range c.says {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("%q is not in: %v", text, err)
				}
			}
			if got := server.Seen("customers"); got != nil {
				t.Errorf("customers are served: %v", got)
			}
			server.Trouble = nil // it was put right: the id of a failed job stops nobody
			publish(t, s, to(server))
			if diff := cmp.Diff(want(t, s), seen(server)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAFileInPiecesOfWhichSomeAreCut(t *testing.T) {
	t.Parallel()
	w, server := newWorld(t), contract.New(t)
	many := monday
	many.customers = 60_000
	s := w.snapshot(many)
	cuts := 0
	server.Trouble = func(c contract.Call) contract.Answer {
		if c.Kind == "upload" && cuts < 3 {
			cuts++
			return []contract.Answer{{Cut: true}, {CutAfter: true}, {Status: 503}}[cuts-1]
		}
		return contract.Answer{}
	}
	o := to(server)
	o.piece = 256 << 10
	publish(t, s, o)
	if diff := cmp.Diff(want(t, s), seen(server)); diff != "" { // hashes of the whole files
		t.Error(diff)
	}
	pieces := 0
	for _, c := range server.Calls() {
		if c.Kind == "upload" {
			pieces++
		}
	}
	if pieces < 5 || cuts != 3 {
		t.Errorf("%d pieces were sent, %d cut", pieces, cuts)
	}
}
