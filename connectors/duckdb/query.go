package duckdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/serving"
)

// QueryOptions is what a query runs over.
type QueryOptions struct {
	Resources
	Database string            // a DuckDB file, opened to be read only; or
	Snapshot *serving.Snapshot // the tables of a run, as views over their files
	Name     string            // of the SQL in messages: a file, or "SQL"
}

// Formats are the names of the forms in which a result is written.
func Formats() []string { return []string{"table", "csv", "json", "parquet"} }

// Query runs the statements one after the other and writes the result of the
// last one that has one. A fault of the SQL is told with its line and column.
func Query(ctx context.Context, o QueryOptions, sql, format string, out io.Writer) (err error) {
	if len(split(sql)) == 0 {
		return fault.With(fmt.Errorf("%s: no statement to run", o.Name), fault.Usage)
	}
	s, err := Open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return s.db.query(ctx, o.Name, sql, format, out)
}

// query runs statements over what is open.
func (db *session) query(ctx context.Context, name, sql, format string, out io.Writer) (err error) {
	all := split(sql)
	last := -1
	for i, s := range all {
		if s.kind() != silent {
			last = i
		}
	}
	for i, s := range all {
		if err := ctx.Err(); err != nil {
			return err
		}
		if i == last {
			err = db.print(ctx, s, format, out)
		} else {
			err = db.run(ctx, s.text)
		}
		if err != nil {
			return told(err, name, sql, s)
		}
	}
	return nil
}

// serve makes the tables known under their names.
func (db *session) serve(ctx context.Context, o QueryOptions) error {
	if o.Database != "" {
		path, err := filepath.Abs(o.Database)
		if err != nil {
			return fmt.Errorf("open %s: %w", o.Database, err)
		}
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("open the warehouse: %w", err)
		}
		if err := db.run(ctx, "ATTACH "+serving.Text(path)+" AS warehouse (READ_ONLY); USE warehouse"); err != nil {
			return fmt.Errorf("open %s: %w", o.Database, err)
		}
	}
	if o.Snapshot == nil {
		return nil
	}
	for _, t := range o.Snapshot.Tables {
		if err := db.run(ctx, createView(t, o.Snapshot.RunDate)); err != nil {
			return fmt.Errorf("open table %s: %w", t.Name, err)
		}
	}
	return db.makeViews(ctx, o.Snapshot.Views)
}

// result is what a statement gives.
type result uint8

const (
	silent result = iota // nothing to print
	rows                 // rows that other SQL can go on with
	report               // rows that it cannot
)

func (s statement) kind() result {
	switch s.verb() {
	case "select", "with", "from", "values", "table", "(", "describe", "desc", "show", "summarize", "pivot", "unpivot":
		return rows
	case "explain", "pragma", "call":
		return report
	}
	return silent
}
