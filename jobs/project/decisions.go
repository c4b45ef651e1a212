package project

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/transforms/identity"
)

// DecisionsDir is the folder of what people decided, beside the project file.
// The name of a file says what its rows decide: never_join.csv, or
// never_join-2025.csv, and so on.
const DecisionsDir = "decisions"

// decisions reads the folder, but for what the project file names itself. A
// file that nobody reads would be a decision that nobody heeds, so each must
// have a name that is known.
func (l *loader) decisions() (d identity.Decisions) {
	entries, err := os.ReadDir(l.p.Path(DecisionsDir))
	if errors.Is(err, fs.ErrNotExist) {
		return d
	}
	if err != nil {
		l.faults = append(l.faults, fault.Fault{File: DecisionsDir, What: "the folder of decisions cannot be listed: " + cause(err), Todo: "give this user the right to read it"})
		return d
	}
	kinds := map[string]func(path string){
		"always_join": func(path string) { d.Always = append(d.Always, l.pairs(path, d.Never)...) },
		"never_join":  func(path string) { d.Never = append(d.Never, l.pairs(path, d.Always)...) },
	}
	for _, e := range entries { // in order of name
		base, isTable := strings.CutSuffix(e.Name(), ".csv")
		path := DecisionsDir + "/" + e.Name()
		if e.IsDir() || !isTable || strings.HasPrefix(base, ".") || l.named[l.p.from(".", path)] {
			continue
		}
		kind, _, _ := strings.Cut(base, "-")
		read, known := kinds[kind]
		if !known {
			l.faults = append(l.faults, fault.Fault{File: path, What: quoted(kind) + " says of no decision what it is",
				Todo: guess(kind, slices.Sorted(maps.Keys(kinds)), "a file is called by one of ")})
			continue
		}
		read(path)
	}
	return d
}

// pairs reads one file of pairs of keys. against are those of which the
// opposite was decided.
func (l *loader) pairs(path string, against []identity.Pair) (all []identity.Pair) {
	norm, err := identity.NewNormaliser(l.p.Identity.Rules(), l.p.Country)
	if err != nil {
		return nil // the spec's check has told it
	}
	unread := func(why string) {
		l.faults = append(l.faults, fault.Fault{File: path, What: "the file cannot be read: " + why, Todo: "give this user the right to read it"})
	}
	l.tableOf(path, unread, []string{"key_a", "key_b"}, func(row []string, bad func(column int, what, todo string)) {
		var p identity.Pair
		for i, end := range []*string{&p.A, &p.B} {
			key, what, todo := keyNamed(norm, row[i])
			if what == "" {
				what, todo = l.unspaced(key)
			}
			if what != "" {
				bad(i, what, todo)
				return
			}
			*end = key
		}
		if p.A > p.B {
			p.A, p.B = p.B, p.A
		}
		switch {
		case p.A == p.B:
			bad(1, "both keys are "+p.A, "name two, or take the row out")
		case slices.Contains(against, p):
			bad(0, p.A+" and "+p.B+" are decided to be one customer and to be two", "take one of the rows out")
		default:
			all = append(all, p)
		}
	})
	return all
}

// unspaced tells what is wrong with the id of a contact that says no
// namespace, where every source with such ids has one.
func (l *loader) unspaced(key string) (what, todo string) {
	id, ok := strings.CutPrefix(key, string(rune(customer.ContactKey))+":")
	var as []string
	for i := range l.p.Sources {
		s := &l.p.Sources[i]
		if !ok || s.Kind != customer.Contact && !s.Maps("contact_id") {
			continue
		}
		if s.IDs == "" || strings.HasPrefix(id, s.IDs+"/") {
			return "", ""
		}
		as = append(as, "contact_id:"+s.IDs+"/"+id)
	}
	if as == nil {
		return "", ""
	}
	slices.Sort(as)
	return "contact_id:" + id + " does not say whose id it is", "write " + strings.Join(slices.Compact(as), " or ")
}

// keyNamed is the key that somebody wrote: as letter:value, or with the name
// of its field in place of the letter.
func keyNamed(norm *identity.Normaliser, said string) (key, what, todo string) {
	name, value, ok := strings.Cut(said, ":")
	kind, known := customer.KeyTypeOf(name)
	if other, found := strings.CutPrefix(name, "external."); found {
		value = other + "/" + value
	}
	if len(name) == 1 && slices.Contains(customer.KeyTypes(), customer.KeyType(name[0])) {
		kind, known = customer.KeyType(name[0]), true
	}
	if !ok || !known {
		return "", quoted(said) + " does not say what key it is", "write email:anna@shop.ru, phone:+79161234567, contact_id:17, or with its letter, as customer_keys has it: e:anna@shop.ru"
	}
	text, ok := norm.Append(nil, kind, []byte(value))
	if !ok {
		return "", quoted(value) + " is no " + kind.Name() + " that could be a key", "write it as customer_keys has it"
	}
	return string(rune(kind)) + ":" + string(text), "", ""
}
