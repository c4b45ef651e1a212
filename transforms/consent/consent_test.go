package consent

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/customer"
)

func say(channel, purpose string, s State, at int64, explicit bool, record string) Statement {
	return Statement{Channel: channel, Purpose: purpose, State: s, At: at, Explicit: explicit, Source: "crm", Record: record}
}

func TestWhatHolds(t *testing.T) {
	never := int64(customer.NoTime)
	for name, c := range map[string]struct {
		said []Statement
		want string
	}{
		"nothing said": {nil, ""},
		"a yes":        {[]Statement{say("email", Marketing, Subscribed, 5, true, "a")}, "email marketing subscribed a"},
		"a no of another contact wins over an older yes": {[]Statement{say("email", Marketing, Subscribed, 5, true, "a"),
			say("email", Marketing, Unsubscribed, 6, true, "b")}, "email marketing unsubscribed b"},
		"a later explicit yes wins over a no": {[]Statement{say("email", Marketing, Subscribed, 7, true, "a"),
			say("email", Marketing, Unsubscribed, 6, true, "b")}, "email marketing subscribed a"},
		"a yes at the very time of a no does not": {[]Statement{say("email", Marketing, Subscribed, 6, true, "a"),
			say("email", Marketing, Unsubscribed, 6, true, "b")}, "email marketing unsubscribed b"},
		"a later yes that nobody said does not": {[]Statement{say("email", Marketing, Subscribed, 7, false, "a"),
			say("email", Marketing, Unsubscribed, 6, true, "b")}, "email marketing unsubscribed b"},
		"a no without a time holds": {[]Statement{say("email", Marketing, Subscribed, 7, true, "a"),
			say("email", Marketing, Unsubscribed, never, false, "b")}, "email marketing unsubscribed b"},
		"pending is no yes": {[]Statement{say("email", Marketing, Pending, 7, true, "a")}, "email marketing pending a"},
		"channels are apart": {[]Statement{say("email", Marketing, Unsubscribed, 7, true, "a"), say("sms", Marketing, Subscribed, 7, true, "a")},
			"email marketing unsubscribed a; sms marketing subscribed a"},
		"a no to all ends an older yes to a topic": {[]Statement{say("email", "marketing/news", Subscribed, 5, true, "a"), say("email", Marketing, Unsubscribed, 6, true, "b")},
			"email marketing unsubscribed b; email marketing/news unsubscribed b"},
		"a yes to a topic after the no to all holds": {[]Statement{say("email", "marketing/news", Subscribed, 7, true, "a"), say("email", Marketing, Unsubscribed, 6, true, "b")},
			"email marketing unsubscribed b; email marketing/news subscribed a"},
		"a yes to a topic at the very time of a no to all holds": {[]Statement{say("email", "marketing/news", Subscribed, 6, true, "a"), say("email", Marketing, Unsubscribed, 6, true, "b")},
			"email marketing unsubscribed b; email marketing/news subscribed a"},
		"a suppressed address keeps its consent": {[]Statement{say("email", Marketing, Subscribed, 5, true, "a"), {Channel: "email", Suppress: Bounce, At: 9}},
			"email marketing subscribed a bounce"},
		"the stronger reason is told": {[]Statement{say("email", Marketing, Subscribed, 5, true, "a"), {Channel: "email", Suppress: Bounce, At: 9}, {Suppress: Legal, At: 12}},
			"email marketing subscribed a legal"},
		"a suppression alone has a row": {[]Statement{{Channel: "sms", Suppress: Manual, At: 9, Record: "x"}}, "sms marketing no_data x manual"},
	} {
		for range 20 { // in any order
			rand.Shuffle(len(c.said), func(i, j int) { c.said[i], c.said[j] = c.said[j], c.said[i] })
			var got []string
			for _, h := range Resolve(slices.Clone(c.said)) {
				got = append(got, strings.TrimSpace(strings.Join([]string{h.Channel, h.Purpose, h.State.String(), h.Because.Record, h.Suppressed}, " ")))
			}
			if strings.Join(got, "; ") != c.want {
				t.Fatalf("%s: got %q, want %q", name, strings.Join(got, "; "), c.want)
			}
		}
	}
}

func TestStatementsOfRecords(t *testing.T) {
	base := Statement{At: 3, Source: "crm", Record: "1"}
	all := OfContact(map[string]bool{"sms": false, "email/news": true}, base, true)
	if len(all) != 2 || all[0].Purpose != "marketing/news" || all[0].State != Subscribed || all[1].State != Unsubscribed || !all[1].Explicit {
		t.Errorf("OfContact = %+v", all)
	}
	for kind, want := range map[string]int{"campaign_unsubscribed": 1, "unsubscribed": 1, "campaign_complained": 2, "bounced": 0, "campaign_opened": 0, "subscribed": 1} {
		base.Channel = "email"
		if got := OfInteraction(kind, "", base); len(got) != want {
			t.Errorf("OfInteraction(%q) = %+v", kind, got)
		}
	}
	for _, said := range []string{"Campaign_Unsubscribed", " unsubscribed "} {
		base.Channel = "E-Mail "
		if got := OfInteraction(said, "", base); len(got) != 1 || got[0].Channel != "email" || got[0].State != Unsubscribed {
			t.Errorf("OfInteraction(%q) = %+v", said, got)
		}
	}
	if got := OfInteraction("campaign_bounced", "Hard Bounce", base); len(got) != 1 || got[0].Suppress != Bounce {
		t.Errorf("a hard bounce = %+v", got)
	}
}
