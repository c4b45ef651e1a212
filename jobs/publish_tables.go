package jobs

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/habitue-data/habitue/connectors/duckdb"
	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/jobs/project"
)

// snapshotOf is a run as a database serves it: the tables and columns that
// the project asks for, in the order of the docs, run_date in front of each.
func snapshotOf(l lake.Lake, m lake.Manifest, asked project.Publish) (duckdb.Snapshot, error) {
	s := duckdb.Snapshot{RunDate: m.RunDate}
	for _, name := range inDocsOrder(lake.TableNames(m)) {
		only, wanted := asked.Wants(name)
		if !wanted {
			continue
		}
		t, err := servedTable(l, name, m.Tables[name], only)
		if err != nil {
			return duckdb.Snapshot{}, err
		}
		s.Tables = append(s.Tables, t)
	}
	return s, nil
}

// everything is what a project without a choice asks for.
func everything() project.Publish { return project.Publish{All: true} }

func inDocsOrder(names []string) []string {
	var ordered []string
	for _, t := range customer.Tables() {
		if slices.Contains(names, t.Name) {
			ordered = append(ordered, t.Name)
		}
	}
	for _, name := range names { // of an older or newer program
		if !slices.Contains(ordered, name) {
			ordered = append(ordered, name)
		}
	}
	return ordered
}

// servedTable is one table with its columns, or only those named.
func servedTable(l lake.Lake, name string, t lake.Table, only []string) (duckdb.Table, error) {
	doc, _ := customer.TableNamed(name)
	served := duckdb.Table{Name: name, Doc: doc.Doc, Rows: t.Rows}
	for _, c := range lake.Served(doc)[:1] { // run_date
		served.Columns = append(served.Columns, duckdb.Column{Name: c.Name, Type: lake.SQLType(c, 0), Doc: c.Doc})
	}
	for _, c := range t.Columns {
		if c.Name == lake.RunDate {
			served.Dated = true
			continue
		}
		if only != nil && !slices.Contains(only, c.Name) {
			continue
		}
		described, _ := doc.Column(c.Name)
		served.Columns = append(served.Columns, duckdb.Column{Name: c.Name, Type: c.Type, Doc: described.Doc})
	}
	for _, f := range t.Files {
		path, err := filepath.Abs(l.Path(f.Path))
		if err != nil {
			return duckdb.Table{}, fmt.Errorf("table %s: %w", name, err)
		}
		served.Files = append(served.Files, filepath.ToSlash(path))
	}
	return served, nil
}
