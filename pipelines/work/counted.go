package work

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/transforms/profile"
	"github.com/habitue-data/habitue/transforms/rfm"
)

// Counted is what a customer's own orders and visits come to at the end of a
// day: the part of a row of customers that asks nothing of others.
type Counted struct {
	AsOf int32
	Cal  *customer.Calendar
	Sum  rfm.Sum
	Seen profile.Seen
}

// Columns fill it in.
func (p *Counted) Columns() map[string]func(*columns.Column) {
	ordered := func(add func(c *columns.Column)) func(*columns.Column) {
		return func(c *columns.Column) {
			if p.Sum.Orders == 0 {
				c.AddMissing()
				return
			}
			add(c)
		}
	}
	set := map[string]func(*columns.Column){
		"order_count":   func(c *columns.Column) { AddInt(c, p.Sum.Orders) },
		"return_count":  func(c *columns.Column) { AddInt(c, p.Sum.Returns) },
		"net_revenue":   func(c *columns.Column) { AddInt(c, p.Sum.Net) },
		"gross_revenue": func(c *columns.Column) { AddInt(c, p.Sum.Gross) },
		"average_order": ordered(func(c *columns.Column) { AddInt(c, customer.DivideRounded(p.Sum.Gross, p.Sum.Orders)) }),
		"event_count":   func(c *columns.Column) { AddInt(c, p.Seen.Events) },
		"recency_days":  ordered(func(c *columns.Column) { AddInt(c, int64(p.AsOf-p.Sum.LastDay)) }),
		"tenure_days": func(c *columns.Column) {
			if p.Seen.FirstOrder == customer.NoTime {
				c.AddMissing()
				return
			}
			AddInt(c, int64(p.AsOf-p.Cal.Day(p.Seen.FirstOrder)))
		},
	}
	for name, at := range map[string]struct {
		of   *int64
		none int64
	}{
		"first_seen": {&p.Seen.First, customer.NoTime}, "last_seen": {&p.Seen.Last, profile.Never},
		"first_order": {&p.Seen.FirstOrder, customer.NoTime}, "last_order": {&p.Seen.LastOrder, profile.Never},
		"last_event": {&p.Seen.LastEvent, profile.Never},
	} {
		when := func(add func(c *columns.Column)) func(*columns.Column) {
			return func(c *columns.Column) {
				if *at.of == at.none {
					c.AddMissing()
					return
				}
				add(c)
			}
		}
		set[name+"_at"] = when(func(c *columns.Column) { AddInt(c, *at.of) })
		set[name+"_date"] = when(func(c *columns.Column) { AddInt(c, int64(p.Cal.Day(*at.of))) })
	}
	return set
}
