package jsonl

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/habitue-data/habitue/internal/fault"
)

// node is a place in an object where something is wanted: the value itself,
// or something inside.
type node struct {
	outs    []int   // the wanted columns whose value this is
	members []edge  // of an object
	params  []edge  // of a list of {key, value}, by key
	items   []item  // of a list, by place
	typed   []*node // of a parameter: its ways to write one value, by preference
}

type edge struct {
	name string
	to   *node
}

type item struct {
	at int
	to *node
}

// compile makes one tree of all wanted paths.
func compile(want []string) (*node, error) {
	root := &node{}
	for out, path := range want {
		if path == "*" {
			continue
		}
		n, err := root.add(path)
		if err != nil {
			return nil, fault.With(fault.Fault{
				What: fmt.Sprintf("the path %q cannot be read", path), Why: err.Error(),
				Todo: `write it like a.b, list[0], params[key] or ["name.with.dots"]`,
			}, fault.Config)
		}
		n.outs = append(n.outs, out)
	}
	return root, nil
}

// add is the node at the end of a path.
func (n *node) add(path string) (*node, error) {
	rest, closed := path, false
	for first := true; first || rest != ""; first = false {
		if closed {
			return nil, fmt.Errorf("nothing can follow the value of a parameter")
		}
		if !strings.HasPrefix(rest, "[") {
			if !first {
				if rest[0] != '.' {
					return nil, fmt.Errorf("a dot is missing before %q", rest)
				}
				rest = rest[1:]
			}
			end := strings.IndexAny(rest, ".[")
			if end < 0 {
				end = len(rest)
			}
			if end == 0 {
				return nil, fmt.Errorf("a name is missing before %q", rest)
			}
			n = child(&n.members, rest[:end])
			rest = rest[end:]
			continue
		}
		name, quoted, behind, err := bracket(rest)
		if err != nil {
			return nil, err
		}
		rest = behind
		at, notNumber := strconv.Atoi(name)
		switch {
		case quoted:
			n = child(&n.members, name)
		case first:
			return nil, fmt.Errorf("a line is an object, not a list")
		case notNumber == nil && at >= 0:
			n = n.item(at)
		default:
			n, closed = child(&n.params, name), true
			n.typed = n.typed[:0]
			for _, name := range []string{"string_value", "int_value", "float_value", "double_value"} {
				n.typed = append(n.typed, &node{members: []edge{{name, n}}})
			}
		}
	}
	return n, nil
}

// bracket takes [name] or ["name"] off the front of a path.
func bracket(path string) (name string, quoted bool, rest string, err error) {
	if strings.HasPrefix(path, `["`) {
		text, err := strconv.QuotedPrefix(path[1:])
		if err != nil || !strings.HasPrefix(path[1+len(text):], "]") {
			return "", false, "", fmt.Errorf("the bracket of %q is not closed", path)
		}
		name, err = strconv.Unquote(text)
		return name, true, path[2+len(text):], err
	}
	end := strings.IndexByte(path, ']')
	if end <= 1 {
		return "", false, "", fmt.Errorf("the bracket of %q is empty or not closed", path)
	}
	return path[1:end], false, path[end+1:], nil
}

func child(edges *[]edge, name string) *node {
	if n := find(*edges, name); n != nil {
		return n
	}
	n := &node{}
	*edges = append(*edges, edge{name, n})
	return n
}

func (n *node) item(at int) *node {
	for _, i := range n.items {
		if i.at == at {
			return i.to
		}
	}
	to := &node{}
	n.items = append(n.items, item{at, to})
	return to
}

// find is the node behind a name, nil where nothing is wanted there.
func find[T string | []byte](edges []edge, name T) *node {
	for i := range edges {
		if edges[i].name == string(name) {
			return edges[i].to
		}
	}
	return nil
}

// Member is the outermost name of a path: of a row that is nested the column.
func Member(path string) (string, error) {
	root := &node{}
	if _, err := root.add(path); err != nil {
		return "", err
	}
	return root.members[0].name, nil
}
