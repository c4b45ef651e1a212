package segment

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
)

// Type says which operators a filter has.
type Type string

const (
	Text        Type = "text"        // a text or a code
	Number      Type = "number"      // a whole number, money, a share
	Date        Type = "date"        // a local day
	Anniversary Type = "anniversary" // a day of every year
	List        Type = "list"        // several texts
	Geo         Type = "geo"         // a place and a distance
	Flag        Type = "flag"        // yes or no
	Event       Type = "event"       // facts that are counted, summed, told apart
	Habit       Type = "habit"       // a text of many facts: ever, only, last, mostly
	Record      Type = "record"      // rows that hold, by their fields
	Membership  Type = "membership"  // this or other segments
)

// Groups are the groups of the catalogue, in its order.
func Groups() []string {
	return []string{"demographic", "geographic", "web", "transactional", "product", "channel", "engagement", "rfm", "loyalty", "consent", "lifecycle", "stated", "custom"}
}

// Needs are columns of history tables. Of facts the day and the day of
// delivery come along unasked.
type Needs map[customer.HistoryTable][]string

// Add adds others.
func (n Needs) Add(others Needs) {
	for t, names := range others {
		n[t] = append(n[t], names...)
	}
}

// Filter is an entry of the catalogue. All there is to know of it stands in
// one literal: its keys in a segment file, its messages, the schema for
// editors and the reference are made from it.
type Filter struct {
	Name    string
	Group   string
	Type    Type
	Doc     string // one line: what it looks at
	Example string // what stands after its name, in YAML

	Words  []string                                                             // of a Text: all that it can be, nil where that is open
	Params []config.Spec                                                        // keys of its own, beside the operators of its type
	Check  func(v *config.Value, say func(at *config.Value, what, todo string)) // of the keys together, where they stand as such
	Plain  string                                                               // the one of them that a plain value stands for, where its type has none
	Needs  Needs                                                                // what it reads, whatever is asked of it

	// NeedsOf, where set, is what it reads beside Needs because of its
	// parameters.
	NeedsOf func(params Operands) Needs

	// Segments, where set, are the segments that a condition names, and
	// whether it asks what this run says of them.
	Segments func(params Operands) (named []*config.Value, today bool)

	// Bind looks up what a condition needs, once for all customers, and
	// gives the test of one. Event filters may leave it nil (see Facts).
	Bind func(s *Scope) Test

	// Facts, of an event filter: which it counts.
	Facts Events
}

// Test is a condition that is bound to histories. Truth is asked for every
// customer and must not allocate; Value is what it saw, for a person.
type Test struct {
	Truth func(customer int) Truth
	Value func(customer int) string
}

// And is a test that holds where both do.
func (t Test) And(o Test) Test {
	return Test{
		Truth: func(i int) Truth { return min(t.Truth(i), o.Truth(i)) },
		Value: func(i int) string { return t.Value(i) + ", " + o.Value(i) },
	}
}

// keys are all keys that may stand under the filter's name.
func (f *Filter) keys() []config.Spec {
	var keys []config.Spec
	switch f.Type {
	case Text:
		keys = append(textKeys(f.Words...), presenceKeys()...)
	case Number:
		keys = append(numberKeys(), presenceKeys()...)
	case Date:
		keys = append(dateKeys(), presenceKeys()...)
	case Anniversary:
		keys = append(anniversaryKeys(), presenceKeys()...)
	case List:
		keys = append(listKeys(), presenceKeys()...)
	case Flag:
		keys = []config.Spec{{Name: "is", Type: config.Bool, Example: "true", Doc: "true unless said"}}
	case Event:
		keys = f.Facts.keys()
	case Habit:
		keys = append(append(habitKeys(), WindowKeys()...), presenceKeys()...)
	}
	return append(keys, f.Params...)
}

// short is the operator that a plain value or a plain list stands for, ""
// where it stands for none: a value alone cannot be all that a filter needs
// which must be told something else.
func (f *Filter) short() (scalar, several string) {
	for i := range f.Params {
		if f.Params[i].Required && f.Params[i].Name != f.Plain {
			return "", ""
		}
	}
	switch f.Type {
	case Text:
		return "eq", "in"
	case Number:
		return "eq", ""
	case Date:
		return "on", ""
	case Flag:
		return "is", ""
	case List:
		return "contains_any", "contains_any"
	case Membership:
		return "in", "in"
	case Habit:
		return "ever", "ever"
	}
	return f.Plain, ""
}

// spec is what may stand under the filter's name in a segment file.
func (f *Filter) spec() config.Spec {
	group := config.Spec{Type: config.Group, Keys: f.keys(), Check: func(v *config.Value, say func(at *config.Value, what, todo string)) {
		notEmpty(v, say)
		if f.Check != nil {
			f.Check(v, say)
		}
	}}
	scalar, several := f.short()
	spec := config.Spec{Name: f.Name, Type: config.OneOf, Doc: f.Doc, Example: f.Example}
	if scalar != "" {
		key := group.Key(scalar)
		switch key.Type {
		case config.OneOf: // it takes plain values itself
			for _, shape := range key.Shapes {
				if shape.Type != config.Group {
					spec.Shapes = append(spec.Shapes, shape)
				}
			}
			several = ""
		case config.List:
			spec.Shapes = append(spec.Shapes, *key.Of)
		default:
			plain := *key
			plain.Name, plain.Doc, plain.Example = "", "", ""
			spec.Shapes = append(spec.Shapes, plain)
		}
	}
	if several != "" {
		spec.Shapes = append(spec.Shapes, config.Spec{Type: config.List, Of: group.Key(several).Of, Check: notEmpty})
	}
	spec.Shapes = append(spec.Shapes, group)
	return spec
}

func notEmpty(v *config.Value, say func(at *config.Value, what, todo string)) {
	for _, e := range v.Entries() {
		if e.Value.IsSet() {
			return
		}
	}
	if len(v.Items()) == 0 {
		say(v, "nothing stands here", "write what is asked, or take the key out")
	}
}

// Operands are the operators and parameters of a condition, in the order in
// which they stand there.
type Operands []config.Entry

// Get is the value of one, nil where it is not there.
func (o Operands) Get(name string) *config.Value {
	for _, e := range o {
		if e.Name == name {
			return e.Value
		}
	}
	return nil
}

// Under are the operands that stand under one; a value alone is eq.
func (o Operands) Under(name string) Operands { return operandsOf(o.Get(name), "eq") }

// operands takes apart what stands under a filter's name.
func (f *Filter) operands(v *config.Value) Operands {
	scalar, several := f.short()
	if v.Spec.Type == config.List && several != "" {
		scalar = several
	}
	return operandsOf(v, scalar)
}

func operandsOf(v *config.Value, short string) (all Operands) {
	if v == nil {
		return nil
	}
	if v.Spec.Type != config.Group && v.Spec.Type != config.Map {
		return Operands{{Name: short, Line: v.Line, Col: v.Col, Value: v}}
	}
	for _, e := range v.Entries() {
		if e.Value.IsSet() {
			all = append(all, e)
		}
	}
	return all
}
