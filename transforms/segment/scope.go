package segment

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

// Env is what a set of segments is looked at with, beside the histories.
type Env struct {
	customer.View

	// FactsTo is the last day whose facts count, AsOf unless said. Where it
	// is after AsOf, windows that end with the as-of day end with it: so the
	// facts of a day are told apart from the day itself.
	FactsTo int32

	// Static are the customers of static segments, by segment.
	Static map[string]map[customer.ID]bool

	// Carried are scheduled segments whose day it is not: their members stay.
	Carried map[string]bool

	// Turned are customers of whom a carried segment is told otherwise than by
	// their intervals: their ids came together or parted since.
	Turned map[string]map[customer.ID]bool

	// Salt is what samples are hashed with.
	Salt string
}

// Scope is where a condition is bound: its operands, the histories, the day.
type Scope struct {
	Params Operands
	Env    *Env

	histories  *customer.Histories
	eval       *Evaluator
	unsupplied customer.HistoryTable
	isUnknown  bool
	factual    bool // it looks at facts
	notCarried []string
}

// AsOf is the day D.
func (s *Scope) AsOf() int32 { return s.Env.AsOf }

// ID is the id of a customer.
func (s *Scope) ID(i int) customer.ID { return s.histories.IDs[i] }

// Profile is a column of customers; row i is customer i.
func (s *Scope) Profile(column string) *columns.Column {
	return s.column(customer.OfCustomers, column)
}

// column looks a column up. One that was not carried is told by Bind, and
// holds nothing until then.
func (s *Scope) column(t customer.HistoryTable, name string) *columns.Column {
	rows := &s.histories.Tables[t]
	if c := rows.Col(name); c != nil {
		return c
	}
	s.notCarried = append(s.notCarried, t.String()+"."+name)
	table, _ := customer.TableNamed(t.String())
	has, _ := table.Column(name)
	empty := &columns.Column{Name: name, Type: has.Type.Held()}
	for range max(rows.N, len(s.histories.IDs)) {
		empty.AddMissing()
	}
	return empty
}

// Ints is a profile column that lives in whole numbers: Int, Date, Time,
// Bool.
func (s *Scope) Ints(column string) func(i int) int64 {
	c := s.Profile(column)
	return func(i int) int64 { return c.Ints[i] }
}

// Under is the scope of a parameter that has operators of its own, nil where
// it is not said.
func (s *Scope) Under(name string) *Scope {
	if s.Params.Get(name) == nil {
		return nil
	}
	inner := *s
	inner.Params = s.Params.Under(name)
	return &inner
}

// told is what is said where there is no value. All facts are known: who
// has no last order did not order lately, and that is not unknown.
func (s *Scope) told(a absence) absence {
	if s.factual && a.missing == Unknown {
		a.missing = False
	}
	return a
}

// Whole tests a whole number; columns.MissingInt is missing.
func (s *Scope) Whole(get func(i int) int64) Test {
	return s.ints(unitsBand(s.Params, 0, true), get, func(v int64) string { return strconv.FormatInt(v, 10) })
}

// Money tests an amount in minor units, with that many digits after the
// point.
func (s *Scope) Money(scale uint8, get func(i int) int64) Test {
	return s.ints(unitsBand(s.Params, scale, false), get, func(v int64) string { return string(columns.AppendMoney(nil, v, scale)) })
}

// Date tests a local day.
func (s *Scope) Date(get func(i int) int64) Test {
	return s.ints(dateBand(s.Params, s.Env.AsOf, s.Env.FactsTo), get, func(v int64) string { return customer.DayText(int32(v)) })
}

func (s *Scope) ints(b *band[int64], get func(i int) int64, say func(v int64) string) Test {
	b.absence = s.told(b.absence)
	return Test{
		Truth: func(i int) Truth {
			v := get(i)
			if v == columns.MissingInt {
				return b.missing
			}
			return b.holds(v)
		},
		Value: func(i int) string {
			v := get(i)
			if v == columns.MissingInt {
				return "missing"
			}
			return say(v)
		},
	}
}

// Float tests a share or another decimal; NaN is missing.
func (s *Scope) Float(get func(i int) float64) Test {
	b := floatBand(s.Params)
	b.absence = s.told(b.absence)
	return Test{
		Truth: func(i int) Truth {
			v := get(i)
			if math.IsNaN(v) {
				return b.missing
			}
			return b.holds(v)
		},
		Value: func(i int) string {
			v := get(i)
			if math.IsNaN(v) {
				return "missing"
			}
			return strconv.FormatFloat(v, 'g', 6, 64)
		},
	}
}

// Text tests a text.
func (s *Scope) Text(get func(i int) (text []byte, there bool)) Test { return s.text(get, equal) }

// Language tests the code of a language, whose kinds are it too.
func (s *Scope) Language(get func(i int) (text []byte, there bool)) Test {
	return s.text(get, sameLanguage)
}

func (s *Scope) text(get func(i int) (text []byte, there bool), is func(s, want string) bool) Test {
	t := textsOf(s.Params, is)
	t.absence = s.told(t.absence)
	return Test{
		Truth: func(i int) Truth { return t.holds(get(i)) },
		Value: func(i int) string {
			text, there := get(i)
			if !there {
				return "missing"
			}
			return strconv.Quote(string(text))
		},
	}
}

// List tests a list: each yields the texts of customer i, repeats too. known
// is false where nobody can say what is in it.
func (s *Scope) List(each func(i int, yield func(text []byte)) (known bool)) Test {
	l := listOf(s.Params)
	l.absence = s.told(l.absence)
	var in []string
	k := NewCodes()
	add := func(text []byte) {
		if f := k.texts[k.Of(text)]; f != "" && !slices.Contains(in, f) {
			in = append(in, f)
		}
	}
	gather := func(i int) []string {
		if in == nil {
			in = make([]string, 0, 8)
		}
		in = in[:0]
		if !each(i, add) {
			return nil
		}
		return in
	}
	return Test{
		Truth: func(i int) Truth { return l.holds(gather(i)) },
		Value: func(i int) string {
			all := gather(i)
			switch {
			case all == nil:
				return "missing"
			case len(all) == 0:
				return "none"
			}
			return fmt.Sprint(all)
		},
	}
}

// Flag tests a yes or no.
func (s *Scope) Flag(get func(i int) Truth) Test {
	wants := true
	if is := s.Params.Get("is"); is != nil {
		wants = is.Bool()
	}
	return Test{
		Truth: func(i int) Truth {
			if wants {
				return get(i)
			}
			return get(i).Not()
		},
		Value: func(i int) string { return get(i).String() },
	}
}

// Result is what another segment of this run came to.
func (s *Scope) Result(segment string) func(i int) Truth {
	at := s.eval.set.index[segment] // Set refuses names that are not there
	return func(i int) Truth { return s.eval.truth[at] }
}
