package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// Schema is the JSON schema (2020-12) that editors complete and check the
// file by. What a Check says about several keys at once it cannot say.
func (s *Spec) Schema(title string) ([]byte, error) {
	defs := map[string]*jsonschema.Schema{}
	root := s.schema(defs)
	if len(defs) > 0 {
		root.Defs = defs
	}
	root.Schema = "https://json-schema.org/draft/2020-12/schema"
	root.Title = title
	b, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the JSON schema: %w", err)
	}
	return append(b, '\n'), nil
}

func (s *Spec) schema(defs map[string]*jsonschema.Schema) *jsonschema.Schema {
	j := &jsonschema.Schema{Description: s.Doc}
	if s.Def != "" {
		if defs[s.Def] == nil {
			defs[s.Def] = &jsonschema.Schema{} // it holds itself: it must be there before its keys are
			whole := *s
			whole.Def = ""
			*defs[s.Def] = *whole.schema(defs)
		}
		j.Ref = "#/$defs/" + s.Def
		return j
	}
	if s.Default != "" {
		j.Default, _ = json.Marshal(s.Default) // a text always can be written
	}
	switch s.Type {
	case Text:
		j.Types = []string{"string", "number", "boolean"} // YAML reads 0012 and true as such; we take the text
	case Int:
		j.Type = "integer"
		if s.Max != 0 {
			low, high := float64(s.Min), float64(s.Max)
			j.Minimum, j.Maximum = &low, &high
		}
		if s.Default != "" {
			j.Default = json.RawMessage(s.Default)
		}
	case Bool:
		j.Type = "boolean"
		if s.Default != "" {
			j.Default = json.RawMessage(s.Default)
		}
	case Size:
		j.Type, j.Pattern = "string", `^[0-9]+ *([kMGT]B|[KMGT]iB|B)$`
	case Duration:
		j.Type, j.Pattern = "string", `^[0-9]+ *(w|d|h|m|s|ms)$`
	case Date:
		j.Type, j.Format = "string", "date"
	case Enum:
		for _, v := range append(slices.Clone(s.Values), slices.Sorted(maps.Keys(s.Also))...) {
			j.Enum = append(j.Enum, v)
			if small := strings.ToLower(v); s.AnyCase && small != v {
				j.Enum = append(j.Enum, small)
			}
		}
	case List:
		j.Type, j.Items = "array", s.Of.schema(defs)
	case Map:
		j.Type, j.AdditionalProperties = "object", s.Of.schema(defs)
		j.Properties = map[string]*jsonschema.Schema{}
		for name, doc := range s.Names {
			property := s.Of.schema(defs)
			property.Description = doc
			j.Properties[name] = property
		}
	case Group:
		j.Type, j.AdditionalProperties = "object", &jsonschema.Schema{Not: &jsonschema.Schema{}}
		j.Properties = map[string]*jsonschema.Schema{}
		for i := range s.Keys {
			k := &s.Keys[i]
			j.Properties[k.Name] = k.schema(defs)
			j.PropertyOrder = append(j.PropertyOrder, k.Name)
			if k.Required {
				j.Required = append(j.Required, k.Name)
			}
		}
	case OneOf:
		for i := range s.Shapes {
			j.AnyOf = append(j.AnyOf, s.Shapes[i].schema(defs))
		}
	}
	return j
}

// Page is the reference page, in Markdown: a section a group, a table row a
// key.
func (s *Spec) Page(title, intro string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n", title, intro)
	s.section(&b, "")
	return b.String()
}

// section writes the group at a path, then the groups below it.
func (s *Spec) section(b *strings.Builder, path string) {
	if path != "" {
		fmt.Fprintf(b, "\n## %s\n", path)
		if s.Doc != "" {
			fmt.Fprintf(b, "\n%s\n", s.Doc)
		}
	}
	b.WriteString("\n| key | holds | default | meaning |\n|---|---|---|---|\n")
	for i := range s.Keys {
		k := &s.Keys[i]
		def := "`" + k.Default + "`"
		if k.Default == "" {
			def = ""
		}
		if k.Required {
			def = "required"
		}
		meaning := k.Doc
		if k.Example != "" {
			meaning += "; for example `" + k.Example + "`"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", k.Name, cell(k.Holds()), cell(def), cell(meaning))
	}
	for i := range s.Keys {
		s.Keys[i].below(b, join(path, s.Keys[i].Name))
	}
}

// below writes the sections of the groups that a value may hold.
func (s *Spec) below(b *strings.Builder, path string) {
	switch s.Type {
	case Group:
		if s.Def == "" {
			s.section(b, path)
		}
	case List:
		s.Of.below(b, path+"[]")
	case Map:
		s.Of.below(b, path+".<name>")
	case OneOf:
		for i := range s.Shapes {
			s.Shapes[i].below(b, path)
		}
	}
}

// Holds is what a key holds, in a few words.
func (s *Spec) Holds() string {
	switch s.Type {
	case Enum:
		return strings.Join(s.Values, ", ")
	case List:
		return "list of " + s.Of.Holds()
	case Map:
		return "name: " + s.Of.Holds()
	case Group:
		return "keys, see below"
	case OneOf:
		var shapes []string
		for i := range s.Shapes {
			shapes = append(shapes, s.Shapes[i].Holds())
		}
		return strings.Join(shapes, "; or ")
	case Text:
		if s.Secret {
			return "secret"
		}
		return "text"
	}
	return s.says()
}

func cell(text string) string { return strings.ReplaceAll(text, "|", "\\|") }
