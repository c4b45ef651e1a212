package project

import (
	"path"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/transforms/mapping"
)

// source builds a source, and has its mapping judged where the spec found
// nothing wrong between its line and end.
func (l *loader) source(v *config.Value, end int) {
	p := l.p
	kind, _ := customer.ParseKind(v.Get("record").Text())
	s := Source{
		Name: v.Get("name").Text(), Format: v.Get("kind").Text(), Kind: kind,
		Delivery: Delivery(v.Get("delivery").Text()), OrdersFrom: v.Get("orders_from").Text(),
		Wait: v.Get("wait").Duration(), KeepInputs: p.KeepInputs, Line: v.Line, Col: v.Col, at: v,
	}
	s.Options.Encoding, s.Options.Compression = v.Get("encoding").Text(), v.Get("compression").Text()
	s.Options.Delimiter = strings.Replace(v.Get("delimiter").Text(), "tab", "\t", 1)
	paths := v.Get("path")
	if at := paths.Items(); at != nil {
		for _, a := range at {
			s.Patterns = append(s.Patterns, Pattern{tidyPath(a.Text()), a.Line, a.Col})
		}
	} else if paths != nil {
		s.Patterns = []Pattern{{tidyPath(paths.Text()), paths.Line, paths.Col}}
	}
	if slices.Contains(pulledKinds, s.Format) {
		l.pulled(v, &s)
	}
	if s.Delivery == "" {
		s.Delivery = usualDelivery(kind, s.Patterns)
	}
	if ids := v.Get("ids").Text(); ids != "shared" {
		s.IDs = ids
	}
	if v.Has("keep_inputs") {
		s.KeepInputs = v.Get("keep_inputs").Duration()
	}
	if at := v.Get("rates"); at.IsSet() {
		s.Rates = l.rates(at)
	}
	s.Mapping = l.mapping(v, kind)
	if s.Maps("phone") && p.Country == "" {
		l.say(v.At("fields", "phone"), "a phone is mapped and the project has no country", "write country: RU, or yours, at the top of the file: numbers without a country code are read by it")
	}
	l.compile(v, &s, end)
	p.Sources = append(p.Sources, s)
}

// compile has the mapping judged as far as it can be without the files.
func (l *loader) compile(v *config.Value, s *Source, end int) {
	zone, currency := l.p.root.Get("timezone"), l.p.root.Get("currency")
	s.guessed = zone == nil || currency == nil
	for _, f := range l.wrong {
		within := v.Line <= f.Line && f.Line < end
		s.guessed = s.guessed || within || zone.IsAt(f.Line, f.Col) || currency.IsAt(f.Line, f.Col)
	}
	if s.Faulty = s.guessed; s.Faulty {
		return
	}
	_, faults := s.Compile(nil)
	s.Faulty = len(faults) > 0
	l.faults = append(l.faults, faults...)
}

// usualDelivery is what a source that does not say it most likely means.
func usualDelivery(kind customer.Kind, patterns []Pattern) Delivery {
	switch kind {
	case customer.Order, customer.Event, customer.Interaction:
		for _, p := range patterns {
			if p.HasMany() {
				return Parts
			}
		}
	}
	return Full
}

// mapping is the source's fields, in the file's order.
func (l *loader) mapping(v *config.Value, kind customer.Kind) mapping.Spec {
	p := l.p
	m := mapping.Spec{
		File: p.File, Source: v.Get("name").Text(), Kind: kind, Types: v.Get("types").TextMap(), Where: v.Get("where").Text(),
		Zone: p.Zone.String(), Currency: p.Currency, Attributes: v.Get("attributes").Bool(),
	}
	if z := v.Get("zone"); z != nil {
		m.Zone = z.Text()
	}
	if c := v.Get("currency"); c != nil {
		m.Currency = c.Text()
	}
	m.Scale, _ = customer.CurrencyScale(m.Currency)
	for _, e := range v.Get("fields").Entries() {
		m.Fields = append(m.Fields, field(e))
	}
	return m
}

func field(e config.Entry) mapping.FieldSpec {
	v := e.Value
	f := mapping.FieldSpec{Field: e.Name, Line: e.Line, Col: e.Col}
	if v.Spec.Type != config.Group {
		f.Columns = v.Texts()
		return f
	}
	f.Columns = v.Get("columns").Texts()
	if c := v.Get("column"); c != nil {
		f.Columns = []string{c.Text()}
	}
	if c := v.Get("value"); c != nil {
		text := c.Text()
		f.Constant = &text
	}
	f.Map, f.PrefixMap = v.Get("map").TextMap(), v.Get("prefix_map").TextMap()
	f.Unit, f.Format, f.Zone, f.Decimal, f.Split = v.Get("unit").Text(), v.Get("format").Text(), v.Get("zone").Text(), v.Get("decimal").Text(), v.Get("split").Text()
	f.Multiply, f.Sum, f.Expr = v.Get("multiply").Texts(), v.Get("sum").Texts(), v.Get("expr").Text()
	return f
}

// tidyPath is a path as folders list it: without ./ and what is the same.
func tidyPath(text string) string {
	if text == "" || store.Remote(text) {
		return text
	}
	return path.Clean(text)
}
