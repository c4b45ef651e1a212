package jobs

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/draft"
	"github.com/habitue-data/habitue/jobs/sample"
)

// exports finds the files that a command line names, relative to the
// project's folder, as families. A file that is named is taken whatever its
// name; of a folder those that are named as exports are, and the rest is told.
func exports(app *App, dir string, args []string) (families []draft.Family, left []draft.LeftOut, faults fault.List, err error) {
	found := map[string]bool{}
	strangers := map[string]int{}
	for _, arg := range args {
		path := app.Path(arg)
		paths := []string{path}
		if _, err := os.Stat(path); err != nil && strings.ContainsAny(arg, "*?[") {
			if paths, err = filepath.Glob(path); err != nil || len(paths) == 0 {
				faults = append(faults, fault.Fault{File: arg, What: "no file is named so", Todo: "mend the pattern"})
				continue
			}
		}
		for _, p := range paths {
			if info, err := os.Stat(p); err == nil && info.IsDir() {
				err = inFolder(p, dir, found, strangers)
				if err != nil {
					return nil, nil, nil, fmt.Errorf("list %s: %w", arg, err)
				}
				continue
			}
			found[p] = true // one that is not there is told by whoever opens it
		}
	}
	var all []string
	for p := range found {
		abs, err := filepath.Abs(p)
		if err != nil {
			return nil, nil, nil, fmt.Errorf("find %s: %w", p, err)
		}
		all = append(all, relative(dir, abs))
	}
	slices.Sort(all)
	for _, ext := range slices.Sorted(maps.Keys(strangers)) {
		left = append(left, draft.LeftOut{Path: "*" + ext, Why: counted(strangers[ext], "file") + " named as no CSV, JSONL or Parquet"})
	}
	if len(all) == 0 && faults == nil {
		faults = append(faults, fault.Fault{File: strings.Join(args, " "), What: "no CSV, JSONL or Parquet file is there", Todo: "name a folder or the files of the exports"})
	}
	seen := map[string]bool{}
	for _, f := range draft.Families(slices.Compact(all)) {
		if f.Dated || f.Monthly || len(f.Paths) == 1 || sample.SameHeads(dir, f.Paths) {
			seen[f.Name] = true
			families = append(families, f)
			continue
		}
		for _, p := range f.Paths {
			families = append(families, draft.Single(p, seen))
		}
	}
	return families, left, faults, nil
}

// relative is a path as the project file has it.
func relative(dir, path string) string {
	if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsAbs(path) {
		path = rel
	}
	return filepath.ToSlash(path)
}

// exportNames are the ends of the names of exports.
var exportNames = []string{".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".parquet"}

// inFolder finds the exports of a folder and those in it. What is hidden, and
// what a run wrote, is passed by.
func inFolder(folder, dir string, found map[string]bool, strangers map[string]int) error {
	lake, err := filepath.Abs(filepath.Join(dir, "out"))
	if err != nil {
		return err
	}
	return filepath.WalkDir(folder, func(p string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && p != folder:
			abs, err := filepath.Abs(p)
			if strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "_") || abs == lake {
				return filepath.SkipDir
			}
			return err
		case e.IsDir(), strings.HasPrefix(e.Name(), "."):
			return nil
		}
		plain := strings.ToLower(e.Name())
		for _, packed := range []string{".gz", ".zst", ".zstd"} {
			plain = strings.TrimSuffix(plain, packed)
		}
		if slices.Contains(exportNames, filepath.Ext(plain)) {
			found[p] = true
		} else if ext := filepath.Ext(plain); ext != ".yaml" && ext != ".yml" && ext != ".md" {
			strangers[ext]++
		}
		return nil
	})
}
