package duckdb

import (
	"fmt"
	"slices"
	"strings"
)

// Text is a string literal.
func Text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// name is a quoted identifier.
func name(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// selectOf is the query that gives the rows of a table from its files.
func (t Table) selectOf(runDate string) string {
	cols := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		switch {
		case len(t.Files) == 0:
			cols[i] = "NULL::" + c.Type + " AS " + name(c.Name)
		case i == 0 && !t.Dated:
			cols[i] = "DATE " + Text(runDate) + " AS " + name(c.Name)
		default:
			cols[i] = name(c.Name)
		}
	}
	from := " WHERE false"
	if len(t.Files) > 0 {
		files := make([]string, len(t.Files))
		for i, f := range t.Files {
			files[i] = Text(f)
		}
		from = " FROM read_parquet([" + strings.Join(files, ", ") + "], hive_partitioning=false)"
	}
	return "SELECT " + strings.Join(cols, ", ") + from
}

func (t Table) createView(runDate string) string {
	return "CREATE VIEW " + name(t.Name) + " AS " + t.selectOf(runDate)
}

func (t Table) createTable() string {
	cols := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		cols[i] = name(c.Name) + " " + c.Type
	}
	return "CREATE TABLE " + name(t.Name) + " (" + strings.Join(cols, ", ") + ")"
}

// comments are the statements that tell what table and columns mean.
func (t Table) comments(kind string) (statements []string) {
	if t.Doc != "" {
		statements = append(statements, fmt.Sprintf("COMMENT ON %s %s IS %s", kind, name(t.Name), Text(t.Doc)))
	}
	for _, c := range t.Columns {
		if c.Doc != "" {
			statements = append(statements, fmt.Sprintf("COMMENT ON COLUMN %s.%s IS %s", name(t.Name), name(c.Name), Text(c.Doc)))
		}
	}
	return statements
}

// view is a view for BI. It is there where the run has the columns that it
// takes.
type view struct {
	name, doc, query string
	takes            map[string][]string // columns by table
}

var allViews = []view{
	{"v_customers", "The known customers of the newest run.", "SELECT * FROM customers WHERE kind = 'known'", map[string][]string{"customers": {"kind"}}},
	{"v_segment_members_now", "Who is in which segment by the newest run, since when, by which clause and why.",
		"SELECT segment, customer_id, first_name, last_name, email, phone, entered_date AS since, entered_clause AS clause, entered_reason AS reason" +
			" FROM segment_members LEFT JOIN customers USING (customer_id) WHERE left_date IS NULL",
		map[string][]string{"customers": {"customer_id", "first_name", "last_name", "email", "phone"},
			"segment_members": {"segment", "customer_id", "entered_date", "entered_clause", "entered_reason", "left_date"}}},
}

// views are the statements of the views.
func (s Snapshot) views() (statements []string) {
	for _, v := range allViews {
		if s.has(v.takes) {
			statements = append(statements, "CREATE VIEW "+v.name+" AS "+v.query, "COMMENT ON VIEW "+v.name+" IS "+Text(v.doc))
		}
	}
	return statements
}

// has tells whether all these columns are there, by table.
func (s Snapshot) has(columns map[string][]string) bool {
	found := 0
	for _, t := range s.Tables {
		wanted, ok := columns[t.Name]
		if ok && !slices.ContainsFunc(wanted, func(c string) bool { return !t.has(c) }) {
			found++
		}
	}
	return found == len(columns)
}

func (t Table) has(column string) bool {
	for _, c := range t.Columns {
		if c.Name == column {
			return true
		}
	}
	return false
}
