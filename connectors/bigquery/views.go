package bigquery

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"cloud.google.com/go/bigquery"
	"github.com/habitue-data/habitue/internal/serving"
)

// show makes the views, and changes those that are not as they should be. None
// depends on the run: what they show, the log says.
func (w *warehouse) show(ctx context.Context, p *planned) error {
	err := w.each(ctx, p.tables, func(ctx context.Context, t *table) error {
		return w.view(ctx, t.Name, t.Doc, w.selectOf(t), t.Columns)
	})
	if err != nil {
		return err
	}
	for _, v := range p.Views {
		if err := w.view(ctx, v.Name, v.Doc, w.qualified(p, v.SQL), v.Columns); err != nil {
			return fmt.Errorf("view %s: %w", v.Name, err)
		}
	}
	return nil
}

// qualified names the tables of a query with their dataset, without which a
// view cannot.
func (w *warehouse) qualified(p *planned, sql string) string {
	for _, t := range p.tables {
		from := regexp.MustCompile(`\b(FROM|JOIN) ` + regexp.QuoteMeta(t.Name) + `\b`)
		sql = from.ReplaceAllString(sql, "$1 "+w.path(t.Name))
	}
	return sql
}

// newest is a query for a column of the committed row that counts.
func (w *warehouse) newest(column string) string {
	return "(SELECT " + column + " FROM " + w.path(runsTable) + " WHERE state = 'committed' ORDER BY seq DESC LIMIT 1)"
}

func (w *warehouse) selectOf(t *table) string {
	switch t.By {
	case "":
		return "SELECT " + runDate + t.columnList() + " FROM " + w.path(t.rows()) + " WHERE _PARTITIONTIME = " + w.newest("slot")
	case runDate:
		return "SELECT " + runDate + t.columnList() + " FROM " + w.path(t.rows()) + " WHERE " + runDate + " <= " + w.newest(runDate)
	default:
		return "SELECT " + w.newest(runDate) + " AS " + runDate + t.columnList() + " FROM " + w.path(t.rows())
	}
}

// columnList are the served columns behind run_date.
func (t *table) columnList() string {
	var b strings.Builder
	for _, c := range t.Columns[1:] {
		b.WriteString(", `" + c.Name + "`")
	}
	return b.String()
}

// view makes a view. Its columns are described once it is there: the service
// works out from the query which they are and of what type, and takes no
// other.
func (w *warehouse) view(ctx context.Context, name, doc, sql string, cols []serving.Column) error {
	md, err := w.own(ctx, name, bigquery.TableMetadata{ViewQuery: sql, Description: doc})
	if err != nil {
		return err
	}
	change := func(columns bigquery.Schema) error {
		return w.ask(ctx, func(ctx context.Context) (err error) {
			md, err = w.ds.Table(name).Update(ctx, bigquery.TableMetadataToUpdate{ViewQuery: sql, UseLegacySQL: false, Description: doc, Schema: columns}, "")
			return err
		})
	}
	if md.ViewQuery != sql || md.Description != doc {
		if err := change(nil); err != nil {
			return err
		}
	}
	described, same := describe(md.Schema, cols)
	if same {
		return nil
	}
	return change(described)
}

// describe gives columns the descriptions of those of their names. same tells
// that they had them.
func describe(has bigquery.Schema, cols []serving.Column) (described bigquery.Schema, same bool) {
	docs := map[string]string{}
	for _, c := range cols {
		docs[c.Name] = c.Doc
	}
	same = true
	for _, f := range has {
		with := *f
		with.Description = docs[f.Name]
		same = same && with.Description == f.Description
		described = append(described, &with)
	}
	return described, same
}
