package work

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/flow"
	"pgregory.net/rapid"
)

// said is an entry as the test compares it.
type said struct {
	Row             int64
	Kind            string
	Value           string
	Primary, Linked bool
	At              int64
	Fact            string
	Record, Profile string
	Person          string
}

// TestEntriesComeThrough deals records to sections and reads them back.
func TestEntriesComeThrough(t *testing.T) {
	for _, timed := range []bool{false, true} {
		rapid.Check(t, func(rt *rapid.T) {
			n := &brief.Night{Shards: rapid.SampledFrom([]int{1, 4, 64, 4096}).Draw(rt, "shards"), Tables: map[string][]string{}}
			if timed {
				n.Tables["customer_keys"] = nil
			}
			if rapid.Bool().Draw(rt, "vetted") {
				n.Identity.Guards.Veto = []customer.KeyType{customer.PhoneKey}
			}
			w, err := NewWorker(n, map[flow.Port]bool{})
			if err != nil {
				t.Fatal(err)
			}
			kw := NewKeyWriter(w)
			var want []said
			row := int64(0)
			for i := range rapid.IntRange(0, 30).Draw(rt, "records") {
				row += rapid.Int64Range(0, 1000).Draw(rt, "step")
				f := customer.Fact{At: rapid.SampledFrom([]int64{customer.NoTime, 0, -1, 1577836800e6, 1767225599999999, 1767225599000000}).Draw(rt, "at"),
					Kind: customer.Kind(rapid.IntRange(0, 5).Draw(rt, "kind")), Sale: rapid.Bool().Draw(rt, "sale"), Return: rapid.Bool().Draw(rt, "return"),
					Amount: rapid.Int64().Draw(rt, "amount")}
				record := fmt.Sprintf("R%08d", i*rapid.IntRange(1, 3).Draw(rt, "gap"))
				profile := rapid.SampledFrom([]string{"", "p", "profile"}).Draw(rt, "profile")
				person := rapid.SampledFrom([]string{"", "a person"}).Draw(rt, "person")
				keys := drawKeys(rt)
				if f.Kind == customer.Contact { // is never one
					f.Sale, f.Return = false, false
				}
				kw.Deal(keys, row, &f, 0, []byte(record), About{[]byte(profile), []byte(person)})
				if !w.Vetted {
					person = ""
				}
				want = append(want, expected(keys, row, f, said{Record: record, Profile: profile, Person: person}, timed)...)
			}
			var got []said
			kw.Take(func(shard int, data []byte) {
				sections, err := sectionsOf(w.InShard, data)
				if err != nil {
					rt.Fatal(err)
				}
				for s, part := range sections {
					got = append(got, readBack(rt, w, shard*w.InShard+s, part)...)
				}
			})
			order := func(a, b said) int {
				return slices.Compare([]string{fmt.Sprint(a.Row), a.Kind, a.Value, a.Record, a.Fact, fmt.Sprint(a.At)}, []string{fmt.Sprint(b.Row), b.Kind, b.Value, b.Record, b.Fact, fmt.Sprint(b.At)})
			}
			slices.SortFunc(got, order)
			slices.SortFunc(want, order)
			if diff := cmp.Diff(want, got); diff != "" {
				rt.Fatal(diff)
			}
		})
	}
}

func drawKeys(rt *rapid.T) (keys []Key) {
	for _, kind := range []customer.KeyType{customer.EmailKey, customer.PhoneKey, customer.CookieKey, customer.ContactKey} {
		if !rapid.Bool().Draw(rt, "has") {
			continue
		}
		k := Key{Kind: kind}
		if kind == customer.PhoneKey {
			k.Numeric, k.Number = true, rapid.Uint64().Draw(rt, "number")
		} else {
			k.Text = []byte(rapid.StringN(1, 300, 400).Draw(rt, "text"))
		}
		k.hashed()
		keys = append(keys, k)
	}
	return keys
}

func (k *Key) shown() string { return fmt.Sprintf("%v %d %s", k.Numeric, k.Number, k.Text) }

func factShown(f customer.Fact) string {
	return fmt.Sprint(f.At, f.Kind, f.Sale, f.Return, f.Amount)
}

