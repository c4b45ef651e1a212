package segment

import (
	"regexp"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"

	"github.com/habitue-data/habitue/internal/fault"
)

// whereFault is what is wrong in an expression, at a character from 1.
type whereFault struct {
	col        int
	what, todo string
}

var (
	noOverload  = regexp.MustCompile(`^found no matching overload for '([^']+)' applied to '(?:[^(]*\.)?\((.*)\)'`)
	undeclared  = regexp.MustCompile(`^undeclared reference to '([^']+)'`)
	syntaxError = regexp.MustCompile(`^Syntax error: (?:mismatched input|extraneous input|no viable alternative at input|token recognition error at:) '(.*?)'(?: expecting.*)?$`)
)

// reworded says in a person's words what CEL found.
func reworded(issues *cel.Issues) (all []whereFault) {
	for _, e := range issues.Errors() {
		f := whereFault{col: e.Location.Column() + 1, what: e.Message}
		if m := noOverload.FindStringSubmatch(e.Message); m != nil {
			var names []string
			for t := range strings.SplitSeq(m[2], ", ") {
				names = append(names, typeWord(t))
			}
			f.what = strings.Trim(m[1], "_@") + " does not take " + strings.Join(names, " and ")
			f.todo = `compare like with like; a day is written date("2025-12-31")`
		} else if m := undeclared.FindStringSubmatch(e.Message); m != nil {
			var names []string
			for _, t := range Traits() {
				names = append(names, t.Name)
			}
			f.what, f.todo = "there is no trait or function "+m[1], "habitue filters lists the traits"
			if near := fault.Nearest(m[1], names); near != "" {
				f.todo = "did you mean " + near + "?"
			}
		} else if m := syntaxError.FindStringSubmatch(e.Message); m != nil {
			f.what = "it cannot be read from " + strconv.Quote(strings.TrimSpace(m[1])) + " on"
			if m[1] == "<EOF>" {
				f.what = "it ends too early"
			}
			f.todo = `write it like order_count > 3 && city == "Berlin"`
			return append(all, f) // what follows only echoes this one
		}
		all = append(all, f)
	}
	return all
}

func typeWord(t string) string {
	switch t {
	case "string":
		return "text"
	case "bool":
		return "true or false"
	case "timestamp", "google.protobuf.Timestamp":
		return "time"
	case "int":
		return "whole number"
	case "double":
		return "number"
	case "list(string)":
		return "list of texts"
	}
	return t
}
