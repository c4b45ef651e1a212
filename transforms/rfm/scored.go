package rfm

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

// Scored is customers who are scored: the rows of table rfm.
type Scored struct {
	IDs      []customer.ID
	Worths   []Worth
	Cuts     *Cuts
	Groups   *Groups
	Currency string
}

// Scores are the three scores of a worth.
func (c *Cuts) Scores(w Worth) (s [Three]int64) {
	for m := range s {
		s[m] = c.Score(m, w[m])
	}
	return s
}

// Column fills a column of table rfm.
func (s *Scored) Column(name string) func(c *columns.Column, i int) {
	add := func(c *columns.Column, v int64) { c.Ints = append(c.Ints, v) }
	score := func(m int) func(c *columns.Column, i int) {
		return func(c *columns.Column, i int) { add(c, s.Cuts.Score(m, s.Worths[i][m])) }
	}
	switch name {
	case "customer_id":
		return func(c *columns.Column, i int) { s.IDs[i].AddTo(c) }
	case "recency_days":
		return func(c *columns.Column, i int) { add(c, -s.Worths[i][0]) }
	case "frequency":
		return func(c *columns.Column, i int) { add(c, s.Worths[i][1]) }
	case "monetary":
		return func(c *columns.Column, i int) { add(c, s.Worths[i][2]) }
	case "r_score":
		return score(0)
	case "f_score":
		return score(1)
	case "m_score":
		return score(2)
	case "rfm_group":
		names := columns.NewWords(s.Groups.Names()...)
		return func(c *columns.Column, i int) {
			x := s.Cuts.Scores(s.Worths[i])
			names.Add(c, s.Groups.NumberOf(x[0], x[1], x[2]))
		}
	case "temperature":
		names := columns.NewWords(Temperatures()...)
		return func(c *columns.Column, i int) {
			x := s.Cuts.Scores(s.Worths[i])
			names.Add(c, Temperature(x[0], x[1]))
		}
	case "currency":
		currency := columns.NewWords(s.Currency)
		return func(c *columns.Column, _ int) { currency.Add(c, 0) }
	}
	return nil
}

var _ customer.Each = (*Scored)(nil)
