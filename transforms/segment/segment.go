// Package segment tells who is a member of which segment. A segment is a
// YAML file: filters of a catalogue under all, any and not, a CEL expression
// for what no filter says, or a list of keys.
//
// It promises: Kleene's logic throughout, so that a member is a customer of
// whom the conditions are known to hold; the same answer for the same
// histories and day, whatever day it is asked on; every fault of a file at
// once, with its place; what each clause said and saw, for any customer.
// It reads no file and knows no clock: histories, day and lists are
// arguments.
//
// Conditions are compiled to closures over columns that are looked up once
// for all customers. Interpreting every condition as CEL was rejected: it is
// some thirty times slower, and says less of what is wrong in a file.
package segment

import (
	"github.com/habitue-data/habitue/customer"
)

// Days are what every: may say: a day of the week, or month for the first
// day of each.
func Days() []string {
	return []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "month"}
}

// Due tells whether a segment is told anew on a day.
func (d *Definition) Due(day int32) bool {
	switch d.Every {
	case "":
		return true
	case "month":
		_, _, dom := customer.Civil(day)
		return dom == 1
	}
	monday, _ := periodOf("week", day, 0)
	return Days()[day-monday] == d.Every
}
