// Package bigquery serves the tables of one run from a dataset of Google
// BigQuery, by load jobs of the lake's Parquet files.
//
// It promises: what a reader sees through the views changes in one step, with
// the last row of the table _runs. Tables that a run makes anew lie in a
// partition of their run, which nobody reads before that row says so; they were
// loaded into stage tables, counted and summed there, and copied. Every job has
// an id that follows from what it does, so whoever tries again, in this process
// or a later one, meets the job that is already there. Every query has a limit
// of bytes. A table that another program made is never touched.
//
// It does not promise as much of the tables that are partitioned by a day of
// their own, of which only what changed is loaded (orders, lines, events and
// interactions by month, moves and exports by run_date): a partition is replaced
// whole, but some seconds before the last row, one after the other; a publish
// that is stopped just there leaves them newer than the rest until it is done
// again. A night that is not committed yet is not shown, though.
//
// What it sends was held against the service's own description, and never
// against the service: see the package contract.
//
// Rejected: Beam's bigqueryio, which streams rows through one key; and a view
// for each run, for views are not replaced together.
package bigquery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cloud.google.com/go/bigquery"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/serving"
	"golang.org/x/sync/errgroup"
	"google.golang.org/api/iterator"
	"google.golang.org/api/option"
)

// Options is where and how a run is published.
type Options struct {
	Project, Dataset, Location string
	Owner                      string            // name of the project: tables with another one's label are not touched
	Staging                    string            // gs://bucket/folder for files that are not in gs://; "" sends them with the job
	Labels                     map[string]string // of every table and job
	MaxBytesBilled             int64             // of each query
	DryRun                     bool              // load and tell what the checks would cost, but serve nothing
	Endpoint                   string            // of an emulator, without credentials; "" is the service
	Now                        func() time.Time
	piece                      int // bytes of a file that are sent at a time; 0 is 8 MiB
	patient
}

// Snapshot is the tables and views of one run.
type Snapshot struct {
	RunID, RunDate string // YYYY-MM-DD
	Tables         []Table
	Views          []serving.View
	// Sum adds up columns of a file, in units of their last digit.
	Sum func(ctx context.Context, table string, f File, columns []string) ([]int64, error)
}

// Table is a table of a run, as Parquet files.
type Table struct {
	serving.Table                  // Files aside
	InFile        []serving.Column // the columns of the files, of which not all may be served
	By            string           // the DATE column by which it is partitioned: run_date by day, another by month; "" for a table made anew by each run
	Parts         []File
}

// File is a file of a table.
type File struct {
	Path      string // as internal/store has it
	Partition string // YYYYMM or YYYYMMDD, as By says
	SHA256    string // of its bytes: rows, and the names and types of columns
	Rows      int64
	Bytes     int64
}

// Report is what a publish did.
type Report struct {
	Tables     int   // of the run
	Partitions int   // months and days that were loaded
	Rows       int64 // loaded
	Checked    int64 // bytes that the checks read, or in a dry run would read
}

// warehouse is a dataset that is written to.
type warehouse struct {
	Options
	client  *bigquery.Client
	ds      *bigquery.Dataset
	labels  map[string]string
	logBorn time.Time // when the table _runs was made
}

// Publish makes the dataset serve a run. It may be done again at any time, and
// only one process may do it at a time.
func Publish(ctx context.Context, s Snapshot, o Options) (Report, error) {
	w, err := open(ctx, o)
	if err != nil {
		return Report{}, err
	}
	defer w.client.Close()
	log, err := w.readLog(ctx)
	if err != nil {
		return Report{}, err
	}
	p := plan(s, log)
	if err := w.lookAtTables(ctx, p); err != nil {
		return Report{}, err
	}
	if err := w.each(ctx, p.tables, func(ctx context.Context, t *table) error { return w.stage(ctx, p, t) }); err != nil {
		return Report{}, err
	}
	report, err := w.check(ctx, p)
	if err != nil || o.DryRun {
		return report, err
	}
	if err := w.serve(ctx, p); err != nil {
		return report, err
	}
	return report, nil
}

