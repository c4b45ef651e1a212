package profile

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"pgregory.net/rapid"
)

var latest, _ = NewRules(nil) // no rule of none is wrong

// keyed are the fields that have keys, as the tests have it.
var keyed = map[string]func([]byte) bool{"email": hasNoSlash, "phone": hasNoSlash}

func hasNoSlash(b []byte) bool { return !bytes.ContainsRune(b, '/') }

// say is one record: some fields of a contact or of another.
func say(contact bool, at int64, fields map[string]string) *customer.Fact {
	return sayAs(0, contact, at, fields)
}

func sayAs(source int, contact bool, at int64, fields map[string]string) *customer.Fact {
	b := AppendHead(nil, contact, source, at)
	for i, name := range Fields {
		if v, ok := fields[name]; ok {
			c := &columns.Column{}
			c.AddText(v)
			b = AppendValue(b, i, c, 0, keyed[name])
		}
	}
	return &customer.Fact{At: at, Profile: b}
}

func golden(t interface{ Fatal(...any) }, g *Golden, i int) map[string]string {
	all := map[string]string{}
	for f, name := range Fields {
		if v, ok := g.Text(i, f); ok {
			source, _ := g.Source(i, f)
			all[name] = string(v) + map[bool]string{true: "", false: fmt.Sprint(" of ", source)}[source == 0]
		}
	}
	return all
}

func TestGoldenTakesTheLatestPerField(t *testing.T) {
	for _, c := range []struct {
		name    string
		records []*customer.Fact
		want    map[string]string
	}{
		{"the later contact", []*customer.Fact{say(true, 5, map[string]string{"city": "Perm", "gender": "F"}), say(true, 6, map[string]string{"city": "Omsk"})}, map[string]string{"city": "Omsk", "gender": "F"}},
		{"a contact before a later order", []*customer.Fact{say(true, 5, map[string]string{"email": "a@x"}), say(false, 9, map[string]string{"email": "b@x", "phone": "1"})}, map[string]string{"email": "a@x", "phone": "1"}},
		{"of one moment the greater", []*customer.Fact{say(true, 5, map[string]string{"city": "B"}), say(true, 5, map[string]string{"city": "A"})}, map[string]string{"city": "B"}},
		{"nothing said", []*customer.Fact{say(true, 5, nil)}, map[string]string{}},
	} {
		for range 2 {
			g := NewGolden(latest)
			g.Grow(1)
			for _, f := range c.records {
				g.Add(0, f)
			}
			if diff := cmp.Diff(c.want, golden(t, g, 0)); diff != "" {
				t.Errorf("%s: %s", c.name, diff)
			}
			c.records[0], c.records[len(c.records)-1] = c.records[len(c.records)-1], c.records[0]
		}
	}
}

func TestEachRuleChoosesItsValue(t *testing.T) {
	records := []*customer.Fact{
		sayAs(2, true, 9, map[string]string{"city": "Ufa", "email": "new@x"}),
		sayAs(1, true, 5, map[string]string{"city": "Omsk"}),
		sayAs(1, false, 8, map[string]string{"city": "Omsk", "email": "old@x"}),
		sayAs(3, true, 4, map[string]string{"city": "Уфимский", "email": "x@x"}),
	}
	for rule, want := range map[string]map[string]string{
		"latest":        {"city": "Ufa of 2", "email": "new@x of 2"},
		"most_frequent": {"city": "Omsk of 1", "email": "new@x of 2"},
		"source_order":  {"city": "Omsk of 1", "email": "old@x of 1"},
		"longest":       {"city": "Уфимский of 3", "email": "new@x of 2"},
	} {
		rules, err := NewRules(map[string]string{"city": rule, "email": rule})
		if err != nil {
			t.Fatal(err)
		}
		for range records {
			records = append(records[1:], records[0])
			g := NewGolden(rules)
			g.Grow(1)
			for _, f := range records {
				g.Add(0, f)
			}
			if diff := cmp.Diff(want, golden(t, g, 0)); diff != "" {
				t.Errorf("%s: %s", rule, diff)
			}
		}
	}
	for _, wrong := range []map[string]string{{"city": "newest"}, {"town": "latest"}} {
		if _, err := NewRules(wrong); err == nil {
			t.Errorf("%v is taken", wrong)
		}
	}
}

func TestSpellingsAreCountedTogether(t *testing.T) {
	rules, err := NewRules(map[string]string{"city": "most_frequent", "phone": "most_frequent", "birth_date": "most_frequent"})
	if err != nil {
		t.Fatal(err)
	}
	records := []*customer.Fact{
		say(true, 1, map[string]string{"city": "Köln", "phone": "n/a"}),
		say(true, 2, map[string]string{"city": "KÖLN ", "phone": "n/a"}),
		say(true, 3, map[string]string{"city": "köln", "phone": "1"}),
		say(true, 9, map[string]string{"city": "Bonn"}),
		say(true, 8, map[string]string{"city": "Bonn"}),
	}
	for range records {
		records = append(records[1:], records[0])
		g := NewGolden(rules)
		g.Grow(1)
		for _, f := range records {
			g.Add(0, f)
		}
		if diff := cmp.Diff(map[string]string{"city": "köln", "phone": "1"}, golden(t, g, 0)); diff != "" {
			t.Error(diff)
		}
	}
	// Days are numbers, whatever letters their bytes would be.
	g := NewGolden(rules)
	g.Grow(1)
	at := FieldIndex("birth_date")
	for _, day := range []int64{'a' / 2, 'A' / 2, 'A' / 2} {
		c := &columns.Column{Type: columns.Date, Ints: []int64{day}}
		g.Add(0, &customer.Fact{Profile: AppendValue(AppendHead(nil, true, 0, day), at, c, 0, nil)})
	}
	if got := g.Date(0, at); got != 'A'/2 {
		t.Errorf("Date = %d", got)
	}
}

