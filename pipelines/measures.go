package pipelines

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/transforms/cohort"
	"github.com/habitue-data/habitue/transforms/profile"
	"github.com/habitue-data/habitue/transforms/purchase"
	"github.com/habitue-data/habitue/transforms/rfm"
)

// measures are what is taken of every customer: just those that a wanted
// column needs.
type measures struct {
	days    *purchase.Measure
	orders  *rfm.Measure
	traits  *profile.Traits
	golden  *profile.Golden
	cohorts cohort.Measure
	all     []customer.Measure // those of a customer's own rows first
	rows    int                // how many these are
	room    int
}

func (w *worker) newMeasures() (m measures) {
	if w.wantsOrderDays() { // in front: who wants no more of a customer need not read on
		m.days = &purchase.Measure{}
		m.all = append(m.all, m.days)
	}
	if w.wantsScores() {
		m.orders = &rfm.Measure{}
		m.all = append(m.all, m.orders)
	}
	if w.wantsProfile() {
		m.traits, m.golden = &profile.Traits{}, profile.NewGolden(w.golden)
		m.all = append(m.all, m.traits, m.golden)
	}
	m.rows = len(m.all)
	if w.wantsCohorts() {
		m.cohorts = cohort.NewMeasure(w.Cohorts)
		m.all = append(m.all, m.cohorts)
	}
	return m
}

// ofRows are only those that a customer's own rows are made of: what the
// others measure goes no further than their fold.
func (m measures) ofRows() measures {
	m.all = m.all[:m.rows]
	return m
}

// grow makes room for n customers.
func (m *measures) grow(n int) {
	m.room = n
	for _, one := range m.all {
		one.Grow(n)
	}
}

// reach makes room for customer i, and for some that will come after.
func (m *measures) reach(i int) {
	if i >= m.room {
		m.grow(i + i/4 + 64)
	}
}

func (m *measures) add(i int, f *customer.Fact) {
	for _, one := range m.all {
		one.Add(i, f)
	}
}

func (m *measures) append(dst []byte, i int) []byte {
	for _, one := range m.all {
		dst = one.Append(dst, i)
	}
	return dst
}

func (m *measures) merge(i int, b []byte) (rest []byte, err error) {
	for _, one := range m.all {
		if b, err = one.Merge(i, b); err != nil {
			return nil, err
		}
	}
	return b, nil
}