// Try tells whether the dataset can be published to, and makes it where it is
// not there. Before the first publish no table may have one of the names.
func Try(ctx context.Context, o Options, names []string) error {
	w, err := open(ctx, o)
	if err != nil {
		return err
	}
	defer w.client.Close()
	there, err := w.tables(ctx)
	if err != nil || slices.Contains(there, runsTable) {
		return err
	}
	for _, name := range names {
		if slices.Contains(there, name) {
			if _, err := w.own(ctx, name, bigquery.TableMetadata{}); err != nil {
				return err
			}
		}
	}
	return nil
}

// tables are the names of all tables and views.
func (w *warehouse) tables(ctx context.Context) (names []string, err error) {
	err = w.ask(ctx, func(ctx context.Context) error {
		names = nil
		for all := w.ds.Tables(ctx); ; {
			t, err := all.Next()
			if errors.Is(err, iterator.Done) {
				return nil
			}
			if err != nil {
				return err
			}
			names = append(names, t.TableID)
		}
	})
	return names, err
}

func open(ctx context.Context, o Options) (*warehouse, error) {
	w := &warehouse{Options: o, labels: map[string]string{ownerLabel: labelOf(o.Owner)}}
	for k, v := range o.Labels {
		w.labels[k] = v
	}
	w.patient = o.usual()
	if w.piece == 0 {
		w.piece = 8 << 20
	}
	var err error
	if w.client, err = bigquery.NewClient(ctx, o.Project, reach(o.Endpoint)...); err != nil {
		return nil, fault.With(fmt.Errorf("reach BigQuery: %w: %s", err, logIn), fault.Publish)
	}
	w.client.Location = o.Location
	w.ds = w.client.Dataset(o.Dataset)
	if err := w.ready(ctx); err != nil {
		return nil, fmt.Errorf("dataset %s.%s: %w", o.Project, o.Dataset, err)
	}
	return w, nil
}

// reach is how a client comes to the service, or to a server in its place.
func reach(endpoint string) []option.ClientOption {
	if endpoint == "" {
		return nil
	}
	return []option.ClientOption{option.WithEndpoint(endpoint), option.WithoutAuthentication()}
}

// ready makes the dataset where it is not there, and refuses one in which
// tables would vanish by themselves.
func (w *warehouse) ready(ctx context.Context) error {
	var md *bigquery.DatasetMetadata
	err := w.ask(ctx, func(ctx context.Context) (err error) {
		md, err = w.ds.Metadata(ctx)
		return err
	})
	if is(err, 404) {
		return w.ask(ctx, func(ctx context.Context) error {
			err := w.ds.Create(ctx, &bigquery.DatasetMetadata{Location: w.Location, Labels: w.labels, Description: "Customers of " + w.Owner + ", made by habitue."})
			if is(err, 409) { // an earlier try, whose answer got lost
				return nil
			}
			return err
		})
	}
	switch {
	case err != nil:
		return err
	case !strings.EqualFold(md.Location, w.Location):
		return fault.With(fmt.Errorf("it is in %s, the project file says %s", md.Location, w.Location), fault.Config)
	case md.DefaultPartitionExpiration > 0 || md.DefaultTableExpiration > 0:
		return fault.With(fmt.Errorf("it lets tables or partitions expire, so what is served would vanish: take the default expiration away, or name another dataset"), fault.Config)
	}
	return nil
}

// sideBySide is how many tables or files are worked on at a time: a job waits
// more than it works, and an upload holds a piece in memory.
const sideBySide = 4

func (w *warehouse) each(ctx context.Context, tables []*table, do func(ctx context.Context, t *table) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(sideBySide)
	for _, t := range tables {
		g.Go(func() error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if err := do(ctx, t); err != nil {
				return fmt.Errorf("table %s: %w", t.Name, err)
			}
			return nil
		})
	}
	return g.Wait()
}

// path is the name of a table in SQL.
func (w *warehouse) path(table string) string {
	return "`" + w.Project + "." + w.Dataset + "." + table + "`"
}
