package segment

import (
	"strings"

	"cel.dev/cel-go/cel"

	"github.com/habitue-data/habitue/internal/celfault"
	"github.com/habitue-data/habitue/internal/fault"
)

// whereFault is what is wrong in an expression, at a character from 1.
type whereFault struct {
	col        int
	what, todo string
}

// reworded says in a person's words what CEL found.
func reworded(issues *cel.Issues) (all []whereFault) {
	for _, c := range celfault.Of(issues) {
		f := whereFault{col: c.Col, what: c.What}
		switch {
		case c.Function != "":
			var names []string
			for _, t := range c.Operands {
				names = append(names, typeWord(t))
			}
			f.what = strings.Trim(c.Function, "_@") + " does not take " + strings.Join(names, " and ")
			f.todo = `compare like with like; a day is written date("2025-12-31")`
		case c.Unknown != "":
			var names []string
			for _, t := range Traits() {
				names = append(names, t.Name)
			}
			f.what, f.todo = "there is no trait or function "+c.Unknown, "habitue filters lists the traits"
			if near := fault.Nearest(c.Unknown, names); near != "" {
				f.todo = "did you mean " + near + "?"
			}
		case c.Syntax:
			f.todo = `write it like order_count > 3 && city == "Berlin"`
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
