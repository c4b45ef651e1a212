package night

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/jobs/project"
)

// scratchDir holds what does not outlive a run, beside the lake so that
// every worker reaches it; on the local side where this process is the worker.
const scratchDir = "_scratch"

// Tidy removes what a killed run left behind. Whoever calls it holds the
// lock.
func Tidy(l lake.Lake, p *project.Project) error {
	side, err := LocalSide(l)
	if err != nil {
		return err
	}
	for _, dir := range []string{l.Path(scratchDir), filepath.Join(side, scratchDir)} {
		if err := store.RemoveAll(dir); err != nil {
			return fmt.Errorf("remove the scratch folder of an earlier run: %w", err)
		}
	}
	if err := l.Ready(); err != nil {
		return err
	}
	if _, err := l.Sweep(); err != nil {
		return fmt.Errorf("remove what an earlier run left: %w", err)
	}
	for i := range p.Activation { // its own folder alone: what else is beside it is not ours
		d := &p.Activation[i]
		if _, err := store.Sweep(p.Path(store.Join(d.Path, d.Name))); err != nil {
			return fmt.Errorf("remove what an earlier delivery left: %w", err)
		}
	}
	return nil
}

// LocalSide is the folder for what a run needs on this machine alone: the lake's
// own, or where that is in a bucket one of this user among the temporary files,
// always the same.
func LocalSide(l lake.Lake) (string, error) {
	if !store.Remote(l.Dir) {
		return l.Dir, nil
	}
	sum := sha256.Sum256([]byte(l.Dir))
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("habitue-%d-%x", os.Getuid(), sum[:8]))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make the local folder of a lake in a bucket: %w", err)
	}
	info, err := os.Lstat(dir)
	if err == nil && (!info.IsDir() || info.Mode().Perm()&0o077 != 0) {
		err = fmt.Errorf("%s may be read by others, or is no folder: take it away", dir)
	}
	if err != nil {
		return "", fmt.Errorf("make the local folder of a lake in a bucket: %w", err)
	}
	return dir, nil
}
