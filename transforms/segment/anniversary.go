package segment

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/config"
)

// anniversaryKeys are the operators of days that come back every year.
func anniversaryKeys() []config.Spec {
	return []config.Spec{
		spanKey("in_next", "the day comes within the days to come: 7d are D+1 to D+7", "7d"),
		spanKey("in_last", "the day was within the last days, the as-of day included: 7d are D-6 to D", "7d"),
		{Name: "today", Type: config.Bool, Example: "true", Doc: "the day is the as-of day"},
		{Name: "month_is", Type: config.Int, Min: 1, Max: 12, Example: "2", Doc: "the day is in this month"},
		{Name: "day_is", Type: config.Int, Min: 1, Max: 31, Example: "28", Doc: "the day is, in the year of the as-of day, the so-many-th of its month, whatever the month"},
	}
}

// anniversary is the day of a year on which a day comes back. One of 29
// February comes on the 28th in other years.
func anniversary(day int32, year int) int32 {
	_, m, d := customer.Civil(day)
	month := int32((year-1970)*12 + m - 1)
	return min(customer.FirstOfMonth(month)+int32(d)-1, customer.FirstOfMonth(month+1)-1)
}

// within tells whether the day comes back from first to last.
func within(day, first, last int32) bool {
	y, _, _ := customer.Civil(first)
	for ; customer.FirstOfMonth(int32((y-1970)*12)) <= last; y++ {
		if at := anniversary(day, y); first <= at && at <= last {
			return true
		}
	}
	return false
}

// Anniversary tests a day that comes back every year.
func (s *Scope) Anniversary(get func(i int) int64) Test {
	absent, asOf := absenceOf(s.Params), s.Env.AsOf
	year, _, _ := customer.Civil(asOf)
	var tests []func(day int32) bool
	for _, o := range s.Params {
		var test func(day int32) bool
		switch v := o.Value; o.Name {
		case "in_next":
			until := spanOf(v).After(asOf)
			test = func(day int32) bool { return within(day, asOf+1, until) }
		case "in_last":
			since := spanOf(v).Before(asOf) + 1
			test = func(day int32) bool { return within(day, since, asOf) }
		case "today":
			test = func(day int32) bool { return within(day, asOf, asOf) == v.Bool() }
		case "month_is":
			test = func(day int32) bool { _, m, _ := customer.Civil(day); return int64(m) == v.Int() }
		case "day_is":
			test = func(day int32) bool { _, _, d := customer.Civil(anniversary(day, year)); return int64(d) == v.Int() }
		default:
			continue
		}
		tests = append(tests, test)
	}
	return Test{
		Truth: func(i int) Truth {
			v := get(i)
			if v == columns.MissingInt {
				return absent.missing
			}
			for _, test := range tests {
				if !test(int32(v)) {
					return False
				}
			}
			return Of(!absent.only)
		},
		Value: func(i int) string {
			if v := get(i); v != columns.MissingInt {
				return customer.DayTime(int32(v)).Format("2 January") + " (" + customer.DayText(int32(v)) + ")"
			}
			return "missing"
		},
	}
}
