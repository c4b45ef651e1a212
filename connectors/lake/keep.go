package lake

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"strings"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/store"
)

// Sweep removes what a killed run left: temporaries, and files of tables
// that no manifest names. Only who holds the project's lock may call it. It
// returns what it removed, relative to the lake.
func (l Lake) Sweep() ([]string, error) {
	swept, err := store.Sweep(l.Dir)
	if err != nil {
		return swept, err
	}
	ids, err := l.List()
	if err != nil {
		return swept, err
	}
	named := map[string]bool{}
	for _, id := range ids {
		m, err := l.Load(id)
		if err != nil {
			return swept, err // a manifest that cannot be read may name anything
		}
		for _, t := range m.Tables {
			for _, f := range t.Files {
				named[f.Path] = true
			}
		}
	}
	unnamed, err := l.removeUnnamed(named)
	return append(swept, unnamed...), err
}

func (l Lake) removeUnnamed(named map[string]bool) (removed []string, err error) {
	folders := []string{}
	err = store.Walk(l.Dir, func(rel string, d fs.DirEntry) error {
		if d.IsDir() {
			if strings.HasPrefix(rel, "_") { // manifests, inputs, what was sent
				return fs.SkipDir
			}
			if strings.Count(rel, "/") == 1 {
				folders = append(folders, l.Path(rel))
			}
			return nil
		}
		if !ours(rel) || named[rel] {
			return nil
		}
		if err := store.Remove(l.Path(rel)); err != nil {
			return err
		}
		removed = append(removed, rel)
		return nil
	})
	if err != nil {
		return removed, fmt.Errorf("sweep the lake %s: %w", l.Dir, err)
	}
	for _, f := range folders {
		if err := store.RemoveEmpty(f); err != nil {
			return removed, fmt.Errorf("sweep the lake %s: %w", l.Dir, err)
		}
	}
	return removed, nil
}

// ours tells whether a path is one that this package gives to a table's
// file; whatever else a person keeps in the folder is left alone.
func ours(rel string) bool {
	parts := strings.Split(rel, "/")
	return len(parts) == 3 && strings.HasSuffix(parts[2], ".parquet") &&
		(strings.HasPrefix(parts[1], "run=") || strings.HasPrefix(parts[1], "month="))
}

// Prune forgets all runs but the newest keep of the line and the newest keep
// beside it, then sweeps. The line's end is always kept: it holds the
// ledgers and the history tables, which are copied from run to run. Killed
// half-way, it leaves runs whole or gone, and the next Sweep ends its work.
func (l Lake) Prune(keep int) (runs, files []string, err error) {
	if keep < 1 {
		return nil, nil, fmt.Errorf("prune the lake %s: cannot keep %d runs, the newest one is yesterday for the next night", l.Dir, keep)
	}
	ids, err := l.List()
	if err != nil {
		return nil, nil, err
	}
	line, version, err := l.line()
	if err != nil {
		return nil, nil, err
	}
	aside := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(line, id) })
	keptLine := line[max(0, len(line)-keep):]
	kept := append(slices.Clone(keptLine), aside[max(0, len(aside)-keep):]...)
	if len(keptLine) < len(line) { // the line first: it must not name a run that is gone
		if err := l.setLine(keptLine, version); err != nil {
			return nil, nil, err
		}
	}
	for _, id := range ids {
		if slices.Contains(kept, id) {
			continue
		}
		if err := store.Remove(l.manifestPath(id)); err != nil {
			return runs, nil, fmt.Errorf("prune run %s: %w", id, err)
		}
		runs = append(runs, id)
	}
	if len(runs) > 0 {
		if err := store.SyncDir(l.Path(manifests)); err != nil {
			return runs, nil, err
		}
	}
	files, err = l.Sweep()
	sort.Strings(files)
	return runs, files, err
}

// Ready makes the folder of a new lake's manifests before anything else is
// in it. A lake that has tables but not that folder has lost it: what Sweep
// would remove then is everything.
func (l Lake) Ready() error {
	folder := l.Path(manifests)
	if _, err := store.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	entries, err := store.ReadDir(l.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look into the lake: %w", err)
	}
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), "_") && !strings.HasPrefix(e.Name(), ".") {
			return fault.With(fmt.Errorf("the lake %s has the folder %s and no %s, without which no table is anyone's: put that folder back, or take the lake away to begin anew", l.Dir, e.Name(), manifests), fault.Mismatch)
		}
	}
	if err := store.MkdirAll(folder); err != nil {
		return fmt.Errorf("make the folder of manifests: %w", err)
	}
	return nil
}
