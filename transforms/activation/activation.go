// Package activation decides who is in the file of a destination, and of
// everyone else why not.
//
// A customer leaves for one reason, the first that holds, in this order: no
// address, no consent, suppressed, capped, lower priority, hold-out. So the
// counts of the reasons and of the file add up to the members.
//
// Rejected: asking consent of a person. A file uses only an address that has
// its own yes; a person with two addresses and one yes is written to at that
// one.
package activation

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/zeebo/xxh3"
)

// Destination is a file that somebody takes.
type Destination struct {
	Name      string
	Segments  []string // a member of any of them is a candidate
	Channel   string
	Purpose   string
	Address   string // how consents calls the type of the channel's addresses
	Column    string // of customers: where a customer has such an address, "" where it has no column
	Columns   []Column
	Form      Form
	HoldOut   int64 // thousandths of the candidates that get nothing
	Salt      string
	Cap       Cap
	Exclusive bool // who is in it is in no file of the channel after it
}

// Column is a column of the file.
type Column struct {
	Name string
	From string // a column of customers, or FromAddress
}

// FromAddress is the address as the destination's form has it.
const FromAddress = "address"

// Cap is how many messages through a channel are enough.
type Cap struct {
	Messages int64 // 0 for no cap
	Days     int32 // in the last so many days
}

// Outcome is what becomes of a candidate.
type Outcome uint8

// The outcomes in the order in which they are asked for.
const (
	NoAddress Outcome = iota
	NoConsent
	Suppressed
	Capped
	LowerPriority
	HeldOut
	InFile
	Outcomes // how many there are
)

var outcomeNames = [Outcomes]string{"no_address", "no_consent", "suppressed", "capped", "lower_priority", "hold_out", "in_file"}

// String is how the tables call the outcome.
func (o Outcome) String() string { return outcomeNames[o] }

// heldOut tells whether a customer is among those who get nothing: a hash and
// no draw, so it is the same ones every night.
func (d *Destination) heldOut(id customer.ID) bool {
	if d.HoldOut == 0 {
		return false
	}
	return int64(xxh3.HashSeed(id[:], xxh3.HashString(d.Salt))>>32%1000) < d.HoldOut
}

// Needs are the columns of histories that the destinations ask for, by table.
func Needs(all []Destination) map[string][]string {
	needs := map[string][]string{}
	if len(all) == 0 {
		return needs
	}
	needs["customers"] = []string{}
	needs["consents"] = []string{"address_type", "address", "written_as", "channel", "purpose", "state", "since_at", "explicit", "suppressed"}
	for i := range all {
		d := &all[i]
		if d.Column != "" {
			needs["customers"] = append(needs["customers"], d.Column)
		}
		for _, c := range d.Columns {
			if c.From != FromAddress {
				needs["customers"] = append(needs["customers"], c.From)
			}
		}
		if d.Cap.Messages > 0 {
			needs["interactions"] = []string{"interaction_date", "kind", "channel"}
		}
	}
	return needs
}
