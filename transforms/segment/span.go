package segment

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/habitue-data/habitue/customer"
)

// Span is a length of calendar time. Weeks are seven days, years twelve
// months; months are no number of days.
type Span struct{ Days, Months int32 }

// maxSpan is the longest span in days: farther back there are no facts.
const maxSpan = 200 * 366

// spanUnits are the words for a unit, with what one of it is.
var spanUnits = map[string]Span{
	"d": {Days: 1}, "day": {Days: 1}, "days": {Days: 1},
	"w": {Days: 7}, "week": {Days: 7}, "weeks": {Days: 7},
	"mo": {Months: 1}, "month": {Months: 1}, "months": {Months: 1},
	"y": {Months: 12}, "year": {Months: 12}, "years": {Months: 12},
}

// spanDoc says how spans are written.
const spanDoc = "30d, 2w, 6mo or 1y (also 30 days, 2 weeks, 6 months, 1 year)"

// ParseSpan reads 30d, 2w, 6mo, 1y, or the same with whole words.
func ParseSpan(text string) (Span, error) {
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyz")
	unit, known := spanUnits[text[len(digits):]]
	n, err := strconv.ParseUint(strings.TrimRight(digits, " "), 10, 31)
	if !known || err != nil || n == 0 || n*uint64(unit.Days+31*unit.Months) > maxSpan {
		return Span{}, fmt.Errorf("%q is not a length of time", text)
	}
	return Span{Days: int32(n) * unit.Days, Months: int32(n) * unit.Months}, nil
}

// Before is the day that lies the span before a day. Where the month has no
// such day it is the month's last: 31 March less a month is 28 or 29 February.
func (s Span) Before(day int32) int32 { return addMonths(day, -s.Months) - s.Days }

// After is the day that lies the span after a day, clipped likewise.
func (s Span) After(day int32) int32 { return addMonths(day, s.Months) + s.Days }

func addMonths(day, months int32) int32 {
	if months == 0 {
		return day
	}
	_, _, dom := customer.Civil(day)
	month := customer.Month(day) + months
	first := customer.FirstOfMonth(month)
	return min(first+int32(dom)-1, customer.FirstOfMonth(month+1)-1)
}

// periodOf is the day, ISO week, month or year of a day, shifted by so many
// of them, as first and last day.
func periodOf(unit string, day, shift int32) (first, last int32) {
	switch unit {
	case "day":
		return day + shift, day + shift
	case "week":
		monday := day - ((day+3)%7+7)%7 // 1970-01-01 was a Thursday
		return monday + 7*shift, monday + 7*shift + 6
	case "month":
		m := customer.Month(day) + shift
		return customer.FirstOfMonth(m), customer.FirstOfMonth(m+1) - 1
	}
	y, _, _ := customer.Civil(day)
	january := (int32(y) - 1970 + shift) * 12
	return customer.FirstOfMonth(january), customer.FirstOfMonth(january+12) - 1
}
