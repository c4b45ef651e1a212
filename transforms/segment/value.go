package segment

import (
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/config"
)

// What is asked of one column of a row, by the type that the column has.

// Field is a column under the name that it has in segment files.
type Field struct {
	Key, Column, Doc string

	// Take, where set, is the part of a text that is looked at; there is
	// false where it has no such part.
	Take func(text []byte) (part []byte, there bool)
}

// FieldKeys are the parameters by which rows of a table are asked for.
func FieldKeys(t customer.HistoryTable, fields ...Field) (keys []config.Spec) {
	table, _ := customer.TableNamed(t.String())
	for _, f := range fields {
		c, _ := table.Column(f.Column)
		keys = append(keys, f.spec(c.Type, customer.Words(table.Name, f.Column)))
	}
	return keys
}

// spec has the operators of the column's type; a plain value stands for
// equal to. words are all that a text of it can be.
func (f Field) spec(t customer.ColumnType, words []string) config.Spec {
	operators := func(example string, plain config.Spec, keys []config.Spec) config.Spec {
		s := config.Spec{Name: f.Key, Type: config.OneOf, Doc: f.Doc, Example: example, Shapes: []config.Spec{plain}}
		if plain.Type == config.Text && plain.Check == nil || plain.Type == config.Enum {
			s.Shapes = append(s.Shapes, config.Spec{Type: config.List, Of: &plain, Check: notEmpty})
		}
		s.Shapes = append(s.Shapes, config.Spec{Type: config.Group, Keys: append(keys, presenceKeys()...), Check: notEmpty})
		return s
	}
	switch t.Held() {
	case columns.Bool:
		return config.Spec{Name: f.Key, Type: config.Bool, Doc: f.Doc, Example: "true"}
	case columns.Text:
		return operators(append(words[:len(words):len(words)], "a")[0], word(words...), textKeys(words...))
	case columns.List:
		return operators("[a, b]", config.Spec{Type: config.Text}, listKeys())
	case columns.Date:
		return operators("{in_last: 30d}", config.Spec{Type: config.Date}, dateKeys())
	}
	return operators("{ge: 3}", config.Spec{Type: config.Text, Check: isDecimal}, numberKeys())
}

// judge tests what stands in a row of a column.
func (s *Scope) judge(c *columns.Column, v *config.Value) func(row int) Truth {
	short := map[columns.Type]string{columns.Date: "on", columns.List: "contains_any"}[c.Type]
	if short == "" {
		short = "eq"
		if v.Spec.Type == config.List {
			short = "in"
		}
	}
	ops := operandsOf(v, short)
	switch c.Type {
	case columns.Text:
		t := textsOf(ops, equal)
		return func(r int) Truth { return t.holds(c.Bytes(r)) }
	case columns.List:
		l, k, in := listOf(ops), NewCodes(), make([]string, 0, 8)
		add := func(text []byte) {
			if f := k.texts[k.Of(text)]; !slices.Contains(in, f) {
				in = append(in, f)
			}
		}
		return func(r int) Truth {
			if c.Missing(r) {
				return l.missing
			}
			in = in[:0]
			Split(c, r, add)
			return l.holds(in)
		}
	case columns.Float:
		b := floatBand(ops)
		return func(r int) Truth {
			if c.Missing(r) {
				return b.missing
			}
			return b.holds(c.Floats[r])
		}
	case columns.Bool:
		want := v.Int()
		return func(r int) Truth {
			if c.Missing(r) {
				return Unknown
			}
			return Of(c.Ints[r] == want)
		}
	}
	b := unitsBand(ops, c.Scale, c.Type != columns.Money)
	if c.Type == columns.Date {
		b = dateBand(ops, s.Env.AsOf, s.Env.FactsTo)
	}
	return func(r int) Truth {
		if c.Ints[r] == columns.MissingInt {
			return b.missing
		}
		return b.holds(c.Ints[r])
	}
}

// judgePart tests a part of the texts of a column. What a text came to is
// kept.
func judgePart(c *columns.Column, v *config.Value, take func([]byte) ([]byte, bool)) func(row int) Truth {
	short := "eq"
	if v.Spec.Type == config.List {
		short = "in"
	}
	t, known := textsOf(operandsOf(v, short), equal), map[string]Truth{}
	return func(r int) Truth {
		text, there := c.Bytes(r)
		if !there {
			return t.missing
		}
		found, seen := known[string(text)]
		if !seen {
			found = t.holds(take(text))
			if len(known) < mostTexts {
				known[string(text)] = found
			}
		}
		return found
	}
}

// Fits are the facts of which every field that is asked for holds. What is
// not known of a fact does not match.
func (f *Facts) Fits(asked Operands, fields ...Field) func(row int) bool {
	var tests []func(row int) Truth
	for _, field := range fields {
		switch v, c := asked.Get(field.Key), field.Column; {
		case v == nil:
		case field.Take != nil:
			tests = append(tests, judgePart(f.Column(c), v, field.Take))
		default:
			tests = append(tests, f.scope.judge(f.Column(c), v))
		}
	}
	return func(r int) bool {
		for _, test := range tests {
			if test(r) != True {
				return false
			}
		}
		return true
	}
}

// Narrowed are the rows of those before of which every field that the
// condition asks for holds.
func (f *Facts) Narrowed(before func(row int) bool, fields ...Field) func(row int) bool {
	fits := f.Fits(f.scope.Params, fields...)
	return func(r int) bool { return before(r) && fits(r) }
}
