package duckdb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/habitue-data/habitue/internal/atomicfile"
	"github.com/habitue-data/habitue/internal/serving"
)

// BuildOptions is how a database is built.
type BuildOptions struct {
	Resources
	// FactsAsViews leaves by-month tables in the lake and serves views over
	// their files: publishing is short, but the file needs the lake beside
	// it, at the same place.
	FactsAsViews bool
}

// Build makes a database of one run and puts it at target in one step. Until
// then, and whenever it fails, the database that is there stays. Only one
// process may build a target at a time.
func Build(ctx context.Context, s serving.Snapshot, target string, o BuildOptions) (err error) {
	tmp, err := aside(target)
	if err != nil {
		return fmt.Errorf("build %s: %w", target, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("build %s: %w", target, explain(atomicfile.Explain(err))), removeAll(tmp))
		}
	}()
	if o.TempDir == "" {
		o.TempDir = tmp + ".spill"
	}
	if err := fill(ctx, s, tmp, o); err != nil {
		return err
	}
	if _, err := os.Stat(tmp + ".wal"); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("DuckDB left a write-ahead log beside it (%v)", err)
	}
	if err := sync(tmp); err != nil {
		return err
	}
	if err := os.Rename(tmp, target); err != nil {
		return err
	}
	return errors.Join(atomicfile.SyncDir(filepath.Dir(target)), removeAll(tmp))
}

// aside is a name in the target's folder that nothing has yet. What a killed
// build left under such names is removed.
func aside(target string) (string, error) {
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return "", err
	}
	left, err := filepath.Glob(globText(target) + ".tmp-*")
	if err != nil {
		return "", err
	}
	for _, path := range left {
		if err := os.RemoveAll(path); err != nil {
			return "", err
		}
	}
	f, err := os.CreateTemp(filepath.Dir(target), filepath.Base(target)+".tmp-*")
	if err != nil {
		return "", err
	}
	return f.Name(), errors.Join(f.Close(), os.Remove(f.Name())) // DuckDB makes it
}

// globText is a path as a pattern that only it matches.
func globText(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

func removeAll(tmp string) (err error) {
	for _, path := range []string{tmp, tmp + ".wal", tmp + ".spill"} {
		err = errors.Join(err, os.RemoveAll(path))
	}
	return err
}

func sync(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func fill(ctx context.Context, s serving.Snapshot, path string, o BuildOptions) (err error) {
	db, err := open(ctx, path, o.Resources)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	for _, t := range s.Tables {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := db.add(ctx, t, s.RunDate, o.FactsAsViews && !t.Dated); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	if err := db.makeViews(ctx, s.Views); err != nil {
		return err
	}
	return db.run(ctx, "CHECKPOINT")
}

func (db *session) makeViews(ctx context.Context, views []serving.View) error {
	for _, v := range views {
		for _, statement := range v.Create() {
			if err := db.run(ctx, statement); err != nil {
				return fmt.Errorf("view %s: %w", v.Name, err)
			}
		}
	}
	return nil
}

// add makes one table, or a view of it, and counts its rows.
func (db *session) add(ctx context.Context, t serving.Table, runDate string, asView bool) error {
	kind := "TABLE"
	if asView {
		kind = "VIEW"
		if err := db.run(ctx, createView(t, runDate)); err != nil {
			return err
		}
	} else {
		if err := db.run(ctx, createTable(t)); err != nil {
			return err
		}
		if len(t.Files) > 0 {
			if err := db.run(ctx, "INSERT INTO "+serving.Name(t.Name)+" "+selectOf(t, runDate)); err != nil {
				return err
			}
		}
	}
	var rows int64
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM "+serving.Name(t.Name)).Scan(&rows); err != nil {
		return err
	}
	if rows != t.Rows {
		return fmt.Errorf("%d rows, the manifest says %d", rows, t.Rows)
	}
	for _, c := range t.Comments(kind) {
		if err := db.run(ctx, c); err != nil {
			return err
		}
	}
	return nil
}
