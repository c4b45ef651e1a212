package profile

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"
)

// Rule is how one of several values of a field is chosen. Missing values are
// not said at all, so they never win. Where the rule does not decide, what a
// contact says holds before what an order or event says, then the later, then
// the greater bytes: so the order of records never matters.
type Rule uint8

const (
	Latest       Rule = iota // no more than that
	MostFrequent             // the value that most records say
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

// candidate is one of the values of a field of which all are counted.
type candidate struct {
	field int
	said
	times int64
}

func (g *Golden) count(i, field int, s said, times int64) {
	for k := range g.many[i] {
		if c := &g.many[i][k]; c.field == field && bytes.Equal(c.value, s.value) {
			c.times += times
			if Latest.chooses(&s, &c.said) {
				s.value = c.value
				c.said = s
			}
			return
		}
	}
	s.value = keep(s.value)
	g.many[i] = append(g.many[i], candidate{field, s, times})
}

func (g *Golden) mostFrequent(i, field int) *said {
	var best *candidate
	for k := range g.many[i] {
		c := &g.many[i][k]
		if c.field == field && (best == nil || c.times > best.times || c.times == best.times && Latest.chooses(&c.said, &best.said)) {
			best = c
		}
	}
	if best == nil {
		return nil
	}
	return &best.said
}
