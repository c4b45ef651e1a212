package project

import (
	"path/filepath"
	"strings"

	"github.com/habitue-data/habitue/internal/store"
)

// places holds that what is written lies beside what is read. A warehouse is
// put in place of the file that is there, so a path too many in the project
// file would cost the only copy of an export.
func (l *loader) places() {
	p := l.p
	if p.Lake != "" && !store.Remote(p.Lake) && filepath.IsLocal(p.from(p.Lake, ".")) {
		l.say(p.root.At("lake"), "the lake "+quoted(p.Lake)+" holds the project file itself", "name a folder that is the lake's alone, as out/lake")
	}
	if p.Warehouse.Path == "" {
		return
	}
	if strings.Contains(p.Warehouse.Path, "://") {
		l.say(p.root.At("warehouse", "path"), "the warehouse "+quoted(p.Warehouse.Path)+" is not on this machine", "name a file, as out/warehouse.duckdb: it is renamed into place, which no bucket can do")
		return
	}
	if p.Warehouse.Views && store.Remote(p.Lake) {
		l.say(p.root.At("warehouse", "facts"), "facts as views read the lake, and DuckDB does not reach into a bucket", "write facts: tables")
	}
	for _, inTheWay := range []struct {
		is   bool
		what string
	}{
		{p.from(p.File, p.Warehouse.Path) == ".", "is the project file, and would replace it"},
		{l.named[p.from(".", p.Warehouse.Path)], "is a file that the project file names, and would replace it"},
		{p.isInput(p.Warehouse.Path), "is a file of a source, and would replace it"},
		{!store.Remote(p.Lake) && filepath.IsLocal(p.from(p.Lake, p.Warehouse.Path)), "lies in the lake, where the files of the runs are"},
	} {
		if inTheWay.is {
			l.say(p.root.At("warehouse", "path"), "the warehouse "+quoted(p.Warehouse.Path)+" "+inTheWay.what, "name a file that is the warehouse's alone, as out/warehouse.duckdb")
			return
		}
	}
}

// from is the way from one path of the project file to another, "." where they
// are the same; where there is none, the other as it is.
func (p *Project) from(base, path string) string {
	base, baseErr := filepath.Abs(p.Path(base))
	path, pathErr := filepath.Abs(p.Path(path))
	rel, err := filepath.Rel(base, path)
	if baseErr != nil || pathErr != nil || err != nil {
		return path
	}
	return rel
}

// isInput tells whether a path is one that a source reads, be its file there
// or not.
func (p *Project) isInput(path string) bool {
	abs, err := filepath.Abs(p.Path(path))
	if err != nil {
		abs = path
	}
	for _, s := range p.Sources {
		for _, pattern := range s.Patterns {
			_, expr, _, err := pattern.compile()
			if err != nil {
				continue // Load has said so
			}
			if expr.MatchString(filepath.ToSlash(p.from(".", path))) || expr.MatchString(filepath.ToSlash(abs)) {
				return true
			}
		}
	}
	return false
}
