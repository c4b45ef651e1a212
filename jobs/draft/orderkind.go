package draft

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/transforms/mapping"
)

var (
	typeNames   = knownNames("kind type operation operation_type op_type doc_type document_type transaction_type order_type sale_type receipt_type tip tip_operacii тип тип_операции операция вид_операции")
	returnNames = knownNames("is_return is_returned returned is_refund refunded return refund возврат")
	cancelNames = knownNames("is_cancelled is_canceled cancelled canceled is_void voided отменен")
	cancelTimes = knownNames("cancelled_at canceled_at voided_at cancelled_on canceled_on cancelled_date canceled_date cancellation_date cancel_date date_cancelled date_canceled дата_отмены")
)

// orderKind finds what tells sales, returns and cancelled orders apart.
func (s *fieldList) orderKind() {
	for _, find := range []func() (Field, bool){s.kindByFile, s.kindByType, s.kindByFlag, s.kindByState, s.kindByPrefix} {
		if f, ok := find(); ok {
			f.Field = "kind"
			s.wholeKind(&f)
			s.list = append(s.list, f)
			return
		}
	}
}

// kindByFile takes what a file of refunds holds for returns, whatever the signs
// of its amounts.
func (s *fieldList) kindByFile() (Field, bool) {
	if !readName(s.Name).has("refund", "refunds", "returns", "vozvraty", "возврат", "возвраты") || hinted(s.Name, customer.Order) {
		return Field{}, false
	}
	back := "return"
	return Field{mapping.FieldSpec{Constant: &back}, Reason{Guess, "the name of the file says so, and that none of its rows is a sale"}}, true
}

// kindByType reads a column of types. What is not known is a sale, where
// something is known that is none.
func (s *fieldList) kindByType() (Field, bool) {
	for k, n := range s.names {
		if s.used[k] || n.fit(typeNames) < fitsPartly-worst || len(s.shapes[k].counts) > 12 {
			continue
		}
		labels, unknown := s.labels(k)
		if len(labels) == 0 {
			continue
		}
		f := Field{mapping.FieldSpec{Columns: []string{s.header[k]}, Map: labels}, Reason{Likely, "what its values, all of them, are named as"}}
		if len(unknown) > 0 {
			if !noSales(labels) {
				continue
			}
			labels["*"], labels[""] = "sale", "sale"
			f.Reason = Reason{Guess, "what its values are named as; " + strings.Join(unknown, ", ") + " is not known and taken for a sale"}
		}
		s.used[k] = true
		return f, true
	}
	return Field{}, false
}

// labels are the kinds that the values of a column name, and the values that
// name none; a letter alone counts only where all are known.
func (s *fieldList) labels(column int) (labels map[string]string, unknown []string) {
	labels = map[string]string{}
	for v := range s.shapes[column].counts {
		if k := kindOf(v); k != "" {
			labels[v] = k
		} else {
			unknown = append(unknown, v)
		}
	}
	if len(unknown) > 0 {
		maps.DeleteFunc(labels, func(v, _ string) bool { return len([]rune(v)) < 3 })
	}
	slices.Sort(unknown)
	return labels, unknown
}

// noSales tells whether some of the kinds are no sales.
func noSales(labels map[string]string) bool {
	for _, kind := range labels {
		if kind != "sale" {
			return true
		}
	}
	return false
}

// kindByFlag reads a column that says yes to a return or to a cancellation.
func (s *fieldList) kindByFlag() (Field, bool) {
	for k, n := range s.names {
		kind := ""
		switch {
		case n.fit(returnNames) >= fitsWhole-worst:
			kind = "return"
		case n.fit(cancelNames) >= fitsWhole-worst:
			kind = "cancelled"
		}
		if kind == "" || s.used[k] || len(s.shapes[k].counts) > 2 {
			continue
		}
		labels := map[string]string{"*": "sale", "": "sale"}
		for v := range s.shapes[k].counts {
			if slices.Contains([]string{"true", "1", "yes", "y", "t", "да"}, strings.ToLower(v)) {
				labels[v] = kind
			}
		}
		if len(labels) == 3 {
			s.used[k] = true
			return Field{mapping.FieldSpec{Columns: []string{s.header[k]}, Map: labels}, Reason{Likely, "by its name and values"}}, true
		}
	}
	return Field{}, false
}

// kindByPrefix reads order numbers of which some begin with a letter, where
// those are below zero: C536379 cancels.
func (s *fieldList) kindByPrefix() (Field, bool) {
	sign := s.columnOf("quantity")
	if sign < 0 || s.shapes[sign].negative == 0 {
		sign = s.columnOf("amount")
	}
	if sign < 0 || s.shapes[sign].negative == 0 {
		return Field{}, false
	}
	id := s.columnOf("id")
	rows, below := map[string]int{}, map[string]int{}
	for i, v := range s.Columns[id].Values {
		if v == "" {
			continue
		}
		prefix := strings.TrimRightFunc(v, unicode.IsDigit)
		if len(prefix) > 3 || len(prefix) == len(v) {
			continue
		}
		rows[prefix]++
		if strings.HasPrefix(s.Columns[sign].Values[i], "-") {
			below[prefix]++
		}
	}
	for _, letter := range []string{"C", "c", "CN", "R", "RET", "RF"} {
		if rows[letter] < 3 || share(below[letter], rows[letter]) < .9 || share(below[""], rows[""]) > .5 {
			continue
		}
		kind := "return"
		if strings.EqualFold(letter, "C") {
			kind = "cancelled"
		}
		why := percent(share(below[letter], rows[letter])) + " of those that begin with " + letter + " are below zero, of the others " + percent(share(below[""], rows[""]))
		return Field{mapping.FieldSpec{Columns: []string{s.header[id]}, PrefixMap: map[string]string{letter: kind, "": "sale"}}, Reason{Likely, why}}, true
	}
	return Field{}, false
}
