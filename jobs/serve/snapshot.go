package serve

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/serving"
	"github.com/habitue-data/habitue/jobs/project"
)

// SnapshotOf is a run as a database serves it: the tables and columns that
// the project asks for, in the order of the docs, run_date in front of each.
func SnapshotOf(l lake.Lake, m lake.Manifest, asked project.Publish) (serving.Snapshot, error) {
	s := serving.Snapshot{RunID: m.RunID, RunDate: m.RunDate}
	for _, name := range InDocsOrder(lake.TableNames(m)) {
		only, wanted := asked.Wants(name)
		if !wanted {
			continue
		}
		t, err := servedTable(l, name, m.Tables[name], only)
		if err != nil {
			return serving.Snapshot{}, err
		}
		s.Tables = append(s.Tables, t)
	}
	for _, v := range customer.Views() {
		if serves(s, v.Needs) {
			s.Views = append(s.Views, servedView(s, v, m.Scale))
		}
	}
	return s, nil
}

// servedView is a view with its columns: its own, or those that are served of
// the one table that it is made from.
func servedView(s serving.Snapshot, v customer.ServedView, scale uint8) serving.View {
	served := serving.View{Name: v.Name, Doc: v.Doc, SQL: v.SQL()}
	for _, c := range v.Columns {
		served.Columns = append(served.Columns, serving.Column{Name: c.Name, Type: lake.SQLType(customer.Column{Type: c.Type}, scale), Doc: c.Doc})
	}
	for _, t := range s.Tables {
		if _, from := v.Needs[t.Name]; from && v.Columns == nil {
			served.Columns = t.Columns
		}
	}
	return served
}

// serves tells whether a snapshot has these columns of these tables.
func serves(s serving.Snapshot, needs map[string][]string) bool {
	found := 0
	for _, t := range s.Tables {
		for _, name := range needs[t.Name] {
			if !slices.ContainsFunc(t.Columns, func(c serving.Column) bool { return c.Name == name }) {
				return false
			}
			found++
		}
	}
	wanted := 0
	for _, names := range needs {
		wanted += len(names)
	}
	return found == wanted
}

// Everything is what a project without a choice asks for.
func Everything() project.Publish { return project.Publish{All: true} }

func InDocsOrder(names []string) []string {
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
func servedTable(l lake.Lake, name string, t lake.Table, only []string) (serving.Table, error) {
	doc, _ := customer.TableNamed(name)
	served := serving.Table{Name: name, Doc: doc.Doc, Rows: t.Rows}
	for _, c := range lake.Served(doc)[:1] { // run_date
		served.Columns = append(served.Columns, serving.Column{Name: c.Name, Type: lake.SQLType(c, 0), Doc: c.Doc})
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
		served.Columns = append(served.Columns, serving.Column{Name: c.Name, Type: c.Type, Doc: described.Doc})
	}
	for _, f := range t.Files {
		path, err := filepath.Abs(l.Path(f.Path))
		if err != nil {
			return serving.Table{}, fmt.Errorf("table %s: %w", name, err)
		}
		served.Files = append(served.Files, filepath.ToSlash(path))
	}
	return served, nil
}
