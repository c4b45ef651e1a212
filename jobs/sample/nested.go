package sample

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// maxNested is how deep, and maxPaths how many of one row, paths are looked
// for in nested data.
const (
	maxNested = 6
	maxPaths  = 500
)

// flatten gives every value of an object by its path, as a project file
// writes it: a.b, items[0].sku, event_params[page]. several gets the path of
// each list that holds more than the one object that a path leads into.
func flatten(object []byte, set func(path, value string), several func(path string)) {
	d := json.NewDecoder(bytes.NewReader(object))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return // the reader has refused what is none
	}
	f := flattener{set: set, several: several}
	f.value("", v, 0)
}

type flattener struct {
	set     func(path, value string)
	several func(path string)
	paths   int
}

func (f *flattener) value(path string, v any, depth int) {
	if f.paths >= maxPaths || depth > maxNested {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			step := name
			if name == "" || strings.ContainsAny(name, `.[]"`) {
				quoted, err := json.Marshal(name)
				if err != nil {
					continue // a text is always one
				}
				step = "[" + string(quoted) + "]"
			} else if path != "" {
				step = "." + name
			}
			f.value(path+step, v[name], depth+1)
		}
	case []any:
		f.list(path, v, depth)
	case string:
		f.paths++
		f.set(path, v)
	case json.Number:
		f.paths++
		f.set(path, v.String())
	case bool:
		f.paths++
		f.set(path, map[bool]string{true: "true", false: "false"}[v])
	}
}

// list goes into a list of parameters by their keys, and into the first of
// other objects.
func (f *flattener) list(path string, list []any, depth int) {
	for i, item := range list {
		o, ok := item.(map[string]any)
		if !ok {
			continue
		}
		key, isParam := o["key"].(string)
		value, hasValue := o["value"]
		switch {
		case isParam && hasValue && key != "" && strings.Trim(key, "0123456789") != "" && !strings.ContainsAny(key, `]"`):
			if typed, ok := value.(map[string]any); ok {
				for _, name := range []string{"string_value", "int_value", "float_value", "double_value"} {
					if typed[name] != nil {
						value = typed[name]
						break
					}
				}
			}
			if _, nested := value.(map[string]any); !nested {
				f.value(path+"["+key+"]", value, depth+1)
			}
		case i == 0:
			f.value(path+"[0]", item, depth+1)
		case !isParam || !hasValue:
			f.several(path)
		}
	}
}
