package duckdb

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/fault"
)

func TestASessionIsAskedSeveralTimes(t *testing.T) {
	t.Parallel()
	run := snapshot(t, "2025-12-31")
	s, err := Open(t.Context(), QueryOptions{Snapshot: &run})
	if err != nil {
		t.Fatal(err)
	}
	type kind struct {
		Kind string
		N    int64
	}
	for range 2 {
		var kinds []kind
		if err := s.Into(t.Context(), "kinds.sql", "SELECT kind, count(*) AS n FROM customers GROUP BY kind ORDER BY n DESC, kind -- both", &kinds); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]kind{{"known", 2}, {"anonymous", 1}}, kinds); diff != "" {
			t.Error(diff)
		}
	}
	var none []kind
	if err := s.Into(t.Context(), "none.sql", "SELECT 1 AS n FROM stores", &none); err != nil || len(none) > 0 {
		t.Errorf("%v, %v", none, err)
	}
	err = s.Into(t.Context(), "wrong.sql", "SELECT\n colour FROM customers", &none)
	if err == nil || !strings.HasPrefix(err.Error(), "wrong.sql:2:2: Binder Error") || fault.CodeOf(err) != fault.Usage {
		t.Errorf("%v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
