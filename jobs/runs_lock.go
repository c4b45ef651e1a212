package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/habitue-data/habitue/connectors/duckdb"
	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/atomicfile"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/jobs/project"
)

// lakeOf is the lake of a project.
func lakeOf(p *project.Project) lake.Lake { return lake.Lake{Dir: p.Path(p.Lake)} }

// lock makes this process the only one that writes into the project's lake
// and serving database, for as long as held is not done. Of a folder the system
// gives the lock back when the process ends, however it ends; the file stays. Of a
// bucket nobody does: who was killed there keeps others waiting for a minute.
func lock(ctx context.Context, app *App, p *project.Project) (held context.Context, unlock func() error, err error) {
	dir := p.Path(p.Lake)
	if store.Remote(dir) {
		return lease(ctx, app, p, store.Join(dir, lockFile))
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, nil, unwritable(p, err, "the lake cannot be made", "lake")
	}
	l := flock.New(filepath.Join(dir, lockFile))
	mine, err := l.TryLock()
	if err != nil {
		return nil, nil, unwritable(p, err, "the lake cannot be locked", "lake")
	}
	if !mine {
		owner, _ := os.ReadFile(l.Path()) // it may be just about to say who it is
		return nil, nil, fault.With(fmt.Errorf("another run of %s is going on: %s holds %s; wait for it to end", p.Name, cmp.Or(strings.TrimSpace(string(owner)), "it"), l.Path()), fault.Locked)
	}
	_ = os.WriteFile(l.Path(), []byte(owner(app)+"\n"), 0o644) // on a full disk it is held all the same
	return ctx, l.Unlock, nil
}

// owner is who holds a lock, and since when.
func owner(app *App) string {
	host, err := os.Hostname()
	if err != nil {
		host = "a machine without a name"
	}
	return fmt.Sprintf("process %d on %s since %s", os.Getpid(), host, app.Now().UTC().Format(time.RFC3339))
}

const lockFile = "_lock"

// beat is how often who holds a lease says that he lives.
const beat = 10 * time.Second

// lease is the lock of a lake in a bucket.
func lease(ctx context.Context, app *App, p *project.Project, path string) (context.Context, func() error, error) {
	held, unlock, err := store.Lease(ctx, path, owner(app), beat)
	var other store.Held
	switch {
	case errors.As(err, &other):
		return nil, nil, fault.With(fmt.Errorf("another run of %s is going on: %s holds %s; wait for it to end", p.Name, other.Owner, store.Name(path)), fault.Locked)
	case err != nil && ctx.Err() != nil:
		return nil, nil, err
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission):
		return nil, nil, unwritable(p, err, "the lake cannot be locked", "lake")
	case err != nil: // a store that does not answer may the next time
		return nil, nil, fmt.Errorf("lock the lake: %w", err)
	}
	return held, unlock, nil
}

// servable tells before the night whether its serving database will have a
// place: after hours of work it is late to learn that it has none.
func servable(ctx context.Context, app *App, p *project.Project) error {
	switch p.Warehouse.Kind {
	case "":
		return nil
	case project.BigQuery:
		return bigQueryReady(ctx, app, p)
	}
	if err := replaceable(ctx, p); err != nil || p.Warehouse.Kind != project.DuckDB {
		return err
	}
	path := p.Path(p.Warehouse.Path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return unwritable(p, err, "the folder of the warehouse cannot be made", "warehouse", "path")
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".tmp-*") // a name that sweepServing knows
	if err != nil {
		return unwritable(p, err, "the folder of the warehouse cannot be written", "warehouse", "path")
	}
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return fmt.Errorf("try the folder of the warehouse: %w", err)
	}
	return nil
}

// replaceable tells whether what stands at the place of the serving database may
// be replaced: nothing, or one that was published before. A database of somebody
// else would be gone without a word.
func replaceable(ctx context.Context, p *project.Project) error {
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
		if end, err := lakeOf(p).LineEnd(); err != nil || end != "" {
			return err
		}
	}
	return fault.With(p.Fault(fmt.Sprintf("the file %s stands at the place of the warehouse and is no database that habitue published: %v", p.Warehouse.Path, not),
		"name another file, or take that one away", "warehouse", "path"), fault.Config)
}

// unwritable is an error of a path that the project file names. A full disk
// is no fault of the file.
func unwritable(p *project.Project, err error, what string, keys ...string) error {
	if err = atomicfile.Explain(err); fault.CodeOf(err) == fault.NoSpace {
		return err
	}
	cause := err
	var at *os.PathError
	if errors.As(err, &at) {
		cause = fmt.Errorf("%s: %w", p.Relative(at.Path), at.Err)
	}
	return fault.With(p.Fault(fmt.Sprintf("%s: %v", what, cause), "name a place that is there and can be written, or give this user the right to", keys...), fault.Config)
}
