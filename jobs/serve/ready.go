package serve

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/habitue-data/habitue/connectors/duckdb"
	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/jobs/project"
)

// Ready tells before the night whether its serving database will have a
// place: after hours of work it is late to learn that it has none.
func Ready(ctx context.Context, w World, p *project.Project, l lake.Lake) error {
	switch p.Warehouse.Kind {
	case "":
		return nil
	case project.BigQuery:
		return bigQueryReady(ctx, w, p)
	}
	if err := Replaceable(ctx, p, l); err != nil || p.Warehouse.Kind != project.DuckDB {
		return err
	}
	path := p.Path(p.Warehouse.Path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return p.Unwritable(err, "the folder of the warehouse cannot be made", "warehouse", "path")
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".tmp-*") // a name that Sweep knows
	if err != nil {
		return p.Unwritable(err, "the folder of the warehouse cannot be written", "warehouse", "path")
	}
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return fmt.Errorf("try the folder of the warehouse: %w", err)
	}
	return nil
}

// Replaceable tells whether what stands at the place of the serving database may
// be replaced: nothing, or one that was published before. A database of somebody
// else would be gone without a word.
func Replaceable(ctx context.Context, p *project.Project, l lake.Lake) error {
	switch p.Warehouse.Kind {
	case project.Postgres:
		return postgresReady(ctx, p)
	case project.BigQuery:
		return nil // it is asked before a night, and each table before it is written to
	}
	path := p.Path(p.Warehouse.Path)
	info, err := os.Stat(path)
	if err != nil || info.Size() == 0 && info.Mode().IsRegular() {
		return nil // nothing to lose; what keeps a file from being made there is told by who makes it
	}
	if !info.Mode().IsRegular() {
		return fault.With(p.Fault(fmt.Sprintf("the warehouse cannot be put at %s: a folder or device stands there", p.Warehouse.Path), "name a file", "warehouse", "path"), fault.Config)
	}
	var tables []string
	for _, t := range customer.Tables() {
		tables = append(tables, t.Name)
	}
	err = duckdb.Served(ctx, path, tables)
	var not duckdb.NotServed
	if !errors.As(err, &not) {
		return err
	}
	if not == duckdb.Held { // a tool that writes into it stops no night: where the line has runs it is theirs
		if end, err := l.LineEnd(); err != nil || end != "" {
			return err
		}
	}
	return fault.With(p.Fault(fmt.Sprintf("the file %s stands at the place of the warehouse and is no database that habitue published: %v", p.Warehouse.Path, not),
		"name another file, or take that one away", "warehouse", "path"), fault.Config)
}

// Sweep removes serving databases and reports that were not finished.
func Sweep(p *project.Project) error {
	for _, path := range []string{p.Warehouse.Path, p.Report} { // of a warehouse that is no file there is no path
		if path == "" || store.Remote(path) {
			continue
		}
		left, err := filepath.Glob(p.Path(path) + ".tmp-*")
		if err != nil {
			return fmt.Errorf("look for what is left of %s: %w", path, err)
		}
		for _, l := range left {
			if err := os.RemoveAll(l); err != nil {
				return fmt.Errorf("remove what is left of %s: %w", path, err)
			}
		}
	}
	return nil
}
