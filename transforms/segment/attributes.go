package segment

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/config"
)

// What a source gives beside the fields we know stands in a column of JSON
// objects. What type a key has nobody says: it is text, and a number where
// the operator is one of numbers.

var numbersOnly = []string{"lt", "le", "gt", "ge", "between"}

// AttributesKey is a parameter: conditions by the name of the attribute.
func AttributesKey(name, doc, example string) config.Spec {
	group := config.Spec{Type: config.Group, Keys: append(textKeys(), presenceKeys()...), Check: notEmpty}
	for _, k := range numberKeys() {
		for _, only := range numbersOnly {
			if k.Name == only {
				group.Keys = append(group.Keys, k)
			}
		}
	}
	return config.Spec{Name: name, Type: config.Map, Doc: doc, Example: example, Check: notEmpty, Of: &config.Spec{Type: config.OneOf, Shapes: []config.Spec{
		{Type: config.Text}, {Type: config.List, Of: &config.Spec{Type: config.Text}, Check: notEmpty}, group,
	}}}
}

// AskedAttributes are the attributes that stand under such a key. Their
// values are taken out of the objects once, for all rows.
func (s *Scope) AskedAttributes(objects *columns.Column, key string) (all []Asked) {
	if s.Params.Get(key) == nil {
		return nil
	}
	for _, e := range s.Params.Get(key).Entries() {
		short := "eq"
		if e.Value.Spec.Type == config.List {
			short = "in"
		}
		ops, c := operandsOf(e.Value, short), valuesOf(objects, e.Name)
		t := textsOf(ops, equal)
		var numbers Operands
		for _, o := range ops {
			for _, only := range numbersOnly {
				if o.Name == only {
					numbers = append(numbers, o)
				}
			}
		}
		test := func(r int) Truth { return t.holds(c.Bytes(r)) }
		if numbers != nil {
			band := floatBand(numbers)
			test = func(r int) Truth {
				text, there := c.Bytes(r)
				if !there {
					return t.missing
				}
				n, err := strconv.ParseFloat(strings.TrimSpace(string(text)), 64)
				if err != nil {
					return False
				}
				return min(t.holds(text, true), band.holds(n))
			}
		}
		all = append(all, Asked{e.Name, c, test, t.absence})
	}
	return all
}

// valuesOf are the values of one key of a column of objects, as text.
func valuesOf(objects *columns.Column, key string) *columns.Column {
	c := &columns.Column{Name: key}
	for r := range objects.Len() {
		object, _ := objects.Bytes(r)
		c.AddOptional(valueOf(object, key))
	}
	return c
}

// valueOf is "" where there is none: an empty value is a missing one.
func valueOf(object []byte, key string) string {
	var keys map[string]json.RawMessage
	if json.Unmarshal(object, &keys) != nil { // of a row without attributes
		return ""
	}
	var text string
	if value := keys[key]; json.Unmarshal(value, &text) != nil && string(value) != "null" {
		return string(value) // a number, a truth, a list
	}
	return text
}