func TestWhatCanBeNoKeyNeverHoldsOverWhatCan(t *testing.T) {
	for _, rule := range RuleNames {
		rules, err := NewRules(map[string]string{"phone": rule, "email": rule})
		if err != nil {
			t.Fatal(err)
		}
		records := []*customer.Fact{
			sayAs(1, false, 1, map[string]string{"phone": "1"}),
			sayAs(0, true, 9, map[string]string{"phone": "n/a", "email": "n/a"}),
			sayAs(0, true, 8, map[string]string{"phone": "n/a"}),
		}
		for range records {
			records = append(records[1:], records[0])
			g := NewGolden(rules)
			g.Grow(1)
			for _, f := range records {
				g.Add(0, f)
			}
			if diff := cmp.Diff(map[string]string{"phone": "1 of 1", "email": "n/a"}, golden(t, g, 0)); diff != "" {
				t.Errorf("%s: %s", rule, diff)
			}
		}
	}
}

func TestOfSeveralTheFirstThatCanBeAKey(t *testing.T) {
	at := FieldIndex("phone")
	for text, want := range map[string]string{"1\x1f2": "1", "n/a\x1f2": "2", "n/a\x1fx/y": "n/a"} {
		c := &columns.Column{Type: columns.List}
		c.AddText(text)
		g := NewGolden(latest)
		g.Grow(1)
		g.Add(0, &customer.Fact{Profile: AppendValue(AppendHead(nil, true, 0, 1), at, c, 0, hasNoSlash)})
		if got, _ := g.Text(0, at); string(got) != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestADateIsKeptAsADate(t *testing.T) {
	c := &columns.Column{Type: columns.Date, Ints: []int64{-1234}}
	g := NewGolden(latest)
	g.Grow(1)
	at := FieldIndex("birth_date")
	g.Add(0, &customer.Fact{Profile: AppendValue(AppendHead(nil, true, 0, 1), at, c, 0, nil)})
	if got := g.Date(0, at); got != -1234 {
		t.Errorf("Date = %d", got)
	}
	if got := g.Date(0, FieldIndex("city")); got != columns.MissingInt {
		t.Errorf("a field that nobody said is %d", got)
	}
}

// TestPartsMergeToTheWhole deals facts to keys and wants what one key that
// had them all would have.
func TestPartsMergeToTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := make(Rules, len(Fields))
		for i := range rules {
			rules[i] = Rule(rapid.IntRange(0, len(RuleNames)-1).Draw(t, "rule"))
		}
		wholeG, partsG, mergedG := NewGolden(rules), NewGolden(rules), NewGolden(rules)
		wholeT, partsT, mergedT := &Traits{}, &Traits{}, &Traits{}
		for _, m := range []customer.Measure{wholeG, wholeT, mergedG, mergedT} {
			m.Grow(1)
		}
		partsG.Grow(3)
		partsT.Grow(3)
		for range rapid.IntRange(0, 12).Draw(t, "facts") {
			f := sayAs(rapid.IntRange(0, 2).Draw(t, "source"), rapid.Bool().Draw(t, "contact"), rapid.Int64Range(0, 3).Draw(t, "at"),
				map[string]string{rapid.SampledFrom(Fields[:3]).Draw(t, "field"): rapid.SampledFrom([]string{"a", "A ", "b", "bb", "a/b", "A/b", ""}).Draw(t, "value")})
			f.Kind = rapid.SampledFrom([]customer.Kind{customer.Contact, customer.Order, customer.Event}).Draw(t, "kind")
			f.Sale = f.Kind == customer.Order && rapid.Bool().Draw(t, "sale")
			if rapid.IntRange(0, 4).Draw(t, "timeless") == 0 {
				f.At = customer.NoTime
			}
			part := rapid.IntRange(0, 2).Draw(t, "part")
			wholeG.Add(0, f)
			wholeT.Add(0, f)
			partsG.Add(part, f)
			partsT.Add(part, f)
		}
		for _, i := range rapid.Permutation([]int{0, 1, 2}).Draw(t, "order") {
			rest, err := mergedG.Merge(0, partsG.Append(nil, i))
			if err != nil || len(rest) != 0 {
				t.Fatal(err, rest)
			}
			if rest, err = mergedT.Merge(0, partsT.Append(nil, i)); err != nil || len(rest) != 0 {
				t.Fatal(err, rest)
			}
		}
		if diff := cmp.Diff(golden(t, wholeG, 0), golden(t, mergedG, 0)); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(wholeT.Seen, mergedT.Seen); diff != "" {
			t.Fatal(diff)
		}
	})
}
