package cohort

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/customer"
	"pgregory.net/rapid"
)

func listed(m *Months) (all []int32) {
	for x := range m.All {
		all = append(all, x)
	}
	return all
}

// TestMonthsAreASet holds the bits against a sorted list, over histories
// longer than one word and months that come in any order.
func TestMonthsAreASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Int32Range(-200, 800), 1, 40).Draw(t, "months")
		var whole, merged months
		whole.Grow(1)
		merged.Grow(1)
		parts := &months{}
		parts.Grow(2)
		for _, x := range list {
			f := &customer.Fact{Sale: true, Month: x}
			whole.Add(0, f)
			parts.Add(rapid.IntRange(0, 1).Draw(t, "part"), f)
		}
		for i := range 2 {
			rest, err := merged.Merge(0, append(parts.Append(nil, i), 9))
			if err != nil || !slices.Equal(rest, []byte{9}) {
				t.Fatalf("Merge: %v, rest %v", err, rest)
			}
		}
		slices.Sort(list)
		list = slices.Compact(list)
		for name, m := range map[string]*months{"whole": &whole, "merged": &merged} {
			if diff := cmp.Diff(list, listed(&m.sets[0])); diff != "" {
				t.Fatal(name, diff)
			}
			if m.sets[0].First != list[0] {
				t.Fatalf("%s: first %d, want %d", name, m.sets[0].First, list[0])
			}
		}
	})
}

func TestReturnsAreInNoMonth(t *testing.T) {
	var m months
	m.Grow(1)
	m.Add(0, &customer.Fact{Return: true, Month: 7})
	if !m.sets[0].Empty() {
		t.Error("a return opened a cohort")
	}
}
