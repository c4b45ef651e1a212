package draft

import (
	"fmt"

	"github.com/habitue-data/habitue/customer"
)

// namespaces says whose contact ids each source has, where there are several
// sources of contacts, or ids that are not theirs.
func (p *Project) namespaces() {
	var contacts []*people
	for _, s := range p.Sources {
		if s.Kind == customer.Contact {
			contacts = append(contacts, peopleOf(s, "id"))
		}
	}
	if len(contacts) > 1 {
		groups(contacts)
	}
	for _, s := range p.Sources {
		if s.Kind == customer.Contact || s.Field("contact_id") == nil || len(contacts) == 0 {
			continue
		}
		who := peopleOf(s, "contact_id")
		if len(contacts) > 1 {
			who.among(contacts)
		} else if same, why := who.same(contacts[0]); !same {
			s.IDs, s.IDsReason = s.Name, why
		}
	}
}

// groups puts sources of contacts together whose ids are the same people's.
func groups(contacts []*people) {
	shared := false
	for i, c := range contacts {
		c.IDs, c.IDsReason = c.Name, Reason{Likely, "its ids are in no other source of contacts"}
		for _, other := range contacts[:i] {
			if max(overlap(c.counts, other.counts), overlap(other.counts, c.counts)) <= .2 {
				continue
			}
			alone := other.IDs == other.Name
			if alone {
				_, other.IDsReason = other.same(c)
			}
			same, why := c.same(other)
			if c.IDsReason = why; !same {
				continue
			}
			if alone && !shared {
				other.IDs, shared = "shared", true
			}
			c.IDs = other.IDs
			break
		}
	}
}

// among says which of several sources of contacts a record with a contact id
// speaks of: the one that has the same people, else the most of its ids.
func (who *people) among(contacts []*people) {
	who.IDs, who.IDsReason = who.Name, Reason{Guess, "its ids are in no source of contacts"}
	best, second := 0.0, 0.0
	for _, c := range contacts {
		n := overlap(who.counts, c.counts)
		if n == 0 {
			continue
		}
		same, why := who.same(c)
		seen := fmt.Sprintf("%s of its ids are in %s", percent(n), c.Name)
		switch {
		case !same && best == 0:
			who.IDsReason = why
			continue
		case !same:
			continue
		case why.Surety > Guess:
			n, seen = n+1, why.Why
		case who.column == c.column:
			n += .01
		}
		if n <= best {
			if c.IDs != who.IDs {
				second = max(second, n)
			}
			continue
		}
		if c.IDs != who.IDs {
			second = best
		}
		best, who.IDs, who.IDsReason = n, c.IDs, Reason{Likely, seen}
	}
	if second > best-.1 && second > 0 {
		who.IDsReason = Reason{Guess, who.IDsReason.Why + ", and about as many in another"}
	}
}
