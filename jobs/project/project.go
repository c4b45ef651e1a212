// Package project is the project file: what habitue.yaml may say, and what
// the program knows once it was read. Load promises all faults of the file,
// and of the small files that it names, at once; a Project without faults
// has every field set, defaults included.
//
// It opens no source and writes nothing: check looks into the sources, with
// the same Project that a run uses. A configuration that reaches through the
// program as a map of strings was rejected: every reader would judge it
// anew.
package project

import (
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/transforms/churn"
	"github.com/habitue-data/habitue/transforms/cohort"
	"github.com/habitue-data/habitue/transforms/mapping"
)

// Project is a project file, read and checked.
type Project struct {
	File string // name of the project file, as messages have it
	Dir  string // its folder: what all paths are relative to

	Name     string
	Zone     *time.Location
	Currency string
	Scale    uint8 // digits after the point of Currency
	Country  string
	Salt     config.Secret // of customer ids
	Salted   bool          // the file says it; else it is the name
	Latest   int           // year

	Sources  []Source
	Identity Identity

	Base                Base // whom figures are about unless a part says otherwise
	RFMBase, CohortBase Base
	Cohorts             cohort.Question
	Churn               churn.Options

	Segments   Segments
	Suppressed []Suppressed
	Activation []Destination // in order of priority

	Buckets   map[string]string // options by which they are opened, by gs://name or s3://name
	Lake      string            // relative to Dir, or in a bucket
	Warehouse Warehouse
	Report    string // relative to Dir, or in a bucket; "" for none
	Publish   Publish

	Schedule   Schedule
	Gates      Gates
	Runner     Runner
	Memory     int64 // bytes
	Shards     int
	InMemory   int64 // keys that one worker joins
	KeepInputs time.Duration
	Cache      bool

	// ConfigSHA256 is over the project file and the files that it names,
	// references not put in.
	ConfigSHA256 string

	// BigQueryAt is a server that is spoken to in place of Google's, "" for
	// Google's.
	BigQueryAt string

	root *config.Value
}

// bigQueryEmulator is the variable that names such a server, as Google's own
// clients have it.
const bigQueryEmulator = "BIGQUERY_EMULATOR_HOST"

// Gates are what stops a night, in percent of a source's rows.
type Gates struct {
	Rejects int64 // the most that may be refused
	Volume  int64 // the least that must be in force, of those of the run before
}

// Base is which customers a figure is about.
type Base string

const (
	Known Base = "known"
	All   Base = "all"
)

// Delivery is what a newer file means for the older ones.
type Delivery string

const (
	Full    Delivery = "full"
	Parts   Delivery = "parts"
	Changes Delivery = "changes"
)

// Source is one of the exports.
type Source struct {
	Name       string
	Format     string // csv, jsonl or parquet: a name of connectors.Formats
	Options    rowfile.Options
	Patterns   []Pattern
	Delivery   Delivery
	Kind       customer.Kind
	IDs        string // namespace of contact ids; "" is the shared one
	Mapping    mapping.Spec
	OrdersFrom string        // name of the events that are orders, "" for none
	Rates      []Rate        // by line of the file; nil where none is named
	Wait       time.Duration // for its file of a night's day
	KeepInputs time.Duration
	Line, Col  int
	Faulty     bool    // Load found something wrong in it: only check goes on to ask of it
	Pulled     *Pulled // nil of files that somebody delivers

	guessed bool // and what the keys hold may not be what was meant
	at      *config.Value
}

// Compile makes the source's mapping ready for files of that header, nil
// where each row has its own columns. All faults have a place.
func (s *Source) Compile(header []string) (*mapping.Mapper, fault.List) {
	m, faults := mapping.Compile(s.Mapping, header)
	for i := range faults {
		if faults[i].Line == 0 { // about where or types, of which the mapping knows no place
			where := s.at.At("where")
			faults[i].Line, faults[i].Col = where.Line, where.Col
		}
	}
	return m, faults
}

// Missing are the faults that a header adds to a source that has others: the
// columns that are not in it. Of a file that has none of the columns at all
// nothing is said where a wrong key may be why it was not read as meant.
func (s *Source) Missing(header []string) fault.List {
	knows := slices.ContainsFunc(s.Mapping.Fields, func(f mapping.FieldSpec) bool {
		return slices.ContainsFunc(slices.Concat(f.Columns, f.Multiply, f.Sum), func(c string) bool { return slices.Contains(header, c) })
	})
	if s.guessed && !knows {
		return nil
	}
	_, own := s.Compile(nil)
	_, all := s.Compile(header)
	return slices.DeleteFunc(all, func(f fault.Fault) bool { return slices.Contains(own, f) })
}

// Maps tells whether the source maps a field.
func (s *Source) Maps(field string) bool {
	for _, f := range s.Mapping.Fields {
		if f.Field == field {
			return true
		}
	}
	return false
}

// Publish is what is made and kept.
type Publish struct {
	All      bool // every table, every column
	Tables   []Table
	KeepRuns int
}

// Table is a table that is asked for.
type Table struct {
	Name      string
	Columns   []string // nil is all
	Line, Col int
}

// Wants tells whether a table is asked for, and with which columns; nil is
// all of them.
func (p Publish) Wants(table string) (columns []string, wanted bool) {
	if p.All {
		return nil, true
	}
	for _, t := range p.Tables {
		if t.Name == table {
			return t.Columns, true
		}
	}
	return nil, false
}

// Path is a path of the project file as the process, and its workers, can open
// it.
func (p *Project) Path(path string) string {
	if store.Remote(path) {
		options, _ := url.ParseQuery(p.Buckets[bucketIn(path)]) // Load has said what is wrong
		return store.With(path, options)
	}
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(p.Dir, filepath.FromSlash(path))
}

// Files are the files of a source that are there now, by date and name.
func (p *Project) Files(s *Source) ([]File, fault.List) { return p.list(s.Patterns) }

// Fault is a fault at a key of the project file, or at the nearest key
// above that stands in it.
func (p *Project) Fault(what, todo string, keys ...string) fault.Fault {
	at := p.root.At(keys...)
	return fault.Fault{File: p.File, Line: at.Line, Col: at.Col, What: what, Todo: todo}
}
