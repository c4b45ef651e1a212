package config

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"go.yaml.in/yaml/v4"
)

func TestTheSchemaAgreesWithTheParser(t *testing.T) {
	t.Parallel()
	spec := kitchen()
	text, err := spec.Schema("Kitchen")
	if err != nil {
		t.Fatal(err)
	}
	var schema jsonschema.Schema
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	resolved, err := schema.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	for text, good := range map[string]bool{
		"name: x":                               true,
		"name: 12":                              true,
		"hot: true":                             false,
		"name: x\nnme: y":                       false,
		"name: x\nportions: 3":                  true,
		"name: x\nportions: 101":                false,
		"name: x\npot: 2GiB":                    true,
		"name: x\npot: 2":                       false,
		"name: x\ntaste: sweet":                 true,
		"name: x\ntaste: sour":                  false,
		"name: x\ntaste: Sweet":                 false,
		"name: x\ncourse: soup":                 true,
		"name: x\ncourse: main dish":            true,
		"name: x\ncourse: cake":                 false,
		"name: x\nserved: {by: y}":              true,
		"name: x\nserved: {of: y}":              false,
		"name: x\nserved: always":               true,
		"name: x\nspices: {salt: 1, pepper: 2}": true,
		"name: x\nspices: {salt: much}":         false,
		"name: x\nsteps: [a]":                   true,
		"name: x\nsteps: a":                     false,
	} {
		var instance any
		if err := yaml.Unmarshal([]byte(text), &instance); err != nil {
			t.Fatal(err)
		}
		_, faults := Parse("k.yaml", []byte(text), spec, World{})
		if byParser, bySchema := faults == nil, resolved.Validate(instance) == nil; byParser != good || bySchema != good {
			t.Errorf("%q: parser says %v, schema %v, want %v", text, byParser, bySchema, good)
		}
	}
}

func TestThePageNamesEveryKey(t *testing.T) {
	t.Parallel()
	page := kitchen().Page("Kitchen", "All keys.")
	for _, want := range []string{
		"| `name` | text | required | what it is called; for example `soup` |",
		"| `served` | never, always; or list of a day as 2025-12-31; or keys, see below | `never` |  |",
		"\n## served\n\n| key |", "| `tip` | a whole number | `7` |  |",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}
