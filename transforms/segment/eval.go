package segment

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

// Evaluator is a set bound to the histories of some customers, as of a day.
// It belongs to one goroutine; binding another is cheap.
type Evaluator struct {
	set       *Set
	env       Env
	histories *customer.Histories
	bound     []bound
	known     func(i int) bool
	truth     []Truth // of the customer at hand, by segment
}

// bound is a segment with its columns looked up.
type bound struct {
	any    bool // base: all
	whole  func(i int) Truth
	leaves []leaf // in the order of the file; none where the segment has no conditions of its own today
}

// leaf is a filter or an expression with its columns looked up.
type leaf struct {
	Test
	clause *Clause
	cost   int
	why    string // why it is unknown for everybody
}

// Bind looks every column up. That one is not there is a defect of whoever
// put the histories together.
func (s *Set) Bind(h *customer.Histories, env Env) (*Evaluator, error) {
	if env.FactsTo == 0 {
		env.FactsTo = env.AsOf
	}
	e := &Evaluator{set: s, env: env, histories: h, truth: make([]Truth, len(s.Definitions)), bound: make([]bound, len(s.Definitions))}
	scope := Scope{Env: &e.env, histories: h, eval: e}
	e.known = func(int) bool { return true }
	if slices.ContainsFunc(s.Definitions, func(d *Definition) bool { return !d.AnyKind }) {
		kind := scope.Profile("kind")
		e.known = func(i int) bool {
			b, _ := kind.Bytes(i)
			return bytes.Equal(b, []byte("known"))
		}
	}
	for i, d := range s.Definitions {
		b := &e.bound[i]
		b.any = d.AnyKind
		switch {
		case env.Carried[d.Name]:
			b.whole = scope.stays(d.Name)
		case d.Members != nil:
			members := env.Static[d.Name]
			b.whole = func(i int) Truth { return Of(members[h.IDs[i]]) }
		default:
			for _, c := range d.When.Leaves() {
				b.leaves = append(b.leaves, scope.leaf(c))
			}
			rest := b.leaves
			b.whole, _ = tree(d.When, &rest)
		}
	}
	if scope.notCarried != nil {
		slices.Sort(scope.notCarried)
		return nil, fmt.Errorf("evaluate segments: the histories lack %s", strings.Join(slices.Compact(scope.notCarried), ", "))
	}
	return e, nil
}

// leaf binds one, in a scope of its own.
func (s *Scope) leaf(c *Clause) leaf {
	inner := Scope{Params: c.params, Env: s.Env, histories: s.histories, eval: s.eval}
	l := leaf{clause: c, cost: 2}
	if c.Op == Where {
		l.Test, l.cost = c.where.bind(&inner), 3
	} else {
		l.Test = c.filter.Bind(&inner)
		if n := c.needs(); len(n) == 0 || len(n) == 1 && n[customer.OfCustomers] != nil {
			l.cost = 1
		}
	}
	s.notCarried = append(s.notCarried, inner.notCarried...)
	if inner.isUnknown {
		l.why = "no source gives " + strings.ReplaceAll(inner.unsupplied.String(), "_", " ")
		l.Test = Test{Truth: func(int) Truth { return Unknown }, Value: func(int) string { return l.why }}
		l.cost = 0
	}
	return l
}

// tree makes one function of a clause; it takes its leaves from rest. Parts
// that cost least are asked first: the answer is the same in any order.
func tree(c *Clause, rest *[]leaf) (whole func(i int) Truth, cost int) {
	if c.Op >= Ask {
		l := (*rest)[0]
		*rest = (*rest)[1:]
		return l.Truth, l.cost
	}
	type part struct {
		truth func(i int) Truth
		cost  int
	}
	var parts []part
	for _, p := range c.Parts {
		t, k := tree(p, rest)
		parts = append(parts, part{t, k})
		cost = max(cost, k)
	}
	slices.SortStableFunc(parts, func(a, b part) int { return a.cost - b.cost })
	asked := make([]func(i int) Truth, len(parts))
	for k := range parts {
		asked[k] = parts[k].truth
	}
	switch c.Op {
	case All:
		return func(i int) Truth { return every(asked, i) }, cost
	case Any:
		return func(i int) Truth { return some(asked, i) }, cost
	}
	return func(i int) Truth { return some(asked, i).Not() }, cost
}

func every(parts []func(i int) Truth, i int) Truth {
	t := True
	for _, p := range parts {
		if t = min(t, p(i)); t == False {
			break
		}
	}
	return t
}

func some(parts []func(i int) Truth, i int) Truth {
	t := False
	for _, p := range parts {
		if t = max(t, p(i)); t == True {
			break
		}
	}
	return t
}

// stays tells whether a customer was a member when the run before left it.
func (s *Scope) stays(segment string) func(i int) Truth {
	rows := &s.histories.Tables[customer.OfMembers]
	names, left := s.column(customer.OfMembers, "segment"), s.column(customer.OfMembers, "left_date").Ints
	turned := s.Env.Turned[segment]
	return func(i int) Truth {
		if is, told := turned[s.histories.IDs[i]]; told {
			return Of(is)
		}
		if rows.N == 0 {
			return False
		}
		for from, to := rows.Of(i); from < to; from++ {
			if name, _ := names.Bytes(from); string(name) == segment && left[from] == columns.MissingInt {
				return True
			}
		}
		return False
	}
}

// Customer is what each segment says of customer i, in the order of the
// set's definitions. The slice is good until the next call.
func (e *Evaluator) Customer(i int) []Truth {
	known := e.known(i)
	for _, k := range e.set.order {
		if b := &e.bound[k]; known || b.any {
			e.truth[k] = b.whole(i)
		} else {
			e.truth[k] = False
		}
	}
	return e.truth
}

// Leaves appends what each filter and expression of a segment says of
// customer i, in the order of the file. Segments that it asks for must have
// been told by Customer(i) before.
func (e *Evaluator) Leaves(dst []Truth, segment, i int) []Truth {
	for k := range e.bound[segment].leaves {
		dst = append(dst, e.bound[segment].leaves[k].Truth(i))
	}
	return dst
}

// Set is what was bound.
func (e *Evaluator) Set() *Set { return e.set }

// Index is the place of a segment in the set.
func (s *Set) Index(name string) (int, bool) {
	i, there := s.index[name]
	return i, there
}
