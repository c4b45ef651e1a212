package lake

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/store"
)

// Difference is something in the lake that is not as a manifest says.
type Difference struct {
	Table string `json:"table"`
	Path  string `json:"path,omitempty"` // "" where it is the table as a whole
	What  string `json:"what"`
}

// String is table, path: what.
func (d Difference) String() string {
	if d.Path == "" {
		return d.Table + ": " + d.What
	}
	return d.Path + ": " + d.What
}

// Listed are differences in one line.
func Listed(found []Difference) string {
	var all []string
	for _, d := range found {
		all = append(all, d.String())
	}
	return strings.Join(all, "; ")
}

// Verify hashes every file of a run again and tells all that differs. An
// error is a file that could not be read for another reason than that it is
// gone.
func (l Lake) Verify(ctx context.Context, m Manifest) ([]Difference, error) {
	var found []Difference
	for _, name := range TableNames(m) {
		t := m.Tables[name]
		var rows int64
		var content columns.Hash128
		for _, f := range t.Files {
			if err := ctx.Err(); err != nil {
				return found, err
			}
			rows += f.Rows
			if h, err := columns.ParseHash128(f.Content); err == nil {
				content.Add(h)
			}
			sum, size, err := store.Hash(l.Path(f.Path))
			switch {
			case errors.Is(err, fs.ErrNotExist):
				found = append(found, Difference{name, f.Path, "the file is gone"})
			case err != nil:
				return found, fmt.Errorf("hash %s: %w", f.Path, err)
			case size != f.Bytes:
				found = append(found, Difference{name, f.Path, fmt.Sprintf("%d bytes, the manifest says %d", size, f.Bytes)})
			case sum != f.SHA256:
				found = append(found, Difference{name, f.Path, "SHA-256 " + sum + ", the manifest says " + f.SHA256})
			}
		}
		if rows != t.Rows {
			found = append(found, Difference{name, "", fmt.Sprintf("its files have %d rows by the manifest, the table %d", rows, t.Rows)})
		}
		if content.String() != t.Content {
			found = append(found, Difference{name, "", "the content hashes of its files do not add up to the table's"})
		}
	}
	return found, nil
}

// TableNames are the names of a run's tables, in order.
func TableNames(m Manifest) []string {
	names := make([]string, 0, len(m.Tables))
	for name := range m.Tables {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
