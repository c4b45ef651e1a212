package pipelines

import (
	"bytes"
	"math"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/transforms/segment"
)

// reasons finds why customers moved: by going from what the run before knew to
// what this one knows, one kind of change at a time.
type reasons struct {
	before, edited, late, told, today *segment.Evaluator
	fresh, rejoined                   func(i int) bool
}

// newReasons binds the steps. people are the customers as the run before left
// them, beside those of today.
func (s *segmenting) newReasons(people *columns.Chunk, env segment.Env) (*reasons, error) {
	b := s.Segments.Before
	old, err := readSet(b.Files)
	if err != nil { // written for another version of the program: the edit cannot be told from what else changed
		old = s.set
	}
	then := *s.h
	then.Tables[customer.OfCustomers] = customer.HistoryRows{Chunk: *people, Starts: s.h.Tables[customer.OfCustomers].Starts, Supplied: true}
	yesterday := env
	yesterday.View = customer.View{AsOf: b.Day, Known: b.Day}
	yesterday.Carried = map[string]bool{}
	late := yesterday
	late.Known = math.MaxInt32
	told := late
	told.FactsTo = s.AsOf
	r := &reasons{today: s.today, fresh: s.freshness(people), rejoined: s.differs(people, keyColumns)}
	if r.before, err = old.Bind(&then, yesterday); err != nil {
		return nil, err
	}
	if r.edited, err = s.set.Bind(&then, yesterday); err != nil {
		return nil, err
	}
	if r.late, err = s.set.Bind(&then, late); err != nil {
		return nil, err
	}
	r.told, err = s.set.Bind(s.h, told)
	return r, err
}

// of is why customer i, who was a member or not, moved in or out of a segment,
// and the clause that decided.
func (r *reasons) of(name string, i int, was bool) (reason, clause string) {
	before := segment.Step{Eval: r.before, Customer: i}
	steps := []segment.Step{before, {Reason: segment.ByEdit, Eval: r.edited, Customer: i}}
	if r.fresh(i) {
		steps = append(steps, segment.Step{Reason: segment.ByLate, Eval: r.late, Customer: i}, segment.Step{Reason: segment.ByData, Eval: r.told, Customer: i})
	}
	steps = append(steps, segment.Step{Reason: segment.ByTime, Eval: r.today, Customer: i})
	if before.Knows(name) && before.Is(name) != was { // what was known then is not what the run before saw
		for k := range steps {
			steps[k].Reason = segment.ByRestatement
			if r.rejoined(i) {
				steps[k].Reason = segment.ByIdentity
			}
		}
		_, clause = segment.Why(name, steps)
		return steps[0].Reason, clause
	}
	return segment.Why(name, steps)
}

// FreshColumns are columns of customers that change whenever something new is
// known of one.
var FreshColumns = []string{"contact_count", "event_count", "key_count", "net_revenue", "order_count", "return_count"}

// keyColumns are those of them that change where customers come together.
var keyColumns = []string{"contact_count", "key_count"}

// timely are the columns of customers that change with the day alone, or with
// what others do.
var timely = []string{"recency_days", "r_score", "f_score", "m_score", "rfm_group", "temperature", "lifecycle_stage", "churn_risk", "churn_band", "p_alive",
	"expected_orders", "tenure_days", "next_order_date"}

// differs tells of whom one of the columns is not what it was.
func (s *segmenting) differs(people *columns.Chunk, names []string) func(i int) bool {
	now, starts := &s.h.Tables[customer.OfCustomers], s.h.Tables[customer.OfCustomers].Starts
	var a, b []byte
	return func(i int) bool {
		for j := range now.Cols {
			if !slices.Contains(names, now.Cols[j].Name) {
				continue
			}
			a, b = now.Cols[j].AppendCanonical(a[:0], int(starts[i])), people.Cols[j].AppendCanonical(b[:0], i)
			if !bytes.Equal(a, b) {
				return true
			}
		}
		return false
	}
}

// freshness tells of whom something is known that the run before did not know.
// Of others only the day can have moved them, and what it does to their scores.
func (s *segmenting) freshness(people *columns.Chunk) func(i int) bool {
	var told []string
	for _, c := range s.h.Tables[customer.OfCustomers].Cols {
		if !slices.Contains(timely, c.Name) {
			told = append(told, c.Name)
		}
	}
	another := s.differs(people, told)
	var facts []customer.HistoryTable
	for t := customer.OfOrders; t <= customer.OfInteractions; t++ {
		if s.h.Tables[t].Col("first_delivered") != nil {
			facts = append(facts, t)
		}
	}
	return func(i int) bool {
		if another(i) {
			return true
		}
		for _, t := range facts {
			delivered := s.h.Tables[t].Col("first_delivered").Ints
			for r, to := s.h.Tables[t].Of(i); r < to; r++ {
				if delivered[r] > int64(s.Segments.Before.Day) {
					return true
				}
			}
		}
		return false
	}
}
