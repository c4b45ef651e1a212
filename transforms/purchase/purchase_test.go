package purchase

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/customer"
	"pgregory.net/rapid"
)

// TestDaysAreASumPerDay holds the measure against a map, with facts that come
// in any order and in two parts.
func TestDaysAreASumPerDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts := rapid.SliceOf(rapid.Custom(func(t *rapid.T) customer.Fact {
			sale := rapid.Bool().Draw(t, "sale")
			return customer.Fact{Sale: sale, Return: !sale && rapid.Bool().Draw(t, "return"), Day: rapid.Int32Range(-800, 30_000).Draw(t, "day"),
				Amount: rapid.Int64().Draw(t, "amount") >> 8}
		})).Draw(t, "facts")
		want := map[int32]customer.OrderDay{}
		var whole, parts, merged Measure
		whole.Grow(2)
		parts.Grow(2)
		merged.Grow(1)
		for _, f := range facts {
			whole.Add(1, &f)
			parts.Add(rapid.IntRange(0, 1).Draw(t, "part"), &f)
			if d := want[f.Day]; f.Sale || f.Return {
				d.Day = f.Day
				d.Net += f.Amount
				if f.Sale {
					d.Orders++
				}
				want[f.Day] = d
			}
		}
		for i := range 2 {
			rest, err := merged.Merge(0, append(parts.Append(nil, i), 9))
			if err != nil || !slices.Equal(rest, []byte{9}) {
				t.Fatalf("Merge: %v, rest %v", err, rest)
			}
		}
		list := slices.SortedFunc(maps.Values(want), func(a, b customer.OrderDay) int { return int(a.Day) - int(b.Day) })
		for name, got := range map[string][]customer.OrderDay{"whole": whole.Days(1), "merged": merged.Days(0)} {
			if !slices.Equal(list, got) {
				t.Fatal(name, cmp.Diff(list, got))
			}
		}
		if len(whole.Days(0)) != 0 {
			t.Fatal("a customer has another one's days")
		}
	})
}

// TestADayIsAFewBytes holds what 10 million receipts cost on their way.
func TestADayIsAFewBytes(t *testing.T) {
	var m Measure
	m.Grow(1)
	for n := range int32(20) {
		m.Add(0, &customer.Fact{Sale: true, Day: 20_000 + 17*n, Amount: 98_765})
	}
	if n := len(m.Append(nil, 0)); n > 20*5 {
		t.Errorf("20 order days are %d bytes, want at most 100", n)
	}
}

func TestCutShortIsAnError(t *testing.T) {
	var m Measure
	m.Grow(2)
	m.Add(0, &customer.Fact{Sale: true, Day: 20_000, Amount: 98_765})
	m.Add(0, &customer.Fact{Sale: true, Day: 20_000, Amount: 1})
	whole := m.Append(nil, 0)
	for n := range whole {
		if _, err := m.Merge(1, whole[:n]); err == nil {
			t.Errorf("%d of %d bytes are taken for the whole", n, len(whole))
		}
	}
}
