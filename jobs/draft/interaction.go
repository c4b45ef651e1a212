package draft

import (
	"strings"

	"github.com/habitue-data/habitue/transforms/mapping"
)

// interactionKinds are what senders of mail and loyalty programmes call what
// the filters know by other names.
var interactionKinds = map[string]string{
	"sent": "campaign_sent", "send": "campaign_sent", "processed": "campaign_sent", "delivered": "campaign_delivered", "delivery": "campaign_delivered",
	"open": "campaign_opened", "opened": "campaign_opened", "click": "campaign_clicked", "clicked": "campaign_clicked",
	"bounce": "campaign_bounced", "bounced": "campaign_bounced", "dropped": "campaign_bounced",
	"unsubscribe": "campaign_unsubscribed", "unsubscribed": "campaign_unsubscribed",
	"spamreport": "campaign_complained", "complaint": "campaign_complained", "complained": "campaign_complained",
	"earn": "loyalty_points", "earned": "loyalty_points", "spend": "loyalty_points", "spent": "loyalty_points", "redeem": "loyalty_points", "accrual": "loyalty_points",
	"case": "support_case", "ticket": "support_case",
}

// interactionKind takes a column that says in each row what it was; words
// that are known get the name that they have here.
func (t *table) interactionKind(f mapping.FieldSpec, s shape) (mapping.FieldSpec, string, bool) {
	if share(s.filled, t.Rows) < .9 || len(s.counts) > 100 {
		return f, "", false
	}
	labels := map[string]string{}
	for v := range s.counts {
		if kind, ok := interactionKinds[strings.ToLower(v)]; ok {
			labels[v] = kind
		}
	}
	if len(labels) == 0 {
		return f, "", true
	}
	f.Map = labels
	return f, "what its values mean", true
}

// interactions says what those were of which no column says it: the name of
// the file must.
func (s *fieldList) interactions() {
	if s.at("kind") >= 0 {
		return
	}
	kind, n := s.Name, readName(s.Name)
	switch {
	case n.has("helpdesk", "support", "ticket", "tickets", "case", "cases"):
		kind = "support_case"
	case n.has("review", "reviews"):
		kind = "review"
	case n.has("survey", "surveys"):
		kind = "survey"
	}
	s.list = append(s.list, Field{mapping.FieldSpec{Field: "kind", Constant: &kind}, Reason{Guess, "no column says it, so the name of the file does"}})
}
