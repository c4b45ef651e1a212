package filters

import (
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/config"
	"github.com/habitue-data/habitue/transforms/segment"
)

func scores() []segment.Filter {
	return []segment.Filter{
		profileNumber("r_score", "r_score", "recency score, 5 bought last; missing for who never bought", "{ge: 4}"),
		profileNumber("f_score", "f_score", "frequency score, 5 bought most often", "{ge: 4}"),
		profileNumber("m_score", "m_score", "money score, 5 spent most", "{ge: 4}"),
		profileText("rfm_group", "rfm", "named group of the three scores", "[Champions, Loyal]"),
		profileNumber("p_alive", "p_alive", "chance from 0 to 1 that the customer has not left for good; missing where there is no prediction", "{lt: 0.5}"),
		{
			Name: "churn_risk", Group: "rfm", Type: segment.Number,
			Doc:     "chance from 0 to 1 that no order comes within the horizon of the project; missing where there is no prediction",
			Example: "{band: high, ge: 0.5}",
			Params:  []config.Spec{segment.OneOrMore("band", "the third of it", "high", "low", "medium", "high")},
			NeedsOf: func(params segment.Operands) segment.Needs {
				if params.Get("band") == nil {
					return nil
				}
				return segment.Needs{customer.OfCustomers: {"churn_band"}}
			},
			Needs: segment.Needs{customer.OfCustomers: {"churn_risk"}},
			Bind: func(s *segment.Scope) segment.Test {
				risk := s.Profile("churn_risk").Floats
				test := s.Float(func(i int) float64 { return risk[i] })
				if s.Params.Get("band") == nil {
					return test
				}
				band, asked := s.Profile("churn_band"), s.Params.Words("band")
				return segment.Test{
					Truth: func(i int) segment.Truth {
						t := test.Truth(i)
						if text, there := band.Bytes(i); there && !slices.Contains(asked, string(text)) {
							return segment.False
						}
						return t
					},
					Value: test.Value,
				}
			},
		},
		profileNumber("predicted_orders", "expected_orders", "days with an order to be expected within the horizon of the project; missing where there is no prediction", "{ge: 2}"),
		profileDate("next_order_date", "next_order_date", "day by which an order is as likely as not; missing where there is no prediction, or where that is not within the horizon", "{in_next: 7d}"),
	}
}

// profileNumber is a filter that asks a number of the profile.
func profileNumber(name, column, doc, example string) segment.Filter {
	return segment.Filter{
		Name: name, Group: "rfm", Type: segment.Number, Doc: doc, Example: example,
		Needs: segment.Needs{customer.OfCustomers: {column}},
		Bind: func(s *segment.Scope) segment.Test {
			c := s.Profile(column)
			if c.Type == columns.Float {
				return s.Float(func(i int) float64 { return c.Floats[i] })
			}
			return s.Whole(s.Ints(column))
		},
	}
}

// profileDate is a filter that asks a day of the profile.
func profileDate(name, column, doc, example string) segment.Filter {
	return segment.Filter{
		Name: name, Group: "rfm", Type: segment.Date, Doc: doc, Example: example,
		Needs: segment.Needs{customer.OfCustomers: {column}},
		Bind:  func(s *segment.Scope) segment.Test { return s.Date(s.Ints(column)) },
	}
}
