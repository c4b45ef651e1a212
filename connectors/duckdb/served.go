package duckdb

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"github.com/habitue-data/habitue/internal/serving"
)

// NotServed is why a file is no database that Build has made.
type NotServed string

// Held is that nobody else can look into it, whosever it is.
const Held NotServed = "another program has it open for writing"

// Error is the reason.
func (n NotServed) Error() string { return string(n) }

// Served tells whether the file at path is a database that Build has made, or
// one without a table: nil, or NotServed. It is known by one of the tables, or
// a view of that name, with run_date in front; comments change from version to
// version, and a mark in a file beside it would get lost.
func Served(ctx context.Context, path string, tables []string) (err error) {
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	db, err := connect(ctx, "", Resources{Threads: 1})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	if err := db.run(ctx, "ATTACH "+serving.Text(filepath.ToSlash(path))+" AS there (READ_ONLY, TYPE duckdb)"); err != nil {
		return unread(ctx, err)
	}
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = serving.Text(t)
	}
	var ours bool
	err = db.QueryRowContext(ctx, "SELECT count(*) = 0 OR bool_or(column_index = 1 AND column_name = 'run_date' AND data_type = 'DATE' AND table_name IN ("+
		strings.Join(names, ", ")+")) FROM duckdb_columns() WHERE database_name = 'there'").Scan(&ours)
	if err != nil {
		return unread(ctx, err)
	}
	if !ours {
		return NotServed("it has no table of Habitué")
	}
	return nil
}

// unread is an error of DuckDB as the reason, told by its first line.
func unread(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if strings.Contains(err.Error(), "Could not set lock on file") {
		return Held
	}
	what, _, _ := strings.Cut(err.Error(), "\n")
	return NotServed("it cannot be read as a DuckDB database: " + strings.TrimRight(what, "!"))
}
