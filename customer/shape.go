package customer

import "github.com/habitue-data/habitue/internal/columns"

// A transform has one of four shapes. All are plain Go, so that the night, a
// test and a benchmark run the same code.
//
// What can be a Measure is not written as Each: a measure needs no history
// of the customer to be put together.

// Measure folds facts into an accumulator per customer. Add must be
// commutative and Merge associative, because facts come in any order and a
// customer's keys are measured apart before anyone knows that they are one.
type Measure interface {
	// Grow makes room for n accumulators, 0 to n-1; new ones are empty.
	Grow(n int)
	// Add puts one fact into accumulator i.
	Add(i int, f *Fact)
	// Append appends accumulator i in a form that Merge reads.
	Append(dst []byte, i int) []byte
	// Merge puts an appended accumulator into accumulator i and returns
	// what follows it.
	Merge(i int, src []byte) (rest []byte, err error)
}

// Each gives the rows of customers one by one, from measures and global
// facts, column by column of a table; or those of a fold's result.
type Each interface {
	// Column is what appends the value of row i to a column of that name;
	// nil where it fills no such column.
	Column(name string) func(c *columns.Column, i int)
}

// Fold goes over customers and comes to one result for all of them. Like a
// measure's, its additions commute.
type Fold interface {
	Add(i int)
	// Append appends what was added in a form that Merge reads.
	Append(dst []byte) []byte
	Merge(src []byte) error
}

// Rounds is a fold again and again, each time with the seed that the last
// round came to.
type Rounds interface {
	// Fold starts a round; a nil seed is the first.
	Fold(seed []byte) (Fold, error)
	// Next is the seed of the next round, from the whole fold of this one.
	Next(seed []byte, whole Fold) (next []byte, err error)
	// Count is how many rounds it takes.
	Count() int
}
