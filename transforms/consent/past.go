package consent

import "slices"

// own is a record of a source.
type own struct{ source, record string }

func (s *Statement) by() own { return own{s.Source, s.Record} }

// Recall puts what was ever said of an address beside what records in force say
// of it: each no, and what took one back. counts is what there is to decide from.
// overtaken is what its own record has another word for now: it decides nothing
// while the record is in force and speaks of the address, and is not forgotten,
// for the record may go tomorrow. A record that says nothing takes nothing back.
//
// Past with Inherited is no statement: it tells which yes was given when the
// record had another address. Such a yes is not explicit here. Of the others that
// are past only an explicit one matters, after a no: else who is gone from the
// exports is gone from here too.
//
// What is past only ever grows, and it does not matter in which order, or how
// often, somebody came to know of it.
func Recall(said, past []Statement) (counts, overtaken []Statement) {
	if !slices.ContainsFunc(said, Statement.refuses) && !slices.ContainsFunc(past, func(s Statement) bool { return s.Inherited || s.Suppress != "" || s.refuses() }) {
		slices.SortFunc(said, compare) // as nearly everywhere: there was never a no
		return said, nil
	}
	type purpose struct{ channel, name string }
	type word struct {
		own
		purpose
	}
	type vow struct {
		own
		at int64
	}
	inherited := map[vow]bool{}
	for i := range past {
		if s := &past[i]; s.Inherited {
			inherited[vow{s.by(), s.At}] = true
		}
	}
	spoken, same := map[word]bool{}, map[Statement]bool{}
	refused := map[purpose]int64{} // the first no
	for i := range said {
		s := said[i]
		if s.State == Subscribed && s.Explicit && inherited[vow{s.by(), s.At}] {
			s.Explicit, s.Inherited = false, true
		}
		counts = append(counts, s)
		if s.Suppress == "" {
			spoken[word{s.by(), purpose{s.Channel, s.Purpose}}] = true
		}
		same[s.Then()] = true
	}
	for _, all := range [][]Statement{said, past} {
		for i := range all {
			s := &all[i]
			about := purpose{s.Channel, s.Purpose}
			if first, ok := refused[about]; s.refuses() && (!ok || s.At < first) {
				refused[about] = s.At
			}
		}
	}
	for i := range past {
		s := past[i].Then()
		if past[i].Inherited || same[s] {
			continue
		}
		if s.State == Subscribed {
			first, ok := refused[purpose{s.Channel, s.Purpose}]
			if !ok || s.At <= first || inherited[vow{s.by(), s.At}] {
				continue
			}
		}
		same[s] = true
		if s.Suppress == "" && spoken[word{s.by(), purpose{s.Channel, s.Purpose}}] {
			overtaken = append(overtaken, s)
		} else {
			counts = append(counts, s)
		}
	}
	slices.SortFunc(counts, compare)
	slices.SortFunc(overtaken, compare)
	return counts, overtaken
}

// refuses tells whether it is a no.
func (s Statement) refuses() bool { return s.State == Unsubscribed && s.Suppress == "" }

// Then is a statement as it is told when its record is not in force any more.
func (s Statement) Then() Statement {
	return Statement{Channel: s.Channel, Purpose: s.Purpose, State: s.State, Suppress: s.Suppress, At: s.At, Explicit: s.Explicit,
		Source: s.Source, Record: s.Record, Past: true}
}
