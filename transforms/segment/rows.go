package segment

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

// Rows are the rows of a table that hold rather than happen: contacts,
// consents, intervals of membership, stores.
type Rows struct {
	scope *Scope
	table customer.HistoryTable
	rows  *customer.HistoryRows
}

// Rows are the rows of such a table. Where no source gives such records the
// condition is unknown for everybody; memberships are our own and always
// there. Of consents all is known, as of facts: no row is no consent.
func (s *Scope) Rows(t customer.HistoryTable) *Rows {
	r := &Rows{s, t, &s.histories.Tables[t]}
	s.factual = s.factual || t == customer.OfConsents
	if !r.rows.Supplied && t != customer.OfMembers {
		s.unsupplied, s.isUnknown = t, true
	}
	return r
}

// Of are the rows of customer i: from the first to the one after the last.
func (r *Rows) Of(i int) (from, to int) {
	if r.rows.N == 0 {
		return 0, 0
	}
	return r.rows.Of(i)
}

// All are the rows of a table of the shop: how many there are.
func (r *Rows) All() int { return r.rows.N }

// Column is a column of the rows.
func (r *Rows) Column(name string) *columns.Column { return r.scope.column(r.table, name) }

// OneOf are the rows whose column is one of these codes, compared as texts
// are; all rows where there is no code.
func (r *Rows) OneOf(column string, codes ...string) func(row int) bool {
	if codes == nil {
		return func(int) bool { return true }
	}
	return oneOf(r.Column(column), codes)
}
