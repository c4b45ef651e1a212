package brief

import (
	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/transforms/activation"
	"github.com/habitue-data/habitue/transforms/segment"
	"github.com/habitue-data/habitue/transforms/segment/filters"
)

// Segments is what decides who belongs where, and who is written to.
type Segments struct {
	Files        []SegmentFile
	Everyone     bool   // some segment may hold customers of whom only cookies are known
	Lists        []List // of static segments
	Destinations []activation.Destination
	Before       *Belonged // the run before; nil for none
}

// SegmentFile is a definition as it was written.
type SegmentFile struct{ Name, Text string }

// Belonged is what the run before knew.
type Belonged struct {
	Day       int32
	Files     []SegmentFile
	Versions  map[string]string // hash of each segment's definition
	Told      map[string]int32  // day on which its members were last told
	Customers lake.Table
	Members   lake.Table
}

// Set are the definitions: they were checked before the night began.
func (s *Segments) Set() (*segment.Set, error) { return readSet(s.Files) }

// Set are the definitions of the run before. It fails where they were written
// for another version of the program.
func (b *Belonged) Set() (*segment.Set, error) { return readSet(b.Files) }

func readSet(files []SegmentFile) (*segment.Set, error) {
	c, err := filters.Catalogue()
	if err != nil {
		return nil, err
	}
	var all []*segment.Definition
	for _, f := range files {
		d, faults := c.Read(f.Name, []byte(f.Text))
		if err := faults.Err(fault.Config); err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	set, faults := segment.NewSet(all)
	return set, faults.Err(fault.Config)
}

// Carried are the scheduled segments whose day it is not.
func (s *Segments) Carried(set *segment.Set, day int32) map[string]bool {
	carried := map[string]bool{}
	for _, d := range set.Definitions {
		if s.Before != nil && s.Before.Versions[d.Name] == d.Hash() && !d.Due(day) {
			carried[d.Name] = true
		}
	}
	return carried
}

// List is the members of a static segment: keys as letter:value, normalised,
// and ids of customers.
type List struct {
	Segment string
	Keys    []string
	IDs     []string
}
