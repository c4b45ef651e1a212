package draft

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/transforms/mapping"
)

// saleWords, returnWords and cancelWords are what exports call the kinds of
// an order; unpaidWords what they call one that nobody has paid.
var (
	saleWords   = strings.Fields("s sale sales sell order purchase payment paid completed complete closed delivered shipped fulfilled done продажа оплачен оплачено выполнен доставлен завершен реализация")
	returnWords = strings.Fields("r return returned returns refund refunded возврат возвращен")
	cancelWords = strings.Fields("x c cancel cancelled canceled cancellation void voided annulled storno отмена отменен отменено аннулирован сторно")
	unpaidWords = strings.Fields("unpaid failed expired declined rejected abandoned trash неоплачен not_paid pending_payment payment_pending awaiting_payment не_оплачен не_оплачено ожидает_оплаты")

	// hedges are words beside which the others say less: a partially_refunded
	// order is a sale.
	hedges = strings.Fields("partial partially partly requested pending awaiting not no un не частично частичный частичная ожидает")
)

// kindOf is the kind that a value names, "" where it names none: in one word,
// or in the first or the last of several.
func kindOf(value string) string {
	words := split(value)
	if len(words) > 1 && words[0] == "wc" { // WooCommerce's wc-completed
		words = words[1:]
	}
	if len(words) > 1 && slices.Contains(unpaidWords, strings.Join(words, "_")) {
		return "cancelled"
	}
	if len(words) == 0 || len(words) > 1 && slices.ContainsFunc(words, func(w string) bool { return slices.Contains(hedges, w) }) {
		return ""
	}
	named := func(known ...[]string) bool {
		return slices.ContainsFunc([]string{words[0], words[len(words)-1]}, func(w string) bool {
			return (len(words) == 1 || len([]rune(w)) > 3) && slices.Contains(slices.Concat(known...), w)
		})
	}
	switch { // a sale last: a payment failed, an order cancelled
	case named(returnWords):
		return "return"
	case named(cancelWords, unpaidWords):
		return "cancelled"
	case named(saleWords):
		return "sale"
	}
	return ""
}

// kindByState reads a status of which some values name a return, a
// cancellation, or an order that was never paid, and the time of a
// cancellation; any other is a sale.
func (s *fieldList) kindByState() (Field, bool) {
	f, ok := s.kindByStatus()
	for k, n := range s.names {
		if s.used[k] || n.fit(cancelTimes) < fitsPartly-worst || s.shapes[k].filled == 0 || s.shapes[k].filled == s.Rows {
			continue
		}
		s.used[k] = true
		if !ok {
			return Field{mapping.FieldSpec{Columns: []string{s.header[k]}, Map: map[string]string{"*": "cancelled", "": "sale"}}, Reason{Likely, "an order with a time of its cancellation is cancelled"}}, true
		}
		f.Expr = fmt.Sprintf("%s != null ? %q : %s", row(s.header[k]), "cancelled", row(f.Columns[0]))
		f.Columns, f.Map["cancelled"] = nil, "cancelled"
		f.Why += "; so is one with a time of its cancellation"
		break
	}
	return f, ok
}

func (s *fieldList) kindByStatus() (Field, bool) {
	own := s.columnOf("status")
	for k, n := range s.names {
		if k != own && (s.used[k] || !n.has("status", "state", "статус")) || len(s.shapes[k].counts) > 30 {
			continue
		}
		labels, _ := s.labels(k)
		if s.isOfPayment(k) {
			for v := range s.shapes[k].counts {
				if slices.Contains(split(v), "pending") {
					labels[v] = "cancelled"
				}
			}
		}
		maps.DeleteFunc(labels, func(v, kind string) bool { return kind == "sale" || len([]rune(v)) < 3 })
		if len(labels) == 0 {
			continue
		}
		why := "some values name what is no sale; all others are taken for sales"
		if s.undone(k, labels) {
			why = "some values name what is no sale, or no longer one; all others are taken for sales"
		}
		labels["*"], labels[""] = "sale", "sale"
		return Field{mapping.FieldSpec{Columns: []string{s.header[k]}, Map: labels}, Reason{Guess, why}}, true
	}
	return Field{}, false
}

// isOfPayment tells whether a status says whether an order was paid: then one
// that is pending was not.
func (s *fieldList) isOfPayment(column int) bool {
	if s.names[column].has("payment", "financial", "paid", "оплаты") {
		return true
	}
	has := func(word string) bool {
		for v := range s.shapes[column].counts {
			if slices.Contains(split(v), word) {
				return true
			}
		}
		return false
	}
	return has("processing") && has("completed") // WooCommerce's
}

// undone takes an order whose own status says that it came back for a
// cancelled one: it is no longer a sale, and was never counted as one that a
// return could be taken from. Rows that are below zero are returns by
// themselves, and so are lines that came back alone.
func (s *fieldList) undone(column int, labels map[string]string) (any bool) {
	var amounts []float64
	if k := s.at("amount"); k >= 0 {
		amounts = s.numbers(customer.Order, s.list[k].FieldSpec)
	}
	for v, kind := range labels {
		if kind != "return" {
			continue
		}
		rows, below := 0, 0
		for i, is := range s.Columns[column].Values {
			if is == v {
				if rows++; amounts != nil && amounts[i] < 0 {
					below++
				}
			}
		}
		if share(below, rows) < .5 && !s.varies(column) {
			labels[v], any = "cancelled", true
		}
	}
	return any
}

// varies tells whether rows of one order have several values of a column.
func (s *fieldList) varies(column int) bool {
	first := map[string]string{}
	for i, v := range s.Columns[column].Values {
		id := s.ids()[i]
		if is, ok := first[id]; ok && is != "" && v != "" && is != v {
			return s.lined
		}
		if first[id] == "" {
			first[id] = v
		}
	}
	return false
}
