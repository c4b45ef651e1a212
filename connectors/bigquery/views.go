package bigquery

import (
	"context"
	"fmt"
	"strings"

	"cloud.google.com/go/bigquery"
)

// historyEnd ends the name of the view over all nights of a table whose rows
// are of one night.
const historyEnd = "_history"

// show makes the views, and changes those that are not as they should be. None
// depends on the run: what they show, the log says.
func (w *warehouse) show(ctx context.Context, p *planned) error {
	err := w.each(ctx, p.tables, func(ctx context.Context, t *table) error {
		if err := w.view(ctx, t.Name, t.Doc, w.selectOf(t), t.viewColumns()); err != nil || !t.History {
			return err
		}
		return w.view(ctx, t.Name+historyEnd, t.Doc+" Of every night that was published.", w.selectHistory(t), t.viewColumns())
	})
	if err != nil {
		return err
	}
	for _, v := range p.Views {
		sql := "SELECT * FROM " + w.path(v.Of)
		if v.Where != "" {
			sql += " WHERE " + v.Where
		}
		var cols []Column
		for _, t := range p.tables {
			if t.Name == v.Of {
				cols = t.viewColumns()
			}
		}
		if err := w.view(ctx, v.Name, v.Doc, sql, cols); err != nil {
			return fmt.Errorf("view %s: %w", v.Name, err)
		}
	}
	return nil
}

// newest is a query for a column of the committed row that counts.
func (w *warehouse) newest(column string) string {
	return "(SELECT " + column + " FROM " + w.path(runsTable) + " WHERE state = 'committed' ORDER BY seq DESC LIMIT 1)"
}

func (w *warehouse) selectOf(t *table) string {
	if t.MonthBy != "" {
		return "SELECT " + w.newest(runDate) + " AS " + runDate + t.columnList() + " FROM " + w.path(t.data())
	}
	return "SELECT " + runDate + t.columnList() + " FROM " + w.path(t.data()) + " WHERE _PARTITIONTIME = " + w.newest("slot")
}

// selectHistory is every night as it was published last.
func (w *warehouse) selectHistory(t *table) string {
	return "SELECT " + runDate + t.columnList() + " FROM " + w.path(t.data()) +
		" WHERE _PARTITIONTIME IN (SELECT ARRAY_AGG(slot ORDER BY seq DESC LIMIT 1)[OFFSET(0)] FROM " + w.path(runsTable) + " WHERE state = 'committed' GROUP BY run_date)"
}

func (t *table) columnList() string {
	var b strings.Builder
	for _, c := range t.Served {
		b.WriteString(", `" + c + "`")
	}
	return b.String()
}

// viewColumns are the columns of the view, run_date in front.
func (t *table) viewColumns() []Column {
	all := []Column{{runDate, "DATE", "the as-of date of the run"}}
	for _, name := range t.Served {
		for _, c := range t.Columns {
			if c.Name == name {
				all = append(all, c)
			}
		}
	}
	return all
}

// view makes a view. Its columns are described once it is there: the service
// takes their types from the query.
func (w *warehouse) view(ctx context.Context, name, doc, sql string, cols []Column) error {
	md, err := w.own(ctx, name, bigquery.TableMetadata{ViewQuery: sql, Description: doc})
	if err != nil {
		return err
	}
	s, err := fields(cols)
	if err != nil {
		return err
	}
	for i := range s {
		s[i].Required = false
	}
	if md.ViewQuery == sql && md.Description == doc && described(md.Schema, s) {
		return nil
	}
	return w.ask(ctx, func(ctx context.Context) error {
		_, err := w.ds.Table(name).Update(ctx, bigquery.TableMetadataToUpdate{ViewQuery: sql, UseLegacySQL: false, Description: doc, Schema: s}, "")
		return err
	})
}

// described tells whether columns have these names and descriptions.
func described(has, want bigquery.Schema) bool {
	if len(has) != len(want) {
		return false
	}
	for i := range has {
		if has[i].Name != want[i].Name || has[i].Description != want[i].Description {
			return false
		}
	}
	return true
}
