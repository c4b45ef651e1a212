package filters

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/transforms/segment"
)

var stayNeeds = segment.Needs{customer.OfMembers: {"segment", "entered_date", "left_date"}}

// stays are the intervals of membership in a segment: those that runs before
// left, and what this run says.
type stays struct {
	*segment.Rows
	named         func(row int) bool
	entered, left []int64
	now           func(i int) segment.Truth
	asOf          int64
	buffer        []move
}

// move is an entry or an exit; row is -1 where it is this run's.
type move struct {
	day   int64
	entry bool
	row   int
}

func staysOf(s *segment.Scope, name string) *stays {
	rows := s.Rows(customer.OfMembers)
	return &stays{Rows: rows, named: rows.OneOf("segment", name), entered: rows.Column("entered_date").Ints, left: rows.Column("left_date").Ints,
		now: s.Result(name), asOf: int64(s.AsOf())}
}

// on tells membership on an earlier day.
func (s *stays) on(i int, day int64) bool {
	for r, to := s.Of(i); r < to; r++ {
		if s.named(r) && s.entered[r] <= day && (s.left[r] == columns.MissingInt || day < s.left[r]) {
			return true
		}
	}
	return false
}

// moves are all entries and exits of customer i. The slice is good until the
// next call.
func (s *stays) moves(i int) []move {
	s.buffer = s.buffer[:0]
	open := false
	for r, to := s.Of(i); r < to; r++ {
		if !s.named(r) {
			continue
		}
		s.buffer = append(s.buffer, move{s.entered[r], true, r})
		if s.left[r] == columns.MissingInt {
			open = true
		} else {
			s.buffer = append(s.buffer, move{s.left[r], false, r})
		}
	}
	if member := s.now(i) == segment.True; member != open {
		s.buffer = append(s.buffer, move{s.asOf, member, -1})
	}
	return s.buffer
}

// since is the first day of the membership that lasts; member is false where
// none does.
func (s *stays) since(i int) (day int64, member bool) {
	if s.now(i) != segment.True {
		return 0, false
	}
	for r, to := s.Of(i); r < to; r++ {
		if s.named(r) && s.left[r] == columns.MissingInt {
			return s.entered[r], true
		}
	}
	return s.asOf, true
}
