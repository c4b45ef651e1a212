// Package filters is the catalogue: what segment files may ask of a
// customer, one literal a filter, a file for each group.
//
// A filter is added by a literal in the file of its group and a .test of its
// name in testdata; nothing else knows of it. A test holds that each has
// both, that its example can be read, and that the columns it reads exist.
package filters

import (
	"slices"

	"github.com/habitue-data/habitue/transforms/segment"
)

// All is the catalogue, in the order of its groups.
func All() []segment.Filter {
	return slices.Concat(demographic(), geographic(), web(), visits(), transactional(), buying(), product(), taste(), channel(), engagement(), scores(), consent(), lifecycle(), stated(), custom())
}

// Catalogue is the language of segment files.
func Catalogue() (*segment.Catalogue, error) { return segment.NewCatalogue(All()) }
