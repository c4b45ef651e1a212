package serve

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/jobs/project"
	"golang.org/x/sync/errgroup"
)

// Near is a lake whose files of a run DuckDB can open: the lake itself, or
// where that is in a bucket a folder with copies of those that are asked for,
// each of which is what the manifest says. drop removes them.
//
// DuckDB has an extension that reads from buckets. It is downloaded, and nothing
// here ever is.
func Near(ctx context.Context, l lake.Lake, m lake.Manifest, asked project.Publish) (near lake.Lake, drop func() error, err error) {
	if !store.Remote(l.Dir) {
		return l, func() error { return nil }, nil
	}
	dir, err := os.MkdirTemp("", "habitue-tables-")
	if err != nil {
		return near, nil, fmt.Errorf("make a folder for the tables: %w", err)
	}
	near, drop = lake.Lake{Dir: dir}, func() error { return os.RemoveAll(dir) }
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(store.Parallel(l.Dir))
	for _, name := range lake.TableNames(m) {
		if _, wanted := asked.Wants(name); !wanted {
			continue
		}
		for _, f := range m.Tables[name].Files {
			g.Go(func() error {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				return fetch(l.Path(f.Path), near.Path(f.Path), f)
			})
		}
	}
	if err := g.Wait(); err != nil {
		return near, nil, errors.Join(fmt.Errorf("fetch the tables of run %s: %w", m.RunID, err), drop())
	}
	return near, drop, nil
}

func fetch(from, to string, f lake.File) error {
	if err := store.Copy(from, to); err != nil {
		return err
	}
	sum, _, err := store.Hash(to)
	if err == nil && sum != f.SHA256 {
		err = fault.With(fmt.Errorf("%s is not what the manifest says: SHA-256 %s, want %s", f.Path, sum, f.SHA256), fault.Mismatch)
	}
	return err
}
