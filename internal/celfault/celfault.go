// Package celfault takes apart what CEL finds wrong in an expression. It says so
// in a person's words; what to do about it is for the caller to say, who knows
// what the expression is about.
package celfault

import (
	"regexp"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
)

// Fault is one thing that is wrong. Of Function, Unknown and Syntax one is set,
// or none where What is CEL's own words.
type Fault struct {
	Line, Col int // from 1
	What      string
	Function  string   // does not take Operands, as CEL calls both
	Operands  []string // types
	Unknown   string   // a name that is none
	Syntax    bool     // it cannot be read; nothing follows, as that would only echo this
}

var (
	noOverload  = regexp.MustCompile(`^found no matching overload for '([^']+)' applied to '(?:[^(]*\.)?\((.*)\)'`)
	undeclared  = regexp.MustCompile(`^undeclared reference to '([^']+)'`)
	syntaxError = regexp.MustCompile(`^Syntax error: (?:mismatched input|extraneous input|no viable alternative at input|token recognition error at:) '(.*?)'(?: expecting.*)?$`)
)

// Of are the faults that CEL found, in its order.
func Of(issues *cel.Issues) (all []Fault) {
	for _, e := range issues.Errors() {
		f := Fault{Line: e.Location.Line(), Col: e.Location.Column() + 1, What: e.Message}
		if m := noOverload.FindStringSubmatch(e.Message); m != nil {
			f.Function, f.Operands = m[1], strings.Split(m[2], ", ")
		} else if m := undeclared.FindStringSubmatch(e.Message); m != nil {
			f.Unknown = m[1]
		} else if m := syntaxError.FindStringSubmatch(e.Message); m != nil {
			f.Syntax, f.What = true, "it cannot be read from "+strconv.Quote(strings.TrimSpace(m[1]))+" on"
			if m[1] == "<EOF>" {
				f.What = "it ends too early"
			}
			return append(all, f)
		}
		all = append(all, f)
	}
	return all
}
