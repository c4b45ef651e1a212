package project

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/store"
)

// File is a file of a source.
type File struct {
	Path    string    // as the project file has paths: relative to it, with slashes, or in a bucket
	Date    time.Time // of its name, a day at 00:00 UTC; zero where the pattern has none
	Hour    int       // of its name
	Pattern Pattern
}

// list finds the files of the patterns, by date and then by name; a file of two
// patterns is the first's. A name with a day that no calendar has is a fault.
func (p *Project) list(patterns []Pattern) (files []File, faults fault.List) {
	seen := map[string]bool{}
	for _, pattern := range patterns {
		say := func(what, todo string) {
			faults = append(faults, fault.Fault{File: p.File, Line: pattern.Line, Col: pattern.Col, What: what, Todo: todo})
		}
		glob, expr, order, err := pattern.compile()
		if err != nil {
			say(fmt.Sprintf("the path %q cannot be read: %v", pattern.Text, err), "mend it")
			continue
		}
		found, err := p.glob(glob)
		if err != nil {
			say(fmt.Sprintf("the files of %q cannot be listed: %v", pattern.Text, err), "give this user the right to read the folder, or correct the name of the bucket")
		}
		for _, path := range found {
			parts := expr.FindStringSubmatch(path)
			if parts == nil || seen[path] || strings.HasPrefix(filepath.Base(path), ".") {
				continue
			}
			f := File{Path: path, Pattern: pattern}
			if f.Date, f.Hour, err = dateOf(order, parts[1:]); err != nil {
				faults = append(faults, fault.Fault{File: path, What: "the name says a day that is not: " + err.Error(), Todo: "rename the file, or leave it out by the path in " + p.File})
				continue
			}
			seen[path] = true
			files = append(files, f)
		}
	}
	sort.SliceStable(files, func(i, j int) bool {
		a, b := files[i], files[j]
		if !a.Date.Equal(b.Date) {
			return a.Date.Before(b.Date)
		}
		if a.Hour != b.Hour {
			return a.Hour < b.Hour
		}
		return a.Path < b.Path
	})
	return files, faults
}

// glob finds what a glob of the project file may mean. In a bucket that is all
// that begins as the glob does: what it gives beyond that the pattern leaves out.
func (p *Project) glob(glob string) (paths []string, err error) {
	if !store.Remote(glob) {
		return globAt(p.Dir, glob)
	}
	begin := glob
	if i := strings.IndexAny(glob, "*?["); i >= 0 {
		begin = glob[:i]
	}
	found, err := store.Glob(p.Path(begin))
	for _, path := range found {
		paths = append(paths, store.Name(path))
	}
	return paths, err
}

// globAt finds paths relative to dir, which may itself hold characters of a
// glob; folders that it matches are not files.
func globAt(dir, glob string) (paths []string, err error) {
	if filepath.IsAbs(glob) {
		paths, err = filepath.Glob(glob)
	} else {
		paths, err = globUnder(dir, ".", strings.Split(filepath.ToSlash(filepath.Clean(glob)), "/"))
	}
	files := paths[:0]
	for _, p := range paths {
		at := p
		if !filepath.IsAbs(p) {
			at = filepath.Join(dir, p)
		}
		if info, err := os.Stat(at); err == nil && info.IsDir() && strings.ContainsAny(glob, "*?[") {
			continue // a broken or looping link is kept, and a folder that is named as the file: whoever opens it says so
		}
		files = append(files, filepath.ToSlash(p))
	}
	return files, err
}

// globUnder matches one level of the glob after the other.
func globUnder(dir, at string, levels []string) (paths []string, err error) {
	level, rest := levels[0], levels[1:]
	var names []string
	if strings.ContainsAny(level, "*?[") {
		entries, err := os.ReadDir(filepath.Join(dir, at))
		if err != nil {
			if os.IsNotExist(err) {
				return nil, nil
			}
			return nil, err
		}
		for _, e := range entries {
			if ok, _ := filepath.Match(level, e.Name()); ok { // compile has tried the glob
				names = append(names, e.Name())
			}
		}
	} else if _, err := os.Lstat(filepath.Join(dir, at, level)); err == nil {
		names = []string{level}
	}
	for _, name := range names {
		path := filepath.Join(at, name)
		if len(rest) == 0 {
			paths = append(paths, path)
			continue
		}
		if info, err := os.Stat(filepath.Join(dir, path)); err != nil || !info.IsDir() {
			continue
		}
		below, err := globUnder(dir, path, rest)
		if err != nil {
			return paths, err
		}
		paths = append(paths, below...)
	}
	return paths, nil
}

func dateOf(order string, parts []string) (day time.Time, hour int, err error) {
	if order == "" {
		return time.Time{}, 0, nil
	}
	at := map[rune]string{}
	for i, d := range order {
		if had, twice := at[d]; twice && had != parts[i] {
			return time.Time{}, 0, fmt.Errorf("%%%c is both %s and %s", d, had, parts[i])
		}
		at[d] = parts[i]
	}
	if day, err = time.Parse(time.DateOnly, at['Y']+"-"+at['m']+"-"+at['d']); err != nil {
		return time.Time{}, 0, fmt.Errorf("%s-%s-%s", at['Y'], at['m'], at['d'])
	}
	if h, ok := at['H']; ok {
		hour = int(h[0]-'0')*10 + int(h[1]-'0')
		if hour > 23 {
			return time.Time{}, 0, fmt.Errorf("hour %s", h)
		}
	}
	return day, hour, nil
}
