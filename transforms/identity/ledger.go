package identity

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/habitue-data/habitue/customer"
)

// Standing is what the ledger says of an id.
type Standing uint8

const (
	Unknown Standing = iota // never given
	Live
	Merged
	Retired
	Foreseen // given on the day that is run again, or later, as the line's end knows
)

// Claim is what one of today's components says for having an id.
type Claim struct {
	Component uint64 // tells components apart
	// ByBirth: the id is the one that the component's own birth record
	// gives. Else the component holds keys that the ledger has under the id.
	ByBirth  bool
	Facts    int64  // records at those keys
	FirstAt  int64  // the earliest of them
	FirstKey []byte // the component's least key
	// Parted: the component has the birth record of a customer that was merged
	// into this one.
	Parted bool
}

// Award is the answer to a claim.
type Award uint8

const (
	Refused    Award = iota
	Found            // the component goes on as this customer, or merges it
	Free             // nobody ever had the id
	TakenBack        // the customer was merged away; parted again, this is its id
	LeftBehind       // the component stands apart from this customer again, and has its own id back
	Promised         // the id is foreseen for this component's birth record
	Expected         // the id is foreseen for a component with such keys
)

// Merges tells whether an id with that answer may be merged into another that
// its component has: see Settle.
func (a Award) Merges() bool {
	return a == Found || a == TakenBack || a == Promised || a == Expected
}

// Judge answers the claims on one id, in their order.
//
// Where one customer's keys lie in several components, the part with the
// most facts keeps the id, then the one with the birth record, then the one
// with the earliest, then the least key; but a part that has the birth record
// of a customer merged into this one goes back to its own id. A retired id is
// not born again. An id that is foreseen is for the part with the birth
// record, however many facts another has: it was born as that.
func Judge(s Standing, claims []Claim) []Award {
	awards := make([]Award, len(claims))
	switch s {
	case Unknown, Merged:
		for i, c := range claims {
			if c.ByBirth && s == Unknown {
				awards[i] = Free
			} else if c.ByBirth {
				awards[i] = TakenBack
			}
		}
	case Live, Foreseen:
		born := uint64(0) // component with the birth record
		holds := false
		for _, c := range claims {
			if c.ByBirth {
				born, holds = c.Component, true
			}
		}
		better := func(a, b *Claim) bool {
			if a.ByBirth != b.ByBirth { // of the living, keys speak before the birth record alone
				return a.ByBirth == (s == Foreseen)
			}
			if a.Facts != b.Facts {
				return a.Facts > b.Facts
			}
			if x, y := holds && a.Component == born, holds && b.Component == born; x != y {
				return x
			}
			if a.FirstAt != b.FirstAt {
				return a.FirstAt < b.FirstAt
			}
			return bytes.Compare(a.FirstKey, b.FirstKey) < 0
		}
		parts := 0
		for _, c := range claims {
			if !c.ByBirth {
				parts++
			}
		}
		best := -1
		for i, c := range claims {
			switch {
			case c.Parted && parts > 1:
				awards[i] = LeftBehind
			case best < 0 || better(&claims[i], &claims[best]):
				best = i
			}
		}
		for i, c := range claims {
			switch {
			case best < 0 || c.Component != claims[best].Component:
			case s == Live:
				awards[i] = Found
			case c.ByBirth:
				awards[i] = Promised
			default:
				awards[i] = Expected
			}
		}
	}
	return awards
}

// Given is an id awarded to a component.
type Given struct {
	ID    customer.ID
	Born  int64 // time of the customer's birth record, customer.NoTime without one
	Award Award
	Day   int32 // on which the id was given first
}

// Settle is the id that a component goes on under, the ids merged into it,
// and the cause: created, split, or "" where it is just found again. ok is
// false where no id was left to it: it needs another name.
//
// A component that holds several customers keeps the id of the one born
// first, by the birth record, then by the day (a part that was given another
// id has the same record), then the smallest; one that it takes back counts among them. Ids that
// are foreseen come after those: first that of its own birth record.
func Settle(given []Given) (kept customer.ID, merged []customer.ID, cause string, ok bool) {
	var found, foreseen []Given
	apart := slices.ContainsFunc(given, func(g Given) bool { return g.Award == LeftBehind })
	var back, free []Given // ids it takes back, ids that nobody had
	for _, g := range given {
		switch g.Award {
		case Found:
			found = append(found, g)
		case TakenBack:
			back = append(back, g)
			if apart {
				found = append(found, g)
			}
		case Promised, Expected:
			foreseen = append(foreseen, g)
		case Free:
			free = append(free, g)
		}
	}
	slices.SortFunc(found, firstBorn)
	slices.SortFunc(foreseen, func(a, b Given) int { return cmp.Or(cmp.Compare(a.Award, b.Award), firstBorn(a, b)) })
	switch {
	case len(found) > 0:
		kept = found[0].ID
		if apart && len(back) > 0 && kept == back[0].ID {
			cause = "split"
		}
	case len(back) > 0:
		kept, cause = back[0].ID, "split"
	case len(foreseen) > 0:
		kept, cause = foreseen[0].ID, "created"
	case len(free) > 0:
		kept, cause = free[0].ID, "created"
	default:
		return kept, nil, "", false
	}
	var told map[customer.ID]bool
	for _, g := range append(found, foreseen...) {
		if g.ID == kept || told[g.ID] {
			continue
		}
		if told == nil {
			told = map[customer.ID]bool{}
		}
		told[g.ID] = true
		merged = append(merged, g.ID)
	}
	return kept, merged, cause, true
}

func firstBorn(a, b Given) int {
	return cmp.Or(cmp.Compare(a.Born, b.Born), cmp.Compare(a.Day, b.Day), bytes.Compare(a.ID[:], b.ID[:]))
}
