package identity

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/customer"
	"pgregory.net/rapid"
)

func TestJudge(t *testing.T) {
	claim := func(component uint64, facts, at int64, key string) Claim {
		return Claim{Component: component, Facts: facts, FirstAt: at, FirstKey: []byte(key)}
	}
	birth := func(component uint64) Claim { return Claim{Component: component, ByBirth: true} }
	for _, c := range []struct {
		name     string
		standing Standing
		claims   []Claim
		want     []Award
	}{
		{"nobody had it", Unknown, []Claim{birth(1)}, []Award{Free}},
		{"found by its keys", Live, []Claim{claim(1, 2, 5, "a")}, []Award{Found}},
		{"found by its birth record alone", Live, []Claim{birth(1)}, []Award{Found}},
		{"parted: the most facts keep it", Live, []Claim{claim(1, 2, 1, "a"), claim(2, 3, 9, "b")}, []Award{Refused, Found}},
		{"parted: then the birth record", Live, []Claim{claim(1, 2, 1, "a"), claim(2, 2, 9, "b"), birth(2)}, []Award{Refused, Found, Found}},
		{"parted: then the earliest", Live, []Claim{claim(1, 2, 9, "a"), claim(2, 2, 1, "b")}, []Award{Refused, Found}},
		{"parted: then the least key", Live, []Claim{claim(1, 2, 9, "b"), claim(2, 2, 9, "a")}, []Award{Refused, Found}},
		{"keys speak before a birth record elsewhere", Live, []Claim{birth(1), claim(2, 1, 9, "b")}, []Award{Refused, Found}},
		{"merged away and parted again", Merged, []Claim{birth(1)}, []Award{TakenBack}},
		{"foreseen: for its birth record, whoever has more facts", Foreseen, []Claim{claim(1, 9, 1, "a"), claim(2, 2, 9, "b"), birth(2)}, []Award{Refused, Expected, Promised}},
		{"foreseen: else for the most facts", Foreseen, []Claim{claim(1, 9, 1, "a"), claim(2, 2, 9, "b")}, []Award{Expected, Refused}},
		{"retired is not born again", Retired, []Claim{birth(1)}, []Award{Refused}},
	} {
		if diff := cmp.Diff(c.want, Judge(c.standing, c.claims)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestSettle(t *testing.T) {
	id := func(b byte) customer.ID { return customer.ID{b} }
	for _, c := range []struct {
		name   string
		given  []Given
		kept   customer.ID
		merged []customer.ID
		cause  string
		ok     bool
	}{
		{"new", []Given{{id(1), customer.NoTime, Free, 0}}, id(1), nil, "created", true},
		{"found again", []Given{{id(2), 5, Found, 0}, {id(1), customer.NoTime, Free, 0}}, id(2), nil, "", true},
		{"two: the one born first", []Given{{id(1), 9, Found, 0}, {id(2), 5, Found, 0}}, id(2), []customer.ID{id(1)}, "", true},
		{"two born at once: the smaller", []Given{{id(2), 5, Found, 0}, {id(1), 5, Found, 0}}, id(1), []customer.ID{id(2)}, "", true},
		{"two of one birth record: the one given first", []Given{{id(1), 5, Found, 12}, {id(2), 5, Found, 11}}, id(2), []customer.ID{id(1)}, "", true},
		{"one found twice is one", []Given{{id(1), 5, Found, 0}, {id(1), 5, Found, 0}}, id(1), nil, "", true},
		{"parted from whom it was merged into", []Given{{id(3), 5, TakenBack, 0}, {id(4), 5, Refused, 0}}, id(3), nil, "split", true},
		{"still part of whom it was merged into", []Given{{id(3), 5, TakenBack, 0}, {id(4), 9, Found, 0}}, id(4), nil, "", true},
		{"foreseen for its birth record, and by its keys", []Given{{id(3), 5, Expected, 0}, {id(4), 9, Promised, 0}}, id(4), []customer.ID{id(3)}, "created", true},
		{"foreseen by its keys, before a new name", []Given{{id(4), 5, Free, 0}, {id(3), 9, Expected, 0}}, id(3), nil, "created", true},
		{"found, before one that is foreseen", []Given{{id(4), 9, Found, 0}, {id(3), 5, Promised, 0}}, id(4), []customer.ID{id(3)}, "", true},
		{"nothing left", []Given{{id(4), 5, Refused, 0}}, customer.ID{}, nil, "", false},
	} {
		kept, merged, cause, ok := Settle(c.given)
		if diff := cmp.Diff(c.merged, merged); kept != c.kept || cause != c.cause || ok != c.ok || diff != "" {
			t.Errorf("%s: kept %v, cause %q, ok %v %s", c.name, kept, cause, ok, diff)
		}
	}
}

// TestComponentsAgreeWithPaths holds the union-find against walking every
// path, whatever the order of links.
func TestComponentsAgreeWithPaths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "nodes")
		node := rapid.Uint32Range(0, uint32(n-1))
		links := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) [2]uint32 { return [2]uint32{node.Draw(t, "a"), node.Draw(t, "b")} }), 0, 40).Draw(t, "links")
		c, err := NewComponents(n)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range links {
			c.Join(l[0], l[1])
		}
		least := make([]uint32, n)
		for i := range least {
			least[i] = uint32(i)
		}
		for changed := true; changed; {
			changed = false
			for _, l := range links {
				m := min(least[l[0]], least[l[1]])
				changed = changed || least[l[0]] != m || least[l[1]] != m
				least[l[0]], least[l[1]] = m, m
			}
		}
		for i := range least {
			if got := c.Find(uint32(i)); got != least[i] {
				t.Fatalf("Find(%d) = %d, want %d", i, got, least[i])
			}
		}
	})
}

func TestNamesDependOnSaltSourceAndRecordAlone(t *testing.T) {
	sources := []string{"crm", "tills"}
	b := &Birth{At: 5, Source: 1, Record: []byte("R1")}
	name := NewNamer("salt", sources).Name(b)
	if later := NewNamer("salt", sources).Name(&Birth{At: 6, Source: 1, Record: []byte("R1")}); later != name {
		t.Error("a corrected time made another customer")
	}
	others := map[string]customer.ID{
		"salt":   NewNamer("pepper", sources).Name(b),
		"source": NewNamer("salt", sources).Name(&Birth{Source: 0, Record: []byte("R1")}),
		"record": NewNamer("salt", sources).Name(&Birth{Source: 1, Record: []byte("R2")}),
		"day":    NewNamer("salt", sources).NameAgain(b, 20000),
	}
	for what, o := range others {
		if o == name {
			t.Errorf("another %s gives the same id", what)
		}
	}
	text := name.String()
	if back, err := customer.ParseID([]byte(text)); err != nil || back != name || len(text) != customer.IDLen {
		t.Errorf("ParseID(%q) = %v, %v", text, back, err)
	}
}

func TestBirthRecordIsTheEarliestThenBySourceThenByID(t *testing.T) {
	order := []Birth{{1, 1, []byte("b")}, {2, 0, []byte("z")}, {2, 1, []byte("a")}, {2, 1, []byte("b")}, {customer.NoTime, 0, []byte("a")}}
	for i := range order {
		for j := range order {
			if got := order[i].Before(&order[j]); got != (i < j) {
				t.Errorf("%v before %v: %v", order[i], order[j], got)
			}
		}
	}
}