func expected(keys []Key, row int64, f customer.Fact, about said, timed bool) (all []said) {
	if !timed {
		about.Profile = ""
	}
	if len(keys) == 0 {
		about.Row, about.Primary, about.At, about.Fact = row, true, f.At, factShown(f)
		return []said{about}
	}
	first := 0
	strength := customer.KeyTypes()
	for i, k := range keys {
		if slices.Index(strength, k.Kind) < slices.Index(strength, keys[first].Kind) {
			first = i
		}
	}
	for i := range keys {
		s := said{Row: row, Kind: string(rune(keys[i].Kind)), Value: keys[i].shown(), Linked: len(keys) > 1, At: customer.NoTime}
		if i == first {
			s.Primary, s.At, s.Fact, s.Record, s.Profile, s.Person = true, f.At, factShown(f), about.Record, about.Profile, about.Person
		} else if timed {
			s.At = f.At
		}
		all = append(all, s)
	}
	return all
}

func readBack(rt *rapid.T, w *Worker, section int, part []byte) (all []said) {
	r := KeyReader{Decoder: Decoder{B: part}, Times: w.Timed, People: w.Vetted}
	var e Entry
	last := int64(-1)
	for r.Next(&e) {
		if e.Row < last {
			rt.Fatalf("row %d after %d: a section is in order of row", e.Row, last)
		}
		last = e.Row
		s := said{Row: e.Row, Primary: e.Primary, Linked: e.Linked, At: e.At}
		if e.Key.Kind != 0 {
			s.Kind, s.Value = string(rune(e.Key.Kind)), e.Key.shown()
			e.Key.hashed()
			if got := w.Section(e.Key.Hash); got != section {
				rt.Fatalf("key %s is in section %d, its hash says %d", s.Value, section, got)
			}
		}
		if e.Primary {
			s.Fact, s.Record, s.Profile = factShown(e.Fact), string(e.Record), string(e.Profile)
			s.Person = string(e.Person)
		}
		all = append(all, s)
	}
	if r.Err != nil {
		rt.Fatal(r.Err)
	}
	return all
}

// TestKnots holds which keys a knot has, and that one goes where it says.
func TestKnots(t *testing.T) {
	n := &brief.Night{Shards: 4, Tables: map[string][]string{}}
	n.Identity.Priority = []customer.KeyType{customer.PhoneKey, customer.EmailKey}
	n.Identity.Guards.Shared = map[customer.KeyType]int{customer.PhoneKey: 4, customer.EmailKey: 4}
	w, err := NewWorker(n, map[flow.Port]bool{})
	if err != nil {
		t.Fatal(err)
	}
	key := func(said string) Key { return KeyOf(customer.KeyType(said[0]), []byte(said[2:])) }
	for _, c := range []struct {
		keys []string
		want string // the keys of the knot, or the key
	}{
		{[]string{"c:1"}, "c:1"},
		{[]string{"p:491"}, "p:491"}, // whatever becomes of it, there is no other
		{[]string{"c:1", "l:2"}, "c:1"},
		{[]string{"e:a", "p:491"}, "p:491 e:a"},
		{[]string{"e:a", "p:491", "e:b", "p:490", "w:c", "c:1"}, "p:491 p:490 e:a e:b c:1"},
	} {
		var keys []Key
		for _, said := range c.keys {
			keys = append(keys, key(said))
		}
		by := w.GoesBy(keys)
		got := []string{string(rune(by.Kind)) + ":" + string(by.appendValue(nil))}
		if by.Kind == KnotKey {
			got = nil
			if err := EachOfKnot(by.Text, func(kind customer.KeyType, value []byte) bool {
				got = append(got, string(rune(kind))+":"+string(value))
				return false
			}); err != nil {
				t.Fatal(err)
			}
			if EachOfKnot(by.Text[:len(by.Text)-1], func(customer.KeyType, []byte) bool { return false }) == nil {
				t.Errorf("%v: a knot that is cut short is read", c.keys)
			}
		}
		if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%v: %s", c.keys, diff)
		}
		kw, mentions, primaries := NewKeyWriter(w), 0, 0
		kw.Deal(keys, 1, &customer.Fact{Kind: customer.Order}, 0, []byte("r"), About{})
		kw.Take(func(shard int, data []byte) {
			sections, err := sectionsOf(w.InShard, data)
			if err != nil {
				t.Fatal(err)
			}
			for s, part := range sections {
				r := KeyReader{Decoder: Decoder{B: part}, Times: w.Timed, People: w.Vetted}
				var e Entry
				for r.Next(&e) {
					if !e.Primary {
						mentions++
					} else if primaries++; !e.Key.Equal(by) || w.Section(by.Hash) != shard*w.InShard+s {
						t.Errorf("%v: measured at %s", c.keys, e.Key.shown())
					}
				}
			}
		})
		want := len(keys) - 1
		if by.Kind == KnotKey {
			want++
		}
		if primaries != 1 || mentions != want {
			t.Errorf("%v: measured at %d keys, %d mentioned", c.keys, primaries, mentions)
		}
	}
}
