package draft

import (
	"fmt"
	"strings"
)

// people are those of a source by its contact ids, and what else it says of
// each.
type people struct {
	*Source
	column string         // of the ids
	counts map[string]int // rows of each id
	each   map[string]person
}

// person is what two systems say alike of whoever is the same.
type person struct{ email, phone, name string }

func peopleOf(s *Source, field string) *people {
	ids := s.values(field)
	who := &people{Source: s, counts: shapeOf(ids, 0).counts, each: map[string]person{}}
	if ids != nil {
		who.column = s.Field(field).Columns[0]
	}
	said := map[string][]string{}
	for _, name := range []string{"email", "phone", "full_name", "first_name", "last_name"} {
		said[name] = s.values(name)
	}
	for i, id := range ids {
		if _, has := who.each[id]; has || id == "" {
			continue
		}
		of := func(name string) string {
			if said[name] == nil {
				return ""
			}
			return strings.ToLower(said[name][i])
		}
		name := of("full_name")
		if first, last := of("first_name"), of("last_name"); name == "" && first != "" && last != "" {
			name = first + " " + last
		}
		who.each[id] = person{of("email"), lastDigits(of("phone")), strings.Join(strings.Fields(name), " ")}
	}
	return who
}

// lastDigits are those of a phone that stand in it however it is written.
func lastDigits(phone string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
	return digits[max(0, len(digits)-9):]
}

// like tells whether two say the same of a person, where they can be compared.
func (p person) like(other person) (comparable, same bool) {
	for _, of := range [][2]string{{p.email, other.email}, {p.phone, other.phone}, {p.name, other.name}} {
		if of[0] != "" && of[1] != "" {
			comparable = true
			same = same || of[0] == of[1]
		}
	}
	return comparable, same
}

// same tells whether the ids that two sources both have are the same people's:
// numbers that each system counts by itself are not. What nothing contradicts
// is taken to be so, as a guess.
func (who *people) same(other *people) (bool, Reason) {
	compared, alike := 0, 0
	for id, p := range who.each {
		o, has := other.each[id]
		if !has {
			continue
		}
		if comparable, same := p.like(o); comparable {
			compared++
			if same {
				alike++
			}
		}
	}
	also := "its ids are also in " + other.Name
	switch {
	case compared < 5:
		return true, Reason{Guess, also + ", and nothing tells whether they are the same people's"}
	case share(alike, compared) < .5:
		return false, Reason{Likely, fmt.Sprintf("%s, but are other people's there: %s have the same e-mail, phone or name", also, percent(share(alike, compared)))}
	}
	return true, Reason{Likely, fmt.Sprintf("%s, and %s of those people have the same e-mail, phone or name there", also, percent(share(alike, compared)))}
}
