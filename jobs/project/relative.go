package project

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/habitue-data/habitue/internal/atomicfile"
	"github.com/habitue-data/habitue/internal/fault"
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

// Unwritable is an error of a path that the project file names. A full disk
// is no fault of the file.
func (p *Project) Unwritable(err error, what string, keys ...string) error {
	if err = atomicfile.Explain(err); fault.CodeOf(err) == fault.NoSpace {
		return err
	}
	cause := err
	var at *os.PathError
	if errors.As(err, &at) {
		cause = fmt.Errorf("%s: %w", p.Relative(at.Path), at.Err)
	}
	return fault.With(p.Fault(fmt.Sprintf("%s: %v", what, cause), "name a place that is there and can be written, or give this user the right to", keys...), fault.Config)
}
