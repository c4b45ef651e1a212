package report

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// answers are rows in JSON by the question that they answer; the other
// questions have none.
type answers map[string]string

func (a answers) Into(_ context.Context, name, _ string, rows any) error {
	text, ok := a[strings.TrimSuffix(name, ".sql")]
	if !ok {
		text = "[]"
	}
	return json.Unmarshal([]byte(text), rows)
}

// made is a page of these answers.
func made(t *testing.T, a answers) string {
	t.Helper()
	page, err := Make(t.Context(), Facts{Project: "odd", RunDate: "2025-12-31", Currency: "EUR", Scale: 2}, a, func(string, string) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// triangle is the rows of so many months that end in a December, each with
// all periods up to then, those that are left out aside.
func triangle(months int, without ...int) string {
	var rows []string
	for i := range months {
		first := time.Date(2025, time.Month(12-months+1+i), 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		for period := range months - i {
			row := fmt.Sprintf(`{"grain": "month", "definition": "on", "cohort": %q, "period": %d, "customers": 1, "eligible": 30, "share": 0.1, "low": 0, "high": 0.2, "complete": true}`, first, period)
			if !slices.Contains(without, i) {
				rows = append(rows, row)
			}
		}
	}
	return "[" + strings.Join(rows, ",") + "]"
}

func TestTheGridHasEveryPeriod(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		rows        string
		heads, rest int // periods, cohorts
		says        string
	}{
		{"a month without new buyers", triangle(17, 1, 2, 9), 17, 14, ""},
		{"only the first month", triangle(17, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), 17, 1, ""},
		{"as many as fit", triangle(25), 25, 25, ""},
		{"one more", triangle(26), 25, 25, "Not here but in the tables: cohorts before Dec 2023, months after the 24th."},
		{"few, for long", triangle(30, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), 25, 18, "Not here but in the tables: months after the 24th."},
	} {
		page := made(t, answers{"cohorts": c.rows})
		_, grid, _ := strings.Cut(page, `<table class="heats">`)
		grid, below, _ := strings.Cut(grid, "</table>")
		if heads := strings.Count(grid, "s later\">"); heads != c.heads {
			t.Errorf("%s: %d heads, want %d", c.name, heads, c.heads)
		}
		rows := strings.Split(grid, "<tr>")[2:]
		if len(rows) != c.rest {
			t.Errorf("%s: %d cohorts, want %d", c.name, len(rows), c.rest)
		}
		for _, row := range rows {
			if cells := strings.Count(row, "<td"); cells != c.heads+1 {
				t.Errorf("%s: %d cells, want %d: %s", c.name, cells, c.heads+1, row)
			}
		}
		if said := strings.Contains(below, "Not here but"); said != (c.says != "") || !strings.Contains(below, c.says) {
			t.Errorf("%s: does not say %q", c.name, c.says)
		}
	}
	page := made(t, answers{"cohorts": triangle(3), "cohort_overall": `[{"grain": "month", "definition": "on", "period": 4, "share": 0.1, "complete": true}, {"grain": "month", "definition": "on", "period": 25, "share": 0.1, "complete": true}]`})
	if !strings.Contains(page, `data-figure="cohort.all.4.share"`) || !strings.Contains(page, "tables: months after the 24th.") {
		t.Error("the last row goes on where the others end")
	}
}

// TestALossIsALoss: no part of nothing, another colour, bars below the line.
func TestALossIsALoss(t *testing.T) {
	t.Parallel()
	a := answers{
		"weeks":         `[{"week": 0, "orders": 1, "known": 70, "net": -300}, {"week": 5, "orders": 2, "known": 70, "net": -100.5}, {"week": 6, "orders": 3, "known": 70, "net": 100}]`,
		"rfm_map":       `[{"r": 1, "f": 1, "customers": 3, "net": -400, "groups": "Lost"}, {"r": 5, "f": 5, "customers": 1, "net": 100, "groups": "Champions"}]`,
		"rfm_groups":    `[{"name": "Champions", "customers": 1, "net": 100}, {"name": "Lost", "customers": 3, "net": -400}]`,
		"value":         `[{"customers": 4, "net": -300, "mean": -75, "median": -100, "p90": 100}]`,
		"value_deciles": `[{"part": 1, "customers": 1, "net": 100, "least": 100}, {"part": 2, "customers": 3, "net": -400, "least": -200}]`,
	}
	page := made(t, a)
	for _, want := range []string{
		`<td class="heat warm hot loss" style="--h: 10" title="Recency 1, frequency 1: Lost"><b><span data-figure="rfm.11.customers" data-value="3">3</span></b> <span data-figure="rfm.11.net" data-value="-400.00">-400</span>`,
		`<span data-figure="rfm.55.net" data-value="100.00">100</span>`,
		`highest week <span data-figure="weeks.most" data-value="100.00">100</span>, lowest <span data-figure="weeks.least" data-value="-300.00">-300</span>`,
		`<rect class="loss" x="98.19%" y="25.00%" width="1.69%" height="75.00%">`,
		`<line class="axis" x1="0" x2="100%" y1="25.00%" y2="25.00%"/>`,
		"all together are not above zero, so there are no parts",
		`<rect class="loss" x="0.00%" width="80.00%"`,
		"all together are not above zero, so there are no shares",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	for _, not := range []string{"33.3%", "The best tenth brought", `data-figure="rfm_group.Lost.part"`} {
		if strings.Contains(page, not) {
			t.Errorf("the page has %s", not)
		}
	}
	a["rfm_map"] = strings.ReplaceAll(a["rfm_map"], "-400", "-20")
	page = made(t, a)
	for _, want := range []string{`<td class="heat loss" style="--h: 5"`, `data-value="-20.00">-25.0%</span>`, `data-value="100.00">125.0%</span>`} {
		if !strings.Contains(page, want) {
			t.Errorf("of a gain with a loss in it the page has no %s", want)
		}
	}
}
