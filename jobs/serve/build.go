// Package serve puts the tables of a committed run where people ask for them: a DuckDB
// file, a schema of PostgreSQL, a dataset of BigQuery.
//
// It promises that what stood there before stands until all of the run is in its
// place, and that nothing which somebody else put there is lost. It makes no table:
// all comes from the run's files, so it can be done again at any time.
package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"time"

	"github.com/habitue-data/habitue/connectors/duckdb"
	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/connectors/postgres"
	"github.com/habitue-data/habitue/jobs/project"
)

// World is what serving may touch of the world outside, but for the places.
type World struct {
	Now func() time.Time
	Err io.Writer
}

// patience is how long a publish waits for readers to leave the old tables.
const patience = 10 * time.Minute

// Build builds the serving database of a committed run and puts it in place. It may
// be done again at any time; whoever calls it holds the lock. Memory is the budget
// of the process.
func Build(ctx context.Context, w World, p *project.Project, l lake.Lake, m lake.Manifest, memory int64) (rows int64, err error) {
	if p.Warehouse.NoFacts {
		m = withoutFacts(m)
	}
	switch p.Warehouse.Kind {
	case project.BigQuery:
		return 0, intoBigQuery(ctx, w, p, l, m)
	case project.Postgres:
		snapshot, err := SnapshotOf(l, m, p.Publish)
		if err != nil {
			return 0, err
		}
		report, err := postgres.Publish(ctx, postgres.Snapshot{Snapshot: snapshot, Parts: partsOf(l, m)}, postgresOf(p), patience)
		return report.Rows, err
	}
	near, drop, err := Near(ctx, l, m, p.Publish)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, drop()) }()
	snapshot, err := SnapshotOf(near, m, p.Publish)
	if err != nil {
		return 0, err
	}
	return 0, duckdb.Build(ctx, snapshot, p.Path(p.Warehouse.Path), duckdb.BuildOptions{
		Resources:    duckdb.Resources{Memory: memory},
		FactsAsViews: p.Warehouse.Views,
	})
}

// withoutFacts is the run without its by-month tables.
func withoutFacts(m lake.Manifest) lake.Manifest {
	m.Tables = maps.Clone(m.Tables)
	maps.DeleteFunc(m.Tables, func(_ string, t lake.Table) bool { return t.Layout == "month" })
	return m
}

// Damage tells of an error what mends it where files of the run are not what
// they were: to publish again would never help.
func Damage(ctx context.Context, l lake.Lake, m lake.Manifest, err error) error {
	found, failed := l.Verify(ctx, m)
	if failed != nil || len(found) == 0 {
		return err
	}
	return fmt.Errorf("files of the lake are damaged, habitue run --as-of %s writes them anew: %s: %w", m.RunDate, lake.Listed(found), err)
}
