package night

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/rowcache"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/internal/store"
	"golang.org/x/sync/errgroup"
)

// Versions of input files are kept so that a replaced one can be read again.
// When one is replaced nobody asks first, so every version is copied by the
// run that reads it, unless keep_inputs is 0. The copy bears the time of the
// last run that found it in its folder; keep_inputs after that it goes. So a
// version lasts keep_inputs longer than its path held it, whatever became of
// the runs in between.
//
// Hard links were rejected: who writes a file again in its place would
// change the kept version too.
const inputsDir = "_inputs"

// inputPath is where the lake keeps a version of an input file.
func inputPath(l lake.Lake, sha256, path string) string {
	return l.Path(inputsDir + "/" + sha256 + "/" + filepath.Base(path))
}

// cacheDir holds what was read of files; nothing in it is ever needed.
const cacheDir = "_cache"

// keepInputs keeps a version of each file that the night read.
func (n *Night) keepInputs() error {
	var g errgroup.Group
	g.SetLimit(store.Parallel(n.Lake.Dir))
	for _, v := range n.plan.versions {
		if !v.Present || v.file < 0 || n.Project.Sources[v.source].KeepInputs == 0 { // one of a later day was not read
			continue
		}
		g.Go(func() error {
			to := inputPath(n.Lake, v.SHA256, v.Path)
			info, err := store.Stat(to)
			if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() != v.bytes { // a power cut may have left less
				err = keep(v, to)
			}
			if err == nil {
				err = store.Touch(to, n.Started)
			}
			if err != nil {
				return fmt.Errorf("keep %s: %w", v.Path, relativeFaults(n.Project, err))
			}
			return nil
		})
	}
	return g.Wait()
}

// keep copies the version that was read, and no other that has its path by now.
func keep(v *version, to string) (err error) {
	in, stamp, err := rowfile.OpenSame(v.open, v.info.Stamp)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	return store.CopyOf(in, to, func() error { return stamp.Check(in, v.open) })
}

// pruneInputs deletes versions that were kept for long enough. Those of
// files that the project no longer names go by the project's own rule.
func (n *Night) pruneInputs() error {
	keep := map[string]time.Duration{} // by hash: the longest that a source asks for
	for _, v := range n.plan.versions {
		keep[v.SHA256] = max(keep[v.SHA256], n.Project.Sources[v.source].KeepInputs)
	}
	kept, err := store.ReadDir(n.Lake.Path(inputsDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("prune kept inputs: %w", err)
	}
	for _, e := range kept {
		long, known := keep[e.Name()]
		if !known {
			long = n.Project.KeepInputs
		}
		if err := pruneVersion(n.Lake.Path(inputsDir+"/"+e.Name()), n.Started.Add(-long)); err != nil {
			return fmt.Errorf("prune kept inputs: %w", err)
		}
	}
	return nil
}

// PruneKept deletes what the lake keeps of inputs for longer than it should.
func (n *Night) PruneKept() error {
	used := ""
	if n.Project.Cache {
		used = n.Manifest.RunID
	}
	side, err := LocalSide(n.Lake)
	if err != nil {
		return err
	}
	return errors.Join(n.pruneInputs(), rowcache.Keep(filepath.Join(side, cacheDir), used))
}

// pruneVersion deletes the copies in a folder that no run has found at their
// path since.
func pruneVersion(folder string, since time.Time) error {
	copies, err := store.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, c := range copies {
		info, err := c.Info()
		if err != nil {
			return err
		}
		if info.ModTime().Before(since) {
			if err := store.RemoveTouched(store.Join(folder, c.Name())); err != nil {
				return err
			}
		}
	}
	return store.RemoveEmpty(folder)
}
