package lifecycle

import (
	"slices"
	"testing"

	"github.com/habitue-data/habitue/customer"
	"pgregory.net/rapid"
)

func on(days ...int32) (all []customer.OrderDay) {
	for _, d := range days {
		all = append(all, customer.OrderDay{Day: d, Orders: 1, Net: 100})
	}
	return all
}

// TestStages has both sides of every boundary. Today is day 1000; the shop's
// median gap is 20 days.
func TestStages(t *testing.T) {
	const today, shop = 1000, Rhythm(40)
	back := func(comeback int32) []customer.OrderDay { // every ten days, then a long silence, then once
		return on(700, 710, 720, 730, comeback)
	}
	returned := append(on(), customer.OrderDay{Day: 999, Net: -5})
	for name, c := range map[string]struct {
		days []customer.OrderDay
		want Stage
	}{
		"nobody":                             {nil, Prospect},
		"returns alone":                      {returned, Prospect},
		"first order today":                  {on(1000), New},
		"first order 60 days with today":     {on(941), New},
		"one day more, shop's rhythm":        {on(940), AtRisk},
		"three gaps of the shop":             {on(939), Lapsed},
		"own median of 27.5, 41 days":        {on(904, 934, 959), Active},
		"own median of 27.5, 42 days":        {on(903, 933, 958), AtRisk},
		"two order days have no rhythm":      {on(925, 970), Active},
		"1.5 gaps of the shop and a day":     {on(924, 969), AtRisk},
		"own gap of 10, 15 days":             {on(900, 910, 920, 930, 940, 950, 960, 970, 980, 985), Active},
		"own gap of 10, 16 days":             {on(904, 914, 924, 934, 944, 954, 964, 974, 984), AtRisk},
		"own gap of 10, 30 days":             {on(900, 910, 920, 930, 940, 950, 960, 970), AtRisk},
		"own gap of 10, 31 days":             {on(909, 919, 929, 939, 949, 959, 969), Lapsed},
		"back after a lapse":                 {back(995), Reactivated},
		"back 60 days ago with today":        {back(941), Reactivated},
		"back a day before that":             {back(940), Lapsed},
		"a gap of three medians is no lapse": {on(930, 940, 950, 960, 990), Active},
		"a gap of a day more is":             {on(929, 939, 949, 959, 990), Reactivated},
	} {
		if got := Of(c.days, shop, today); got != c.want {
			t.Errorf("%s: %s, want %s", name, Names()[got], Names()[c.want])
		}
	}
	for day, want := range map[int32]Stage{941: New, 940: Active, 910: Active, 909: AtRisk, 820: AtRisk, 819: Lapsed, 300: Lapsed} {
		if got := Of(on(day), 0, today); got != want {
			t.Errorf("where nobody ever came back, the one order on day %d: %s, want %s", day, Names()[got], Names()[want])
		}
	}
}

// TestTheShopsMedianIsExact holds counts in parts against a sorted list.
func TestTheShopsMedianIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		histories := rapid.SliceOfN(rapid.SliceOfN(rapid.Int32Range(0, 2000), 0, 12), 0, 8).Draw(t, "days")
		var whole Gaps
		var all []int32
		for _, h := range histories {
			slices.Sort(h)
			days := on(slices.Compact(h)...)
			all = append(all, gapsOf(days)...)
			var part Gaps
			part.Add(days)
			if err := whole.Merge(part.Append(nil)); err != nil {
				t.Fatal(err)
			}
			own := gapsOf(days)
			if slices.Sort(own); len(own) > 0 && Own(days).Days() != float64(own[(len(own)-1)/2]+own[len(own)/2])/2 {
				t.Fatalf("own median of %v is %g", own, Own(days).Days())
			}
		}
		slices.Sort(all)
		want := Rhythm(0)
		if n := len(all); n > 0 {
			want = Rhythm(all[(n-1)/2] + all[n/2])
		}
		if got := whole.Median(); got != want {
			t.Fatalf("median %d of %v, want %d", got, all, want)
		}
	})
}
