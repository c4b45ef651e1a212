package filters

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/transforms/segment"
)

func membership() []segment.Filter {
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
		moved("entered_segment", "entered", "entries into segments"),
		moved("left_segment", "left", "exits from segments"),
		{
			Name: "in_segment_for", Group: "lifecycle", Type: segment.Number,
			Doc:     "days of membership without a gap, the as-of day included; 0 for who is no member by this run",
			Example: "{segment: champions, ge: 30}",
			Params:  []config.Spec{segmentKey}, Needs: stayNeeds, Segments: segmentNamed,
			Bind: func(s *segment.Scope) segment.Test {
				stays := staysOf(s, s.Params.Get("segment").Text())
				return s.Whole(func(i int) int64 {
					since, member := stays.since(i)
					if !member {
						return 0
					}
					return int64(s.AsOf()) - since + 1
				})
			},
		},
		{
			Name: "segment_flips", Group: "lifecycle", Type: segment.Number,
			Doc:     "how often the customer entered or left a segment, this run included",
			Example: "{segment: lapsing, ge: 3, in_last: 1y}",
			Params:  append([]config.Spec{segmentKey}, segment.WindowKeys()...), Needs: stayNeeds, Segments: segmentNamed,
			Bind: func(s *segment.Scope) segment.Test {
				stays, within := staysOf(s, s.Params.Get("segment").Text()), s.Window()
				return s.Whole(func(i int) (n int64) {
					for _, m := range stays.moves(i) {
						if within(m.day) {
							n++
						}
					}
					return n
				})
			},
		},
	}
}

var segmentKey = config.Spec{Name: "segment", Type: config.Text, Required: true, Example: "champions", Doc: "the segment"}

func segmentNamed(params segment.Operands) ([]*config.Value, bool) {
	return segment.Values(params, "segment", "in"), true
}

// moved is a filter over entries into segments or exits from them.
func moved(name, move, what string) segment.Filter {
	needs := segment.Needs{customer.OfMembers: append([]string{move + "_reason"}, stayNeeds[customer.OfMembers]...)}
	return segment.Filter{
		Name: name, Group: "lifecycle", Type: segment.Membership,
		Doc:     what + ", those of this run included unless a reason is asked for: it is told after",
		Example: "{in: [champions], in_last: 7d}",
		Params: append([]config.Spec{segment.NamesKey("in", "of one of these segments"),
			segment.OneOrMore("reason", "why", "[data, time]", segment.Reasons()...)}, segment.WindowKeys()...),
		Needs: needs, Segments: segmentNamed,
		Bind: func(s *segment.Scope) segment.Test {
			var all []*stays
			for _, name := range s.Params.Get("in").Texts() {
				all = append(all, staysOf(s, name))
			}
			rows := s.Rows(customer.OfMembers)
			within, because, why := s.Window(), rows.OneOf(move+"_reason", s.Params.Words("reason")...), s.Params.Get("reason") != nil
			return s.Flag(func(i int) segment.Truth {
				for _, stays := range all {
					for _, m := range stays.moves(i) {
						if (m.row < 0 && !why || m.row >= 0 && because(m.row)) && m.entry == (move == "entered") && within(m.day) {
							return segment.True
						}
					}
				}
				return segment.False
			})
		},
	}
}

func inSegment(s *segment.Scope) segment.Test {
	member := func(name string) func(i int) segment.Truth { return s.Result(name) }
	if on := s.Params.Get("on"); on != nil {
		member = func(name string) func(i int) segment.Truth {
			stays := staysOf(s, name)
			return func(i int) segment.Truth { return segment.Of(stays.on(i, on.Int())) }
		}
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
