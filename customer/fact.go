package customer

import "math"

// NoTime is the time of a record that has none. It is after all times.
const NoTime = math.MaxInt64

// Fact is what one record in force says that can be counted before anyone
// knows whose it is.
type Fact struct {
	At     int64 // microseconds UTC, NoTime where the record has none
	Day    int32 // local day of At, days since 1970-01-01
	Month  int32 // local month of At, months since 1970-01
	Kind   Kind
	Sale   bool  // an order that counts for R, F, cohorts and models
	Return bool  // an order of negative lines only
	Amount int64 // minor units of the reporting currency; orders only

	// Profile is what the record says of the person, as package profile
	// writes it; nil where nobody asks for golden profiles.
	Profile []byte
}
