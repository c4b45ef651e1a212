package filters

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/transforms/segment"
)

// marketing is the purpose of consents that name none; topics of it stand
// behind a slash.
const marketing = "marketing"

// consentNeeds are the columns by which the rows that count are found, and
// others.
func consentNeeds(others ...string) segment.Needs {
	return segment.Needs{customer.OfConsents: append([]string{"address", "channel", "purpose", "state"}, others...)}
}

// consents are what holds of a customer's addresses for a purpose, by the
// channel that a condition names or by all.
type consents struct {
	*segment.Rows
	address, channel, purpose *columns.Column
	want                      []byte
	by                        func(row int) bool
	topic                     bool
}

func consentsOf(s *segment.Scope, purpose string) *consents {
	purpose = cmp.Or(purpose, marketing)
	rows := s.Rows(customer.OfConsents)
	return &consents{rows, rows.Column("address"), rows.Column("channel"), rows.Column("purpose"), []byte(purpose),
		rows.OneOf("channel", spelt(s.Params.Words("channel"))...), strings.HasPrefix(purpose, marketing+"/")}
}

// counts tells whether a row of customer i is of the purpose: where an
// address says nothing of a topic, what it says of marketing is.
func (c *consents) counts(i, row int) bool {
	if !c.by(row) {
		return false
	}
	purpose, _ := c.purpose.Bytes(row)
	if bytes.EqualFold(purpose, c.want) {
		return true
	}
	if !c.topic || string(purpose) != marketing {
		return false
	}
	address, _ := c.address.Bytes(row)
	channel, _ := c.channel.Bytes(row)
	for r, to := c.Of(i); r < to; r++ {
		purpose, _ := c.purpose.Bytes(r)
		same, _ := c.address.Bytes(r)
		by, _ := c.channel.Bytes(r)
		if bytes.EqualFold(purpose, c.want) && bytes.Equal(same, address) && bytes.Equal(by, channel) {
			return false
		}
	}
	return true
}

// stateTest tests what holds of the customer's addresses. Where nothing was
// said there is no data.
func stateTest(s *segment.Scope, purpose string) segment.Test {
	c, states, explicit := consentsOf(s, purpose), s.Params.Words("state", "subscribed"), s.Params.Get("explicit").Bool()
	holds, said, nothing := c.OneOf("state", states...), c.Column("explicit").Ints, slices.Contains(states, "no_data") && !explicit
	return segment.Test{
		Truth: func(i int) segment.Truth {
			any := false
			for r, to := c.Of(i); r < to; r++ {
				if !c.counts(i, r) {
					continue
				}
				if any = true; holds(r) && (!explicit || said[r] == 1) {
					return segment.True
				}
			}
			return segment.Of(!any && nothing)
		},
		Value: func(i int) string {
			var held []string
			for r, to := c.Of(i); r < to; r++ {
				if c.counts(i, r) {
					state, _ := c.Column("state").Bytes(r)
					held = append(held, string(state))
				}
			}
			if held == nil {
				return "no_data"
			}
			return strings.Join(held, ", ")
		},
	}
}
