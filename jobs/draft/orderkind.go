package draft

import (
	"slices"
	"strings"
	"unicode"

	"github.com/habitue-data/habitue/transforms/mapping"
)

// saleWords, returnWords and cancelWords are what exports call the kinds of
// an order; a letter alone counts only where all values of its column are
// known.
var (
	saleWords   = strings.Fields("s sale sales sell order purchase paid completed complete closed delivered shipped fulfilled done продажа оплачен оплачено выполнен доставлен завершен")
	returnWords = strings.Fields("r return returned returns refund refunded возврат возвращен")
	cancelWords = strings.Fields("x c cancel cancelled canceled cancellation void voided annulled storno отмена отменен отменено аннулирован")

	typeNames   = knownNames("kind type operation operation_type op_type doc_type document_type transaction_type order_type sale_type receipt_type tip tip_operacii тип тип_операции операция вид_операции")
	returnNames = knownNames("is_return is_returned returned is_refund refunded return refund возврат")
	cancelNames = knownNames("is_cancelled is_canceled cancelled canceled is_void voided отменен")
)

// orderKind finds what tells sales, returns and cancelled orders apart.
func (s *fieldList) orderKind() {
	for _, find := range []func() (Field, bool){s.kindByType, s.kindByFlag, s.kindByStatus, s.kindByPrefix} {
		if f, ok := find(); ok {
			f.Field = "kind"
			s.wholeKind(&f)
			s.list = append(s.list, f)
			return
		}
	}
}

// kindOf is the kind that a value names, "" where it names none.
func kindOf(value string) string {
	w := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(value)), "ё", "е")
	switch {
	case slices.Contains(saleWords, w):
		return "sale"
	case slices.Contains(returnWords, w):
		return "return"
	case slices.Contains(cancelWords, w):
		return "cancelled"
	}
	return ""
}

// kindByType reads a column of types, all of which must be known.
func (s *fieldList) kindByType() (Field, bool) {
	for k, n := range s.names {
		if s.used[k] || n.fit(typeNames) < fitsPartly-worst || len(s.shapes[k].counts) > 12 {
			continue
		}
		labels, all := s.labels(k)
		if all && len(labels) > 0 {
			s.used[k] = true
			return Field{mapping.FieldSpec{Columns: []string{s.header[k]}, Map: labels}, Reason{Likely, "what its values, all of them, are named as"}}, true
		}
	}
	return Field{}, false
}

// labels are the kinds that the values of a column name, and whether all do.
func (s *fieldList) labels(column int) (labels map[string]string, all bool) {
	labels, all = map[string]string{}, true
	for v := range s.shapes[column].counts {
		if k := kindOf(v); k != "" {
			labels[v] = k
		} else {
			all = false
		}
	}
	return labels, all
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

// kindByStatus reads a status of which some values name a return or a
// cancellation; any other is a sale.
func (s *fieldList) kindByStatus() (Field, bool) {
	k := s.columnOf("status")
	if k < 0 {
		return Field{}, false
	}
	labels, _ := s.labels(k)
	for v, kind := range labels {
		if kind == "sale" || len([]rune(v)) < 3 {
			delete(labels, v)
		}
	}
	if len(labels) == 0 {
		return Field{}, false
	}
	labels["*"], labels[""] = "sale", "sale"
	return Field{mapping.FieldSpec{Columns: []string{s.header[k]}, Map: labels}, Reason{Guess, "some values name what is no sale; all others are taken for sales"}}, true
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
