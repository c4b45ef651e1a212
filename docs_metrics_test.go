package main_test

import (
	"fmt"
	"strings"

	"github.com/habitue-data/habitue/customer"
)

// sections are the sections of the report by how the names of their figures
// begin.
var sections = map[string]string{
	"run": "the head of the page", "headline": "Numbers", "rfm": "Who buys how, and what to do", "rfm_group": "Who buys how, and what to do", "stage": "Who buys how, and what to do",
	"segment": "Segments", "move": "Segments", "file": "Files for mailing", "waterfall": "Files for mailing", "cohort": "Who comes back", "churn": "Who may be lost",
	"value": "What customers are worth", "tie": "Why to believe it",
}

// metricsPage is docs/metrics.md.
func metricsPage() string {
	var b strings.Builder
	b.WriteString(`# The metrics

Figures that shops ask for, each defined once, with the SQL that gives it; made from the code (` + "`go test . -write`" + `).

    habitue metrics                      # the list; metrics NAME shows one, --json for machines
    habitue query --metric repeat_rate   # asks it, to the screen or as CSV, JSON or Parquet

The SQL runs as it stands in DuckDB, PostgreSQL and BigQuery. It names no schema: in PostgreSQL ` + "`SET search_path TO mart`" + `, in BigQuery the dataset as the default one, in a BI tool the connection's schema.
Most of it asks the [views](tables.md#views), which already know which rows count; a metric can be asked where the project publishes what they are made from.

Words that come again and again:

| word | meaning |
|---|---|
| as-of date | ` + "`run_date`" + `: the last local day that is in; everything is as of its end. The project's time zone cuts days, weeks and months |
| counted order | a sale with a line above zero that was not cancelled; of no value it does not count, unless the project says ` + "`count_free`" + `. An exchange counts once, net |
| return | an order of negative lines alone, on its own day |
| net revenue | counted orders plus returns, whose amount is below zero; gross revenue is without returns |
| money | in major units of the project's reporting currency; other currencies were converted at the day's own rate, or the row was refused |
| mean, share | missing where there is nothing to divide by. Rounded in whole units of the last digit, so that a half is the same in every database; a mean of money to a thousandth, as there are currencies of three decimals |
| known customer | with a contact, card, e-mail, phone or login; the rest are cookies, and anonymous |

**How they are held.** A test runs every SQL of this page on the sample shop in DuckDB and in a real PostgreSQL and compares the results row by row; in DuckDB also with the figure of the [report](report.md), or with other SQL over the tables that was written apart, or both. ` +
		"`make bi`" + ` reads each as BigQuery SQL, with sqlglot, and compares what DuckDB makes of that; nobody has run them in BigQuery itself.

**What they cost.** On a made-up million orders of two million lines and 300,000 customers, on two cores with other work beside: each metric over orders 0.3 to 0.9 s in DuckDB, 0.3 to 2.4 s in PostgreSQL 15; all rows of ` + "`v_orders`" + ` 0.7 s and 6.5 s.

| metric | |
|---|---|
`)
	for _, m := range customer.Metrics() {
		first, _, _ := strings.Cut(m.Doc, ". ")
		fmt.Fprintf(&b, "| [%s](#%s) | %s |\n", m.Name, m.Name, strings.TrimSuffix(first, "."))
	}
	group := ""
	for _, m := range customer.Metrics() {
		if m.Group != group {
			group = m.Group
			fmt.Fprintf(&b, "\n## %s\n", group)
		}
		var from []string
		for _, name := range m.From() {
			from = append(from, fmt.Sprintf("[%s](tables.md#%s)", name, name))
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\nUnit: %s. From %s. %s\n\n```sql\n%s\n```\n", m.Name, m.Doc, m.Unit, strings.Join(from, ", "), inReport(m), m.SQL)
	}
	return b.String()
}

// inReport says where the report has the figures of a metric.
func inReport(m customer.Metric) string {
	if len(m.Report) == 0 {
		return "Not in the report."
	}
	begin, _, _ := strings.Cut(m.Report[0].Name, ".")
	names := make([]string, len(m.Report))
	for i, f := range m.Report {
		names[i] = fmt.Sprintf("`%s` (%s)", f.Name, f.Column)
	}
	return fmt.Sprintf("In the report under *%s*: %s.", sections[begin], strings.Join(names, ", "))
}
