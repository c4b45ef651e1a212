package filters

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/transforms/segment"
)

// closedCase are the words by which sources say that a case is over.
var closedCase = []string{"closed", "resolved", "solved", "done", "cancelled"}

func engagement() []segment.Filter {
	return []segment.Filter{
		{
			Name: "support_case", Group: "engagement", Type: segment.Event,
			Doc:     "cases of support; open are those whose status is not closed, resolved, solved, done or cancelled",
			Example: "{open: true}",
			Params:  []config.Spec{{Name: "open", Type: config.Bool, Example: "true", Doc: "only cases that are open (true) or over (false)"}},
			Needs:   segment.Needs{customer.OfInteractions: {"status"}},
			Facts: segment.Events{
				Of: customer.OfInteractions, Only: openCase, Needs: []string{"kind"},
				Where: []segment.Field{
					{Key: "topic", Column: "topic", Doc: "what it was about"}, {Key: "channel", Column: "channel", Doc: "channel it came by"},
					{Key: "status", Column: "status", Doc: "status in the source"},
				},
				Distinct: []string{"topic"},
			},
		},
	}
}

func openCase(f *segment.Facts) func(row int) bool {
	is, over := f.OneOf("kind", "support_case"), f.OneOf("status", closedCase...)
	open := f.Params().Get("open")
	return func(r int) bool { return is(r) && (open == nil || over(r) != open.Bool()) }
}
