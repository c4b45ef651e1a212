package draft

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/habitue-data/habitue/transforms/mapping"
)

var clockLike = regexp.MustCompile(`^[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?$`)

// clock puts a day and a time of day together where they stand in two
// columns, as tills have them.
func (s *fieldList) clock() {
	day := s.columnOf("at")
	if day < 0 || s.list[s.at("at")].Unit != "" || matching(s.shapes[day], clocked) > 0 {
		return
	}
	time := slices.IndexFunc(s.names, func(n name) bool { return n.has("time", "clock", "hour", "vremya", "время") })
	if time < 0 || s.used[time] || matching(s.shapes[time], clockLike) < most {
		return
	}
	f := &s.list[s.at("at")]
	both := "row[" + strconv.Quote(s.header[day]) + `] + " " + row[` + strconv.Quote(s.header[time]) + "]"
	var rules []mapping.FieldSpec
	for _, d := range []string{f.Format, "%Y-%m-%d", "%d.%m.%Y"} {
		for _, c := range []string{"", " %H:%M:%S", " %H:%M"} {
			if (d == "") == (c == "") {
				rules = append(rules, mapping.FieldSpec{Field: "at", Expr: both, Format: d + c})
			}
		}
	}
	if rule, _, ok := s.rule(s.kind, rules); ok {
		f.FieldSpec = rule
		f.Why += "; the time of day is in a column of its own"
		s.used[time] = true
	}
}

// clocked are texts that hold a time of day.
var clocked = regexp.MustCompile(`:[0-9]{2}`)

func matching(s shape, what *regexp.Regexp) float64 {
	n := 0
	for v, times := range s.counts {
		if what.MatchString(v) {
			n += times
		}
	}
	return share(n, s.filled)
}
