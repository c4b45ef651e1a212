package jobs

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/project"
)

// lakeOf is the lake of a project.
func lakeOf(p *project.Project) lake.Lake { return lake.Lake{Dir: p.Path(p.Lake)} }

// lock makes this process the only one that writes into the project's lake
// and serving database. The system gives the lock back when the process
// ends, however it ends; the file stays.
func lock(p *project.Project) (unlock func() error, err error) {
	dir := p.Path(p.Lake)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("lock the lake: %w", err)
	}
	l := flock.New(filepath.Join(dir, "_lock"))
	held, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the lake: %w", err)
	}
	if !held {
		return nil, fault.With(fmt.Errorf("another run of %s is going on: it holds %s; wait for it to end", p.Name, l.Path()), fault.Locked)
	}
	return l.Unlock, nil
}
