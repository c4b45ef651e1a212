package main_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/madepage"
)

var update = flag.Bool("write", false, "write the pages that are made from the code")

// tablesPage is docs/tables.md.
func tablesPage() string {
	var b strings.Builder
	b.WriteString(`# The tables

Every table and every column, made from the code (` + "`go test . -write`" + `). The same names stand in the lake's Parquet files and in the serving database.

Every table has ` + "`run_date`" + ` (DATE) in front: the as-of date of the run. Money is in major units of the reporting currency; *e* is the number of digits after its point.
An instant ` + "`x_at`" + ` is UTC, ` + "`x_date`" + ` beside it is its local day. A value that is not known is NULL, never 0 or an empty text.

- Tables **of a run** are made anew by each: ` + "`lake/<table>/run=<run id>/`" + `.
- Tables **by month** lie in a file per month, named after its bytes, which later runs carry over while its rows and columns do not change: ` + "`lake/<table>/month=<YYYY-MM>/`" + `.

Who asks with a BI tool needs none of them at first: the [views](#views) have friendly names and one answer each, and [metrics.md](metrics.md) has the SQL of the figures.

| table | a row is |
|---|---|
`)
	for _, t := range customer.Tables() {
		fmt.Fprintf(&b, "| [%s](#%s) | %s |\n", t.Name, t.Name, t.Doc)
	}
	b.WriteString("\n## Views\n\nIn the serving database, DuckDB, PostgreSQL or BigQuery, and in what `habitue query` sees, where the project serves the tables and columns that they are made from. " +
		"Every view and column carries its meaning as a comment there. A sum of money is DECIMAL with more digits before the point; in PostgreSQL sums and shares are plain NUMERIC.\n\n| view | what it has |\n|---|---|\n")
	for _, v := range customer.Views() {
		fmt.Fprintf(&b, "| [%s](#%s) | %s |\n", v.Name, v.Name, v.Doc)
	}
	for _, v := range customer.Views() {
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\n", v.Name, v.Doc)
		if v.Columns == nil {
			fmt.Fprintf(&b, "All columns of the table: `%s`.\n", v.SQL())
			continue
		}
		b.WriteString("| column | type | meaning |\n|---|---|---|\n")
		for _, c := range v.Columns {
			describe(&b, customer.Column{Name: c.Name, Type: c.Type, Doc: c.Doc})
		}
	}
	for _, t := range customer.Tables() {
		layout := "Made anew by each run."
		if t.Layout == customer.ByMonth {
			layout = "In a file per month."
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s %s\n\n| column | type | meaning |\n|---|---|---|\n", t.Name, t.Doc, layout)
		for _, c := range t.Columns {
			describe(&b, c)
		}
	}
	return b.String()
}

// describe is a column as a row of a table.
func describe(b *strings.Builder, c customer.Column) {
	sql := lake.SQLType(c, 0)
	if c.Type == customer.MoneyColumn {
		sql = "DECIMAL(18,*e*)"
	}
	fmt.Fprintf(b, "| `%s` | %s | %s |\n", c.Name, sql, strings.ReplaceAll(c.Doc, "|", "\\|"))
}

// codesPage is docs/exit-codes.md.
func codesPage() string {
	var b strings.Builder
	b.WriteString("# The exit codes\n\nWhat `habitue` ends with, made from the code (`go test . -write`); `habitue exit-codes` prints the same. A number never changes its meaning.\n\n" +
		"| code | name | meaning |\n|---|---|---|\n")
	for _, c := range fault.Codes {
		fmt.Fprintf(&b, "| %d | `%s` | %s |\n", c.Code, c.Name, c.Doc)
	}
	return b.String()
}

func TestThePagesAreMadeFromTheCode(t *testing.T) {
	t.Parallel()
	for path, text := range map[string]string{"docs/tables.md": tablesPage(), "docs/metrics.md": metricsPage(), "docs/exit-codes.md": codesPage()} {
		madepage.Hold(t, path, text, *update, "go test . -write")
	}
}

// stages are the names that the stages of the night give themselves.
var stages = regexp.MustCompile(`work\.Stage\{\s*Name:\s*"(\w+)"`)

// TestTheEnginePageNamesEveryStage keeps the picture whole.
func TestTheEnginePageNamesEveryStage(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("pipelines/*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, "pipelines/collect.go")
	page, err := os.ReadFile("docs/engine.md")
	if err != nil {
		t.Fatal(err)
	}
	picture, rest, _ := strings.Cut(string(page), "===> is a file")
	found := 0
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range stages.FindAllStringSubmatch(string(text), -1) {
			found++
			if !regexp.MustCompile(`\b`+m[1]+`\b`).MatchString(picture) && m[1] != "collect" || !strings.Contains(rest, "`"+m[1]+"`") {
				t.Errorf("docs/engine.md: stage %s of %s is missing in the picture or in the table below it", m[1], path)
			}
		}
	}
	if found < 10 {
		t.Errorf("found only %d stages: does the pattern still fit how they are written?", found)
	}
}

// links are the targets of Markdown links.
var links = regexp.MustCompile(`\]\(([^)#\s]+)(#[^)]*)?\)`)

// TestLinksLeadSomewhere follows every link between the pages of the project.
func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	pages, err := os.ReadDir("docs")
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"README.md"}
	for _, p := range pages {
		if strings.HasSuffix(p.Name(), ".md") {
			names = append(names, "docs/"+p.Name())
		}
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		folder := ""
		if i := strings.LastIndexByte(name, '/'); i >= 0 {
			folder = name[:i+1]
		}
		for _, link := range links.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(link[1], "://") {
				continue
			}
			if _, err := os.Stat(folder + link[1]); err != nil {
				t.Errorf("%s: the link %s leads nowhere", name, link[1])
			}
		}
	}
}

// TestEveryColumnHasADoc keeps the reference from having holes.
func TestEveryColumnHasADoc(t *testing.T) {
	t.Parallel()
	for _, table := range customer.Tables() {
		if table.Doc == "" {
			t.Errorf("table %s has no doc", table.Name)
		}
		seen := map[string]bool{}
		for _, c := range table.Columns {
			if c.Doc == "" || seen[c.Name] {
				t.Errorf("%s.%s has no doc, or is there twice", table.Name, c.Name)
			}
			seen[c.Name] = true
		}
	}
}
