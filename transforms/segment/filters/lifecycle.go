package filters

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/transforms/segment"
)

func lifecycle() []segment.Filter {
	return []segment.Filter{
		{
			Name: "in_segment", Group: "lifecycle", Type: segment.Membership,
			Doc:     "membership in other segments, by this run or on an earlier day",
			Example: "{in: [champions, loyal]}",
			Params: []config.Spec{
				segment.NamesKey("in", "a member of one of these"), segment.NamesKey("not_in", "a member of none of these"),
				{Name: "on", Type: config.Date, Example: "2025-06-01", Doc: "on that day, as the run of the day had it; by this run unless said"},
			},
			NeedsOf: func(params segment.Operands) segment.Needs {
				if params.Get("on") == nil {
					return nil
				}
				return segment.Needs{customer.OfMembers: {"segment", "entered_date", "left_date"}}
			},
			Segments: func(params segment.Operands) ([]*config.Value, bool) {
				return segment.Values(params, "in", "not_in"), params.Get("on") == nil
			},
			Bind: inSegment,
		},
		{
			Name: "tags", Group: "lifecycle", Type: segment.List,
			Doc:     "tags of the customer's contacts",
			Example: "{contains_any: [vip, staff]}",
			Needs:   segment.Needs{customer.OfContacts: {"tags"}},
			Bind: func(s *segment.Scope) segment.Test {
				contacts := s.Rows(customer.OfContacts)
				tags := contacts.Column("tags")
				return s.List(func(i int, yield func([]byte)) bool {
					from, to := contacts.Of(i)
					for r := from; r < to; r++ {
						segment.Split(tags, r, yield)
					}
					return to > from
				})
			},
		},
	}
}

func inSegment(s *segment.Scope) segment.Test {
	member := func(name string) func(i int) segment.Truth { return s.Result(name) }
	if on := s.Params.Get("on"); on != nil {
		member = func(name string) func(i int) segment.Truth { return memberOn(s, name, on.Int()) }
	}
	any := func(key string) func(i int) segment.Truth {
		var all []func(i int) segment.Truth
		for _, name := range s.Params.Get(key).Texts() {
			all = append(all, member(name))
		}
		return func(i int) segment.Truth {
			t := segment.False
			for _, m := range all {
				t = max(t, m(i))
			}
			return t
		}
	}
	in, out := any("in"), any("not_in")
	asked := s.Params.Get("in") != nil
	return s.Flag(func(i int) segment.Truth {
		t := out(i).Not()
		if asked {
			t = min(t, in(i))
		}
		return t
	})
}

// memberOn tells membership on a day from the intervals of runs before.
func memberOn(s *segment.Scope, name string, day int64) func(i int) segment.Truth {
	rows := s.Rows(customer.OfMembers)
	names, entered, left := rows.Column("segment"), rows.Column("entered_date").Ints, rows.Column("left_date").Ints
	return func(i int) segment.Truth {
		for r, to := rows.Of(i); r < to; r++ {
			text, _ := names.Bytes(r)
			if string(text) == name && entered[r] <= day && (left[r] == columns.MissingInt || day < left[r]) {
				return segment.True
			}
		}
		return segment.False
	}
}
