package profile

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/habitue-data/habitue/internal/alike"
)

// Rule is how one of several values of a field is chosen. Missing values are
// not said at all, so they never win; nor does one that can be no key of the
// field over one that can, as n/a over a phone. Where the rule does not decide, what a
// contact says holds before what an order or event says, then the later, then
// the greater bytes: so the order of records never matters.
type Rule uint8

const (
	Latest       Rule = iota // no more than that
	MostFrequent             // the value that most records say, in whatever spelling
	SourceOrder              // the source that the project file names first
	Longest                  // the most letters
)

// RuleNames are how a project file calls the rules.
var RuleNames = []string{"latest", "most_frequent", "source_order", "longest"}

// Rules are those of Fields.
type Rules []Rule

// NewRules are the rules of the named fields; others take the latest value.
func NewRules(named map[string]string) (Rules, error) {
	r := make(Rules, len(Fields))
	for field, name := range named {
		at, rule := FieldIndex(field), slices.Index(RuleNames, name)
		if at < 0 || rule < 0 {
			return nil, fmt.Errorf("golden profile: rule %q of field %q", name, field)
		}
		r[at] = Rule(rule)
	}
	return r, nil
}

// chooses tells whether s takes the place of what was said.
func (r Rule) chooses(s, o *said) bool {
	if o.value == nil {
		return true
	}
	if s.refused != o.refused {
		return o.refused
	}
	switch r {
	case SourceOrder:
		if s.source != o.source {
			return s.source < o.source
		}
	case Longest:
		if m, n := utf8.RuneCount(s.value), utf8.RuneCount(o.value); m != n {
			return m > n
		}
	}
	if s.contact != o.contact {
		return s.contact
	}
	if s.at != o.at {
		return s.at > o.at
	}
	if c := bytes.Compare(s.value, o.value); c != 0 {
		return c > 0
	}
	return s.source < o.source
}

// candidate is one of the values of a field of which all are counted, in the
// spelling that Latest chooses.
type candidate struct {
	field int
	said
	alike string // what its spellings have in common
	times int64
}

func (g *Golden) count(i, field int, s said, times int64) {
	form := string(s.value)
	if field != birthDate {
		form = alike.Fold(s.value)
	}
	for k := range g.many[i] {
		if c := &g.many[i][k]; c.field == field && c.alike == form && c.refused == s.refused {
			c.times += times
			if Latest.chooses(&s, &c.said) {
				s.value = keep(s.value)
				c.said = s
			}
			return
		}
	}
	s.value = keep(s.value)
	g.many[i] = append(g.many[i], candidate{field, s, form, times})
}

func (g *Golden) mostFrequent(i, field int) *said {
	var best *candidate
	for k := range g.many[i] {
		if c := &g.many[i][k]; c.field == field && (best == nil || c.before(best)) {
			best = c
		}
	}
	if best == nil {
		return nil
	}
	return &best.said
}

// before tells whether a candidate holds rather than another.
func (c *candidate) before(o *candidate) bool {
	if c.refused == o.refused && c.times != o.times {
		return c.times > o.times
	}
	return Latest.chooses(&c.said, &o.said)
}
