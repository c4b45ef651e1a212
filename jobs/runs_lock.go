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
	"github.com/habitue-data/habitue/connectors/lake"
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
		return nil, nil, p.Unwritable(err, "the lake cannot be made", "lake")
	}
	l := flock.New(filepath.Join(dir, lockFile))
	mine, err := l.TryLock()
	if err != nil {
		return nil, nil, p.Unwritable(err, "the lake cannot be locked", "lake")
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
		return nil, nil, p.Unwritable(err, "the lake cannot be locked", "lake")
	case err != nil: // a store that does not answer may the next time
		return nil, nil, fmt.Errorf("lock the lake: %w", err)
	}
	return held, unlock, nil
}
