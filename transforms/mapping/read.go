package mapping

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/habitue-data/habitue/internal/columns"
)

// read makes the field's column from a source column of any type.
func (f *field) read(src *columns.Column, m *Mapper, out *Mapped, own *scratch, c *columns.Column) {
	switch f.typ {
	case columns.Text:
		f.readText(src, out, own, c)
	case columns.List:
		f.readList(src, out, own, c)
	case columns.Float:
		f.readFloats(src, out, own, c)
	default:
		c.Ints = resized(c.Ints, out.N)
		c.Scale = f.scale(m)
		if !f.readTyped(src, out, c) {
			f.readInts(textOf(src, out.N, own), m, out, own, c)
		}
		f.refuse(src, out, c)
	}
}

// scale is the digits after the point of the field's column.
func (f *field) scale(m *Mapper) uint8 {
	switch {
	case f.quantity:
		return quantityScale
	case f.typ == columns.Money:
		return m.spec.Scale
	}
	return 0
}

// quantityScale is the digits after the point of a quantity: grams of a
// kilogram.
const quantityScale = 3

// readText passes texts on as they are.
func (f *field) readText(src *columns.Column, out *Mapped, own *scratch, c *columns.Column) {
	if src.Type == columns.List && f.isKey() { // a list came, a list goes on
		c.Type = columns.List
	} else {
		src = textOf(src, out.N, own)
	}
	own.out.Data, own.out.Spans = nil, nil // never append to what is not ours
	c.Data, c.Spans, c.Dict, c.Index = src.Data, src.Spans, src.Dict, src.Index
}

// readInts reads texts into a column that lives in Ints.
func (f *field) readInts(src *columns.Column, m *Mapper, out *Mapped, own *scratch, c *columns.Column) {
	t, index := each(src, out.N, own)
	scales := out.scales
	if index != nil && scales != nil && c.Type == columns.Money && !f.quantity {
		// What a text is worth depends on its row's currency.
		own.spans = resized(own.spans, out.N)
		for i, x := range index {
			own.spans[i] = columns.MissingSpan
			if x != columns.MissingIndex {
				own.spans[i] = t.spans[x]
			}
		}
		t.spans, index = own.spans, nil
	}
	dst := c.Ints
	if index != nil {
		own.values = resized(own.values, len(t.spans))
		dst = own.values
	}
	switch c.Type {
	case columns.Money:
		f.readAmounts(t, dst, c.Scale, m, out)
	case columns.Int:
		f.readWhole(t, dst)
	case columns.Time, columns.Date:
		f.readMoments(t, dst, c.Type == columns.Date)
	case columns.Bool:
		readBools(t, dst)
	}
	if index != nil {
		spread(c.Ints, own.values, index)
	}
}

// refuse refuses the rows whose value is marked as unusable.
func (f *field) refuse(src *columns.Column, out *Mapped, c *columns.Column) {
	for i, v := range c.Ints[:out.N] {
		if v > ancient || v == missing {
			continue
		}
		c.Ints[i] = missing
		if v == ancient {
			out.reject(i, f.name(), ImplausibleTime, "%s is before %d", f.shown(src, i), minYear)
			continue
		}
		out.reject(i, f.name(), f.reason(), "%s %s", f.shown(src, i), f.complaint(src, i))
	}
}

// reason is the code of a value of this field that cannot be read.
func (f *field) reason() string {
	switch f.typ {
	case columns.Money:
		if f.quantity {
			return BadNumber
		}
		return BadAmount
	case columns.Time:
		return BadTime
	case columns.Date:
		return BadDate
	case columns.Bool:
		return BadBool
	}
	return BadNumber
}

// shown is the value of a row as a message shows it.
func (f *field) shown(src *columns.Column, i int) string {
	return quoted(appendText(nil, src, i))
}

// quoted is a text as messages show it: whole where it is short.
func quoted(b []byte) string {
	if const60 := 60; len(b) > const60 {
		return strconv.Quote(string(b[:const60])) + " ..."
	}
	return strconv.Quote(string(b))
}

// complaint says why a value cannot be read and what to do.
func (f *field) complaint(src *columns.Column, i int) string {
	b := appendText(nil, src, i)
	switch f.typ {
	case columns.Time, columns.Date:
		return f.complainTime(b)
	case columns.Bool:
		return "is neither true nor false; say with map: what it stands for"
	case columns.Int:
		return "is no whole number of at most 18 digits"
	}
	return f.complainNumber(b)
}

