package filters

import (
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/alike"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/transforms/segment"
)

func messages() []segment.Filter {
	return []segment.Filter{
		messagesBy("email_event", "e-mails", "{event: opened, campaign: {starts: spring}, in_last: 30d}", eMail...),
		messagesBy("sms_event", "SMS", "{event: delivered, in_last: 30d}", "sms"),
		messagesBy("push_event", "push messages", "{event: opened, in_last: 30d}", "push"),
		{
			Name: "campaign_received", Group: "engagement", Type: segment.Event,
			Doc:     "messages that were delivered, by whatever channel",
			Example: "{ids: [spring-1, spring-2], in_last: 90d}", Plain: "ids",
			Facts: segment.Events{
				Of: customer.OfInteractions, Needs: []string{"kind"},
				Only: func(f *segment.Facts) func(row int) bool { return became(f, "delivered") },
				Where: []segment.Field{
					{Key: "ids", Column: "campaign", Doc: "campaign"}, {Key: "channel", Column: "channel", Doc: "channel"}, {Key: "arm", Column: "arm", Doc: "arm of an experiment"},
				},
				Distinct: []string{"campaign", "channel"},
			},
		},
		{
			Name: "contacts_in_window", Group: "engagement", Type: segment.Number,
			Doc:     "how many messages were sent to the customer",
			Example: "{ge: 4, in_last: 30d}",
			Params:  append(segment.FieldKeys(customer.OfInteractions, byChannel...), segment.WindowKeys()...),
			Needs:   segment.Needs{customer.OfInteractions: {"kind", "channel"}},
			Bind: func(s *segment.Scope) segment.Test {
				f := s.Facts(customer.OfInteractions)
				return s.Whole(f.Count(f.Narrowed(became(f, "sent"), byChannel...)))
			},
		},
		noOpenSince(),
	}
}

// eMail is how people and sources spell the channel.
var eMail = []string{"email", "e-mail", "mail"}

// spelt are channels in each of their spellings.
func spelt(channels []string) []string {
	for _, c := range channels {
		if slices.Contains(eMail, alike.Fold([]byte(c))) {
			return append(slices.Clone(channels), eMail...)
		}
	}
	return channels
}

var byChannel = []segment.Field{{Key: "channel", Column: "channel", Doc: "only messages by this channel"}}

// became are the messages of which a source tells one of these things, with
// or without campaign_ before it.
func became(f *segment.Facts, what ...string) func(row int) bool {
	kinds := slices.Clone(what)
	for _, w := range what {
		kinds = append(kinds, "campaign_"+w)
	}
	return f.OneOf("kind", kinds...)
}

// messagesBy is a filter over what became of messages of a channel.
func messagesBy(name, what, example string, channels ...string) segment.Filter {
	events := []string{"sent", "delivered", "opened", "clicked", "bounced", "unsubscribed", "complained"}
	return segment.Filter{
		Name: name, Group: "engagement", Type: segment.Event, Doc: "what became of " + what + " to the customer", Example: example,
		Params: []config.Spec{segment.Also(segment.OneOrMore("event", "which of it; any of it unless said; spam is complained", "[opened, clicked]", events...), "spam", "complained")}, Plain: "event",
		Facts: segment.Events{
			Of: customer.OfInteractions, Needs: []string{"kind", "channel"},
			Only: func(f *segment.Facts) func(row int) bool {
				by, is := f.OneOf("channel", channels...), became(f, f.Params().Words("event", events...)...)
				return func(r int) bool { return is(r) && by(r) }
			},
			Where: []segment.Field{
				{Key: "campaign", Column: "campaign", Doc: "campaign"}, {Key: "arm", Column: "arm", Doc: "arm of an experiment"},
				{Key: "topic", Column: "topic", Doc: "what it was about"}, {Key: "status", Column: "status", Doc: "status in the source, as hard of a bounce"},
			},
			Distinct: []string{"campaign"},
		},
	}
}

// noOpenSince looks back at the last e-mail that was opened: whoever got
// enough of them since then and did nothing no longer reads.
func noOpenSince() segment.Filter {
	return segment.Filter{
		Name: "no_open_since", Group: "engagement", Type: segment.Date,
		Doc:     "day since when no e-mail was opened or clicked: of the last that was, else of the first that was delivered; missing for who got none",
		Example: "{older_than: 90d, delivered: {ge: 5}}",
		Params:  []config.Spec{segment.NumberKey("delivered", "how many were delivered after that day, or on it where none was ever opened", "{ge: 5}")},
		Needs:   segment.Needs{customer.OfInteractions: {"kind", "channel"}},
		Bind: func(s *segment.Scope) segment.Test {
			f := s.AllFacts(customer.OfInteractions)
			email, opened, delivered := f.OneOf("channel", eMail...), became(f, "opened", "clicked"), became(f, "delivered")
			last := f.Last(func(r int) bool { return email(r) && opened(r) })
			got := func(r int) bool { return email(r) && delivered(r) }
			first := f.First(got)
			since, never := int64(0), false
			after := f.Count(func(r int) bool { return got(r) && (f.Day(r) > since || never) })
			day := func(i int) int64 {
				r := last(i)
				if never = r < 0; never {
					r = first(i)
				}
				if since = columns.MissingInt; r >= 0 {
					since = f.Day(r)
				}
				return since
			}
			test, enough := s.Date(day), s.CountTest("delivered")
			return segment.Test{
				Truth: func(i int) segment.Truth {
					t := test.Truth(i)
					if t == segment.True && since != columns.MissingInt && !enough(after(i)) {
						return segment.False
					}
					return t
				},
				Value: test.Value,
			}
		},
	}
}
