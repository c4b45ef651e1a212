package segment

import (
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/config"
)

// PresenceKeys are exists, missing and or_missing, for filters of records.
func PresenceKeys() []config.Spec { return presenceKeys() }

// Fact tests one fact of a customer by its fields; row is -1 where there is
// none. What is not known of it does not match.
func (s *Scope) Fact(f *Facts, row func(i int) int, fields ...Field) Test {
	absent, match := s.told(absenceOf(s.Params)), f.Narrowed(func(int) bool { return true }, fields...)
	return Test{
		Truth: func(i int) Truth {
			r := row(i)
			if r < 0 {
				return absent.missing
			}
			return Of(!absent.only && match(r))
		},
		Value: func(i int) string {
			r := row(i)
			if r < 0 {
				return "missing"
			}
			said := []string{"of " + customer.DayText(int32(f.day[r]))}
			for _, field := range fields {
				if c := f.Column(field.Column); !c.Missing(r) {
					said = append(said, field.Key+" "+string(c.AppendValue(nil, r)))
				}
			}
			return strings.Join(said, ", ")
		},
	}
}

// FieldNeeds are the columns of the fields that a condition asks for.
func FieldNeeds(params Operands, fields ...Field) (names []string) {
	for _, f := range fields {
		if params.Get(f.Key) != nil {
			names = append(names, f.Column)
		}
	}
	return names
}

// Asked is a field that a condition asks for.
type Asked struct {
	name   string
	column *columns.Column
	test   func(row int) Truth
	none   absence
}

// Asked are the fields that the condition asks for.
func (s *Scope) Asked(column func(name string) *columns.Column, fields ...Field) (all []Asked) {
	for _, f := range fields {
		if v := s.Params.Get(f.Key); v != nil {
			c := column(f.Column)
			all = append(all, Asked{f.Key, c, s.judge(c, v), absenceOf(operandsOf(v, ""))})
		}
	}
	return all
}

// Any tests rows by fields: each that is asked for must hold in one of the
// customer's rows, and is unknown where no row has a value for it.
func (s *Scope) Any(rows func(i int) (from, to int), all []Asked) Test {
	return Test{
		Truth: func(i int) Truth {
			whole := True
			from, to := rows(i)
			for k := range all {
				a, t, there := &all[k], False, false
				for r := from; r < to; r++ {
					if !a.column.Missing(r) {
						t, there = max(t, a.test(r)), true
					}
				}
				if !there {
					t = a.none.missing
				}
				if whole = min(whole, t); whole == False {
					break
				}
			}
			return whole
		},
		Value: func(i int) string {
			var said []string
			from, to := rows(i)
			for _, a := range all {
				var values []string
				for r := from; r < to; r++ {
					if !a.column.Missing(r) {
						values = append(values, strings.ReplaceAll(string(a.column.AppendValue(nil, r)), string(rune(columns.ListSep)), "|"))
					}
				}
				if values == nil {
					values = []string{"missing"}
				}
				said = append(said, a.name+" "+strings.Join(values, " and "))
			}
			return strings.Join(said, ", ")
		},
	}
}
