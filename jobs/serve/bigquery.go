package serve

import (
	"context"
	"fmt"
	"strings"

	"github.com/habitue-data/habitue/connectors/bigquery"
	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/progress"
	"github.com/habitue-data/habitue/internal/serving"
	"github.com/habitue-data/habitue/jobs/project"
)

// intoBigQuery publishes a run into the project's dataset.
func intoBigQuery(ctx context.Context, w World, p *project.Project, l lake.Lake, m lake.Manifest) error {
	s, err := bigQuerySnapshot(l, m, p.Publish)
	if err != nil {
		return err
	}
	report, err := bigquery.Publish(ctx, s, bigQueryOf(w, p))
	if err == nil && p.Warehouse.DryRun {
		fmt.Fprintf(w.Err, "dry run: %s rows of run %s were loaded, %d months and days among them; the checks would read %s; %s serves what it served before\n",
			progress.Thousands(report.Rows), m.RunID, report.Partitions, progress.Bytes(report.Checked), p.Warehouse)
	}
	return err
}

// bigQuerySnapshot is a run with the files of its tables.
func bigQuerySnapshot(l lake.Lake, m lake.Manifest, asked project.Publish) (bigquery.Snapshot, error) {
	shown, err := SnapshotOf(l, m, asked)
	if err != nil {
		return bigquery.Snapshot{}, err
	}
	s := bigquery.Snapshot{RunID: m.RunID, RunDate: m.RunDate, Views: shown.Views}
	files := map[string]lake.File{}
	for _, t := range shown.Tables {
		of := m.Tables[t.Name]
		doc, _ := customer.TableNamed(t.Name)
		doc.Columns = lake.Served(doc)
		table := bigquery.Table{Table: t}
		for _, c := range of.Columns {
			described, _ := doc.Column(c.Name)
			table.InFile = append(table.InFile, serving.Column{Name: c.Name, Type: c.Type, Doc: described.Doc})
		}
		switch {
		case doc.History:
			table.By = lake.RunDate
		case of.Layout == "month":
			if table.By, err = monthColumn(doc); err != nil {
				return s, err
			}
		}
		for _, f := range of.Files {
			files[l.Path(f.Path)] = f
			partition := f.Month
			if doc.History {
				_, partition, _ = strings.Cut(f.Path, "/run=") // rows of an earlier run are in the file that it wrote
				partition, _, _ = strings.Cut(partition, ".")
			}
			table.Parts = append(table.Parts, bigquery.File{Path: l.Path(f.Path), Partition: strings.ReplaceAll(partition, "-", ""), SHA256: f.SHA256, Rows: f.Rows, Bytes: f.Bytes})
		}
		s.Tables = append(s.Tables, table)
	}
	s.Sum = func(ctx context.Context, table string, f bigquery.File, columns []string) ([]int64, error) {
		return l.Sum(ctx, m.Tables[table], files[f.Path], columns)
	}
	return s, nil
}

// monthColumn is the day by which the rows of a by-month table are dated: it is
// always in its files.
func monthColumn(t customer.Table) (string, error) {
	for _, name := range t.Always {
		if c, _ := t.Column(name); c.Type == customer.DateColumn && strings.HasSuffix(name, "_date") {
			return name, nil
		}
	}
	return "", fmt.Errorf("table %s: no day tells the month of its rows", t.Name)
}

func bigQueryOf(world World, p *project.Project) bigquery.Options {
	w := p.Warehouse
	o := bigquery.Options{Project: w.Project, Dataset: w.Dataset, Location: w.Location, Owner: p.Name, Labels: w.Labels,
		MaxBytesBilled: w.MaxBytesBilled, DryRun: w.DryRun, Now: world.Now, Endpoint: p.BigQueryAt}
	if w.Staging != "" {
		o.Staging = p.Path(w.Staging)
	}
	return o
}

// bigQueryReady tells before the night whether the dataset can be written to, as
// postgresReady does.
func bigQueryReady(ctx context.Context, w World, p *project.Project) error {
	var names []string
	for _, t := range customer.Tables() {
		names = append(names, t.Name)
	}
	for _, v := range customer.Views() {
		names = append(names, v.Name)
	}
	err := bigquery.Try(ctx, bigQueryOf(w, p), names)
	if err == nil || ctx.Err() != nil {
		return err
	}
	if bigquery.Passing(err) {
		return fault.With(p.Fault("the warehouse cannot be reached now: "+err.Error(), "nothing need be done where that passes", "warehouse", "dataset"), fault.Publish)
	}
	return fault.With(p.Fault("the warehouse cannot be published to: "+err.Error(), "put that right, or name another dataset", "warehouse", "dataset"), fault.Config)
}
