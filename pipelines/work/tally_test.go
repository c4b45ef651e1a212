package work

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTalliesAddUp(t *testing.T) {
	all := Tallies{}
	all.Of(3).Read(500)
	all.Of(3).Order(500, true)
	all.Of(0).Add(TallyRejected, 1, -70)
	all.Of(0).Equal, all.Of(3).Assumed, all.Of(3).Unreadable = 2, 1, 4
	twice := Tallies{}
	data := all.Append(nil)
	for range 2 {
		if err := twice.Merge(data); err != nil {
			t.Fatal(err)
		}
	}
	want := Tallies{}
	for range 2 {
		want.Of(3).Read(500)
		want.Of(3).Order(500, true)
		want.Of(0).Add(TallyRejected, 1, -70)
	}
	want.Of(0).Equal, want.Of(3).Assumed, want.Of(3).Unreadable = 4, 2, 8
	if diff := cmp.Diff(want, twice); diff != "" {
		t.Error(diff)
	}
	for cut := 1; cut < len(data); cut++ {
		if cut != len((Tallies{0: all[0]}).Append(nil)) && (Tallies{}).Merge(data[:cut]) == nil {
			t.Errorf("%d of %d bytes were accepted", cut, len(data))
		}
	}
}
