package segment

import (
	"bytes"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/config"
)

// What filters with keys of their own are made of.

// DecimalKey is a parameter: a number.
func DecimalKey(name, doc, example string) config.Spec {
	return config.Spec{Name: name, Type: config.Text, Check: isDecimal, Doc: doc, Example: example}
}

// CurrencyKey is a parameter that says what an amount is in (see
// Set.OtherCurrencies).
var CurrencyKey = config.Spec{Name: "currency", Type: config.Text, Example: "EUR", Doc: "what the amount is in: the currency of the project, into which all orders are turned"}

// NamesKey is a parameter: one name or several.
func NamesKey(name, doc string) config.Spec {
	return config.Spec{Name: name, Type: config.List, Of: &config.Spec{Type: config.Text}, Check: notEmpty, Doc: doc, Example: "[a, b]"}
}

// WordKey is a parameter: one of some words, the first unless said.
func WordKey(name, doc string, words ...string) config.Spec {
	return config.Spec{Name: name, Type: config.Enum, Values: words, Doc: doc + "; " + words[0] + " unless said", Example: words[len(words)-1]}
}

// FieldsKey is a parameter that asks for fields of facts (see Facts.Fits).
func FieldsKey(name, doc, example string, t customer.HistoryTable, fields ...Field) config.Spec {
	return config.Spec{Name: name, Type: config.Group, Keys: FieldKeys(t, fields...), Required: true, Check: notEmpty, Doc: doc, Example: example}
}

// SpanKey is a parameter: a length of time.
func SpanKey(name, doc, example string) config.Spec { return spanKey(name, doc, example) }

// TextKeys are the operators of texts, for filters that count facts by them.
func TextKeys() []config.Spec { return textKeys() }

// OneOrMore is a parameter: one of some words or several of them, any text where
// there are none.
func OneOrMore(name, doc, example string, words ...string) config.Spec {
	one := word(words...)
	return config.Spec{Name: name, Type: config.OneOf, Doc: doc, Example: example, Shapes: []config.Spec{
		one, {Type: config.List, Of: &one, Check: notEmpty},
	}}
}

// Also is such a parameter with another spelling for one of its words.
func Also(s config.Spec, spelt, value string) config.Spec {
	for _, shape := range []*config.Spec{&s.Shapes[0], s.Shapes[1].Of} {
		shape.Also[spelt] = value
	}
	return s
}

// Words are the words of such a parameter, those otherwise where it is not
// said.
func (o Operands) Words(name string, otherwise ...string) (words []string) {
	for _, v := range Values(o, name) {
		words = append(words, v.Text())
	}
	if words == nil {
		return otherwise
	}
	return words
}

// Decimal is the number of such a parameter, 0 where it is not said.
func (o Operands) Decimal(name string) float64 {
	d, _ := parseDecimal(o.Get(name).Text())
	return d.float()
}

// Span is the length of time of such a parameter, none where it is not said.
func (o Operands) Span(name string) Span {
	if o.Get(name) == nil {
		return Span{}
	}
	return spanOf(o.Get(name))
}

// Values are the single values under some keys, whether they stand there
// alone or in a list.
func Values(o Operands, keys ...string) (all []*config.Value) {
	for _, key := range keys {
		v := o.Get(key)
		switch {
		case v == nil:
		case v.Spec.Type == config.List:
			all = append(all, v.Items()...)
		default:
			all = append(all, v)
		}
	}
	return all
}

// Split yields the texts of a list column's row.
func Split(c *columns.Column, row int, yield func(text []byte)) {
	b, there := c.Bytes(row)
	for there && len(b) > 0 {
		var text []byte
		text, b, there = bytes.Cut(b, []byte{columns.ListSep})
		yield(text)
	}
}

// YearsBetween are the whole years from a day to a later one.
func YearsBetween(from, to int32) int32 {
	first, _, _ := customer.Civil(from)
	last, _, _ := customer.Civil(to)
	years := int32(last - first)
	if anniversary(from, last) > to {
		years--
	}
	return years
}

// NumberKey is a parameter that a number must answer to (see Scope.Under).
func NumberKey(name, doc, example string) config.Spec {
	spec := measured(name, doc)
	spec.Example = example
	return spec
}

// CountTest judges a number by such a parameter; any will do where it is not
// said.
func (s *Scope) CountTest(name string) func(n int64) bool {
	b := unitsBand(operandsOf(s.Params.Get(name), "eq"), 0, true)
	return func(n int64) bool { return b.holds(n) == True }
}
