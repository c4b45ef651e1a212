package delivery

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDecide(t *testing.T) {
	v := func(path, sha string, delivered int32, present bool) Version {
		return Version{path, sha, delivered, delivered, present}
	}
	now, then := Question{Day: 10}, Question{Day: 10, Then: true}
	for _, c := range []struct {
		name     string
		rule     Rule
		versions []Version
		q        Question
		want     []Verdict
	}{
		{"full: the newest", Full, []Version{v("a", "1", 8, true), v("b", "2", 9, true)}, now, []Verdict{Replaced, InForce}},
		{"full: of one day by name", Full, []Version{v("b", "1", 9, true), v("a", "2", 9, true)}, now, []Verdict{InForce, Replaced}},
		{"full: not the one of tomorrow", Full, []Version{v("a", "1", 9, true), v("b", "2", 11, true)}, now, []Verdict{InForce, Replaced}},
		{"full: before the first the first is used", Full, []Version{v("b", "2", 12, true), v("a", "1", 11, true)}, now, []Verdict{Replaced, InForce}},
		{"full, then: before the first there is none", Full, []Version{v("a", "1", 11, true)}, then, []Verdict{Unknown}},
		{"parts: each path", Parts, []Version{v("a", "1", 8, true), v("b", "2", 9, true)}, now, []Verdict{InForce, InForce}},
		{"parts: a version sent again, as known now", Parts, []Version{v("a", "1", 8, false), v("a", "2", 11, true)}, now, []Verdict{Gone, InForce}},
		{"parts: the same, as known then", Parts, []Version{v("a", "1", 8, false), v("a", "2", 11, true)}, then, []Verdict{InForce, Unknown}},
		{"parts: the same, the next day", Parts, []Version{v("a", "1", 8, false), v("a", "2", 10, true)}, then, []Verdict{Replaced, InForce}},
		{"full: back again", Full, []Version{v("a", "1", 8, true), v("a", "2", 9, false), v("a", "1", 10, true)}, now, []Verdict{Again, Gone, InForce}},
		{"full: back again, as known then", Full, []Version{v("a", "1", 8, true), v("a", "2", 9, false), v("a", "1", 10, true)}, then, []Verdict{Again, Replaced, InForce}},
		{"full: when the other held", Full, []Version{v("a", "1", 8, true), v("a", "2", 9, false), v("a", "1", 11, true)}, then, []Verdict{Replaced, InForce, Unknown}},
		{"full: back after the day, as known now", Full, []Version{v("a", "1", 8, true), v("a", "2", 9, false), v("a", "1", 11, true)}, now, []Verdict{InForce, Gone, Again}},
		{"full: of one day the last to come", Full, []Version{v("a", "1", 9, true), v("a", "2", 9, false)}, then, []Verdict{Replaced, InForce}},
		{"changes: back again", Changes, []Version{v("a", "1", 8, true), v("a", "2", 9, false), v("a", "1", 10, true)}, then, []Verdict{Again, InForce, InForce}},
		{"full: one that came late, on the days before", Full, []Version{v("a", "1", 8, true), {"b", "2", 9, 11, true}, v("c", "3", 10, true)}, then, []Verdict{Replaced, Unknown, InForce}},
		{"full: one that came late is no newer for that", Full, []Version{v("a", "1", 8, true), {"b", "2", 9, 10, true}, v("c", "3", 10, true)}, then, []Verdict{Replaced, Replaced, InForce}},
		{"full: one that came late, as known now", Full, []Version{v("a", "1", 8, true), {"b", "2", 9, 11, true}}, now, []Verdict{Replaced, InForce}},
		{"changes: all of them", Changes, []Version{v("a", "1", 8, false), v("a", "2", 9, true)}, then, []Verdict{InForce, InForce}},
	} {
		var got []Verdict
		for _, d := range Decide(c.rule, c.versions, c.q) {
			got = append(got, d.Verdict)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestReplacedKnowsByWhom(t *testing.T) {
	d := Decide(Parts, []Version{{"a", "1", 8, 8, false}, {"a", "2", 9, 9, false}, {"a", "3", 10, 10, true}}, Question{Day: 10, Then: true})
	if d[0].By != 2 || d[1].By != 2 || d[2].By != -1 {
		t.Errorf("by %d, %d, %d", d[0].By, d[1].By, d[2].By)
	}
}
