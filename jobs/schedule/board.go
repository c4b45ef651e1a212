package schedule

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/habitue-data/habitue/internal/fault"
)

// State is what there is to tell.
type State struct {
	Project string
	Last    *Night // the newest that is served; nil for none
	Rows    []Rows // of its sources
	Pending []*Night
	Exit    fault.Code // that the last round ended in
}

// Board has the newest State, for who looks while a night is run.
type Board struct {
	mu    sync.Mutex
	state State
}

// Set puts up another state.
func (b *Board) Set(s State) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state = s
}

// Get is the state.
func (b *Board) Get() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state
}

// Handler answers /healthz and /metrics.
func (b *Board) Handler(now func() time.Time) http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		_, _ = fmt.Fprint(w, b.Get().Metrics(now()))
	})
	m.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		s := b.Get()
		health := struct {
			Status  string   `json:"status"`
			Exit    string   `json:"exit"`
			RunDate string   `json:"run_date,omitempty"`
			Pending []string `json:"pending,omitempty"`
		}{Status: "ok", Exit: fault.Codes[s.Exit].Name}
		if s.Last != nil {
			health.RunDate = s.Last.Date
		}
		for _, n := range s.Pending {
			health.Pending = append(health.Pending, n.Date)
		}
		w.Header().Set("Content-Type", "application/json")
		if len(s.Pending) > 0 || s.Exit != fault.OK {
			health.Status = "pending"
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(health)
	})
	return m
}

// Metrics is the state as Prometheus reads it.
func (s State) Metrics(now time.Time) string {
	var b strings.Builder
	metric := func(name, help string) {
		fmt.Fprintf(&b, "# HELP habitue_%s %s\n# TYPE habitue_%s gauge\n", name, help, name)
	}
	value := func(name string, v float64, labels ...string) {
		fmt.Fprintf(&b, "habitue_%s{project=%q", name, s.Project)
		for i := 0; i < len(labels); i += 2 {
			fmt.Fprintf(&b, ",%s=%q", labels[i], labels[i+1])
		}
		fmt.Fprintf(&b, "} %s\n", strconv.FormatFloat(v, 'f', -1, 64))
	}
	one := func(name, help string, v float64) {
		metric(name, help)
		value(name, v)
	}
	if n := s.Last; n != nil {
		day, _ := time.Parse(time.DateOnly, n.Date) // the book is written by us
		one("run_date_seconds", "The day of the newest served night, as its midnight in UTC.", float64(day.Unix()))
		one("run_served_seconds", "When that night was served.", float64(n.Served.Unix()))
		one("run_age_seconds", "How long ago that was, when this was written.", now.Sub(n.Served).Round(time.Second).Seconds())
		one("run_duration_seconds", "How long that night took.", n.Seconds)
		one("run_tries", "How often it was tried.", float64(n.Count()))
		metric("run_without", "1 for each source that the night no longer waited for.")
		for _, name := range n.Without {
			value("run_without", 1, "source", name)
		}
		metric("run_rows", "Rows of that night by source: read, kept, rejected.")
		for _, r := range s.Rows {
			value("run_rows", float64(r.Read), "source", r.Source, "fate", "read")
			value("run_rows", float64(r.Kept), "source", r.Source, "fate", "kept")
			value("run_rows", float64(r.Rejected), "source", r.Source, "fate", "rejected")
		}
	}
	one("nights_pending", "Nights that are due and not made.", float64(len(s.Pending)))
	since, gate := 0.0, 0.0
	for _, n := range s.Pending {
		if at := n.Since(); !at.IsZero() && since == 0 {
			since = float64(at.Unix())
		}
		if n.last().Exit == fault.Codes[fault.Gate].Name {
			gate = 1
		}
	}
	one("pending_since_seconds", "When the first of them was first tried; 0 for none.", since)
	one("gate_shut", "1 where a night was stopped by a gate.", gate)
	one("exit_code", "What the last round of nights ended in: habitue exit-codes.", float64(s.Exit))
	return b.String()
}
