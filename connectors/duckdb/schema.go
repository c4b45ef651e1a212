package duckdb

import (
	"strings"

	"github.com/habitue-data/habitue/internal/serving"
)

// selectOf is the query that gives the rows of a table from its files.
func selectOf(t serving.Table, runDate string) string {
	cols := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		switch {
		case len(t.Files) == 0:
			cols[i] = "NULL::" + c.Type + " AS " + serving.Name(c.Name)
		case i == 0 && !t.Dated:
			cols[i] = "DATE " + serving.Text(runDate) + " AS " + serving.Name(c.Name)
		default:
			cols[i] = serving.Name(c.Name)
		}
	}
	from := " WHERE false"
	if len(t.Files) > 0 {
		files := make([]string, len(t.Files))
		for i, f := range t.Files {
			files[i] = serving.Text(f)
		}
		from = " FROM read_parquet([" + strings.Join(files, ", ") + "], hive_partitioning=false)"
	}
	return "SELECT " + strings.Join(cols, ", ") + from
}

func createView(t serving.Table, runDate string) string {
	return "CREATE VIEW " + serving.Name(t.Name) + " AS " + selectOf(t, runDate)
}

func createTable(t serving.Table) string {
	cols := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		cols[i] = serving.Name(c.Name) + " " + c.Type
	}
	return "CREATE TABLE " + serving.Name(t.Name) + " (" + strings.Join(cols, ", ") + ")"
}
