package duckdb

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// ErrHeld is that another process has a database open for writing, so that
// nobody else can look into it.
var ErrHeld = errors.New("another program has it open for writing")

// Served tells whether the file at path is a database that Build has made, or
// one without a table: nil, or why not. It is known by one of the tables, or a
// view of that name, with run_date in front; comments change from version to
// version, and a mark in a file beside it would get lost.
func Served(ctx context.Context, path string, tables []string) (err error) {
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	db, err := open(ctx, "", Resources{Threads: 1})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	if err := db.run(ctx, "ATTACH "+text(filepath.ToSlash(path))+" AS there (READ_ONLY, TYPE duckdb)"); err != nil {
		if strings.Contains(err.Error(), "Could not set lock on file") {
			return ErrHeld
		}
		return fmt.Errorf("it cannot be read as a DuckDB database: %w", err)
	}
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = text(t)
	}
	var ours bool
	err = db.QueryRowContext(ctx, "SELECT count(*) = 0 OR bool_or(column_index = 1 AND column_name = 'run_date' AND data_type = 'DATE' AND table_name IN ("+
		strings.Join(names, ", ")+")) FROM duckdb_columns() WHERE database_name = 'there'").Scan(&ours)
	if err != nil {
		return fmt.Errorf("it cannot be read as a DuckDB database: %w", err)
	}
	if !ours {
		return errors.New("it has no table of Habitué")
	}
	return nil
}
