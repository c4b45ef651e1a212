package segment

import (
	"fmt"
	"math"
	"strings"

	"github.com/habitue-data/habitue/internal/config"
)

// days are a run of local days, both included.
type days struct{ first, last int32 }

var allDays = days{math.MinInt32 + 1, math.MaxInt32}

func (d days) with(o days) days { return days{max(d.first, o.first), min(d.last, o.last)} }

var units = []string{"day", "week", "month", "year"}

func spanKey(name, doc, example string) config.Spec {
	return config.Spec{Name: name, Type: config.Text, Check: isSpan, Doc: doc, Example: example}
}

func isSpan(v *config.Value, say func(at *config.Value, what, todo string)) {
	if _, err := ParseSpan(v.Text()); err != nil {
		say(v, err.Error(), "write "+spanDoc)
	}
}

func spanOf(v *config.Value) Span {
	s, _ := ParseSpan(v.Text()) // its check read it before
	return s
}

// pair is a list of two.
func pair(name, doc, example string, of config.Spec, order func(a, b *config.Value) bool) config.Spec {
	return config.Spec{Name: name, Type: config.List, Of: &of, Doc: doc, Example: example,
		Check: func(v *config.Value, say func(at *config.Value, what, todo string)) {
			if len(v.Items()) != 2 {
				say(v, fmt.Sprintf("%s takes two ends", name), "write it as "+example)
			} else if !order(v.Items()[0], v.Items()[1]) {
				say(v, "the range ends before it begins", "write it as "+example)
			}
		}}
}

func earlier(a, b *config.Value) bool { return a.Int() <= b.Int() }

func shorter(a, b *config.Value) bool {
	x, y := spanOf(a), spanOf(b)
	return x.Before(0) >= y.Before(0)
}

// WindowKeys are the parameters by which a filter over facts looks at some
// days only. Whoever has them asks Scope for its facts within the window.
func WindowKeys() []config.Spec {
	return []config.Spec{
		spanKey("in_last", "only facts of the last days, the as-of day included: 30d are D-29 to D", "30d"),
		spanKey("older_than", "only facts before those days", "30d"),
		pair("ago_between", "only facts so long ago, both days included", "[30d, 60d]", spanKey("", "", ""), shorter),
		{Name: "since", Type: config.Date, Doc: "only facts of that day and later", Example: "2025-01-01"},
		{Name: "until", Type: config.Date, Doc: "only facts of that day and earlier", Example: "2025-12-31"},
		{Name: "during", Type: config.Enum, Values: duringWords(), Doc: "only facts of that calendar period", Example: "last month"},
	}
}

// WindowKey is a parameter that is a window of its own (see
// Scope.FactsWithin).
func WindowKey(name, doc, example string) config.Spec {
	return config.Spec{Name: name, Type: config.Group, Keys: WindowKeys(), Check: notEmpty, Doc: doc, Example: example}
}

func duringWords() (words []string) {
	for _, u := range units {
		words = append(words, "this "+u, "last "+u)
	}
	return words
}

// window are the days that the window keys leave, as of D. to is
// the last day of facts (see Env).
func window(ops Operands, asOf, to int32) days {
	w := allDays
	for _, e := range ops {
		switch e.Name {
		case "in_last":
			w = w.with(days{spanOf(e.Value).Before(asOf) + 1, to})
		case "older_than":
			w = w.with(days{allDays.first, spanOf(e.Value).Before(asOf)})
		case "ago_between":
			near, far := spanOf(e.Value.Items()[0]), spanOf(e.Value.Items()[1])
			w = w.with(days{far.Before(asOf), near.Before(asOf)})
		case "since":
			w = w.with(days{int32(e.Value.Int()), allDays.last})
		case "until":
			w = w.with(days{allDays.first, int32(e.Value.Int())})
		case "during":
			which, unit, _ := strings.Cut(e.Value.Text(), " ")
			shift := int32(0)
			if which == "last" {
				shift = -1
			}
			first, last := periodOf(unit, asOf, shift)
			w = w.with(days{first, last})
		}
	}
	return w
}

// Window tells whether a day lies within the window of the condition; one
// that nobody knows does where no window is asked for.
func (s *Scope) Window() func(day int64) bool {
	w := window(s.Params, s.Env.AsOf, s.Env.FactsTo)
	return func(day int64) bool {
		return w == allDays || int64(w.first) <= day && day <= int64(w.last)
	}
}

// dateKeys are the operators of dates.
func dateKeys() []config.Spec {
	date := config.Spec{Type: config.Date}
	keys := []config.Spec{
		{Name: "on", Type: config.Date, Doc: "on that day", Example: "2025-12-31"},
		{Name: "before", Type: config.Date, Doc: "before that day", Example: "2025-12-31"},
		{Name: "after", Type: config.Date, Doc: "after that day", Example: "2025-12-31"},
		pair("between", "from the first to the second day, both included", "[2025-01-01, 2025-12-31]", date, earlier),
		spanKey("in_last", "within the last days, the as-of day included: 30d are D-29 to D", "30d"),
		spanKey("not_in_last", "known, and not within them", "30d"),
		spanKey("older_than", "before them", "30d"),
		spanKey("in_next", "within the days to come: 7d are D+1 to D+7", "7d"),
		pair("ago_between", "so long ago, both days included", "[30d, 60d]", spanKey("", "", ""), shorter),
	}
	for _, which := range []string{"this", "last", "next"} {
		keys = append(keys, config.Spec{Name: which, Type: config.Enum, Values: units, Doc: "in " + which + " day, ISO week, month or year", Example: "month"})
	}
	return keys
}

// dateBand is what the operators of a date come to as of D. to is the last
// day of facts (see Env).
func dateBand(ops Operands, asOf, to int32) *band[int64] {
	b := &band[int64]{low: math.MinInt64, high: math.MaxInt64, absence: absenceOf(ops)}
	within := func(first, last int32) { b.within(int64(first), int64(last)) }
	for _, e := range ops {
		switch day := int32(e.Value.Int()); e.Name {
		case "on":
			within(day, day)
		case "before":
			within(allDays.first, day-1)
		case "after":
			within(day+1, allDays.last)
		case "between":
			within(int32(e.Value.Items()[0].Int()), int32(e.Value.Items()[1].Int()))
		case "in_last":
			within(spanOf(e.Value).Before(asOf)+1, to)
		case "not_in_last":
			b.without(int64(spanOf(e.Value).Before(asOf)+1), int64(to))
		case "older_than":
			within(allDays.first, spanOf(e.Value).Before(asOf))
		case "in_next":
			within(asOf+1, spanOf(e.Value).After(asOf))
		case "ago_between":
			within(spanOf(e.Value.Items()[1]).Before(asOf), spanOf(e.Value.Items()[0]).Before(asOf))
		case "this", "last", "next":
			shift := map[string]int32{"this": 0, "last": -1, "next": 1}[e.Name]
			within(periodOf(e.Value.Text(), asOf, shift))
		}
	}
	return b
}
