// Package config reads YAML files that people write, against a spec: a tree
// of Go values that names every key, its type, its meaning. From the one
// spec come the parsing, the messages, the JSON schema for editors and the
// reference page, so that they cannot disagree.
//
// It promises: every fault of a file at once, each with file, line and
// column and what to do; nothing that the spec does not name is accepted, no
// key twice; no names of Go types in a message; any bytes at all give a
// value or faults, never a panic. It knows nothing of customers.
//
// Decoding into tagged structs was rejected: tags cannot hold what a person
// needs to be told, and decoders leak Go's words.
package config

// Type says what a value looks like in the file.
type Type uint8

const (
	Text     Type = iota // a text
	Int                  // a whole number, Min to Max
	Bool                 // true or false
	Size                 // bytes: 512MiB
	Duration             // a length of time: 14d
	Date                 // a day: 2025-12-31
	Enum                 // one of Values
	List                 // several of Of
	Map                  // names of the writer's choice, each with an Of
	Group                // the keys named in Keys
	OneOf                // one of Shapes: at most one scalar, one List, one Map or Group
)

// Spec is what a key of a file may hold.
type Spec struct {
	Name     string // the key; "" for the root, an element, a shape
	Type     Type
	Doc      string // one line; ends up on the reference page and in the editor
	Example  string // as written in YAML
	Default  string // the scalar that stands where the key is left out
	Required bool   // a fault where the key is left out
	Secret   bool   // Text: printed as ***, and may come from a file

	Values   []string          // Enum
	AnyCase  bool              // Enum: a word counts in capitals too
	Also     map[string]string // Enum: other spellings, and the value that each stands for
	Min, Max int64             // Int, Size: bounds where Max is not 0
	Of       *Spec             // List, Map
	Names    map[string]string // Map: names worth suggesting, with their docs; others stay allowed
	Keys     []Spec            // Group
	Shapes   []Spec            // OneOf

	// Def names a spec that holds itself further down: the schema says it
	// once and refers to it, the reference page leaves it to a page of its own.
	Def string

	// Hint, of a Group with too many keys to list them, is where to find
	// them.
	Hint string

	// Check, where set, looks at a value that the type accepted and adds
	// what is wrong with it.
	Check func(v *Value, say func(at *Value, what, todo string))
}

// Key is the key of that name of a Group.
func (s *Spec) Key(name string) *Spec {
	for i := range s.Keys {
		if s.Keys[i].Name == name {
			return &s.Keys[i]
		}
	}
	return nil
}

// names are the keys of a Group, in order.
func (s *Spec) names() (names []string) {
	for _, k := range s.Keys {
		names = append(names, k.Name)
	}
	return names
}

// form is how a value is written, as far as YAML tells: the question that
// decides between the shapes of a OneOf.
type form uint8

const (
	scalar form = iota
	sequence
	mapping
)

func (s *Spec) form() form {
	switch s.Type {
	case List:
		return sequence
	case Map, Group:
		return mapping
	}
	return scalar
}

// shape is the shape of a OneOf that is written so, or the spec itself.
func (s *Spec) shape(f form) *Spec {
	if s.Type != OneOf {
		if s.form() == f {
			return s
		}
		return nil
	}
	for i := range s.Shapes {
		if s.Shapes[i].form() == f {
			return &s.Shapes[i]
		}
	}
	return nil
}
