package filters

import (
	"math"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/transforms/segment"
)

// closedCase are the words by which sources say that a case is over.
var closedCase = []string{"closed", "resolved", "solved", "done", "cancelled"}

func engagement() []segment.Filter {
	return append(messages(), []segment.Filter{
		npsScore(),
		{
			Name: "review", Group: "engagement", Type: segment.Event,
			Doc:     "reviews that the customer wrote",
			Example: "{rating: {le: 2}, text: {exists: true}, in_last: 30d}",
			Facts: segment.Events{
				Of: customer.OfInteractions, Needs: []string{"kind"},
				Only: func(f *segment.Facts) func(row int) bool { return f.OneOf("kind", "review") },
				Where: []segment.Field{
					{Key: "rating", Column: "value", Doc: "stars"}, {Key: "text", Column: "text", Doc: "what was said"}, {Key: "topic", Column: "topic", Doc: "what it is about"},
					{Key: "channel", Column: "channel", Doc: "channel it came by"},
				},
			},
		},
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
	}...)
}

func openCase(f *segment.Facts) func(row int) bool {
	is, over := f.OneOf("kind", "support_case"), f.OneOf("status", closedCase...)
	open := f.Params().Get("open")
	return func(r int) bool { return is(r) && (open == nil || over(r) != open.Bool()) }
}

// npsScore is the answer to "would you recommend us", 0 to 10.
func npsScore() segment.Filter {
	bands := map[string][2]float64{"detractor": {math.Inf(-1), 7}, "passive": {7, 9}, "promoter": {9, math.Inf(1)}}
	return segment.Filter{
		Name: "nps_score", Group: "engagement", Type: segment.Number,
		Doc:     "how gladly the customer would recommend the shop, 0 to 10; missing for who did not say",
		Example: "{band: detractor, in_last: 180d}",
		Params: append([]config.Spec{
			segment.OneOrMore("band", "detractor below 7, passive from 7, promoter from 9", "[detractor, passive]", "detractor", "passive", "promoter"),
			{Name: "by", Type: config.Enum, Values: []string{"last", "mean"}, Default: "last", Example: "mean", Doc: "the last answer, or the mean of all"},
		}, segment.WindowKeys()...),
		Needs: segment.Needs{customer.OfInteractions: {"kind", "value"}},
		Bind: func(s *segment.Scope) segment.Test {
			f := s.Facts(customer.OfInteractions)
			value, nps := f.Column("value"), f.OneOf("kind", "nps")
			answers := func(r int) bool { return nps(r) && !value.Missing(r) }
			last, sum, count := f.Last(answers), f.Sum("value", answers), f.Count(answers)
			unit, mean := math.Pow10(int(value.Scale)), s.Params.Get("by").Text() == "mean"
			score := func(i int) float64 {
				r := last(i)
				switch {
				case r < 0:
					return math.NaN()
				case mean:
					return float64(sum(i)) / unit / float64(count(i))
				}
				return float64(value.Ints[r]) / unit
			}
			test, asked := s.Float(score), s.Params.Words("band")
			return segment.Test{
				Truth: func(i int) segment.Truth {
					t, v := test.Truth(i), score(i)
					if t != segment.True || asked == nil || math.IsNaN(v) {
						return t
					}
					return segment.Of(slices.ContainsFunc(asked, func(b string) bool { return bands[b][0] <= v && v < bands[b][1] }))
				},
				Value: test.Value,
			}
		},
	}
}
