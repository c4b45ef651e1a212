package mapping

import (
	"bytes"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

// readCurrencies finds the digits of each row's currency before any amount
// is read. The column of the field itself is a dictionary of the codes met.
// A row without a currency has the source's.
func (m *Mapper) readCurrencies(in *columns.Chunk, out *Mapped) {
	f, own := &m.fields[m.currency], &out.own[m.currency]
	src := m.source(f, in, out, own)
	src = textOf(f.relabelled(src, out, own), out.N, own)
	t, index := each(src, out.N, own)

	c := &own.out
	c.Name, c.Type = f.Field, columns.Text
	own.dict.Reset()
	own.index = resized(own.index, len(t.spans))
	own.digits = own.digits[:0]
	for i, s := range t.spans {
		own.index[i] = columns.MissingIndex
		if s.Missing() {
			continue
		}
		b := t.data[s.Start:s.End]
		if blank(b) {
			continue
		}
		own.index[i] = own.currency(b)
	}
	c.Dict, c.Index = &own.dict, resized(c.Index, out.N)
	out.scales = resized(own.scales, out.N)
	own.scales = out.scales
	for i := range out.N {
		x := uint32(columns.MissingIndex)
		switch {
		case index == nil:
			x = own.index[i]
		case index[i] != columns.MissingIndex:
			x = own.index[index[i]]
		}
		c.Index[i], out.scales[i] = x, m.spec.Scale
		switch {
		case x == unknown:
			out.scales[i] = noScale
		case x != columns.MissingIndex:
			out.scales[i] = own.digits[x]
		}
	}
}

// currency is the place of a code in the dictionary of the chunk, or
// unknown. Small letters are as good as capitals.
func (own *scratch) currency(b []byte) uint32 {
	for x, s := range own.dict.Spans {
		if string(own.dict.Data[s.Start:s.End]) == string(b) {
			return uint32(x)
		}
	}
	code := string(bytes.ToUpper(bytes.TrimSpace(b)))
	digits, ok := customer.CurrencyScale(code)
	if !ok {
		return unknown
	}
	for x, s := range own.dict.Spans {
		if string(own.dict.Data[s.Start:s.End]) == code {
			return uint32(x)
		}
	}
	own.dict.AddText(code)
	own.digits = append(own.digits, digits)
	return uint32(len(own.digits) - 1)
}

// takeCurrencies puts the column in its place and refuses the rows whose
// code is none.
func (m *Mapper) takeCurrencies(out *Mapped) {
	f, c := &m.fields[m.currency], &out.own[m.currency].out
	for i, x := range c.Index[:out.N] {
		if x == unknown {
			c.Index[i] = columns.MissingIndex
			out.reject(i, f.name(), BadCurrency, "the currency is no ISO 4217 code such as EUR; say with map: what it stands for")
		}
	}
	out.Cols[m.currency] = *c
}
