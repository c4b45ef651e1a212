package segment

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/internal/fault"
)

// Set is all segments of a project.
type Set struct {
	Definitions []*Definition // in order of name
	index       map[string]int
	order       []int // as they are evaluated: whoever is asked for comes first
}

// NewSet puts definitions together. Names that are there twice, segments
// asked for that are not there, and segments that lead into themselves are
// told all at once.
func NewSet(definitions []*Definition) (*Set, fault.List) {
	s := &Set{Definitions: slices.Clone(definitions), index: map[string]int{}}
	slices.SortStableFunc(s.Definitions, func(a, b *Definition) int { return strings.Compare(a.Name, b.Name) })
	var faults fault.List
	for i, d := range s.Definitions {
		if first, twice := s.index[d.Name]; twice {
			faults = append(faults, fault.Fault{File: d.File, Line: d.Line, Col: d.Col, What: "the segment " + d.Name + " is there twice", Why: "the first is in " + s.Definitions[first].File, Todo: "give one of them another name"})
			continue
		}
		s.index[d.Name] = i
	}
	names := slices.Sorted(maps.Keys(s.index))
	for _, d := range s.Definitions {
		for _, a := range d.asks() {
			if _, there := s.index[a.named.Text()]; there {
				continue
			}
			todo := "the segments are " + strings.Join(names, ", ")
			if near := fault.Nearest(a.named.Text(), names); near != "" {
				todo = "did you mean " + near + "?"
			}
			faults = append(faults, fault.Fault{File: d.File, Line: a.named.Line, Col: a.named.Col, What: fmt.Sprintf("there is no segment %q", a.named.Text()), Todo: todo})
		}
	}
	faults = append(faults, s.arrange()...)
	faults.Sort()
	return s, faults
}

// OtherCurrencies are the amounts that segments state in another currency than
// that of the project.
func (s *Set) OtherCurrencies(code string) (faults fault.List) {
	for _, d := range s.Definitions {
		if d.When == nil {
			continue
		}
		for _, leaf := range d.When.Leaves() {
			if leaf.filter == nil || leaf.filter.Type != Number { // a trait of that name is a column
				continue
			}
			if v := leaf.params.Get(CurrencyKey.Name); v != nil && !strings.EqualFold(v.Text(), code) {
				faults = append(faults, fault.Fault{File: d.File, Line: v.Line, Col: v.Col, What: fmt.Sprintf("amounts are in %s, not in %q", code, v.Text()), Why: "orders in other currencies are turned into the project's at the rate of their day", Todo: "write the amount in " + code})
			}
		}
	}
	return faults
}

// ask is a segment that a clause names.
type ask struct {
	named *config.Value
	today bool // what this run says of it is asked for
}

func (d *Definition) asks() (all []ask) {
	if d.When == nil {
		return nil
	}
	for _, leaf := range d.When.Leaves() {
		if leaf.filter == nil || leaf.filter.Segments == nil {
			continue
		}
		named, today := leaf.filter.Segments(leaf.params)
		for _, v := range named {
			all = append(all, ask{v, today})
		}
	}
	return all
}

// arrange finds the order of evaluation, and the circles.
func (s *Set) arrange() (faults fault.List) {
	state := make([]uint8, len(s.Definitions)) // 1: being visited, 2: done
	var visit func(i int, path []string)
	visit = func(i int, path []string) {
		d := s.Definitions[i]
		path = append(path, d.Name)
		state[i] = 1
		for _, a := range d.asks() {
			k, there := s.index[a.named.Text()]
			switch {
			case !there || !a.today || state[k] == 2:
			case state[k] == 1:
				circle := append(path[slices.Index(path, a.named.Text()):], a.named.Text())
				faults = append(faults, fault.Fault{File: d.File, Line: a.named.Line, Col: a.named.Col, What: "segments that ask for each other: " + strings.Join(circle, ", "), Why: "none of them could be told first", Todo: "take one of the questions out, or ask for an earlier day with on:"})
			default:
				visit(k, path)
			}
		}
		state[i] = 2
		s.order = append(s.order, i)
	}
	for i := range s.Definitions {
		if state[i] == 0 {
			visit(i, nil)
		}
	}
	return faults
}

// Needs are the columns of the histories that the segments read, each table
// and column once, sorted.
func (s *Set) Needs() Needs {
	all := Needs{}
	for _, d := range s.Definitions {
		if !d.AnyKind {
			all.Add(Needs{customer.OfCustomers: {"kind"}})
		}
		if d.Every != "" {
			all.Add(Needs{customer.OfMembers: {"segment", "entered_date", "left_date"}})
		}
		if d.When != nil {
			for _, leaf := range d.When.Leaves() {
				all.Add(leaf.needs())
			}
		}
	}
	for t := range all {
		if day, is := dayColumns[t]; is {
			all[t] = append(all[t], day, deliveredColumn)
		}
		slices.Sort(all[t])
		all[t] = slices.Compact(all[t])
	}
	return all
}

// needs are the columns that a leaf reads.
func (c *Clause) needs() Needs {
	if c.Op == Where {
		return c.where.needs()
	}
	all := Needs{}
	from := []Needs{c.filter.Needs}
	if c.filter.NeedsOf != nil {
		from = append(from, c.filter.NeedsOf(c.params))
	}
	if c.filter.Type == Event {
		from = append(from, c.filter.Facts.needs(c.params))
	}
	for _, n := range from {
		all.Add(n)
	}
	return all
}
