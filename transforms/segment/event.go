package segment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/config"
)

// Events are the facts that an event filter counts, and what may be asked of
// them. A customer without any has a count of 0: that is never unknown.
type Events struct {
	Of       customer.HistoryTable
	Only     func(f *Facts) func(row int) bool // which rows of the table; nil: all
	Needs    []string                          // columns that Only reads
	Where    []Field                           // what the facts can be narrowed by
	Sum      []string                          // columns that can be added up
	Distinct []string                          // columns whose different values can be counted
	Among    string                            // column of texts of which all and only speak, "" where they do not
}

func (e *Events) keys() []config.Spec {
	keys := append(WindowKeys(),
		config.Spec{Name: "first", Type: config.Bool, Example: "true", Doc: "only the first of them within the window is looked at"},
		config.Spec{Name: "last", Type: config.Bool, Example: "true", Doc: "only the last of them within the window is looked at"},
		measured("count", "how many of them; one or more unless said"))
	for _, a := range []struct {
		name, doc string
		fields    []string
	}{{"sum", "what they add up to", e.Sum}, {"distinct", "how many different ones they have", e.Distinct}} {
		if a.fields == nil {
			continue
		}
		group := config.Spec{Name: a.name, Type: config.Group, Check: notEmpty, Doc: a.doc, Example: "{" + a.fields[0] + ": {ge: 2}}"}
		for _, f := range a.fields {
			group.Keys = append(group.Keys, measured(f, a.name+" of "+f))
		}
		keys = append(keys, group)
	}
	if e.Among != "" {
		keys = append(keys, NamesKey("all", "each of these is among them"), NamesKey("only", "nothing but these is among them; one without a "+e.Among+" is something else"))
	}
	return append(keys, FieldKeys(e.Of, e.Where...)...)
}

// measured is a key whose value is judged as a number.
func measured(name, doc string) config.Spec {
	return config.Spec{Name: name, Type: config.OneOf, Doc: doc, Example: "{ge: 3}", Shapes: []config.Spec{
		{Type: config.Text, Check: isDecimal}, {Type: config.Group, Keys: numberKeys(), Check: notEmpty},
	}}
}

// needs are the columns that a condition on these facts reads.
func (e *Events) needs(params Operands) Needs {
	read := slices.Clone(e.Needs)
	for _, f := range e.Where {
		if params.Get(f.Key) != nil {
			read = append(read, f.Column)
		}
	}
	if params.Get("all") != nil || params.Get("only") != nil {
		read = append(read, e.Among)
	}
	for _, key := range []string{"sum", "distinct"} {
		for _, o := range operandsOf(params.Get(key), "") {
			read = append(read, o.Name)
		}
	}
	return Needs{e.Of: read}
}

// match is which rows a condition counts: those of the filter, narrowed by
// its fields.
func (e *Events) match(f *Facts) (kind, narrowed func(row int) bool) {
	kind = func(int) bool { return true }
	if e.Only != nil {
		kind = e.Only(f)
	}
	return kind, f.Narrowed(kind, e.Where...)
}

// among are the conditions all and only. They look past the field that
// narrows by their own column.
func (e *Events) among(f *Facts, kind func(row int) bool) (all []aggregate) {
	each, only := folded(f.scope.Params.Get("all")), folded(f.scope.Params.Get("only"))
	if each == nil && only == nil {
		return nil
	}
	match := f.Narrowed(kind, slices.DeleteFunc(slices.Clone(e.Where), func(w Field) bool { return w.Column == e.Among })...)
	if each != nil {
		slices.Sort(each)
		each = slices.Compact(each)
		is, n := f.OneOf(e.Among, each...), int64(len(each))
		all = append(all, aggregate{"of all", f.Distinct(e.Among, func(r int) bool { return is(r) && match(r) }), &band[int64]{low: n, high: n}, 0})
	}
	if only != nil {
		is := f.OneOf(e.Among, only...)
		all = append(all, aggregate{"others", f.Count(func(r int) bool { return !is(r) && match(r) }), &band[int64]{}, 0})
	}
	return all
}

// aggregate is a number that the facts of a customer come to.
type aggregate struct {
	name string
	of   func(i int) int64
	test *band[int64]
	say  uint8 // digits after the point
}

// bind is the Bind of event filters.
func (e *Events) bind(s *Scope) Test {
	f := s.Facts(e.Of)
	kind, match := e.match(f)
	for _, end := range []struct {
		key string
		row func(func(int) bool) func(int) int
	}{{"first", f.First}, {"last", f.Last}} {
		if s.Params.Get(end.key).Bool() {
			return e.only(end.key, f, end.row(kind), match)
		}
	}
	var all []aggregate
	for _, o := range operandsOf(s.Params.Get("sum"), "") {
		c := f.Column(o.Name)
		all = append(all, aggregate{"sum of " + o.Name, f.Sum(o.Name, match), unitsBand(operandsOf(o.Value, "eq"), c.Scale, c.Type != columns.Money), c.Scale})
	}
	for _, o := range operandsOf(s.Params.Get("distinct"), "") {
		all = append(all, aggregate{"different " + o.Name, f.Distinct(o.Name, match), unitsBand(operandsOf(o.Value, "eq"), 0, true), 0})
	}
	if count := s.Params.Get("count"); count != nil || all == nil {
		b := unitsBand(operandsOf(count, "eq"), 0, true)
		if count == nil {
			b.within(1, b.high)
		}
		all = append(all, aggregate{"count", f.Count(match), b, 0})
	}
	all = append(all, e.among(f, kind)...)
	return Test{
		Truth: func(i int) Truth {
			for k := range all {
				if all[k].test.holds(all[k].of(i)) == False {
					return False
				}
			}
			return True
		},
		Value: func(i int) string {
			var said []string
			for _, a := range all {
				said = append(said, fmt.Sprintf("%s %s", a.name, columns.AppendMoney(nil, a.of(i), a.say)))
			}
			return strings.Join(said, ", ")
		},
	}
}

// only is the test that looks at the first or the last fact alone.
func (e *Events) only(which string, f *Facts, row func(i int) int, match func(row int) bool) Test {
	return Test{
		Truth: func(i int) Truth {
			r := row(i)
			return Of(r >= 0 && match(r))
		},
		Value: func(i int) string {
			if r := row(i); r >= 0 {
				return "the " + which + " is of " + customer.DayText(int32(f.day[r]))
			}
			return "none"
		},
	}
}

// Distinct counts the different values of a column of texts over the facts
// that match.
func (f *Facts) Distinct(column string, match func(row int) bool) func(i int) int64 {
	c, codes := f.Column(column), NewCodes()
	asked, n := 0, int64(0)
	var seen []int // by number of the text: when it was seen last
	do := func(r int) bool {
		text, there := c.Bytes(r)
		if !there || !match(r) {
			return true
		}
		id := codes.Of(text)
		for len(seen) <= id {
			seen = append(seen, 0)
		}
		if seen[id] != asked {
			seen[id] = asked
			n++
		}
		return true
	}
	return func(i int) int64 {
		asked, n = asked+1, 0
		f.Newest(i, do)
		return n
	}
}
