package config

import "time"

// Value is what stands in the file at some key, or its default. The nil
// Value is that of a key which was left out and has no default: its text is
// empty, its numbers zero.
type Value struct {
	Spec      *Spec
	Line, Col int
	Path      string // keys from the root, with dots
	Set       bool   // stands in the file

	text    string // as read, references put in
	number  int64
	items   []*Value
	entries []Entry
}

// Entry is a key of a mapping and its value.
type Entry struct {
	Name      string
	Line, Col int
	Value     *Value
}

// Get is the value of a key of a Group, or of a name of a Map.
func (v *Value) Get(name string) *Value {
	if v == nil {
		return nil
	}
	for _, e := range v.entries {
		if e.Name == name {
			return e.Value
		}
	}
	return nil
}

// At follows keys down from here; where one is left out, it is the nearest
// value above that stands in the file. So a message always has a place.
func (v *Value) At(keys ...string) *Value {
	for _, k := range keys {
		next := v.Get(k)
		if next == nil || next.Line == 0 {
			return v
		}
		v = next
	}
	return v
}

// Has tells whether the key stands in the file.
func (v *Value) Has(name string) bool { return v.Get(name).IsSet() }

// IsSet tells whether the value stands in the file.
func (v *Value) IsSet() bool { return v != nil && v.Set }

// IsAt tells whether the value stands at that place.
func (v *Value) IsAt(line, col int) bool { return v != nil && v.Line == line && v.Col == col }

// Text is a scalar's text, "" for everything else. A secret's is ***.
func (v *Value) Text() string {
	if v == nil {
		return ""
	}
	if v.Spec.Secret {
		return Secret{v.text}.String()
	}
	return v.text
}

// Secret is the text of a value marked so.
func (v *Value) Secret() Secret {
	if v == nil {
		return Secret{}
	}
	return Secret{v.text}
}

// Int is a whole number, or a size in bytes.
func (v *Value) Int() int64 {
	if v == nil {
		return 0
	}
	return v.number
}

// Bool is a truth value.
func (v *Value) Bool() bool { return v.Int() != 0 }

// Duration is a length of time.
func (v *Value) Duration() time.Duration { return time.Duration(v.Int()) }

// Items are the elements of a List.
func (v *Value) Items() []*Value {
	if v == nil {
		return nil
	}
	return v.items
}

// Texts are the texts of a List, or the one text of a scalar.
func (v *Value) Texts() (texts []string) {
	if v == nil {
		return nil
	}
	if v.Spec.Type != List {
		return []string{v.Text()}
	}
	for _, i := range v.items {
		texts = append(texts, i.Text())
	}
	return texts
}

// Entries are the names of a Map, or the keys of a Group that stand in the
// file or have a default, in the file's order.
func (v *Value) Entries() []Entry {
	if v == nil {
		return nil
	}
	return v.entries
}

// TextMap is a Map of texts.
func (v *Value) TextMap() map[string]string {
	if v == nil {
		return nil
	}
	m := make(map[string]string, len(v.entries))
	for _, e := range v.entries {
		m[e.Name] = e.Value.Text()
	}
	return m
}
