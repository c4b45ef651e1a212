package config

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/habitue-data/habitue/internal/fault"
	"go.yaml.in/yaml/v4"
)

// maxValues bounds the walk: aliases can make a small file huge.
const maxValues = 100_000

// walker goes through a file's nodes and gathers what is wrong.
type walker struct {
	file    string
	world   World
	faults  fault.List
	open    []*yaml.Node // nodes being walked, to find an alias that leads into itself
	visited int
}

func (w *walker) say(line, col int, what, why, todo string) {
	w.faults = append(w.faults, fault.Fault{File: w.file, Line: line, Col: col, What: what, Why: why, Todo: todo})
}

// walk reads a node against a spec; where it cannot, it says why and gives
// nil.
func (w *walker) walk(n *yaml.Node, s *Spec, path string, set bool) *Value {
	line, col := n.Line, n.Column
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if w.visited++; w.visited > maxValues {
		if w.visited == maxValues+1 {
			w.say(line, col, "the file grows beyond "+strconv.Itoa(maxValues)+" values", "an alias stands for its whole anchor", "write fewer aliases")
		}
		return nil
	}
	if slices.Contains(w.open, n) {
		w.say(line, col, "an alias leads into itself", "a value would have no end", "write the value itself")
		return nil
	}
	w.open = append(w.open, n)
	defer func() { w.open = w.open[:len(w.open)-1] }()

	f := scalar
	switch n.Kind {
	case yaml.SequenceNode:
		f = sequence
	case yaml.MappingNode:
		f = mapping
	}
	shape := s.shape(f)
	if f == scalar && n.Tag == "!!null" && n.Value != "" || n.Value == "" && f == scalar && n.Style == 0 {
		w.say(line, col, named(path)+" has no value", "", "write "+s.says()+", or take the key out")
		return nil
	}
	if shape == nil {
		w.say(line, col, named(path)+" holds "+[...]string{"a single value", "a list", "keys"}[f], "", "write "+s.says())
		return nil
	}
	v := &Value{Spec: shape, Line: line, Col: col, Path: path, Set: set}
	before := len(w.faults)
	switch f {
	case scalar:
		w.scalar(v, n.Value, s)
	case sequence:
		for _, item := range n.Content {
			if i := w.walk(item, shape.Of, path, set); i != nil {
				v.items = append(v.items, i)
			}
		}
	case mapping:
		w.mapping(v, n)
	}
	// A value that is wrong in itself is not judged further; what a list or
	// a map holds beside a wrong element is.
	if len(w.faults) == before || shape.Type == List && v.items != nil || shape.Type == Map && v.entries != nil {
		w.check(v, s)
	}
	return v
}

// check lets the shape's check judge the value, then that of the OneOf.
func (w *walker) check(v *Value, s *Spec) {
	say := func(at *Value, what, todo string) { w.say(at.Line, at.Col, what, "", todo) }
	if v.Spec.Check != nil {
		v.Spec.Check(v, say)
	}
	if s != v.Spec && s.Check != nil {
		s.Check(v, say)
	}
}

// scalar reads a text; s is what else could stand there.
func (w *walker) scalar(v *Value, text string, s *Spec) {
	var err error
	if v.text, err = w.world.resolve(text, v.Spec.Secret); err == nil {
		v.number, err = v.Spec.read(v.text)
	}
	if v.Spec.Type == Enum && err == nil {
		v.text, _ = v.Spec.Word(v.text)
	}
	var p problem
	if errors.As(err, &p) {
		if s.Type == OneOf && !strings.HasPrefix(p.todo, "did you mean") {
			p.todo = "write " + s.says()
		}
		w.say(v.Line, v.Col, named(v.Path)+": "+p.what, "", p.todo)
	}
}
