package work

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/transforms/cohort"
	"github.com/habitue-data/habitue/transforms/profile"
	"github.com/habitue-data/habitue/transforms/purchase"
	"github.com/habitue-data/habitue/transforms/rfm"
)

// Measures are what is taken of every customer: just those that a wanted
// column needs.
type Measures struct {
	Days    *purchase.Measure
	Orders  *rfm.Measure
	Traits  *profile.Traits
	Golden  *profile.Golden
	Cohorts cohort.Measure
	all     []customer.Measure // those of a customer's own rows first
	rows    int                // how many these are
	room    int
}

// NewMeasures has those that some wanted table needs.
func (w *Worker) NewMeasures() (m Measures) {
	if w.WantsOrderDays() { // in front: who wants no more of a customer need not read on
		m.Days = &purchase.Measure{}
		m.all = append(m.all, m.Days)
	}
	if w.WantsScores() {
		m.Orders = &rfm.Measure{}
		m.all = append(m.all, m.Orders)
	}
	if w.WantsProfile() {
		m.Traits, m.Golden = &profile.Traits{}, profile.NewGolden(w.golden)
		m.all = append(m.all, m.Traits, m.Golden)
	}
	m.rows = len(m.all)
	if w.WantsCohorts() {
		m.Cohorts = cohort.NewMeasure(w.Cohorts)
		m.all = append(m.all, m.Cohorts)
	}
	return m
}

// OfRows are only those that a customer's own rows are made of: what the
// others measure goes no further than their fold.
func (m Measures) OfRows() Measures {
	m.all = m.all[:m.rows]
	return m
}

// Grow makes room for n customers.
func (m *Measures) Grow(n int) {
	m.room = n
	for _, one := range m.all {
		one.Grow(n)
	}
}

// Reach makes room for customer i, and for some that will come after.
func (m *Measures) Reach(i int) {
	if i >= m.room {
		m.Grow(i + i/4 + 64)
	}
}

// Add counts a fact of number i.
func (m *Measures) Add(i int, f *customer.Fact) {
	for _, one := range m.all {
		one.Add(i, f)
	}
}

// Append writes what was counted of number i.
func (m *Measures) Append(dst []byte, i int) []byte {
	for _, one := range m.all {
		dst = one.Append(dst, i)
	}
	return dst
}

// Merge adds what Append wrote to number i.
func (m *Measures) Merge(i int, b []byte) (rest []byte, err error) {
	for _, one := range m.all {
		if b, err = one.Merge(i, b); err != nil {
			return nil, err
		}
	}
	return b, nil
}
