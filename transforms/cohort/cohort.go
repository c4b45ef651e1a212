// Package cohort follows customers from the month or the week of their first
// counted order: how many came back in each period since, with how many
// orders and how much money.
//
// Every figure comes from one cube of whole numbers, so that two definitions
// of retention never stand on two counts. Of a customer only what the
// question needs is kept: the months as bits, or one entry for each day. A
// list of orders was rejected: a day says all that a month and a week need.
package cohort

import (
	"slices"

	"github.com/habitue-data/habitue/customer"
)

// Grain is how long a period is.
type Grain string

const (
	Month Grain = "month"
	Week  Grain = "week" // from Monday, as ISO 8601 has it
)

// Grains are all there are.
func Grains() []string { return []string{string(Month), string(Week)} }

// period is the period of a day, counted from 1970.
func (g Grain) period(day int32) int32 {
	if g == Week {
		return customer.Week(day)
	}
	return customer.Month(day)
}

// first is the first day of a period.
func (g Grain) first(period int32) int32 {
	if g == Week {
		return customer.FirstOfWeek(period)
	}
	return customer.FirstOfMonth(period)
}

// What it means to have come back in period n.
const (
	On        = "on"          // in just that period
	OnOrAfter = "on_or_after" // in it or in any later one
)

// Definitions are all there are.
func Definitions() []string { return []string{On, OnOrAfter} }

// What is counted.
const (
	Customers  = "customers"   // with a counted order
	Orders     = "orders"      // counted ones
	NetRevenue = "net_revenue" // counted orders plus returns, each in its own period
)

// Measures are all there are.
func Measures() []string { return []string{Customers, Orders, NetRevenue} }

// Question is what is asked of cohorts.
type Question struct {
	Grains      []Grain
	Definitions []string
	Measures    []string
	Unfinished  bool // the overall line takes in periods that are not over
}

// Measure keeps of customers what a question needs.
type Measure interface {
	customer.Measure
	// visits appends when customer i ordered or returned, in order.
	visits(dst []visit, i int) []visit
	// period is the period of a visit.
	period(g Grain, when int32) int32
}

// visit is what a customer did at one time: on a day, or in a month.
type visit struct {
	net    int64 // minor units
	when   int32
	orders int32 // 0 where there are returns alone
}

// NewMeasure is the cheapest measure that answers a question.
func NewMeasure(q Question) Measure {
	if slices.Equal(q.Grains, []Grain{Month}) && slices.Equal(q.Measures, []string{Customers}) {
		return &months{}
	}
	return &days{money: slices.Contains(q.Measures, NetRevenue)}
}
