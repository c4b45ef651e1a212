package segments

import (
	"bytes"
	"math"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/segment"
)

// reasons finds why customers moved: by going from what the run before knew to
// what this one knows, one kind of change at a time.
type reasons struct {
	*segmenting
	people   *columns.Chunk // as the run before left them
	old      *segment.Set
	env      segment.Env
	cal      *customer.Calendar
	asked    []string // columns of customers that decide
	count    *counter
	past     *customer.Histories  // today's, with rows dated by when they were known
	grown    func(i int) bool     // whose rows were sent again, with more among them
	since    map[int32]*views     // by the day that is gone back to
	turned   map[customer.ID]bool // who became part of another tonight or has such a part, or stands apart again
	fresh    func(i int) bool
	rejoined func(i int) bool
	newcomer func(i int) bool
}

// views are the steps from what was known on a day to today.
type views struct{ before, edited, joined, late, told *segment.Evaluator }

// newReasons readies them. people are the customers as the run before left them,
// beside those of today; turns are tonight's.
func (s *segmenting) newReasons(people *columns.Chunk, turns []work.Turn, env segment.Env) (*reasons, error) {
	b := s.Segments.Before
	old, err := b.Set()
	if err != nil { // written for another version of the program: the edit cannot be told from what else changed
		old = s.set
	}
	r := &reasons{segmenting: s, people: people, old: old, env: env, cal: customer.NewCalendar(s.Location), since: map[int32]*views{}, turned: map[customer.ID]bool{}}
	for _, t := range turns {
		r.turned[t.ID], r.turned[t.Other] = true, true
	}
	needs := s.set.Needs()
	needs.Add(old.Needs())
	r.asked, r.count = needs[customer.OfCustomers], newCounter(s.h, RecountNeeds(needs))
	r.fillIn()
	r.fresh = r.differs(people, func(name string) bool { return !slices.Contains(timely, name) })
	id, keyed := people.Col("kind"), r.differs(people, func(name string) bool { return slices.Contains(keyColumns, name) })
	r.newcomer = func(i int) bool { return id.Missing(i) }
	r.rejoined = func(i int) bool { return r.turned[s.h.IDs[i]] || keyed(i) && !r.newcomer(i) }
	r.knownAgain()
	return r, nil
}

// had tells whether the run before made a column of customers.
func (r *reasons) had(name string) bool {
	return len(r.Segments.Before.Customers.Has([]string{name})) > 0
}

// fillIn gives the customers of the run before the columns that it did not
// make, as they are today: that a column is new moves nobody.
func (r *reasons) fillIn() {
	now := &r.h.Tables[customer.OfCustomers]
	for j := range r.people.Cols {
		if !r.had(r.people.Cols[j].Name) {
			r.people.Cols[j] = *now.Take(now.Starts[:len(r.h.IDs)]).Col(r.people.Cols[j].Name)
		}
	}
}

// from binds the steps from a day on. What was carried then is carried; a
// scheduled segment is looked at from the day on which it was last told.
func (r *reasons) from(day int32) (*views, error) {
	if v, done := r.since[day]; done {
		return v, nil
	}
	lastNight := day == r.Segments.Before.Day
	yesterday := r.env
	yesterday.View = customer.View{AsOf: day, Known: day}
	yesterday.Carried, yesterday.Turned = map[string]bool{}, nil
	if lastNight {
		yesterday.Carried = r.Segments.Carried(r.set, day)
	}
	joined := yesterday
	joined.Turned = r.env.Turned
	late := joined
	late.Known = math.MaxInt32
	told := late
	told.FactsTo = r.AsOf
	nobody, turned, everybody := func(int) bool { return false }, func(i int) bool { return r.turned[r.h.IDs[i]] }, func(int) bool { return true }
	overdue := func(i int) bool { return turned(i) || r.newcomer(i) && r.seenBy(i, day) }
	v := &views{}
	before := r.as(knew{day, day, day, lastNight, nobody})
	for _, step := range []struct {
		to  **segment.Evaluator
		set *segment.Set
		h   *customer.Histories
		env segment.Env
	}{
		{&v.before, r.old, before, yesterday},
		{&v.edited, r.set, before, yesterday},
		{&v.joined, r.set, r.as(knew{day, day, day, false, turned}), joined},
		{&v.late, r.set, r.as(knew{day, day, late.Known, false, overdue}), late},
		{&v.told, r.set, r.as(knew{day, r.AsOf, late.Known, false, everybody}), told},
	} {
		var err error
		if *step.to, err = step.set.Bind(step.h, step.env); err != nil {
			return nil, err
		}
	}
	r.since[day] = v
	return v, nil
}

