package cohort

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/customer"
	"pgregory.net/rapid"
)

func months(m *Months) (all []int32) {
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
		var whole, merged Measure
		whole.Grow(1)
		merged.Grow(1)
		parts := &Measure{}
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
		for name, m := range map[string]*Measure{"whole": &whole, "merged": &merged} {
			if diff := cmp.Diff(list, months(&m.Months[0])); diff != "" {
				t.Fatal(name, diff)
			}
			if m.Months[0].First != list[0] {
				t.Fatalf("%s: first %d, want %d", name, m.Months[0].First, list[0])
			}
		}
	})
}

func TestReturnsAreInNoMonth(t *testing.T) {
	var m Measure
	m.Grow(1)
	m.Add(0, &customer.Fact{Return: true, Month: 7})
	if !m.Months[0].Empty() {
		t.Error("a return opened a cohort")
	}
}

func TestCubeCountsCustomersOncePerMonth(t *testing.T) {
	var m Measure
	m.Grow(3)
	for i, list := range [][]int32{{10, 10, 12}, {10}, {11, 12}} {
		for _, x := range list {
			m.Add(i, &customer.Fact{Sale: true, Month: x})
		}
	}
	left, right, all := NewCube(&m), NewCube(&m), NewCube(nil)
	left.Add(0)
	right.Add(1)
	right.Add(2)
	for _, c := range []*Cube{right, left} {
		if err := all.Merge(c.Append(nil)); err != nil {
			t.Fatal(err)
		}
	}
	got := map[Cell]int64{}
	for _, c := range all.Cells() {
		got[c] = all.Customers(c)
	}
	want := map[Cell]int64{{10, 0}: 2, {10, 2}: 1, {11, 0}: 1, {11, 1}: 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
