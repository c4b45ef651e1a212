package config

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/habitue-data/habitue/internal/fault"
	"go.yaml.in/yaml/v4"
)

// mapping reads the keys of a group or the names of a map.
func (w *walker) mapping(v *Value, n *yaml.Node) {
	s := v.Spec
	seen, guessed := map[string]int{}, map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode:
			w.say(key.Line, key.Column, "a key is not a plain word", "", "write key: value; quote a text that starts with a bracket")
			continue
		case key.Tag == "!!merge":
			w.say(key.Line, key.Column, "the merge key << stands here", "what a file says would depend on another place of it", "write the keys out")
			continue
		}
		name := key.Value
		if first, twice := seen[name]; twice {
			w.say(key.Line, key.Column, "the key "+name+" stands here a second time", fmt.Sprintf("the first is on line %d", first), "keep one of the two")
			continue
		}
		seen[name] = key.Line
		of := s.Of
		if s.Type == Group {
			if of = s.Key(name); of == nil {
				guessed[w.unknown(key, s, v.Path)] = true
				continue
			}
		}
		if inner := w.walk(value, of, join(v.Path, name), v.Set); inner != nil {
			v.entries = append(v.entries, Entry{name, key.Line, key.Column, inner})
		}
	}
	if s.Type == Group {
		w.absent(v, seen, guessed)
	}
}

// absent puts in the defaults of the keys that were left out, and says which
// may not be: those that an unknown key was not taken for already.
func (w *walker) absent(v *Value, seen map[string]int, guessed map[string]bool) {
	for i := range v.Spec.Keys {
		k := &v.Spec.Keys[i]
		if _, there := seen[k.Name]; there {
			continue
		}
		if k.Required && !guessed[k.Name] {
			w.say(v.Line, v.Col, "the key "+k.Name+" is missing"+under(v.Path), k.Doc, "write "+k.Name+": "+k.sample("..."))
		}
		if d := k.absent(join(v.Path, k.Name)); d != nil {
			v.entries = append(v.entries, Entry{Name: k.Name, Value: d})
		}
	}
}

// absent is the value of a key that was left out: its default, or a group of
// the defaults of its keys.
func (s *Spec) absent(path string) *Value {
	shape := s
	if s.Type == OneOf && s.Default != "" {
		shape = s.shape(scalar)
	}
	v := &Value{Spec: shape, Path: path}
	switch {
	case s.Default != "":
		v.text = s.Default
		v.number, _ = shape.read(s.Default) // a test reads every default of every spec
		return v
	case s.Type == Group:
		for i := range s.Keys {
			if d := s.Keys[i].absent(join(path, s.Keys[i].Name)); d != nil {
				v.entries = append(v.entries, Entry{Name: s.Keys[i].Name, Value: d})
			}
		}
		if v.entries != nil {
			return v
		}
	}
	return nil
}

// unknown says so and returns the key that was probably meant.
func (w *walker) unknown(key *yaml.Node, s *Spec, path string) (near string) {
	names := s.names()
	todo := cmp.Or(s.Hint, "the keys are "+strings.Join(names, ", "))
	if near = fault.Nearest(key.Value, names); near != "" {
		todo = "did you mean " + near + "?"
	}
	w.say(key.Line, key.Column, "unknown key "+strconv.Quote(key.Value)+under(path), "", todo)
	return near
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func named(path string) string {
	if path == "" {
		return "the file"
	}
	return path
}

func under(path string) string {
	if path == "" {
		return ""
	}
	return " under " + path
}
