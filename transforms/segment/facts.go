package segment

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/alike"
	"github.com/habitue-data/habitue/internal/columns"
)

// dayColumns are the columns by which facts are dated.
var dayColumns = map[customer.HistoryTable]string{
	customer.OfOrders: "order_date", customer.OfLines: "order_date",
	customer.OfEvents: "event_date", customer.OfInteractions: "interaction_date",
}

const deliveredColumn = "first_delivered"

// Facts are the rows of a table of facts that a condition looks at: those
// known by then, no later than the as-of day, within the window of its
// parameters.
type Facts struct {
	scope     *Scope
	table     customer.HistoryTable
	rows      *customer.HistoryRows
	day       []int64
	delivered []int64 // nil where all that is there was known
	known     int64
	days      days
	customer  int // whose facts are gone through
}

// Facts are the facts of a table within the condition's window. Where no
// source gives such records the condition is unknown for everybody.
func (s *Scope) Facts(t customer.HistoryTable) *Facts {
	return s.facts(t, window(s.Params, s.Env.AsOf, s.Env.FactsTo))
}

// AllFacts are the facts of a table, whatever the window.
func (s *Scope) AllFacts(t customer.HistoryTable) *Facts { return s.facts(t, allDays) }

// FactsWithin are the facts of a table within the window that stands under
// another key.
func (s *Scope) FactsWithin(t customer.HistoryTable, key string) *Facts {
	return s.facts(t, window(operandsOf(s.Params.Get(key), ""), s.Env.AsOf, s.Env.FactsTo))
}

func (s *Scope) facts(t customer.HistoryTable, w days) *Facts {
	rows := &s.histories.Tables[t]
	s.factual = true
	if !rows.Supplied {
		s.unsupplied, s.isUnknown = t, true
	}
	f := &Facts{scope: s, table: t, rows: rows, day: s.column(t, dayColumns[t]).Ints, known: int64(s.Env.Known), days: w.with(days{allDays.first, s.Env.FactsTo})}
	for _, d := range s.column(t, deliveredColumn).Ints {
		if d > f.known {
			f.delivered = s.column(t, deliveredColumn).Ints
			break
		}
	}
	return f
}

// Column is a column of the facts.
func (f *Facts) Column(name string) *columns.Column { return f.scope.column(f.table, name) }

// Day is the local day of a row.
func (f *Facts) Day(row int) int64 { return f.day[row] }

// Has tells whether a row lies within the window.
func (f *Facts) Has(row int) bool {
	return int64(f.days.first) <= f.day[row] && f.day[row] <= int64(f.days.last)
}

// Over tells whether a row, and so every older one, lies before the window.
func (f *Facts) Over(row int) bool { return f.day[row] < int64(f.days.first) }

// Newest goes through the facts of a customer, the newest first, until do
// says that it has seen enough.
func (f *Facts) Newest(i int, do func(row int) (more bool)) {
	if f.rows.N == 0 {
		return
	}
	f.customer = i
	first, last := int64(f.days.first), int64(f.days.last)
	from, to := f.rows.Of(i)
	for r := to - 1; r >= from; r-- {
		day := f.day[r]
		if day < first && day != columns.MissingInt {
			return // rows stand in order of time
		}
		if day < first || day > last || f.delivered != nil && f.delivered[r] > f.known {
			continue
		}
		if !do(r) {
			return
		}
	}
}

// Counted are the facts that count as orders: sales above zero that were
// not cancelled.
func (f *Facts) Counted() func(row int) bool {
	counted := f.Column("counted").Ints
	return func(r int) bool { return counted[r] == 1 }
}

// Count counts the facts that match.
func (f *Facts) Count(match func(row int) bool) func(i int) int64 {
	n := int64(0)
	do := func(r int) bool {
		if match(r) {
			n++
		}
		return true
	}
	return func(i int) int64 {
		n = 0
		f.Newest(i, do)
		return n
	}
}

