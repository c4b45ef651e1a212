package project

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/internal/madepage"
	"go.yaml.in/yaml/v4"
)

func TestTheDocsAreMadeFromTheSpec(t *testing.T) {
	t.Parallel()
	schema, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{"../../docs/habitue.schema.json": string(schema), "../../docs/config.md": Page()} {
		madepage.Hold(t, path, text, *update, "go test ./jobs/project -write")
	}
}

func TestTheSchemaTakesEveryGoodProject(t *testing.T) {
	t.Parallel()
	text, err := Schema()
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
	for path, good := range map[string]bool{
		"testdata/small.good.yaml": true, "testdata/everything.good.yaml": true, "testdata/pulled.good.yaml": true,
		"testdata/unknown-key.bad.yaml": false, "testdata/source-kind.bad.yaml": false, "testdata/memory-without-unit.bad.yaml": false,
	} {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var instance any
		if err := yaml.Unmarshal(data, &instance); err != nil {
			t.Fatal(err)
		}
		if err := resolved.Validate(instance); (err == nil) != good {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestDefaultsAndExamplesAreGood reads every default and every example of
// the spec by the spec itself.
func TestDefaultsAndExamplesAreGood(t *testing.T) {
	t.Parallel()
	var visit func(s *config.Spec, path string)
	visit = func(s *config.Spec, path string) {
		for _, text := range []string{s.Default, s.Example} {
			if text == "" {
				continue
			}
			key := *s
			key.Required = false
			root := &config.Spec{Type: config.Group, Keys: []config.Spec{key}}
			world := config.World{Env: func(string) (string, bool) { return "x", true }}
			if _, faults := config.Parse(path, []byte(s.Name+": "+text), root, world); faults != nil {
				t.Error(faults)
			}
		}
		if s.Name != "" && s.Doc == "" {
			t.Errorf("%s has no doc", path)
		}
		if s.Of != nil {
			visit(s.Of, path+"[]")
		}
		for i := range s.Keys {
			visit(&s.Keys[i], path+"."+s.Keys[i].Name)
		}
		for i := range s.Shapes {
			visit(&s.Shapes[i], path)
		}
	}
	visit(Spec(), "")
}
