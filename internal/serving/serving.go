// Package serving is what a serving database shows of one run, whatever the
// database: its tables, their columns, its views, and the SQL that all of
// them take for words and names. Types are named as DuckDB does; who has
// other names for them translates.
package serving

import (
	"fmt"
	"strings"
)

// Snapshot is the tables and views of one run.
type Snapshot struct {
	RunID   string
	RunDate string // YYYY-MM-DD
	Tables  []Table
	Views   []View // each after those that it is made from
}

// Table is a table of a run, as Parquet files.
type Table struct {
	Name    string
	Doc     string
	Columns []Column // as they are served, run_date in front
	Dated   bool     // the files have run_date themselves
	Files   []string // absolute: a view is read from any folder
	Rows    int64
}

// Column is a column of a table.
type Column struct {
	Name string
	Type string // in SQL
	Doc  string
}

// View is a query that has a name.
type View struct {
	Name    string
	Doc     string
	Columns []Column // as the query gives them
	SQL     string   // over tables of the snapshot; every database takes it
}

// Text is a string literal.
func Text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// Name is a quoted identifier.
func Name(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// Comments are the statements that tell what the table, or the view that
// stands for it, and its columns mean.
func (t Table) Comments(kind string) []string { return comments(kind, t.Name, t.Doc, t.Columns) }

// Create are the statements that make the view and tell what it means.
func (v View) Create() []string {
	return append([]string{"CREATE VIEW " + Name(v.Name) + " AS " + v.SQL}, comments("VIEW", v.Name, v.Doc, v.Columns)...)
}

func comments(kind, name, doc string, columns []Column) (statements []string) {
	if doc != "" {
		statements = append(statements, fmt.Sprintf("COMMENT ON %s %s IS %s", kind, Name(name), Text(doc)))
	}
	for _, c := range columns {
		if c.Doc != "" {
			statements = append(statements, fmt.Sprintf("COMMENT ON COLUMN %s.%s IS %s", Name(name), Name(c.Name), Text(c.Doc)))
		}
	}
	return statements
}
