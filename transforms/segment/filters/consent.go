package filters

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/transforms/segment"
)

var (
	purposeKey  = config.Spec{Name: "purpose", Type: config.Text, Default: marketing, Example: "marketing/coffee", Doc: "what the consent is for; where nothing was said of a topic, what holds of marketing counts"}
	channelKey  = config.Spec{Name: "channel", Type: config.Text, Example: "email", Doc: "only of this channel"}
	explicitKey = config.Spec{Name: "explicit", Type: config.Bool, Example: "true", Doc: "only what the person said at a time of its own"}
	stateKey    = segment.OneOrMore("state", "what holds of one of the customer's addresses; subscribed unless said, no_data where nothing was said of any", "[unsubscribed, pending]",
		"subscribed", "unsubscribed", "pending", "no_data")
)

func consent() []segment.Filter {
	channel := channelKey
	channel.Required, channel.Doc = true, "the channel"
	return []segment.Filter{
		{
			Name: "channel_consent", Group: "consent", Type: segment.Record,
			Doc:     "what was consented to for a channel, whether or not an address is suppressed; an address that identity leaves to one customer is also that of another whose contact has it",
			Example: "{channel: email, state: [subscribed, pending]}",
			Params:  []config.Spec{channel, stateKey, explicitKey, purposeKey}, Plain: "channel",
			Needs: consentNeeds("explicit"),
			Bind:  func(s *segment.Scope) segment.Test { return stateTest(s, s.Params.Get("purpose").Text()) },
		},
		{
			Name: "topic_subscription", Group: "consent", Type: segment.Record,
			Doc:     "what was consented to for a topic by a channel",
			Example: "{channel: email, topic: coffee}",
			Params: []config.Spec{channel, {Name: "topic", Type: config.Text, Required: true, Example: "coffee", Doc: "the topic of marketing; where nothing was said of it, what holds of marketing counts"},
				stateKey, explicitKey},
			Needs: consentNeeds("explicit"),
			Bind:  func(s *segment.Scope) segment.Test { return stateTest(s, marketing+"/"+s.Params.Get("topic").Text()) },
		},
		{
			Name: "consent_age", Group: "consent", Type: segment.Date,
			Doc:     "day of the newest consent that holds of an address; missing without one, or where nobody knows its day",
			Example: "{channel: email, older_than: 2y}",
			Params: []config.Spec{channelKey, segment.OneOrMore("state", "of which state; subscribed unless said", "unsubscribed", "subscribed", "unsubscribed", "pending"),
				segment.NamesKey("source", "only what records of these sources say"), purposeKey},
			Needs: consentNeeds("since_date", "source"),
			Bind: func(s *segment.Scope) segment.Test {
				c := consentsOf(s, s.Params.Get("purpose").Text())
				holds, from := c.OneOf("state", s.Params.Words("state", "subscribed")...), c.OneOf("source", s.Params.Words("source")...)
				since := c.Column("since_date").Ints
				return s.Date(func(i int) int64 {
					newest := int64(columns.MissingInt)
					for r, to := c.Of(i); r < to; r++ {
						if c.counts(i, r) && holds(r) && from(r) {
							newest = max(newest, since[r])
						}
					}
					return newest
				})
			},
		},
		{
			Name: "suppressed", Group: "consent", Type: segment.Flag,
			Doc:     "an address of the customer, as of channel_consent, is not written to, whatever was consented to",
			Example: "{reason: [bounce, complaint], in_last: 30d}",
			Params:  append([]config.Spec{segment.OneOrMore("reason", "why; for any reason unless said", "[bounce, complaint]", "legal", "complaint", "bounce", "manual"), channelKey}, segment.WindowKeys()...),
			Needs:   segment.Needs{customer.OfConsents: {"channel", "suppressed", "suppressed_date"}},
			Bind: func(s *segment.Scope) segment.Test {
				rows := s.Rows(customer.OfConsents)
				why, channel, day := rows.Column("suppressed"), rows.Column("channel"), rows.Column("suppressed_date").Ints
				because, by, within := rows.OneOf("suppressed", s.Params.Words("reason")...), rows.OneOf("channel", spelt(s.Params.Words("channel"))...), s.Window()
				return s.Flag(func(i int) segment.Truth {
					for r, to := rows.Of(i); r < to; r++ {
						if !why.Missing(r) && because(r) && (channel.Missing(r) || by(r)) && within(day[r]) {
							return segment.True
						}
					}
					return segment.False
				})
			},
		},
		{
			Name: "opt_in_pending", Group: "consent", Type: segment.Date,
			Doc:     "day of the oldest request for consent that waits for an answer; missing where none does",
			Example: "{channel: email, older_than: 7d}",
			Params:  []config.Spec{channelKey, purposeKey},
			Needs:   consentNeeds("since_date"),
			Bind: func(s *segment.Scope) segment.Test {
				c := consentsOf(s, s.Params.Get("purpose").Text())
				pending, since := c.OneOf("state", "pending"), c.Column("since_date").Ints
				return s.Date(func(i int) int64 {
					oldest := int64(columns.MissingInt)
					for r, to := c.Of(i); r < to; r++ {
						if c.counts(i, r) && pending(r) && (oldest == columns.MissingInt || since[r] < oldest) {
							oldest = since[r]
						}
					}
					return oldest
				})
			},
		},
	}
}