// as are the histories of today with customers as a step knows them.
func (r *reasons) as(k knew) *customer.Histories {
	h := *r.past
	h.Tables[customer.OfCustomers].Chunk = r.profiles(k)
	return &h
}

// of is why customer i, who was a member or not, moved in or out of a segment,
// and the clause that decided.
func (r *reasons) of(d *segment.Definition, i int, was bool) (reason, clause string, err error) {
	last := segment.Step{Reason: segment.ByTime, Eval: r.today, Customer: i}
	if _, told := r.Segments.Before.Versions[d.Name]; !told {
		return segment.FirstRun, last.Because(d.Name), nil
	}
	day := r.Segments.Before.Day
	if d.Every != "" {
		day = r.Segments.Before.Told[d.Name]
	}
	if r.env.Carried[d.Name] { // nothing else moves anybody whom it is not asked of tonight
		return segment.ByIdentity, "", nil
	}
	if d.Members != nil {
		switch {
		case r.rejoined(i):
			return segment.ByIdentity, d.Conditions(), nil
		case r.newcomer(i):
			return segment.ByData, d.Conditions(), nil
		}
		return segment.ByEdit, d.Conditions(), nil
	}
	v, err := r.from(day)
	if err != nil {
		return "", "", err
	}
	before, news := segment.Step{Eval: v.before, Customer: i}, r.newsOf(i, day)
	steps := []segment.Step{before, {Reason: segment.ByEdit, Eval: v.edited, Customer: i}}
	if r.rejoined(i) {
		steps = append(steps, segment.Step{Reason: segment.ByIdentity, Eval: v.joined, Customer: i})
	}
	if news.any() || r.fresh(i) {
		steps = append(steps, segment.Step{Reason: segment.ByLate, Eval: v.late, Customer: i}, segment.Step{Reason: segment.ByData, Eval: v.told, Customer: i})
	}
	steps = append(steps, last)
	reason, clause = segment.Why(d.Name, steps)
	reads := func(tables ...customer.HistoryTable) bool {
		return slices.ContainsFunc(tables, func(t customer.HistoryTable) bool { return last.Reads(d.Name, t) })
	}
	switch {
	case !before.Knows(d.Name) || before.Is(d.Name) == was:
		return reason, clause, nil
	case r.turned[r.h.IDs[i]]:
		return segment.ByIdentity, clause, nil
	case r.grown(i): // before any of tonight's
		return segment.ByLate, clause, nil
	case news.today: // it is enough to explain the move, whatever else is another now
		return segment.ByData, clause, nil
	case r.rejoined(i):
		return segment.ByIdentity, clause, nil
	case !news.earlier && reads(customer.OfContacts, customer.OfConsents): // of these no version is kept: another one came
		if reads(news.undated...) {
			return segment.ByData, clause, nil
		}
		return segment.ByLate, clause, nil
	case d.Every != "" && !news.any(): // what it was scored with on that day nobody kept
		return segment.ByTime, clause, nil
	}
	return segment.ByRestatement, clause, nil
}

// timely are the columns of customers that change with the day alone, or with
// what others do.
var timely = append([]string{"recency_days", "tenure_days"}, scores...)

// differs tells of whom one of the columns is not what it was.
func (s *segmenting) differs(people *columns.Chunk, asks func(name string) bool) func(i int) bool {
	now, starts := &s.h.Tables[customer.OfCustomers], s.h.Tables[customer.OfCustomers].Starts
	var a, b []byte
	return func(i int) bool {
		for j := range now.Cols {
			if !asks(now.Cols[j].Name) {
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
