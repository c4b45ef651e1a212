package report

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/connectors/duckdb"
	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/serving"
)

// snapshot is a run with just these columns of its tables, and no rows.
func snapshot(t *testing.T, needs map[string][]string) *serving.Snapshot {
	t.Helper()
	s := &serving.Snapshot{RunDate: "2025-12-31"}
	for name, columns := range needs {
		table, ok := customer.TableNamed(name)
		if !ok {
			t.Fatalf("there is no table %s", name)
		}
		served := serving.Table{Name: name}
		for _, column := range columns {
			c, ok := table.Column(column)
			if column == lake.RunDate {
				c, ok = customer.Column{Name: column, Type: customer.DateColumn}, true
			}
			if !ok {
				t.Fatalf("table %s has no column %s", name, column)
			}
			served.Columns = append(served.Columns, serving.Column{Name: column, Type: lake.SQLType(c, 2)})
		}
		s.Tables = append(s.Tables, served)
	}
	return s
}

// TestQuestionsNeedWhatTheySay asks each of tables that have no more than
// that: else a report would break where a project publishes a part.
func TestQuestionsNeedWhatTheySay(t *testing.T) {
	t.Parallel()
	entries, err := questions.ReadDir("sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		sql, err := questions.ReadFile("sql/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		all := needs(string(sql))
		if len(all) == 0 {
			t.Errorf("%s says nothing of what it needs", e.Name())
		}
		if !strings.HasPrefix(string(sql), "-- ") || !strings.Contains(string(sql), "\nORDER BY ") && !strings.Contains(string(sql), "\nHAVING ") {
			t.Errorf("%s does not say what it answers, or in what order", e.Name())
		}
		tables, err := duckdb.Open(t.Context(), duckdb.QueryOptions{Snapshot: snapshot(t, all)})
		if err != nil {
			t.Fatal(err)
		}
		var rows []map[string]any
		if err := tables.Into(t.Context(), e.Name(), string(sql), &rows); err != nil || len(rows) > 0 {
			t.Errorf("%s of empty tables: %v, %v", e.Name(), rows, err)
		}
		if err := tables.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// nothing has no tables, and nobody may ask it.
type nothing struct{}

func (nothing) Into(context.Context, string, string, any) error { return fmt.Errorf("asked") }

func TestAPageOfNothing(t *testing.T) {
	t.Parallel()
	facts := Facts{Project: "a <b>", RunDate: "2025-12-31", Currency: "EUR", Scale: 2}
	page, err := Make(t.Context(), facts, nothing{}, func(string, string) bool { return false })
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "a &lt;b&gt;") || strings.Count(string(page), "The run has no table") < 10 {
		t.Errorf("%s", page)
	}
	if _, err := Make(t.Context(), facts, nothing{}, func(string, string) bool { return true }); err == nil || !strings.HasSuffix(err.Error(), "asked") {
		t.Errorf("an error of the tables: %v", err)
	}
}

func TestNumbersAreWrittenForPeople(t *testing.T) {
	t.Parallel()
	euro, yen := &Facts{Scale: 2}, &Facts{}
	for _, c := range []struct {
		got         figure
		value, text string
	}{
		{count("x", 1234567), "1234567", "1,234,567"},
		{came("x", 3), "3", "+3"}, {left("x", 3), "3", "−3"}, {left("x", 0), "0", "0"},
		{share("x", "0.24028"), "0.24028", "24.0%"}, {share("x", ""), "", "–"}, {decimal("x", "14.1118", 1), "14.1118", "14.1"},
		{euro.money("x", euro.minor("-1234.56")), "-1234.56", "-1,235"}, {euro.money("x", euro.minor("-0.42")), "-0.42", "0"},
		{euro.cents("x", euro.minor("1234567.8")), "1234567.80", "1,234,567.80"}, {euro.cents("x", euro.minor("-0.05")), "-0.05", "-0.05"}, {yen.cents("x", yen.minor("-1983")), "-1983", "-1,983"},
		{euro.large("x", 192758181), "1927581.81", "1.93M"}, {euro.large("x", 999), "9.99", "10"}, {euro.large("x", 1234500), "12345.00", "12.3k"}, {euro.large("x", 55664122), "556641.22", "557k"}, {yen.large("x", 12345678901), "12345678901", "12.3bn"},
		{yen.large("x", 510697000000000), "510697000000000", "511tn"}, {yen.large("x", 9223372036854775807), "9223372036854775807", "9,223,372tn"}, {yen.large("x", -999600), "-999600", "-1.00M"}, {yen.large("x", 9996000), "9996000", "10.0M"}, {yen.large("x", 9994), "9994", "9,994"},
		{portion("x", 1, 3), "0.333333", "33.3%"}, {portion("x", -1, 3), "-0.333333", "-33.3%"}, {portion("x", -1, -3), "", "–"}, {portion("x", 1, 0), "", "–"},
		{change("x", 150, 120), "0.250000", "+25.0%"}, {change("x", 90, 120), "-0.250000", "-25.0%"}, {change("x", 5, 0), "", "–"},
	} {
		if c.got.Value != c.value || c.got.Text != c.text {
			t.Errorf("%q, %q; want %q, %q", c.got.Value, c.got.Text, c.value, c.text)
		}
	}
}