func (f *field) complainNumber(b []byte) string {
	if _, mark, ok := unmarked(b); ok && f.isMoney() {
		if f.minor {
			return fmt.Sprintf("has %s beside it, and amounts here are in minor units: it may be in whole ones", mark)
		}
		return fmt.Sprintf("is an amount in %s, which is not the currency of its row; map currency, or say currency: at the source", mark)
	}
	_, point := parseDecimal(b, withPoint)
	_, comma := parseDecimal(b, withComma)
	switch {
	case f.notation == withComma && point:
		return `is no amount with a decimal comma; is decimal: "," right for this source?`
	case f.notation == unsaid && point && comma:
		return `may be a whole amount with thousands apart, then say decimal: "."; or its comma is the decimal separator, then say decimal: ","`
	case f.notation == unsaid && point:
		return `is no amount with a decimal point alone; if its commas stand between thousands, say decimal: "."`
	case comma:
		return `is no amount with a decimal point; if its comma is the decimal separator, say decimal: ","`
	}
	if _, err := strconv.ParseFloat(string(b), 64); err == nil || strings.ContainsAny(string(b), "0123456789") && allNumeric(b) {
		return "is no amount of at most 18 digits, written out without an exponent"
	}
	return "is no amount; if it is another sign for no value, map it to \"\""
}

func allNumeric(b []byte) bool {
	for _, c := range b {
		if !(c-'0' < 10 || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E') {
			return false
		}
	}
	return true
}

func (f *field) complainTime(b []byte) string {
	what := "time"
	if f.typ == columns.Date {
		what = "date"
	}
	if f.Format != "" {
		return fmt.Sprintf("is no %s of the format %s", what, f.Format)
	}
	if f.unit > 0 {
		return fmt.Sprintf("is no %s counted in %s since 1970", what, f.Unit)
	}
	if len(b) > 0 && allDigits(b) {
		return fmt.Sprintf("is no %s; if it counts from 1970, say unit: s, ms or us", what)
	}
	if _, ok := parseISO(b); !ok && len(b) >= 10 && b[4] == '-' && b[7] == '-' && two(b[5:]) >= 0 && two(b[8:]) >= 0 {
		return fmt.Sprintf("is no %s: there is no such day or clock reading", what)
	}
	return fmt.Sprintf(`is no %s in ISO 8601; say how it is written, such as format: "%%m/%%d/%%Y %%H:%%M"`, what)
}

// readAmounts reads money and quantities; where rows name their currency, t
// is a text for each of them.
func (f *field) readAmounts(t texts, dst []int64, scale uint8, m *Mapper, out *Mapped) {
	if f.minor {
		scale = 0
	}
	scales := out.scales
	perRow := scales != nil && !f.minor && !f.quantity
	for i, s := range t.spans {
		if s.Missing() {
			dst[i] = missing
			continue
		}
		d, ok := m.number(f, t.data[s.Start:s.End], i, out)
		if !ok {
			dst[i] = bad
			if blank(t.data[s.Start:s.End]) {
				dst[i] = missing
			}
			continue
		}
		if perRow {
			if scale = scales[i]; scale == noScale {
				dst[i] = missing
				continue
			}
		}
		dst[i] = d.round(scale)
	}
}

// readWhole reads whole numbers; 12.0 is one.
func (f *field) readWhole(t texts, dst []int64) {
	for i, s := range t.spans {
		if s.Missing() {
			dst[i] = missing
			continue
		}
		b := t.data[s.Start:s.End]
		d, ok := parseDecimal(b, f.notation)
		switch {
		case ok && d.scale == 0:
			dst[i] = d.units
		case ok && d.round(0)*pow10[min(d.scale, maxDigits)] == d.units:
			dst[i] = d.round(0)
		case !ok && blank(b):
			dst[i] = missing
		default:
			dst[i] = bad
		}
	}
}

