package duckdb

import (
	"fmt"
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

// views are the statements of the views for BI: v_customers, where the run
// has what it takes.
func (s Snapshot) views() (statements []string) {
	for _, t := range s.Tables {
		if t.Name == "customers" && t.has("kind") {
			statements = append(statements, "CREATE VIEW v_customers AS SELECT * FROM customers WHERE kind = 'known'")
			if t.Doc != "" {
				statements = append(statements, "COMMENT ON VIEW v_customers IS 'The known customers of the newest run.'")
			}
		}
	}
	return statements
}

func (t Table) has(column string) bool {
	for _, c := range t.Columns {
		if c.Name == column {
			return true
		}
	}
	return false
}
