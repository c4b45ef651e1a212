package mapping

import (
	"bytes"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

// An amount may have its currency before or behind it, as a sign or a code:
// $12.50, 12,50 €, -£3, ($3.00). It says nothing new, but one of another
// currency than its row's is no amount of that row: 12.50 € is not 12.50 USD.

// isMoney tells whether the field is of money.
func (f *field) isMoney() bool { return f.typ == columns.Money && !f.quantity }

// number reads what a row says of a field of numbers. Where amounts are in minor
// units a mark is refused: whoever wrote 690 ₽ among kopecks meant roubles.
func (m *Mapper) number(f *field, b []byte, i int, out *Mapped) (decimal, bool) {
	d, ok := parseDecimal(b, f.notation)
	if ok || !f.isMoney() || f.minor {
		return d, ok
	}
	text, mark, ok := unmarked(b)
	if !ok || !customer.MarksCurrency(string(mark), m.currencyOf(i, out)) {
		return d, false
	}
	return parseDecimal(text, f.notation)
}

// unmarked takes a known mark of a currency off a number; ok is false where
// there is none.
func unmarked(b []byte) (number, mark []byte, ok bool) {
	b = bytes.TrimSpace(b)
	inner, below := bracketed(b)
	if below {
		b = inner
	}
	first, last := bytes.IndexAny(b, "0123456789"), bytes.LastIndexAny(b, "0123456789")
	if first < 0 {
		return nil, nil, false
	}
	before, behind := bytes.TrimSpace(b[:first]), bytes.TrimSpace(b[last+1:])
	minus := bytes.TrimSpace(bytes.TrimPrefix(before, []byte("-")))
	if len(minus) == len(before) {
		minus = bytes.TrimSpace(bytes.TrimSuffix(before, []byte("-")))
	}
	switch signed := len(minus) < len(before); {
	case signed && below:
		return nil, nil, false
	case signed:
		below = true
	}
	switch mark = minus; {
	case len(mark) == 0:
		mark = behind
	case len(behind) > 0:
		return nil, nil, false
	}
	if !customer.MarksCurrency(string(mark), "") {
		return nil, nil, false
	}
	if number = b[first : last+1]; below {
		number = append([]byte("-"), number...)
	}
	return number, mark, true
}

// currencyOf is the code of a row's currency, "" where nobody knows it; out has
// those of the rows where a column names them.
func (m *Mapper) currencyOf(i int, out *Mapped) string {
	if m.currency >= 0 {
		if out.scales[i] == noScale {
			return "" // the row is refused for its currency
		}
		if b, ok := out.own[m.currency].out.Bytes(i); ok {
			return string(b)
		}
	}
	return m.spec.Currency
}
