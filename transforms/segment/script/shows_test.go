package script

import (
	"testing"

	"github.com/habitue-data/habitue/transforms/segment/filters"
)

// TestWhatAFileShowsIsNotWhatItSays takes the same people with and without what
// the words in brackets claim of them.
func TestWhatAFileShowsIsNotWhatItSays(t *testing.T) {
	t.Parallel()
	c, err := filters.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	const asked = "\nsegment {orders_count: {ge: 1, in_last: 30d}}\n  members ann (inside)\n  others bob (outside), eve (missing)\n"
	for people, want := range map[string]Shown{
		"ann\n  order 2026-03-02 00:00 amount=1.00\nbob\n  order 2026-03-01 23:59 amount=1.00\neve\n":                                                    {Member: true, Other: true, Reads: true, Missing: true, Sides: true},
		"ann\n  order 2026-03-03 00:00 amount=1.00\nbob\n  order 2026-03-01 23:59 amount=1.00\neve\n":                                                    {Member: true, Other: true, Reads: true, Missing: true},
		"ann\n  order 2026-03-02 00:00 amount=1.00\nbob\n  order 2026-02-28 23:59 amount=1.00\neve\n":                                                    {Member: true, Other: true, Reads: true, Missing: true},
		"ann\n  order 2026-03-02 00:00 amount=1.00\nbob\n  order 2026-03-01 23:59 amount=1.00\neve\n  order 2026-01-01 00:00 kind=return amount=-1.00\n": {Member: true, Other: true, Reads: true, Sides: true},
	} {
		f, faults := Read("x.test", []byte("zone Europe/Berlin\nas_of 2026-03-31\n"+people+asked), c)
		if faults != nil {
			t.Fatal(faults)
		}
		if got, faults := f.Shows("orders_count"); faults != nil || got != want {
			t.Errorf("%s shows %+v, want %+v: %v", people, got, want, faults)
		}
	}
}
