package segment

import (
	"slices"

	"github.com/habitue-data/habitue/customer"
)

// Reasons of a move.
const (
	FirstRun = "first_run"  // the segment was not told before
	ByEdit   = "definition" // another version of the definition
	ByData   = "data"       // facts that were not known before, of whatever day
	ByTime   = "time"       // the day alone

	ByIdentity    = "identity" // keys came together or parted, or the customer is no more
	ByRestatement = "restated" // what was known of an earlier day is another now
	ByLate        = "late"     // facts of earlier days that came only now
)

// Reasons are all of them.
func Reasons() []string {
	return []string{FirstRun, ByEdit, ByRestatement, ByLate, ByIdentity, ByData, ByTime}
}

// Step is a customer as it stands after one more change was brought in: the
// definitions, the facts known, the day. Each is an evaluator of its own,
// because each may be bound to another set, other histories, another view.
type Step struct {
	Reason   string // of a move that this step brings
	Eval     *Evaluator
	Customer int // the customer's place in the evaluator's histories
}

// Why is the reason of a move and the clause that decided. Steps go from
// yesterday, whose own reason is not asked for, to today; the first after
// which the segment gives today's answer is the reason.
//
// Usual steps: yesterday's set as of yesterday; today's set as of yesterday
// (definition); with today's facts and profile and FactsTo today (data); as
// of today (time).
func Why(segment string, steps []Step) (reason, clause string) {
	before, last := steps[0], steps[len(steps)-1]
	if _, told := before.Eval.set.Index(segment); !told {
		return FirstRun, last.decides(segment, nil)
	}
	answer := last.Is(segment)
	for _, s := range steps[1:] {
		if s.Is(segment) == answer {
			return s.Reason, s.decides(segment, &before)
		}
		before = s
	}
	return last.Reason, last.decides(segment, &before) // not reached: the last step gives its own answer
}

// Because is the clause that decides the segment of a customer after the step;
// nothing is compared.
func (s Step) Because(segment string) string { return s.decides(segment, nil) }

// Reads tells whether a clause that decides after the step reads a table.
func (s Step) Reads(segment string, t customer.HistoryTable) bool {
	return slices.ContainsFunc(s.deciding(segment), func(d decided) bool { return d.clause.needs()[t] != nil })
}

// Knows tells whether the step has such a segment.
func (s Step) Knows(segment string) bool {
	_, there := s.Eval.set.Index(segment)
	return there
}

// Is tells whether the customer is a member after the step.
func (s Step) Is(segment string) bool {
	k, there := s.Eval.set.Index(segment)
	return there && s.Eval.Customer(s.Customer)[k] == True
}

// decides names the clause that decides the segment after a step: of those
// that do, the first that said otherwise before, or was not there. A clause
// that was taken out is named where nothing else did it.
func (s Step) decides(segment string, before *Step) string {
	now := s.deciding(segment)
	if before == nil {
		return first(now)
	}
	said := before.said(segment)
	for _, d := range now {
		if t, there := said[d.clause.same]; !there || t != d.truth {
			return d.clause.Text
		}
	}
	kept := s.said(segment)
	for _, d := range before.deciding(segment) {
		if _, there := kept[d.clause.same]; !there {
			return "without " + d.clause.Text
		}
	}
	return first(now)
}

// decided is a leaf and what it said.
type decided struct {
	clause *Clause
	truth  Truth
}

func first(all []decided) string {
	if len(all) == 0 {
		return ""
	}
	return all[0].clause.Text
}

// said is what each leaf of the segment says, by its canonical form.
func (s Step) said(segment string) map[string]Truth {
	all := map[string]Truth{}
	for _, d := range s.leaves(segment) {
		all[d.clause.same] = d.truth
	}
	return all
}

func (s Step) leaves(segment string) (all []decided) {
	k, there := s.Eval.set.Index(segment)
	if !there {
		return nil
	}
	s.Eval.Customer(s.Customer)
	truths := s.Eval.Leaves(nil, k, s.Customer)
	for n, l := range s.Eval.bound[k].leaves {
		all = append(all, decided{l.clause, truths[n]})
	}
	return all
}

// deciding are the leaves that make the segment say what it says, in the
// order of the file.
func (s Step) deciding(segment string) []decided {
	leaves := s.leaves(segment)
	if len(leaves) == 0 {
		return nil
	}
	k, _ := s.Eval.set.Index(segment)
	_, by := deciding(s.Eval.set.Definitions[k].When, &leaves)
	return by
}

// deciding is what a clause says and the leaves that make it say so: of "all"
// that holds all its parts, of one that does not the parts that do not.
func deciding(c *Clause, rest *[]decided) (Truth, []decided) {
	if c.Op >= Ask {
		d := (*rest)[0]
		*rest = (*rest)[1:]
		return d.truth, []decided{d}
	}
	truths, by := make([]Truth, len(c.Parts)), make([][]decided, len(c.Parts))
	for k, p := range c.Parts {
		truths[k], by[k] = deciding(p, rest)
	}
	truth := slices.Max(truths)
	if c.Op == All {
		truth = slices.Min(truths)
	}
	var all []decided
	for k := range by {
		if truths[k] == truth {
			all = append(all, by[k]...)
		}
	}
	if c.Op == Not {
		truth = truth.Not()
	}
	return truth, all
}
