package consent

import (
	"maps"
	"slices"
	"strings"
)

// OfContact is what a contact says of its addresses: given is channel or
// channel/topic to true or false. A consent without a time of its own is dated
// by the record and is not explicit: nobody knows that the person said it then.
func OfContact(given map[string]bool, base Statement, explicit bool) []Statement {
	var all []Statement
	for _, name := range slices.Sorted(maps.Keys(given)) {
		s := base
		s.Channel, s.Purpose = purposeOf(name)
		s.State, s.Explicit = Unsubscribed, explicit
		if given[name] {
			s.State = Subscribed
		}
		all = append(all, s)
	}
	return all
}

// OfInteraction is what a message or what came back of it says of an address.
// Kinds are those of e-mail services, with or without campaign_ before them and
// however they are written.
func OfInteraction(kind, status string, base Statement) []Statement {
	base.Purpose, base.Explicit, base.Channel = Marketing, true, Channel(base.Channel)
	suppressed := func(reason string) Statement {
		s := base
		s.Suppress = reason
		return s
	}
	said := func(state State) Statement {
		s := base
		s.State = state
		return s
	}
	switch plain(kind) {
	case "unsubscribed":
		return []Statement{said(Unsubscribed)}
	case "complained":
		return []Statement{said(Unsubscribed), suppressed(Complaint)}
	case "bounced":
		for _, word := range []string{"hard", "permanent", "invalid"} {
			if strings.Contains(strings.ToLower(status), word) {
				return []Statement{suppressed(Bounce)}
			}
		}
	case "subscribed":
		return []Statement{said(Subscribed)}
	case "subscription_requested":
		return []Statement{said(Pending)}
	}
	return nil
}

// Speaks tells whether an interaction of that kind may say something of an
// address.
func Speaks(kind string) bool {
	switch plain(kind) {
	case "unsubscribed", "complained", "bounced", "subscribed", "subscription_requested":
		return true
	}
	return false
}

// plain is a kind however somebody writes it.
func plain(kind string) string {
	return strings.TrimPrefix(strings.ToLower(strings.TrimSpace(kind)), "campaign_")
}
