package resolve

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/work"
	"pgregory.net/rapid"
)

func TestBondsComeThroughAndAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []bond
		for range rapid.IntRange(0, 20).Draw(t, "bonds") {
			b := bond{a: rapid.Uint64Range(0, 2).Draw(t, "a") << brief.BucketBits, b: rapid.Uint64Range(0, 1<<40).Draw(t, "b") % 3, rule: byte(rapid.IntRange(0, 2).Draw(t, "rule")), first: customer.NoTime}
			if b.rule == ruleRecord {
				b.source, b.records = rapid.IntRange(0, 1).Draw(t, "source"), rapid.Int64Range(1, 9).Draw(t, "records")
				b.first = rapid.SampledFrom([]int64{customer.NoTime, 0, -1, work.Epoch, 1767225599999999}).Draw(t, "first")
			}
			all = append(all, b)
		}
		type what struct {
			a, b   uint64
			rule   byte
			source int
		}
		type sum struct{ records, first int64 }
		add := func(sums map[what]sum, b bond) {
			k := what{b.a, b.b, b.rule, b.source}
			s, had := sums[k]
			if !had {
				s.first = customer.NoTime
			}
			sums[k] = sum{s.records + b.records, min(s.first, b.first)}
		}
		want, got := map[what]sum{}, map[what]sum{}
		var data []byte
		for _, b := range all {
			add(want, b)
		}
		merged := mergeBonds(slices.Clone(all))
		for i := range merged {
			data = merged[i].append(data)
		}
		n := 0
		if err := readBonds(data, func(b bond) { add(got, b); n++ }); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(what{}, sum{})); diff != "" || n != len(want) {
			t.Fatalf("%d bonds of %d pairs: %s", n, len(want), diff)
		}
		for cut := range data {
			_ = readBonds(data[:cut], func(bond) {}) // must end
		}
	})
}
