package draft

import (
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/transforms/mapping"
)

// marks is what the values of a column tell of what their points and commas
// are: how many of them hold which.
type marks struct {
	decimalPoint, decimalComma int // it can only stand before decimals: 12.5, 0,750, 1,234.50
	groupPoint, groupComma     int // it can only stand between groups: 1.234.567, 1,234.50
	eitherPoint, eitherComma   int // 1.234, 12,345: before three digits, which may be either
	small                      int // whole numbers below a thousand
}

// plainly tells whether the values are whole numbers without any mark.
func (w marks) plainly() bool { w.small = 0; return w == marks{} }

// writtenAs looks at the points and commas of a column's values.
func writtenAs(s shape) (w marks) {
	for v, n := range s.counts {
		first, last := strings.IndexAny(v, "0123456789"), strings.LastIndexAny(v, "0123456789")
		if first < 0 {
			continue
		}
		v = v[first : last+1]
		points, commas := strings.Count(v, "."), strings.Count(v, ",")
		switch {
		case points > 0 && commas > 0 && strings.LastIndexByte(v, '.') > strings.LastIndexByte(v, ','):
			w.decimalPoint, w.groupComma = w.decimalPoint+n, w.groupComma+n
		case points > 0 && commas > 0:
			w.decimalComma, w.groupPoint = w.decimalComma+n, w.groupPoint+n
		case points > 1:
			w.groupPoint += n
		case commas > 1:
			w.groupComma += n
		case points+commas == 0 && len(v) < 4:
			w.small += n
		case points > 0 && mayBeGroups(v, "."):
			w.eitherPoint += n
		case points > 0:
			w.decimalPoint += n
		case commas > 0 && mayBeGroups(v, ","):
			w.eitherComma += n
		case commas > 0:
			w.decimalComma += n
		}
	}
	return w
}

// mayBeGroups tells whether what stands before and behind the separator may be
// thousands and the rest.
func mayBeGroups(v, separator string) bool {
	before, behind, _ := strings.Cut(v, separator)
	return len(behind) == 3 && len(before) <= 3 && before != "" && before[0] != '0'
}

// markIn is what stands beside a number.
func markIn(v string) string { return strings.Trim(v, "0123456789.,'+-() \u00a0\u202f") }

// Why a column is read with or without groups where its values alone leave
// both open.
const (
	thousands = "what stands before three digits is taken for a mark of thousands, for no value has other decimals"
	thirds    = "what stands before three digits is taken for a mark of decimals; say decimal: the other way where it is one of thousands"
)

// guesses are reasons that make a guess of a field.
var guesses = []string{ambiguous, thousands, thirds}

// numberRule finds how a number is written. A mark before three digits alone
// may be one of thousands or of decimals: amounts of money with just three
// decimals are rare, quantities in kilograms are not.
func (t *table) numberRule(kind customer.Kind, f mapping.FieldSpec, s shape, typ customer.FieldType) (mapping.FieldSpec, string, bool) {
	w := writtenAs(s)
	why := ""
	grouped := typ == customer.MoneyField && !t.inThousandths() || typ == customer.IntField
	switch {
	case w.decimalComma > w.decimalPoint, w.decimalComma == w.decimalPoint && w.groupPoint > w.groupComma:
		f.Decimal, why = ",", "a comma stands before its decimals"
	case w.decimalPoint > 0 && w.eitherComma+w.groupComma > 0, w.groupComma > 0:
		f.Decimal, why = ".", "a comma stands between its thousands"
	case w.decimalPoint > 0:
	case w.eitherComma > 0 && grouped:
		f.Decimal, why = ".", thousands
	case w.eitherComma > 0:
		f.Decimal, why = ",", thirds
	case w.eitherPoint > 0 && grouped:
		f.Decimal, why = ",", thousands
	case w.eitherPoint > 0 && typ == customer.QuantityField && w.small > 0:
		why = thirds
	}
	if why == thousands && w.small > 0 {
		why = "a " + map[string]string{".": "comma", ",": "point"}[f.Decimal] + " stands between its thousands"
	}
	return f, why, t.reads(kind, f) >= most
}

// inThousandths tells whether the rows name a currency that has three
// decimals.
func (t *table) inThousandths() bool {
	for k, n := range t.names {
		if n.fit(knownNames("currency")) == fitsNot {
			continue
		}
		for v := range t.shapes[k].counts {
			if scale, ok := customer.CurrencyScale(strings.ToUpper(v)); ok && scale == 3 {
				return true
			}
		}
	}
	return false
}
