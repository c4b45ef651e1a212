package mapping

import (
	"bytes"
	"math"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

// maxDigits is how many digits a number may have: what DECIMAL(18) holds.
const maxDigits = 18

// limit is the first whole number with more than maxDigits digits.
const limit = 1_000_000_000_000_000_000

// Reserved values stand in a column of numbers while it is being made; none
// is a number of 18 digits.
const (
	missing = columns.MissingInt
	bad     = math.MinInt64 + 1 // cannot be read
	ancient = math.MinInt64 + 2 // a time before 1900
)

// decimal is units × 10^-scale, exactly; units has at most 18 digits.
type decimal struct {
	units int64
	scale uint8
}

// notation is what stands before the decimals of a number, and what between
// its groups of three beside a space. Nobody can tell of 1,234 alone which the
// comma is, so without a word for it neither is taken.
type notation uint8

const (
	unsaid    notation = iota // 1234.56, 1 234.56
	withPoint                 // 1,234.56 too
	withComma                 // 1234,56, 1 234,56, 1.234,56
)

// notations are those that decimal: says.
var notations = map[string]notation{"": unsaid, ".": withPoint, ",": withComma}

func (n notation) point() byte {
	if n == withComma {
		return ','
	}
	return '.'
}

// groups are what may stand between groups of three.
func (n notation) groups() []string {
	spaces := []string{" ", "\u00a0", "\u202f"}
	switch n {
	case withPoint:
		return append(spaces, ",", "'")
	case withComma:
		return append(spaces, ".", "'")
	}
	return spaces
}

// parseDecimal reads a number: a sign, digits, at most one decimal separator
// and, in front of it, well-formed groups of three. Exponents are refused: a
// till that prints 1e5 has already lost the digits.
func parseDecimal(b []byte, n notation) (d decimal, ok bool) {
	point := n.point()
	i, neg := 0, false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		i, neg = 1, b[0] == '-'
	}
	u, digits := int64(0), len(b)-i
	for ; i < len(b) && b[i]-'0' < 10; i++ {
		u = u*10 + int64(b[i]-'0')
	}
	if i < len(b) && b[i] == point {
		digits--
		for i++; i < len(b) && b[i]-'0' < 10; i++ {
			u = u*10 + int64(b[i]-'0')
			d.scale++
		}
	}
	if i < len(b) || digits == 0 || digits > maxDigits {
		return parseOddDecimal(b, n)
	}
	if neg {
		u = -u
	}
	d.units = u
	return d, true
}

// parseOddDecimal reads what parseDecimal has no time for: spaces, groups,
// zeros that carry nothing, and the brackets that bookkeepers put around what
// is below zero.
func parseOddDecimal(b []byte, n notation) (decimal, bool) {
	b = bytes.TrimSpace(b)
	neg := false
	if inner, ok := bracketed(b); ok {
		d, ok := parseOddDecimal(inner, n)
		d.units = -d.units
		return d, ok && inner[0] != '-' && inner[0] != '+' && inner[0] != '('
	}
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		b, neg = b[1:], b[0] == '-'
	}
	whole, fraction := b, []byte(nil)
	if i := bytes.IndexByte(b, n.point()); i >= 0 {
		whole, fraction = b[:i], b[i+1:]
	}
	if len(whole)+len(fraction) == 0 {
		return decimal{}, false
	}
	digits, ok := appendUngrouped(make([]byte, 0, 64), whole, n)
	if !ok {
		return decimal{}, false
	}
	digits = bytes.TrimLeft(digits, "0")
	fraction = bytes.TrimRight(fraction, "0")
	if len(fraction) > maxDigits || len(digits)+len(fraction) > maxDigits {
		return decimal{}, false
	}
	d := decimal{scale: uint8(len(fraction))}
	for _, c := range append(digits, fraction...) {
		if c-'0' > 9 {
			return decimal{}, false
		}
		d.units = d.units*10 + int64(c-'0')
	}
	if neg {
		d.units = -d.units
	}
	return d, true
}

// bracketed is what stands in (), where anything does.
func bracketed(b []byte) (inner []byte, ok bool) {
	if len(b) < 3 || b[0] != '(' || b[len(b)-1] != ')' {
		return nil, false
	}
	return b[1 : len(b)-1], true
}

// appendUngrouped appends the digits of a whole number without the
// separators of its groups; the same one everywhere.
func appendUngrouped(dst, b []byte, n notation) ([]byte, bool) {
	for _, sep := range n.groups() {
		if !bytes.Contains(b, []byte(sep)) {
			continue
		}
		for i, group := range bytes.Split(b, []byte(sep)) {
			if i > 0 && len(group) != 3 || len(group) == 0 || len(group) > 3 || !allDigits(group) {
				return dst, false
			}
			dst = append(dst, group...)
		}
		return dst, true
	}
	return append(dst, b...), allDigits(b)
}

func allDigits(b []byte) bool {
	for _, c := range b {
		if c-'0' > 9 {
			return false
		}
	}
	return true
}

// round is the number in units of 10^-scale, rounded half away from zero;
// bad where it needs more than 18 digits.
func (d decimal) round(scale uint8) int64 {
	switch {
	case d.scale == scale:
		return d.units
	case d.scale > scale:
		return divideRounded(d.units, d.scale-scale)
	}
	by := scale - d.scale
	if d.units == 0 {
		return 0
	}
	if by >= maxDigits {
		return bad
	}
	if most := (limit - 1) / pow10[by]; d.units > most || d.units < -most {
		return bad
	}
	return d.units * pow10[by]
}

// divideRounded is units / 10^digits, rounded half away from zero.
func divideRounded(units int64, digits uint8) int64 {
	if digits > maxDigits {
		return 0 // units < 10^18, so the first digit dropped is a zero
	}
	return customer.DivideRounded(units, pow10[digits])
}

var pow10 = [maxDigits + 1]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}
