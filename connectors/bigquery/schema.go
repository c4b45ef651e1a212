package bigquery

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cloud.google.com/go/bigquery"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/serving"
)

// ownerLabel marks what this program made, with the project that it is of.
const ownerLabel = "habitue"

// labelOf is a name in the letters of a label.
func labelOf(name string) string {
	label := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' {
			return r
		}
		return '-'
	}, strings.ToLower(name))
	return label[:min(len(label), 63)]
}

// own is the metadata of a table of ours, which is made where it is not there.
// One that has not our label is somebody else's.
func (w *warehouse) own(ctx context.Context, name string, as bigquery.TableMetadata) (md *bigquery.TableMetadata, err error) {
	t := w.ds.Table(name)
	look := func(ctx context.Context) (err error) {
		md, err = t.Metadata(ctx)
		return err
	}
	err = w.ask(ctx, look)
	if is(err, 404) {
		as.Labels = w.labels
		err = w.ask(ctx, func(ctx context.Context) error {
			if err := t.Create(ctx, &as); err != nil && !is(err, 409) { // 409: an earlier try, whose answer got lost
				return err
			}
			return nil
		})
		if err == nil {
			err = w.ask(ctx, look)
		}
	}
	if err != nil {
		return nil, err
	}
	if md.Labels[ownerLabel] != w.labels[ownerLabel] {
		return nil, fault.With(fmt.Errorf("%s.%s.%s is there and was not made for this project: it has not the label %s: %s; name another dataset, or take that table away",
			w.Project, w.Dataset, name, ownerLabel, w.labels[ownerLabel]), fault.Publish)
	}
	return md, nil
}

// fields are the columns of a table's files in the service's terms.
func fields(cols []serving.Column) (s bigquery.Schema, err error) {
	for _, c := range cols {
		f := &bigquery.FieldSchema{Name: c.Name, Description: c.Doc, Required: c.Name == runDate}
		switch c.Type {
		case "VARCHAR":
			f.Type = bigquery.StringFieldType
		case "VARCHAR[]":
			f.Type, f.Repeated = bigquery.StringFieldType, true
		case "BIGINT":
			f.Type = bigquery.IntegerFieldType
		case "BOOLEAN":
			f.Type = bigquery.BooleanFieldType
		case "DATE":
			f.Type = bigquery.DateFieldType
		case "TIMESTAMP WITH TIME ZONE":
			f.Type = bigquery.TimestampFieldType
		case "DOUBLE":
			f.Type = bigquery.FloatFieldType
		default:
			if n, err := fmt.Sscanf(c.Type, "DECIMAL(%d,%d)", &f.Precision, &f.Scale); n != 2 || err != nil {
				return nil, fmt.Errorf("column %s: nothing is known of the type %s", c.Name, c.Type)
			}
			f.Type = bigquery.NumericFieldType
		}
		s = append(s, f)
	}
	return s, nil
}

// runDate is the column that every table is served with.
const runDate = "run_date"

// merged is what a table has, with the columns that the run brings. A column
// that is not in the run any more stays, and is empty from now on; one of
// another type cannot.
func merged(has, brings bigquery.Schema) (all bigquery.Schema, more bool, err error) {
	at := map[string]int{}
	for i, f := range has {
		at[f.Name] = i
	}
	all = slices.Clone(has)
	for _, f := range brings {
		i, there := at[f.Name]
		if !there {
			all, more = append(all, f), true
			continue
		}
		if old := has[i]; old.Type != f.Type || old.Repeated != f.Repeated || old.Precision != f.Precision || old.Scale != f.Scale {
			return nil, false, fault.With(fmt.Errorf("the column %s is %s there and %s in the run, and no column changes its type: name another dataset, or take that table away",
				f.Name, typeName(old), typeName(f)), fault.Publish)
		}
		if has[i].Description != f.Description {
			all[i], more = f, true
		}
	}
	return all, more, nil
}

func typeName(f *bigquery.FieldSchema) string {
	name := string(f.Type)
	if f.Precision > 0 {
		name = fmt.Sprintf("%s(%d,%d)", name, f.Precision, f.Scale)
	}
	if f.Repeated {
		name = "ARRAY<" + name + ">"
	}
	return name
}

// lookAtTables finds or makes the tables that hold what is served, and brings
// their columns up to the run's.
func (w *warehouse) lookAtTables(ctx context.Context, p *planned) error {
	return w.each(ctx, p.tables, func(ctx context.Context, t *table) error {
		brings, err := fields(t.InFile)
		if err != nil {
			return err
		}
		as := bigquery.TableMetadata{Schema: brings, Description: t.Doc, Clustering: t.clustering(), TimePartitioning: &bigquery.TimePartitioning{Type: bigquery.HourPartitioningType}}
		if t.By != "" {
			as.TimePartitioning = &bigquery.TimePartitioning{Type: bigquery.MonthPartitioningType, Field: t.By}
			if t.By == runDate {
				as.TimePartitioning.Type = bigquery.DayPartitioningType
			}
		}
		if t.base, err = w.own(ctx, t.rows(), as); err != nil {
			return err
		}
		if has, want := t.base.TimePartitioning, as.TimePartitioning; has == nil || has.Type != want.Type || has.Field != want.Field {
			return fault.With(fmt.Errorf("the table %s has other partitions than those of this version of the program: take it away, it is made and loaded anew", t.rows()), fault.Publish)
		}
		t.found(p.log)
		var more bool
		if t.schema, more, err = merged(t.base.Schema, brings); err != nil || !more {
			return err
		}
		return w.ask(ctx, func(ctx context.Context) error {
			_, err := w.ds.Table(t.rows()).Update(ctx, bigquery.TableMetadataToUpdate{Schema: t.schema}, "")
			return err
		})
	})
}

// clustering puts the rows of a customer together.
func (t *table) clustering() *bigquery.Clustering {
	for _, c := range t.InFile {
		if c.Name == "customer_id" {
			return &bigquery.Clustering{Fields: []string{c.Name}}
		}
	}
	return nil
}
