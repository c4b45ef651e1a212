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
	days   *purchase.Measure
	orders *rfm.Measure
	months *cohort.Measure
	traits *profile.Traits
	golden *profile.Golden
	all    []customer.Measure
	room   int
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
	if w.wants("cohort_retention") {
		m.months = &cohort.Measure{}
		m.all = append(m.all, m.months)
	}
	if w.wantsProfile() {
		m.traits, m.golden = &profile.Traits{}, &profile.Golden{}
		m.all = append(m.all, m.traits, m.golden)
	}
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
