package consent

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/customer"
)

// Resolve is what holds of one address, by channel and purpose, from all that
// was said of it. The statements are put in order.
func Resolve(said []Statement) []Held {
	slices.SortFunc(said, compare)
	said = slices.Compact(said)
	var all []Held
	for i := 0; i < len(said); {
		if said[i].Suppress != "" {
			i++
			continue
		}
		from := i
		for i < len(said) && said[i].Suppress == "" && said[i].Channel == said[from].Channel && said[i].Purpose == said[from].Purpose {
			i++
		}
		all = append(all, holds(said[from:i]))
	}
	for i := range all {
		overrule(&all[i], all)
	}
	return suppress(all, said)
}

// compare puts statements in an order of their own: by what they are about,
// then by time.
func compare(a, b Statement) int {
	return cmp.Or(cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Purpose, b.Purpose), cmp.Compare(a.Suppress, b.Suppress),
		cmp.Compare(a.At, b.At), cmp.Compare(a.State, b.State), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Record, b.Record),
		compareBools(a.Explicit, b.Explicit), compareBools(a.Past, b.Past), bytes.Compare(a.Customer[:], b.Customer[:]), cmp.Compare(a.Written, b.Written))
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// holds decides between statements about one channel and purpose, in order of
// time. A time that nobody knows comes last: a no of such a time cannot be
// shown to be older than a yes, and a yes of such a time is older than any. A
// yes that is past takes back a no before it, and is no consent itself.
func holds(said []Statement) Held {
	h := Held{Channel: said[0].Channel, Purpose: said[0].Purpose, Records: records(said)}
	var no, yes, explicit, pending *Statement
	for i := range said {
		s := &said[i]
		switch {
		case s.State == Unsubscribed:
			no = s
		case s.State == Pending:
			pending = s
		case s.State != Subscribed:
		default:
			if s.Explicit && s.At != customer.NoTime {
				explicit = s
			}
			if !s.Past && (yes == nil || s.At != customer.NoTime) {
				yes = s
			}
		}
	}
	switch {
	case no != nil && (explicit == nil || explicit.At <= no.At):
		h.Because = *no
	case no != nil && !explicit.Past:
		h.Because = *explicit
	case yes != nil:
		h.Because = *yes
	case pending != nil:
		h.Because = *pending
	}
	h.State = h.Because.State
	return h
}

// records is how many records say something.
func records(said []Statement) int {
	all := map[own]bool{}
	for i := range said {
		all[said[i].by()] = true
	}
	return len(all)
}

// overrule ends the consent to a topic where the address later said no to all
// of it.
func overrule(h *Held, all []Held) {
	if h.State != Subscribed || !strings.HasPrefix(h.Purpose, Marketing+"/") {
		return
	}
	for i := range all {
		whole := &all[i]
		if whole.Channel == h.Channel && whole.Purpose == Marketing && whole.State == Unsubscribed &&
			(whole.Because.At > h.Because.At || h.Because.At == customer.NoTime || !h.Because.Explicit) {
			h.State, h.Because = whole.State, whole.Because
		}
	}
}

// suppress marks what an address is not written to for. A suppression that no
// consent stands beside gets a row of its own, so that nothing is lost.
func suppress(all []Held, said []Statement) []Held {
	for rank, reason := range Reasons() {
		for _, s := range said {
			if s.Suppress != reason {
				continue
			}
			found := false
			for i := range all {
				h := &all[i]
				if s.Channel != "" && h.Channel != s.Channel {
					continue
				}
				found = true
				if h.Suppressed == "" || slices.Index(Reasons(), h.Suppressed) >= rank && s.At < h.SuppressedAt {
					h.Suppressed, h.SuppressedAt = reason, s.At
				}
				if h.Because.Customer.IsZero() {
					h.Because.Customer = s.Customer
				}
			}
			if !found {
				all = append(all, Held{Channel: s.Channel, Purpose: Marketing, Because: Statement{At: customer.NoTime, Source: s.Source, Record: s.Record, Customer: s.Customer},
					Suppressed: reason, SuppressedAt: s.At})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Held) int {
		return cmp.Or(cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Purpose, b.Purpose))
	})
	return all
}
