package segment

import (
	"fmt"
	"strings"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/config"
)

// habitKeys are what is asked of a text that many facts have: a device, a
// way to pay.
func habitKeys() []config.Spec {
	text := func(name, doc string) config.Spec {
		return config.Spec{Name: name, Type: config.OneOf, Doc: doc, Example: "a", Shapes: []config.Spec{
			{Type: config.Text}, {Type: config.List, Of: &config.Spec{Type: config.Text}, Check: notEmpty}, {Type: config.Group, Keys: textKeys(), Check: notEmpty},
		}}
	}
	return []config.Spec{
		text("ever", "at least one fact has it"), text("only", "every fact that has a value has this one, and there is one"),
		text("last", "the newest fact that has a value has this one"), text("mostly", "more facts have it than any other; of those that are even the one that came last"),
	}
}

// Habit tests a column of texts over the facts of a customer. Facts without
// a value are left out.
func (s *Scope) Habit(f *Facts, column string, match func(row int) bool) Test {
	t := tally{facts: f, column: f.Column(column), match: match, codes: NewCodes()}
	t.add = t.count
	absent := s.told(absenceOf(s.Params))
	tests := map[string]*texts{}
	for _, key := range habitKeys() {
		if v := s.Params.Get(key.Name); v != nil {
			short := "eq"
			if v.Spec.Type == config.List {
				short = "in"
			}
			tests[key.Name] = textsOf(operandsOf(v, short), equal)
		}
	}
	ever, only, last, mostly := tests["ever"], tests["only"], tests["last"], tests["mostly"]
	is := func(test *texts, row int) bool { return test == nil || test.holds(t.column.Bytes(row)) == True }
	return Test{
		Truth: func(i int) Truth {
			t.of(i)
			if len(t.rows) == 0 {
				return absent.missing
			}
			some, all := false, true
			for _, r := range t.rows {
				some, all = some || is(ever, r), all && is(only, r)
			}
			return Of(!absent.only && some && all && is(last, t.rows[0]) && is(mostly, t.rows[t.most()]))
		},
		Value: func(i int) string {
			if t.of(i); len(t.seen) == 0 {
				return "none"
			}
			var said []string
			for k, id := range t.seen {
				said = append(said, fmt.Sprintf("%s %d times", t.codes.texts[id], t.times[k]))
			}
			return strings.Join(said, ", ")
		},
	}
}

// tally counts the different texts of a customer's facts, the newest first.
type tally struct {
	facts  *Facts
	column *columns.Column
	match  func(row int) bool
	codes  *Codes
	seen   []int // by number
	rows   []int // the newest of each
	times  []int
	add    func(row int) bool
}

func (t *tally) of(i int) {
	t.seen, t.rows, t.times = t.seen[:0], t.rows[:0], t.times[:0]
	t.facts.Newest(i, t.add)
}

func (t *tally) count(row int) bool {
	text, there := t.column.Bytes(row)
	if !there || !t.match(row) {
		return true
	}
	id := t.codes.Of(text)
	for k, s := range t.seen {
		if s == id {
			t.times[k]++
			return true
		}
	}
	t.seen, t.rows, t.times = append(t.seen, id), append(t.rows, row), append(t.times, 1)
	return true
}

// most is the place of the text that came most often; of several the newest.
func (t *tally) most() int {
	at := 0
	for k := range t.times {
		if t.times[k] > t.times[at] {
			at = k
		}
	}
	return at
}

// Mostly is the text that most facts of a customer have, of those that match;
// of several the one that came last.
func (f *Facts) Mostly(column string, match func(row int) bool) func(i int) (text []byte, there bool) {
	most := f.MostOften(column, match)
	return f.TextOf(column, func(i int) int { r, _ := most(i); return r })
}

// MostOften is the newest row with that text and how many have it; the row is
// -1 where there is none.
func (f *Facts) MostOften(column string, match func(row int) bool) func(i int) (row int, times int64) {
	t := tally{facts: f, column: f.Column(column), match: match, codes: NewCodes()}
	t.add = t.count
	return func(i int) (int, int64) {
		if t.of(i); len(t.rows) == 0 {
			return -1, 0
		}
		at := t.most()
		return t.rows[at], int64(t.times[at])
	}
}
