package identity

import (
	"bytes"
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
)

// Judge answers the claims on one id, in their order.
//
// Where one customer's keys lie in several components, the part with the
// most facts keeps the id, then the one with the birth record, then the one
// with the earliest, then the least key; but a part that has the birth record
// of a customer merged into this one goes back to its own id. A retired id is
// not born again.
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
	case Live:
		born := uint64(0) // component with the birth record
		holds := false
		for _, c := range claims {
			if c.ByBirth {
				born, holds = c.Component, true
			}
		}
		better := func(a, b *Claim) bool {
			if a.ByBirth != b.ByBirth { // keys speak before the birth record alone
				return !a.ByBirth
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
		for i := range claims {
			if best >= 0 && claims[i].Component == claims[best].Component {
				awards[i] = Found
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
}

// Settle is the id that a component goes on under, the ids merged into it,
// and the cause: created, split, or "" where it is just found again. ok is
// false where no id was left to it: it needs another name.
//
// A component that holds several customers keeps the id of the one born
// first, then the smallest; one that it takes back counts among them.
func Settle(given []Given) (kept customer.ID, merged []customer.ID, cause string, ok bool) {
	var found []Given
	apart := slices.ContainsFunc(given, func(g Given) bool { return g.Award == LeftBehind })
	var back customer.ID // the id it takes back
	for _, g := range given {
		switch {
		case g.Award == Found:
			found = append(found, g)
		case g.Award == TakenBack && apart:
			found = append(found, g)
			back = g.ID
		}
	}
	if len(found) > 0 {
		slices.SortFunc(found, func(a, b Given) int {
			switch {
			case a.Born < b.Born:
				return -1
			case a.Born > b.Born:
				return 1
			}
			return bytes.Compare(a.ID[:], b.ID[:])
		})
		for _, g := range found[1:] {
			if g.ID != found[0].ID && (len(merged) == 0 || g.ID != merged[len(merged)-1]) {
				merged = append(merged, g.ID)
			}
		}
		if apart && found[0].ID == back {
			cause = "split"
		}
		return found[0].ID, merged, cause, true
	}
	for _, g := range given {
		switch g.Award {
		case TakenBack:
			return g.ID, nil, "split", true
		case Free:
			return g.ID, nil, "created", true
		}
	}
	return kept, nil, "", false
}
