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
	marks      map[string]string // what a person is there for
}

// Marks are what people are there for, over all segments of the file: mark ->
// the people.
func (f *File) Marks() map[string][]string {
	all := map[string][]string{}
	for _, e := range f.segments {
		for _, p := range f.people {
			if m := e.marks[p.name]; m != "" {
				all[m] = append(all[m], p.name)
			}
		}
	}
	return all
}

// Expected are how many are expected to be so, over all segments.
func (f *File) Expected(t segment.Truth) (n int) {
	for _, e := range f.segments {
		for _, p := range f.people {
			if e.want[p.name] == t {
				n++
			}
		}
	}
	return n
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
	var definitions []*segment.Definition
	for _, e := range f.segments {
		definitions = append(definitions, e.definition)
	}
	for _, d := range known {
		if !slices.ContainsFunc(definitions, func(had *segment.Definition) bool { return had.Name == d.Name }) {
			definitions = append(definitions, d)
		}
	}
	set, faults := segment.NewSet(definitions)
	if faults != nil {
		return f, faults
	}
	eval, err := set.Bind(f.histories(set.Needs()), segment.Env{View: customer.View{AsOf: f.AsOf, Known: f.Known}, Salt: "salt"})
	if err != nil {
		return f, fault.List{{File: file, What: err.Error()}}
	}
	for _, e := range f.segments {
		k, _ := set.Index(e.definition.Name)
		for i, p := range f.people {
			if got, want := eval.Customer(i)[k], e.want[p.name]; got != want {
				faults = append(faults, fault.Fault{File: file, Line: e.line, What: fmt.Sprintf("%s: %s is %s, expected %s", e.definition.Name, p.name, word(got), word(want)),
					Todo: "this is what each clause saw:\n" + strings.TrimRight(eval.Explain(k, i).String(), "\n")})
			}
		}
	}
	return f, faults
}

// word is the word of the language for a truth.
func word(t segment.Truth) string { return [...]string{"among the others", "unknown", "a member"}[t] }
