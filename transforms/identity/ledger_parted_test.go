package identity

import (
	"slices"
	"testing"

	"github.com/habitue-data/habitue/customer"
)

// TestWhoPartsTakesItsOwnIDBack has components that hold the birth record of
// a customer once merged into the one whose keys they have.
func TestWhoPartsTakesItsOwnIDBack(t *testing.T) {
	keys := func(component uint64, facts int64) Claim {
		return Claim{Component: component, Facts: facts, FirstAt: 9}
	}
	parted := func(component uint64, facts int64) Claim {
		return Claim{Component: component, Facts: facts, FirstAt: 9, Parted: true}
	}
	birth := func(component uint64) Claim { return Claim{Component: component, ByBirth: true} }
	for name, c := range map[string]struct {
		claims []Claim
		want   []Award
	}{
		"however many facts it has":        {[]Claim{parted(1, 9), keys(2, 1)}, []Award{LeftBehind, Found}},
		"not where it holds all the keys":  {[]Claim{parted(1, 9)}, []Award{Found}},
		"all of them":                      {[]Claim{parted(1, 9), parted(2, 1)}, []Award{LeftBehind, LeftBehind}},
		"and the birth record alone finds": {[]Claim{parted(1, 9), parted(2, 1), birth(3)}, []Award{LeftBehind, LeftBehind, Found}},
	} {
		if got := Judge(Live, c.claims); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}

	id := func(n byte) customer.ID { return customer.ID{n} }
	for name, c := range map[string]struct {
		third  []Given
		kept   customer.ID
		merged []customer.ID
		cause  string
	}{
		"alone":                      {nil, id(2), nil, "split"},
		"and merges who is younger":  {[]Given{{id(3), 7, Found, 0}}, id(2), []customer.ID{id(3)}, "split"},
		"but joins an older at once": {[]Given{{id(3), 4, Found, 0}}, id(3), []customer.ID{id(2)}, ""},
	} {
		kept, merged, cause, ok := Settle(append([]Given{{id(1), 5, LeftBehind, 0}, {id(2), 6, TakenBack, 0}}, c.third...))
		if kept != c.kept || !slices.Equal(merged, c.merged) || cause != c.cause || !ok {
			t.Errorf("%s: %v, %v, %q, want %v, %v, %q", name, kept, merged, cause, c.kept, c.merged, c.cause)
		}
	}
}
