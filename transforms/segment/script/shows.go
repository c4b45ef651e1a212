package script

import (
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/transforms/segment"
)

// Shown is what the people of a file show of a filter, by the segments that ask
// nothing else. It goes by what people have and by what is said of them, not by
// what the file says that they are there for.
type Shown struct {
	Member, Other bool // somebody is a member, somebody is known to be none
	Reads         bool // it reads something of a customer
	Missing       bool // somebody has nothing of it

	// Sides: in one segment somebody is just a member and somebody just none. A
	// day later (or before) the one would be out, and on the other side of the
	// as-of day the other would be in.
	Sides bool
}

// Shows looks at a file, in runs of the day before, the day itself and the day
// after.
func (f *File) Shows(filter string) (s Shown, faults fault.List) {
	var days [3]*segment.Evaluator
	for d := range days {
		if days[d], faults = f.bind(int32(d) - 1); faults != nil {
			return s, faults
		}
	}
	for _, e := range f.segments {
		if slices.ContainsFunc(e.definition.Filters(), func(name string) bool { return name != filter }) {
			continue
		}
		k, _ := days[1].Set().Index(e.definition.Name)
		reads := readBy(e.definition)
		s.Reads = s.Reads || len(reads) > 0
		var in, out [2]bool // by the side of the day on which the one is out
		for i := range f.people {
			truth := days[1].Customer(i)[k]
			is, before, after := truth == segment.True, days[0].Customer(i)[k] == segment.True, days[2].Customer(i)[k] == segment.True
			s.Member, s.Other = s.Member || is, s.Other || truth == segment.False
			s.Missing = s.Missing || f.people[i].lacks(reads)
			in[0], in[1] = in[0] || is && !before, in[1] || is && !after
			out[0], out[1] = out[0] || !is && after, out[1] || !is && before
		}
		s.Sides = s.Sides || in[0] && out[0] || in[1] && out[1]
	}
	return s, nil
}

// readBy are the columns that a segment reads of a customer, beside the one that
// tells who may be a member at all.
func readBy(d *segment.Definition) segment.Needs {
	alone, _ := segment.NewSet([]*segment.Definition{d}) // what it asks of other segments is their matter
	reads := segment.Needs{}
	for t, names := range alone.Needs() {
		names = slices.DeleteFunc(names, func(name string) bool { return t == customer.OfCustomers && name == "kind" })
		if !t.OfShop() && len(names) > 0 {
			reads[t] = names
		}
	}
	return reads
}

// lacks tells whether a person has nothing of what is read.
func (p *person) lacks(reads segment.Needs) bool {
	for t, names := range reads {
		for _, r := range p.rows[t] {
			if slices.ContainsFunc(names, func(name string) bool { _, has := r[name]; return has }) {
				return false
			}
		}
	}
	return len(reads) > 0
}
