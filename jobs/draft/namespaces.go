package draft

import "github.com/habitue-data/habitue/customer"

// namespaces says whose contact ids each source has, where there are several
// sources of contacts.
func (p *Project) namespaces() {
	var contacts []*Source
	for _, s := range p.Sources {
		if s.Kind == customer.Contact {
			contacts = append(contacts, s)
		}
	}
	if len(contacts) < 2 {
		return
	}
	counts := map[*Source]map[string]int{}
	for _, c := range contacts {
		counts[c] = shapeOf(c.values("id"), 0).counts
	}
	for i, c := range contacts {
		c.IDs, c.IDsReason = c.Name, Reason{Likely, "its ids are in no other source of contacts"}
		for j, other := range contacts {
			if i != j && max(overlap(counts[c], counts[other]), overlap(counts[other], counts[c])) > .2 {
				c.IDs, c.IDsReason = "shared", Reason{Guess, "its ids are also in " + other.Name}
				break
			}
		}
	}
	for _, s := range p.Sources {
		if s.Kind == customer.Contact || s.Field("contact_id") == nil {
			continue
		}
		own := shapeOf(s.values("contact_id"), 0).counts
		s.IDs, s.IDsReason = s.Name, Reason{Guess, "its ids are in no source of contacts"}
		best := 0.0
		for _, c := range contacts {
			if n := overlap(own, counts[c]); n > best {
				best = n
				s.IDs, s.IDsReason = c.IDs, Reason{Likely, percent(n) + " of its ids are in " + c.Name}
			}
		}
	}
}
