// Package script runs the .test files of segments: people with a few facts,
// segments, and who is expected in them, on one screen that a marketer can
// read.
//
//	zone Europe/Berlin
//	as_of 2026-03-31
//
//	ann
//	  order 2026-03-01 23:59 amount=120.00
//	  order 2026-03-30 10:00 amount=40.00 channel=web
//	bob
//	  city=Berlin birth_date=1990-02-28
//	  contact tags=vip|staff
//	eve
//
//	segment {orders_count: {ge: 2, in_last: 30d}}
//	  members ann
//	  others  bob, eve (missing)
//
// store record_id=s-12 lat=52.52 lon=13.405 at the margin is a store of the
// shop, product record_id=kettle-1 tags=new|gift an article. A line of a person's is a fact with its local time, or fields of the
// profile. Fields are columns of the tables under their names; lists are
// separated by |, a value with spaces stands in double quotes. Every person
// is expected among the members, the others or the unknown of each segment:
// who stands in none of them is expected among the others. A word in
// brackets says what a person is there for. A segment is a condition, or a name
// with the lines of a segment file, or the name alone of one that is known
// elsewhere.
//
// It judges, and changes nothing: whoever calls reads the file.
package script

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/transforms/segment"
)

// File is a .test file, read.
type File struct {
	Zone  *time.Location
	AsOf  int32
	Known int32 // facts delivered later do not count; the as-of day unless said

	name       string
	people     []person
	shop       [customer.HistoryTables][]row
	segments   []expectation
	unsupplied map[customer.HistoryTable]bool
}

// expectation is a segment and who is expected where.
type expectation struct {
	line       int
	definition *segment.Definition
	want       map[string]segment.Truth
}

// Expectations are how many answers the file expects.
func (f *File) Expectations() int { return len(f.segments) * len(f.people) }

// Run evaluates every segment of the file for every person and tells each
// answer that is not as expected, with what each clause saw. Segments that
// the file only names, and those that these ask for, are the ones known.
func Run(file string, data []byte, catalogue *segment.Catalogue, known ...*segment.Definition) (*File, fault.List) {
	f, faults := Read(file, data, catalogue, known...)
	if faults != nil {
		return f, faults
	}
	eval, faults := f.bind(0, known...)
	if faults != nil {
		return f, faults
	}
	for _, e := range f.segments {
		k, _ := eval.Set().Index(e.definition.Name)
		for i, p := range f.people {
			if got, want := eval.Customer(i)[k], e.want[p.name]; got != want {
				faults = append(faults, fault.Fault{File: file, Line: e.line, What: fmt.Sprintf("%s: %s is %s, expected %s", e.definition.Name, p.name, word(got), word(want)),
					Todo: "this is what each clause saw:\n" + strings.TrimRight(eval.Explain(k, i).String(), "\n")})
			}
		}
	}
	return f, faults
}

// definitions are the segments, in the order of the file.
func (f *File) definitions() (all []*segment.Definition) {
	for _, e := range f.segments {
		all = append(all, e.definition)
	}
	return all
}

// bind puts the people before the file's segments, and those known, in a
// run of so many days later.
func (f *File) bind(later int32, known ...*segment.Definition) (*segment.Evaluator, fault.List) {
	definitions := f.definitions()
	for _, d := range known {
		if !slices.ContainsFunc(definitions, func(had *segment.Definition) bool { return had.Name == d.Name }) {
			definitions = append(definitions, d)
		}
	}
	set, faults := segment.NewSet(definitions)
	if faults != nil {
		return nil, faults
	}
	eval, err := set.Bind(f.histories(set.Needs()), segment.Env{View: customer.View{AsOf: f.AsOf + later, Known: f.Known + later}, Salt: "salt"})
	if err != nil {
		return nil, fault.List{{File: f.name, What: err.Error()}}
	}
	return eval, nil
}

// word is the word of the language for a truth.
func word(t segment.Truth) string { return [...]string{"among the others", "unknown", "a member"}[t] }
