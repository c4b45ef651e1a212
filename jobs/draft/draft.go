// Package draft guesses a project file from what a shop's exports look like:
// names of columns, and values of some thousand rows.
//
// It promises that the same samples give the same draft, that every guess
// says why it was made and how sure it is, and that a rule of a field reads
// the values that it was guessed from: the mapping itself is asked. It opens
// no file, and it does not guess at a file that fits no kind of record: that
// one is left out, with the reason.
//
// A model that learns from labelled exports was rejected: nobody could read
// why a column was taken for another.
package draft

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/transforms/mapping"
)

// Sample is what was seen of one export: a file, or a family of files whose
// names differ by a day or a number.
type Sample struct {
	Name      string // of the source that it would be
	Path      string // as a project file writes it
	Files     int
	Newest    string // of the family, by its name
	Previous  string // "" where there is no other
	Format    string
	Delimiter string // "" is a comma
	Encoding  string // "" is UTF-8
	Dated     bool   // the names say a day
	Monthly   bool   // they say a month
	Columns   []Column
	Rows      int
	InNewest  int  // so many of the rows, the first ones, are of the newest file
	InPrev    int  // so many behind them of the one before
	Cut       bool // the newest file has more rows than were read
}

// Column is a column, and its value in each row; "" is a missing one.
type Column struct {
	Name   string
	List   string // the list of several things in a row of whose first it is, "" for none
	Values []string
}

// Surety is how sure a guess is.
type Surety int

// What the comments of a draft call a Surety.
const (
	Guess Surety = iota
	Likely
	Sure
)

// String is the word that stands in front of a reason.
func (s Surety) String() string { return [...]string{"guess", "likely", "sure"}[s] }

// Reason says why, and how sure.
type Reason struct {
	Surety Surety
	Why    string
}

// Field is a field of a source.
type Field struct {
	mapping.FieldSpec
	Reason
}

// Source is a source of a draft.
type Source struct {
	*Sample
	Kind      customer.Kind
	Fits      Reason
	Fields    []Field
	Delivery  string
	Delivered Reason
	IDs       string // namespace of contact ids, "" where there is but one
	IDsReason Reason

	OrdersFrom string   // name of the events that are orders, "" for none
	Notes      []string // what to look at first, beside guesses: what the draft does not take, and somebody should decide
}

// note adds a note about the source as a whole.
func (s *Source) note(text string) { s.Notes = append(s.Notes, s.Name+": "+text) }

// LeftOut is an export that a draft does not use.
type LeftOut struct{ Path, Why string }

// Project is a draft.
type Project struct {
	Name                      string
	Zone, Currency, Country   string // Country is "" where nothing tells it
	ZoneWhy, MoneyWhy, Whence Reason
	Sources                   []*Source
	LeftOut                   []LeftOut
	First                     []string // what to look at first
}

// Draft guesses a project.
func Draft(name string, samples []*Sample) *Project {
	p := &Project{Name: name}
	var tables []*table
	for _, s := range samples {
		tables = append(tables, newTable(s))
	}
	for _, t := range tables {
		t.choose(nil)
	}
	known := contactKeys(tables)
	for _, t := range tables {
		if t.why != "" {
			p.LeftOut = append(p.LeftOut, LeftOut{t.Path, t.why})
			continue
		}
		if t.kind != customer.Contact {
			t.choose(known)
		}
		s := &Source{Sample: t.Sample, Kind: t.kind, Fits: t.fits, Fields: t.finish()}
		for _, n := range t.notes {
			s.note(n)
		}
		s.Delivery, s.Delivered = t.delivery()
		if t.kind == customer.Contact {
			s.Notes = append(s.Notes, t.refusals(s.Fields)...)
		}
		s.Notes = slices.Concat(s.Notes, t.noKeys(s.Fields), t.crowds(s.Fields))
		p.Sources = append(p.Sources, s)
	}
	slices.SortStableFunc(p.Sources, func(a, b *Source) int { return cmp.Compare(a.Kind, b.Kind) })
	p.sameOrders()
	p.place()
	p.namespaces()
	p.ordersOfEvents()
	p.first()
	return p
}

// ordersOfEvents takes purchases for orders where nothing else is one.
func (p *Project) ordersOfEvents() {
	if slices.ContainsFunc(p.Sources, func(s *Source) bool { return s.Kind == customer.Order }) {
		return
	}
	for _, s := range p.Sources {
		if s.Kind == customer.Event && s.Field("value") != nil && slices.Contains(s.values("name"), "purchase") {
			s.OrdersFrom = "purchase"
		}
	}
}

// Field is the source's field of that name, nil where it has none.
func (s *Source) Field(name string) *Field {
	for i := range s.Fields {
		if s.Fields[i].Field == name {
			return &s.Fields[i]
		}
	}
	return nil
}

// Used is how many of the columns are in a field.
func (s *Source) Used() int {
	used := map[string]bool{}
	for _, f := range s.Fields {
		for _, c := range slices.Concat(f.Columns, f.Multiply, f.Sum) {
			used[c] = true
		}
	}
	return len(used)
}

// encoded says why the sample is read in its encoding.
func (s *Sample) encoded() Reason {
	why := Reason{Guess, "the text is no UTF-8, and has other letters among those of ASCII"}
	if s.Encoding == "windows-1251" {
		why = Reason{Likely, "the text is no UTF-8, and its words are of Cyrillic letters alone"}
	}
	for _, c := range s.Columns {
		for _, v := range c.Values {
			if strings.IndexFunc(v, func(r rune) bool { return r >= utf8.RuneSelf && unicode.IsLetter(r) }) >= 0 {
				why.Why += ": " + v + " should read right"
				return why
			}
		}
	}
	return why
}

// column is the column of a name, nil where there is none.
func (s *Sample) column(name string) *Column {
	for i := range s.Columns {
		if s.Columns[i].Name == name {
			return &s.Columns[i]
		}
	}
	return nil
}

// values are those of a field that comes from one column, nil otherwise.
func (s *Source) values(field string) []string {
	if f := s.Field(field); f != nil && len(f.Columns) == 1 {
		return s.column(f.Columns[0]).Values
	}
	return nil
}
