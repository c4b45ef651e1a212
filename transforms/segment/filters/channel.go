package filters

import (
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/alike"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/transforms/segment"
)

func channel() []segment.Filter {
	return []segment.Filter{
		visitHabit("device_type", "device", "device of visits: mobile, desktop or tablet", "{mostly: mobile, in_last: 90d}"),
		touch("first_touch", "the campaign that brought the customer first: of the oldest visit that names a source, medium or campaign", "{source: google, medium: [cpc, paid]}", (*segment.Facts).First),
		touch("last_touch", "the campaign that brought the customer last: of the newest visit that names a source, medium or campaign", "{campaign: {starts: spring}, in_last: 7d}", (*segment.Facts).Last),
		{
			Name: "referrer", Group: "channel", Type: segment.Event,
			Doc:     "visits that came from a page; pages of the shop's own count too",
			Example: "{contains: google., in_last: 30d}",
			Params:  segment.TextKeys(),
			Facts: segment.Events{
				Of: customer.OfEvents, Needs: []string{"referrer"},
				Only: func(f *segment.Facts) func(row int) bool { return f.Text("referrer") },
			},
		},
		{
			Name: "preferred_channel", Group: "channel", Type: segment.Text,
			Doc:     "the channel that the customer prefers: as stated, or the one by which most mailings were opened and clicked",
			Example: "{eq: sms, by: response, in_last: 1y}",
			Params: append([]config.Spec{{Name: "by", Type: config.Enum, Values: []string{"stated", "response"}, Default: "stated", Example: "response",
				Doc: "stated: as the profile has it; response: as answers to mailings tell, of equal ones the last"}}, segment.WindowKeys()...),
			NeedsOf: func(params segment.Operands) segment.Needs {
				if params.Get("by").Text() == "response" {
					return segment.Needs{customer.OfInteractions: {"kind", "channel"}}
				}
				return segment.Needs{customer.OfCustomers: {"preferred_channel"}}
			},
			Bind: func(s *segment.Scope) segment.Test {
				if s.Params.Get("by").Text() == "response" {
					messages := s.Facts(customer.OfInteractions)
					return s.Text(messages.Mostly("channel", became(messages, "opened", "clicked")))
				}
				stated := s.Profile("preferred_channel")
				return s.Text(func(i int) ([]byte, bool) { return stated.Bytes(i) })
			},
		},
		{
			Name: "reachable_by", Group: "channel", Type: segment.List,
			Doc:     "channels with an address that said yes and is not suppressed",
			Example: "[email, sms]",
			Params:  []config.Spec{purposeKey},
			Needs:   consentNeeds("suppressed"),
			Bind: func(s *segment.Scope) segment.Test {
				c := consentsOf(s, s.Params.Get("purpose").Text())
				yes, suppressed := c.OneOf("state", "subscribed"), c.Column("suppressed")
				isMail, mail := c.OneOf("channel", eMail...), []byte(eMail[0])
				for _, v := range segment.Values(s.Params, "contains_any", "contains_all", "contains_none") {
					if slices.Contains(eMail, alike.Fold([]byte(v.Text()))) {
						mail = []byte(v.Text()) // as it is asked for
					}
				}
				return s.List(func(i int, yield func([]byte)) bool {
					for r, to := c.Of(i); r < to; r++ {
						channel, there := c.channel.Bytes(r)
						if !there || !c.counts(i, r) || !yes(r) || !suppressed.Missing(r) {
							continue
						}
						if isMail(r) {
							channel = mail
						}
						yield(channel)
					}
					return true
				})
			},
		},
	}
}

// visitHabit is a filter over a text that visits have.
func visitHabit(name, column, doc, example string) segment.Filter {
	return segment.Filter{
		Name: name, Group: "channel", Type: segment.Habit, Doc: doc, Example: example,
		Needs: segment.Needs{customer.OfEvents: {column}},
		Bind: func(s *segment.Scope) segment.Test {
			return s.Habit(s.Facts(customer.OfEvents), column, func(int) bool { return true })
		},
	}
}

// touchFields are what a visit says of the campaign that brought it.
var touchFields = []segment.Field{
	{Key: "source", Column: "utm_source", Doc: "where it came from"}, {Key: "medium", Column: "utm_medium", Doc: "by what: cpc, email, organic"},
	{Key: "campaign", Column: "utm_campaign", Doc: "campaign"}, {Key: "content", Column: "utm_content", Doc: "which of its ads"}, {Key: "term", Column: "utm_term", Doc: "what was searched"},
}

func touch(name, doc, example string, end func(f *segment.Facts, match func(row int) bool) func(i int) int) segment.Filter {
	return segment.Filter{
		Name: name, Group: "channel", Type: segment.Record, Doc: doc, Example: example,
		Params: append(append(segment.FieldKeys(customer.OfEvents, touchFields...), segment.WindowKeys()...), segment.PresenceKeys()...), Plain: "source",
		Needs: segment.Needs{customer.OfEvents: {"utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"}},
		Bind: func(s *segment.Scope) segment.Test {
			visits := s.Facts(customer.OfEvents)
			source, medium, campaign := visits.Column("utm_source"), visits.Column("utm_medium"), visits.Column("utm_campaign")
			named := func(r int) bool { return !source.Missing(r) || !medium.Missing(r) || !campaign.Missing(r) }
			return s.Fact(visits, end(visits, named), touchFields...)
		},
	}
}
