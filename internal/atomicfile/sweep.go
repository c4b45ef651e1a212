package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// mark stands between a target's name and the digits that make a
// temporary's name unique.
const mark = ".tmp-"

// IsTemp tells whether a file of that name is a temporary of this package.
func IsTemp(name string) bool {
	_, digits, found := strings.Cut(filepath.Base(name), mark)
	return found && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// Sweep removes the temporaries in a folder and below, and returns their
// paths. Only who holds the lock of the folder may call it: a temporary of a
// living writer looks the same. A folder that is not there is clean.
func Sweep(dir string) (swept []string, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case !d.Type().IsRegular() || !IsTemp(path):
			return nil
		}
		if err := removed(path); err != nil {
			return err
		}
		swept = append(swept, path)
		return nil
	})
	if err != nil {
		return swept, fmt.Errorf("sweep %s: %w", dir, err)
	}
	return swept, nil
}
