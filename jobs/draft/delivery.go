package draft

import (
	"fmt"
	"time"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

// delivery guesses what a newer file means for the older ones, by how many of
// the older one's ids it has.
func (t *table) delivery() (string, Reason) {
	happens := t.kind.TimeField() == "at"
	if t.Previous == "" {
		switch {
		case t.Files == 1 && !t.Dated && !t.Monthly:
			return "full", Reason{Likely, "one file: the next one takes its place"}
		case happens && t.Dated && t.ofTwo(func(day int32) int32 { return day }):
			return "parts", Reason{Likely, "its rows are of a day or two, as its name"}
		case happens && t.Monthly && t.ofTwo(monthOf):
			return "parts", Reason{Likely, "its rows are of a month or two, as its name"}
		}
		return "full", Reason{Guess, "there is one file, and nothing to compare it with"}
	}
	has, older := t.shared()
	seen := fmt.Sprintf("%s has %s of the ids of %s", t.Newest, percent(has), t.Previous)
	switch {
	case older == 0 && happens:
		return "parts", Reason{Guess, "nothing to compare: records that happen come in parts most often"}
	case older == 0:
		return "full", Reason{Guess, "nothing to compare: lists come whole most often"}
	case has > .8 && older < 10:
		return "full", Reason{Guess, seen + ", and those are few"}
	case has > .8:
		return "full", Reason{Sure, seen}
	case happens && has < .05 && older < 10:
		return "parts", Reason{Likely, seen + ", and those are few"}
	case happens && has < .05:
		return "parts", Reason{Sure, seen}
	case happens:
		return "parts", Reason{Guess, seen}
	case t.Cut && has > .3:
		return "full", Reason{Guess, seen + " among the rows that were read"}
	}
	if _, has := t.fields[t.kind.IDField()]; !has {
		return "parts", Reason{Guess, seen + "; changes would need an id"}
	}
	if !t.Dated && !t.Monthly {
		return "changes", Reason{Guess, seen + ", and no name says which is newer"}
	}
	return "changes", Reason{Likely, seen}
}

// shared is the share of the older file's ids that the newer one has, and how
// many those were.
func (t *table) shared() (has float64, older int) {
	field := t.kind.IDField()
	if _, ok := t.fields[field]; !ok {
		if field = "client_id"; t.kind == customer.Contact {
			field = "email"
		}
	}
	m, ok := t.fields[field]
	if !ok {
		return 0, 0
	}
	values := t.Columns[m.column].Values
	newer, ids := map[string]bool{}, map[string]bool{}
	for _, v := range values[:t.InNewest] {
		newer[v] = true
	}
	both := 0
	for _, v := range values[t.InNewest : t.InNewest+t.InPrev] {
		if v == "" || ids[v] {
			continue
		}
		ids[v] = true
		if newer[v] {
			both++
		}
	}
	return share(both, len(ids)), len(ids)
}

// ofTwo tells whether nearly all rows are of two days, or of two of whatever
// else a day is part of.
func (t *table) ofTwo(part func(day int32) int32) bool {
	m, ok := t.fields["at"]
	if !ok {
		return false
	}
	out, ok := t.mapped(t.kind, m.rule)
	if !ok {
		return false
	}
	counts, most, second := map[int32]int{}, 0, 0
	calendar := customer.NewCalendar(time.UTC)
	for _, at := range out.Col("at").Ints[:t.Rows] {
		if at != columns.MissingInt {
			counts[part(calendar.Day(at))]++
		}
	}
	for _, n := range counts {
		if n > most {
			most, second = n, most
		} else if n > second {
			second = n
		}
	}
	return share(most+second, t.Rows) > .9
}

// monthOf is the month of a day, counted from the year 0.
func monthOf(day int32) int32 {
	y, m, _ := customer.DayTime(day).Date()
	return int32(y)*12 + int32(m)
}
