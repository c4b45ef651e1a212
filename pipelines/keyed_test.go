package pipelines

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/customer"
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
			n := &Night{Shards: rapid.SampledFrom([]int{1, 4, 64, 4096}).Draw(rt, "shards"), Tables: map[string][]string{}}
			if timed {
				n.Tables["customer_keys"] = nil
			}
			if rapid.Bool().Draw(rt, "vetted") {
				n.Identity.Guards.Veto = []customer.KeyType{customer.PhoneKey}
			}
			w, err := newWorker(n, map[flow.Port]bool{})
			if err != nil {
				t.Fatal(err)
			}
			kw := newKeyWriter(w)
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
				kw.deal(keys, row, &f, 0, []byte(record), about{[]byte(profile), []byte(person)})
				if !w.vetted {
					person = ""
				}
				want = append(want, expected(keys, row, f, said{Record: record, Profile: profile, Person: person}, timed)...)
			}
			var got []said
			kw.take(func(shard int, data []byte) {
				sections, err := sectionsOf(w.inShard, data)
				if err != nil {
					rt.Fatal(err)
				}
				for s, part := range sections {
					got = append(got, readBack(rt, w, shard*w.inShard+s, part)...)
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

func drawKeys(rt *rapid.T) (keys []key) {
	for _, kind := range []customer.KeyType{customer.EmailKey, customer.PhoneKey, customer.CookieKey, customer.ContactKey} {
		if !rapid.Bool().Draw(rt, "has") {
			continue
		}
		k := key{kind: kind}
		if kind == customer.PhoneKey {
			k.numeric, k.number = true, rapid.Uint64().Draw(rt, "number")
		} else {
			k.text = []byte(rapid.StringN(1, 300, 400).Draw(rt, "text"))
		}
		k.hashed()
		keys = append(keys, k)
	}
	return keys
}

func (k *key) shown() string { return fmt.Sprintf("%v %d %s", k.numeric, k.number, k.text) }

func factShown(f customer.Fact) string {
	return fmt.Sprint(f.At, f.Kind, f.Sale, f.Return, f.Amount)
}

func expected(keys []key, row int64, f customer.Fact, about said, timed bool) (all []said) {
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
		if slices.Index(strength, k.kind) < slices.Index(strength, keys[first].kind) {
			first = i
		}
	}
	for i := range keys {
		s := said{Row: row, Kind: string(rune(keys[i].kind)), Value: keys[i].shown(), Linked: len(keys) > 1, At: customer.NoTime}
		if i == first {
			s.Primary, s.At, s.Fact, s.Record, s.Profile, s.Person = true, f.At, factShown(f), about.Record, about.Profile, about.Person
		} else if timed {
			s.At = f.At
		}
		all = append(all, s)
	}
	return all
}

func readBack(rt *rapid.T, w *worker, section int, part []byte) (all []said) {
	r := keyReader{decoder: decoder{b: part}, times: w.timed, people: w.vetted}
	var e entry
	last := int64(-1)
	for r.next(&e) {
		if e.row < last {
			rt.Fatalf("row %d after %d: a section is in order of row", e.row, last)
		}
		last = e.row
		s := said{Row: e.row, Primary: e.primary, Linked: e.linked, At: e.at}
		if e.key.kind != 0 {
			s.Kind, s.Value = string(rune(e.key.kind)), e.key.shown()
			e.key.hashed()
			if got := w.section(e.key.hash); got != section {
				rt.Fatalf("key %s is in section %d, its hash says %d", s.Value, section, got)
			}
		}
		if e.primary {
			s.Fact, s.Record, s.Profile = factShown(e.fact), string(e.record), string(e.profile)
			s.Person = string(e.person)
		}
		all = append(all, s)
	}
	if r.err != nil {
		rt.Fatal(r.err)
	}
	return all
}
