package project

import (
	"path/filepath"

	"github.com/habitue-data/habitue/internal/store"
)

// Relative is a path as the project file would name it.
func (p *Project) Relative(path string) string {
	if store.Remote(path) {
		return store.Name(path)
	}
	if rel, err := filepath.Rel(p.Dir, path); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return path
}
