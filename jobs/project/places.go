package project

import (
	"path/filepath"
	"strings"

	"github.com/habitue-data/habitue/internal/config"
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
	for _, w := range p.Runner.outOfReach(p) {
		l.say(p.root.At("runner", "name"), w.what, w.todo)
	}
	if p.Report != "" {
		l.own("report", p.Report, p.root.At("report"), "out/report.html")
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
	l.own("warehouse", p.Warehouse.Path, p.root.At("warehouse", "path"), "out/warehouse.duckdb")
}

// own holds that a file which is written is nothing that is read.
func (l *loader) own(what, path string, at *config.Value, example string) {
	p := l.p
	for _, inTheWay := range []struct {
		is   bool
		what string
	}{
		{p.from(p.File, path) == ".", "is the project file, and would replace it"},
		{l.named[p.from(".", path)], "is a file that the project file names, and would replace it"},
		{p.isInput(path), "is a file of a source, and would replace it"},
		{what != "warehouse" && p.Warehouse.Path != "" && p.from(p.Warehouse.Path, path) == ".", "is the warehouse too"},
		{p.inLake(path), "lies in the lake, where the files of the runs are"},
	} {
		if inTheWay.is {
			l.say(at, "the "+what+" "+quoted(path)+" "+inTheWay.what, "name a file that is the "+what+"'s alone, as "+example)
			return
		}
	}
}

// inLake tells whether a path lies in the folder of the lake.
func (p *Project) inLake(path string) bool {
	if store.Remote(p.Lake) || store.Remote(path) {
		return store.Remote(path) && strings.HasPrefix(path, strings.TrimSuffix(p.Lake, "/")+"/")
	}
	return filepath.IsLocal(p.from(p.Lake, path))
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