// readMoments reads times, or days where day is set.
func (f *field) readMoments(t texts, dst []int64, day bool) {
	hint := 0
	for i, s := range t.spans {
		if s.Missing() {
			dst[i] = missing
			continue
		}
		b := t.data[s.Start:s.End]
		var r reading
		var ok bool
		switch {
		case f.unit > 0:
			r, ok = parseEpoch(b, f.unit)
		case f.layout != nil:
			r, ok = f.parseLayout(b)
		default:
			if r, ok = parseISO(b); !ok {
				b = trimSpaces(b)
				r, ok = parseISO(b)
			}
		}
		switch {
		case ok && day:
			dst[i] = r.day(f.zone)
		case ok:
			dst[i] = r.instant(f.zone, &hint)
		case blank(b):
			dst[i] = missing
		default:
			dst[i] = bad
		}
	}
}

// parseLayout reads a moment by the field's pattern, where it names the year
// by two digits as the last one that the day can be of.
func (f *field) parseLayout(b []byte) (r reading, ok bool) {
	if r, ok = parseLayout(b, f.layout, f.lastYear); ok && f.lastDay != 0 && r.day(f.zone) > f.lastDay {
		r, ok = parseLayout(b, f.layout, f.lastYear-1)
	}
	return r, ok
}

func trimSpaces(b []byte) []byte {
	for len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// parseEpoch reads a count of units of so many microseconds since 1970.
func parseEpoch(b []byte, unit int64) (r reading, ok bool) {
	d, ok := parseDecimal(b, unsaid)
	if !ok {
		return r, false
	}
	digits := uint8(0)
	for ; pow10[digits] < unit; digits++ {
	}
	us := d.round(digits)
	return epochReading(us)
}

// epochReading is the reading at so many microseconds since 1970.
func epochReading(us int64) (reading, bool) {
	seconds := floorDivide(us, second)
	return reading{seconds: seconds, micros: us - seconds*second, zoned: true}, us > ancient && seconds < 253_402_300_800
}

// readBools reads the words for yes and no.
func readBools(t texts, dst []int64) {
	for i, s := range t.spans {
		dst[i] = missing
		if !s.Missing() {
			dst[i] = boolOf(t.data[s.Start:s.End])
		}
	}
}

func boolOf(b []byte) int64 {
	switch string(b) {
	case "true", "1":
		return 1
	case "false", "0":
		return 0
	}
	switch strings.ToLower(strings.TrimSpace(string(b))) {
	case "true", "1", "yes", "t", "y", "да":
		return 1
	case "false", "0", "no", "f", "n", "нет":
		return 0
	case "":
		return missing
	}
	return bad
}

// readFloats reads numbers that need not be exact.
func (f *field) readFloats(src *columns.Column, out *Mapped, own *scratch, c *columns.Column) {
	c.Floats = resized(c.Floats, out.N)
	switch src.Type {
	case columns.Float:
		copy(c.Floats, src.Floats[:out.N])
	case columns.Int:
		for i, v := range src.Ints[:out.N] {
			c.Floats[i] = float64(v)
			if v == missing {
				c.Floats[i] = math.NaN()
			}
		}
	default:
		src = textOf(src, out.N, own)
		for i := range out.N {
			c.Floats[i] = math.NaN()
			b, ok := src.Bytes(i)
			if !ok || blank(b) {
				continue
			}
			if c.Floats[i], ok = parseFloat(b, f.notation); !ok {
				c.Floats[i] = math.Inf(1)
			}
		}
	}
	for i, v := range c.Floats {
		if math.IsInf(v, 0) {
			c.Floats[i] = math.NaN()
			out.reject(i, f.name(), BadNumber, "%s %s", f.shown(src, i), f.complainNumber(appendText(nil, src, i)))
		}
		if v == 0 {
			c.Floats[i] = 0 // not -0, which has other bytes
		}
	}
}

// parseFloat reads a number, with an exponent or without, to the nearest
// float.
func parseFloat(b []byte, n notation) (float64, bool) {
	d, ok := parseDecimal(b, n)
	if ok && d.units < 1<<53 && d.units > -1<<53 {
		return float64(d.units) / float64(pow10[d.scale]), true // both exact, so rounded once
	}
	if ok {
		b = strconv.AppendInt(nil, d.units, 10)
		b = append(append(b, 'e', '-'), strconv.Itoa(int(d.scale))...)
	}
	if !allNumeric(b) {
		return 0, false
	}
	v, err := strconv.ParseFloat(string(b), 64)
	return v, err == nil
}
