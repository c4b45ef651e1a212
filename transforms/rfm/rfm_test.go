package rfm

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/customer"
	"pgregory.net/rapid"
)

// cutsOf runs the rounds over customers dealt to some shards.
func cutsOf(t interface{ Fatal(...any) }, worths []Worth, shards int) *Cuts {
	var seed []byte
	for range (Cutter{}).Count() {
		whole, err := Cutter{}.Fold(seed)
		if err != nil {
			t.Fatal(err)
		}
		for s := range shards {
			var mine []Worth
			for i := s; i < len(worths); i += shards {
				mine = append(mine, worths[i])
			}
			f, err := Cutter{mine}.Fold(seed)
			if err != nil {
				t.Fatal(err)
			}
			for i := range mine {
				f.Add(i)
			}
			if err := whole.Merge(f.Append(nil)); err != nil {
				t.Fatal(err)
			}
		}
		if seed, err = (Cutter{}).Next(seed, whole); err != nil {
			t.Fatal(err)
		}
	}
	c, err := CutsOf(seed)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestScoresAreTheRankRule holds the four order statistics against the rule
// itself: rank = 1 + number strictly worse, score = min(5, 1 + 5(rank-1)/n).
func TestScoresAreTheRankRule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		few := rapid.Int64Range(-3, 3) // many ties
		value := rapid.OneOf(few, rapid.Int64Range(-1<<40, 1<<40), rapid.Just(int64(-1<<63+1)), rapid.Just(int64(1<<63-1)))
		worths := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Worth {
			return Worth{value.Draw(t, "r"), value.Draw(t, "f"), value.Draw(t, "m")}
		}), 1, 60).Draw(t, "worths")
		c := cutsOf(t, worths, rapid.IntRange(1, 4).Draw(t, "shards"))
		n := int64(len(worths))
		for m := range Three {
			in := map[int64]int64{}
			for _, w := range worths {
				worse := int64(0)
				for _, o := range worths {
					if o[m] < w[m] {
						worse++
					}
				}
				want := min(5, 1+5*worse/n)
				in[want]++
				if got := c.Score(m, w[m]); got != want {
					t.Fatalf("measure %d, worth %d of %v: score %d, want %d", m, w[m], worths, got, want)
				}
			}
			for s := int64(1); s <= Scores; s++ {
				if got := c.In(m, s); got != in[s] {
					t.Fatalf("measure %d score %d: %d customers, want %d", m, s, got, in[s])
				}
			}
		}
	})
}

func TestNobodyScoredHasNoCuts(t *testing.T) {
	if c := cutsOf(t, nil, 2); c.N != 0 {
		t.Errorf("N = %d", c.N)
	}
}

func TestMeasureMergesInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) customer.Fact {
			k := rapid.IntRange(0, 2).Draw(t, "kind")
			return customer.Fact{Kind: customer.Order, Day: rapid.Int32Range(0, 30000).Draw(t, "day"),
				Sale: k == 0, Return: k == 1, Amount: rapid.Int64Range(-1e12, 1e12).Draw(t, "amount")}
		}), 0, 30).Draw(t, "facts")
		var one, parts, merged Measure
		one.Grow(1)
		parts.Grow(3)
		merged.Grow(1)
		for i := range facts {
			one.Add(0, &facts[i])
			parts.Add(rapid.IntRange(0, 2).Draw(t, "part"), &facts[i])
		}
		order := rapid.Permutation([]int{0, 1, 2}).Draw(t, "order")
		for _, i := range order {
			rest, err := merged.Merge(0, append(parts.Append(nil, i), 7))
			if err != nil || !slices.Equal(rest, []byte{7}) {
				t.Fatalf("Merge: %v, rest %v", err, rest)
			}
		}
		if diff := cmp.Diff(one.Sums, merged.Sums); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestGroupsAreTotal(t *testing.T) {
	g, err := LoadGroups()
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[[3]int64]string{{5, 5, 5}: "Champions", {1, 1, 1}: "Lost", {3, 3, 1}: "About To Sleep", {1, 5, 5}: "Can't Lose", {5, 1, 1}: "New"} {
		if got := g.Of(code[0], code[1], code[2]); got != want {
			t.Errorf("group of %v = %q, want %q", code, got, want)
		}
	}
	if diff := cmp.Diff(customer.Words("customers", "rfm_group"), g.Names()); diff != "" {
		t.Error("segment files know other groups: " + diff)
	}
	codes := 0
	for _, group := range g.All() {
		codes += len(group.Codes)
		if group.Goal == "" || group.Treatment == "" {
			t.Errorf("%s says nothing of what to do", group.Name)
		}
	}
	if last := g.All()[len(g.All())-1]; codes != 125 || len(g.All()) != 12 || last.Name != Prospect || len(last.Codes) > 0 {
		t.Errorf("%d groups with %d codes, the last is %+v", len(g.All()), codes, last)
	}
}

func TestTemperature(t *testing.T) {
	for _, c := range []struct {
		r, f int64
		want string
	}{{5, 1, "hot"}, {4, 5, "hot"}, {3, 1, "warm"}, {2, 5, "warm"}, {1, 4, "warm"}, {1, 3, "ice-cold"}} {
		if got := Temperatures()[Temperature(c.r, c.f)]; got != c.want {
			t.Errorf("Temperature(%d, %d) = %q, want %q", c.r, c.f, got, c.want)
		}
	}
}