// Sum adds up a column of whole numbers or money over the facts that match;
// missing ones count nothing.
func (f *Facts) Sum(column string, match func(row int) bool) func(i int) int64 {
	values, sum := f.Column(column).Ints, int64(0)
	do := func(r int) bool {
		if match(r) && values[r] != columns.MissingInt {
			sum += values[r]
		}
		return true
	}
	return func(i int) int64 {
		sum = 0
		f.Newest(i, do)
		return sum
	}
}

// Max is the greatest value of a column of whole numbers or money over the
// facts that match, missing where there is none.
func (f *Facts) Max(column string, match func(row int) bool) func(i int) int64 {
	values, most := f.Column(column).Ints, int64(columns.MissingInt)
	do := func(r int) bool {
		if match(r) {
			most = max(most, values[r]) // missing is less than any
		}
		return true
	}
	return func(i int) int64 {
		most = columns.MissingInt
		f.Newest(i, do)
		return most
	}
}

// Last is the row of the newest fact that matches, -1 where there is none.
func (f *Facts) Last(match func(row int) bool) func(i int) int {
	found := -1
	do := func(r int) bool {
		if match(r) {
			found = r
		}
		return found < 0
	}
	return func(i int) int {
		found = -1
		f.Newest(i, do)
		return found
	}
}

// First is the row of the oldest fact that matches, -1 where there is none.
func (f *Facts) First(match func(row int) bool) func(i int) int {
	found := -1
	do := func(r int) bool {
		if match(r) {
			found = r
		}
		return true
	}
	return func(i int) int {
		found = -1
		f.Newest(i, do)
		return found
	}
}

// DayOf is the day of a row that First or Last found, missing for -1.
func (f *Facts) DayOf(row func(i int) int) func(i int) int64 {
	return func(i int) int64 {
		if r := row(i); r >= 0 {
			return f.day[r]
		}
		return columns.MissingInt
	}
}

// TextOf is a text of a row that First or Last found; there is false for -1.
func (f *Facts) TextOf(column string, row func(i int) int) func(i int) (text []byte, there bool) {
	c := f.Column(column)
	return func(i int) ([]byte, bool) {
		if r := row(i); r >= 0 {
			return c.Bytes(r)
		}
		return nil, false
	}
}

// OneOf are the facts whose column is one of these codes, compared as texts
// are.
func (f *Facts) OneOf(column string, codes ...string) func(row int) bool {
	return oneOf(f.Column(column), codes)
}

func oneOf(c *columns.Column, codes []string) func(row int) bool {
	folds, known := map[string]bool{}, map[string]bool{}
	for _, code := range codes {
		folds[alike.Fold([]byte(code))] = true
	}
	return func(r int) bool {
		text, there := c.Bytes(r)
		if !there {
			return false
		}
		is, seen := known[string(text)]
		if !seen {
			is = folds[alike.Fold(text)]
			if len(known) < mostTexts {
				known[string(text)] = is
			}
		}
		return is
	}
}

// Text are the facts whose column is as the condition's own operators of
// texts say.
func (f *Facts) Text(column string) func(row int) bool {
	c, t := f.Column(column), textsOf(f.scope.Params, equal)
	return func(r int) bool {
		text, there := c.Bytes(r)
		return there && t.holds(text, true) == True
	}
}

// Scope is that of the condition that looks at the facts.
func (f *Facts) Scope() *Scope { return f.scope }

// Once is what get gives of the customer whose facts are gone through, asked
// once for each: for an Only that compares them with facts of another table.
func Once[T any](f *Facts, get func(i int) T) func() T {
	of, had := -1, *new(T)
	return func() T {
		if of != f.customer {
			of, had = f.customer, get(f.customer)
		}
		return had
	}
}

// Params are the operands of the condition that looks at the facts.
func (f *Facts) Params() Operands { return f.scope.Params }
