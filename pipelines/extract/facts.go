package extract

import (
	"fmt"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/transforms/mapping"
)

// facts are what the rows of a chunk say of time and money: column by
// column, once, since every row is asked several times.
type facts struct {
	ats     []int64 // customer.NoTime where the row does not say
	amounts []int64 // in the reporting currency; 0 where the row has no money that counts
	says    []says
}

type says uint8

const (
	saysOrder      says = 1 << iota // it is an order, so that its money counts
	saysReturn                      // its kind is return
	saysCancelled                   // its kind is cancelled
	saysUnreadable                  // it has money that cannot be read
	saysNoRate                      // ... for want of a rate
	saysWritten                     // its time is when it was written, for want of a better one
)

// readFacts reads the facts of the n rows that the reader is bound to.
func (r *recordReader) readFacts(n int) {
	if cap(r.ats) < n {
		r.facts = facts{make([]int64, n), make([]int64, n), make([]says, n)}
	}
	r.ats, r.amounts, r.says = r.ats[:n], r.amounts[:n], r.says[:n]
	clear(r.says)
	r.readTimes()
	r.readKinds()
	clear(r.amounts)
	if r.amountCol != nil {
		r.readAmounts()
	}
}

// readTimes: of a contact that does not say when it was created it is when
// it was written.
func (r *recordReader) readTimes() {
	for i := range r.ats {
		at := int64(columns.MissingInt)
		if r.atCol != nil {
			at = r.atCol.Ints[i]
		}
		if at == columns.MissingInt && r.source.Kind == customer.Contact && r.updatedCol != nil && r.updatedCol.Ints[i] != columns.MissingInt {
			at = min(r.updatedCol.Ints[i], r.End-1)
			r.says[i] |= saysWritten
		}
		if at == columns.MissingInt {
			at = customer.NoTime
		}
		r.ats[i] = at
	}
}

func (r *recordReader) readKinds() {
	switch {
	case r.source.Kind == customer.Order:
		for i := range r.says {
			r.says[i] |= saysOrder
			if r.kindCol == nil {
				continue
			}
			b, _ := r.kindCol.Bytes(i)
			switch string(b) { // no allocation: constants
			case "return":
				r.says[i] |= saysReturn
			case "cancelled":
				r.says[i] |= saysCancelled
			}
		}
	case r.nameCol != nil && r.source.OrdersFrom != "":
		for i := range r.says {
			if b, _ := r.nameCol.Bytes(i); string(b) == r.source.OrdersFrom {
				r.says[i] |= saysOrder
			}
		}
	}
}

func (r *recordReader) readAmounts() {
	plain := r.currencyCol == nil && (r.source.Mapping.Currency == "" || r.source.Mapping.Currency == r.Currency)
	for i, s := range r.says {
		if s&saysOrder == 0 {
			continue
		}
		amount, ok := r.amountCol.Ints[i], true
		switch {
		case amount == columns.MissingInt:
			amount = 0
			if r.mapped != nil && r.mapped.State[i] == mapping.Rejected {
				r.says[i] |= saysUnreadable
			}
		case !plain:
			if amount, ok = r.reporting(i, amount); !ok {
				amount = 0
				r.says[i] |= saysUnreadable | saysNoRate
			}
		}
		if s&saysReturn != 0 && amount > 0 { // a return counts against, whatever its sign
			amount = -amount
		}
		r.amounts[i] = amount
	}
}

// unreadable is 1 where rows have money: a row that cannot be taken apart
// has some that cannot be read.
func (r *recordReader) unreadable() int64 {
	if r.source.Kind == customer.Order || r.source.OrdersFrom != "" {
		return 1
	}
	return 0
}

// reporting turns minor units of the row's currency into the reporting
// currency's, at the rate of its own day.
func (r *recordReader) reporting(i int, minor int64) (int64, bool) {
	code := r.source.Mapping.Currency
	if r.currencyCol != nil {
		if b, ok := r.currencyCol.Bytes(i); ok {
			if string(b) == r.Currency {
				return minor, true
			}
			code = string(b)
		}
	}
	if code == "" || code == r.Currency {
		return minor, true
	}
	rate, ok := r.source.Rates[code][r.calendar.Day(r.ats[i])]
	if !ok {
		return 0, false
	}
	return rate.Apply(minor)
}

// kind is what an order's row tells of.
func (r *recordReader) kind(i int) string {
	switch s := r.says[i]; {
	case r.kindCol == nil || r.source.Kind != customer.Order:
		return ""
	case s&saysReturn != 0:
		return "return"
	case s&saysCancelled != 0:
		return "cancelled"
	}
	return "sale"
}

// wrong says why a mapped row still cannot be a record; reason is "" where
// it can.
func (r *recordReader) wrong(i int) (column, reason, detail string) {
	at := r.ats[i]
	if r.atCol != nil && (at < in1900 || at >= r.tooLate) && r.atCol.Ints[i] != columns.MissingInt {
		if detail := r.implausible(r.calendar.Day(at)); detail != "" {
			return r.source.Mapping.ColumnOf(r.source.Kind.TimeField()), mapping.ImplausibleTime, detail
		}
	}
	if r.says[i]&saysNoRate != 0 {
		code := []byte(nil)
		if r.currencyCol != nil {
			code, _ = r.currencyCol.Bytes(i)
		}
		return r.source.Mapping.ColumnOf("currency"), "no_rate", fmt.Sprintf("no rate for %s on %s; add the day to the source's rates file", code, customer.DayText(r.calendar.Day(at)))
	}
	return "", "", ""
}

const (
	firstDay = -25567                       // 1900-01-01, the first plausible day
	in1900   = (firstDay + 1) * 86400 * 1e6 // an instant of 1900 in every zone
)

// implausible says why no fact of the file can be of a local day, "" where
// one can.
func (r *recordReader) implausible(day int32) string {
	switch {
	case day < firstDay:
		return fmt.Sprintf("its day %s is before 1900; correct it, or map it to no value", customer.DayText(day))
	case day <= r.file.Latest:
		return ""
	case r.file.Latest == r.Latest:
		return fmt.Sprintf("its day %s is after %s; correct the clock, or set latest: in the project file", customer.DayText(day), customer.DayText(r.file.Latest))
	}
	return fmt.Sprintf("its day %s is after %s, two days after the day of its file; correct the clock", customer.DayText(day), customer.DayText(r.file.Latest))
}

// fact is what the record says that is counted before anyone knows whose it
// is. Day and Month are left to whoever counts.
func (r *recordReader) fact(i int) customer.Fact {
	f := customer.Fact{At: r.ats[i], Kind: r.source.Kind, Amount: r.amounts[i]}
	if r.says[i]&(saysOrder|saysCancelled) == saysOrder { // a cancelled one counts for nothing; its money was read and is kept all the same
		f.Sale, f.Return = f.Amount > 0, f.Amount < 0 // also what a return gave back; one of nothing is none
	}
	return f
}
