package jobs

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/transforms/segment"
)

// standsOn is the kind of record without which a table has no rows.
var standsOn = []struct {
	kind   customer.Kind
	tables []string
}{
	{customer.Contact, []string{"contacts"}},
	{customer.Order, []string{"orders", "order_lines", "rfm", "rfm_cuts", "cohort_retention", "cohort_overall", "churn", "model_fits"}},
	{customer.Event, []string{"events"}},
	{customer.Interaction, []string{"interactions"}},
	{customer.Product, []string{"products"}},
	{customer.Store, []string{"stores"}},
}

// amountOf is the field that an order of a source is worth, "" where the source
// has none.
func amountOf(s *project.Source) string {
	switch {
	case s.Kind == customer.Order:
		return "amount"
	case s.OrdersFrom != "":
		return "value"
	}
	return ""
}

// warnings are what is worth saying, at some time, of a project that is not
// wrong.
func warnings(p *project.Project, now time.Time) (list fault.List) {
	warn := func(f fault.Fault) {
		f.Warning = true
		list = append(list, f)
	}
	if !p.Salted {
		warn(p.Fault("id_salt is not set, so whoever knows a record can work out its customer id", "write id_salt: ${env:HABITUE_SALT} before the first night: a later change makes other ids", "id_salt"))
	}
	has := map[customer.Kind]bool{}
	for i := range p.Sources {
		s := &p.Sources[i]
		has[s.Kind] = true
		if s.OrdersFrom != "" {
			has[customer.Order] = true
		}
		if amount := amountOf(s); amount != "" && !s.Faulty && !s.Maps(amount) {
			warn(p.FaultOf(s, "nothing says what an order of "+s.Name+" is worth: none of them will count, and revenue stays without them", "map the field "+amount, "fields"))
		}
	}
	var kinds, empty []string
	for _, on := range standsOn {
		tables := slices.DeleteFunc(slices.Clone(on.tables), func(t string) bool { _, wanted := p.Publish.Wants(t); return !wanted })
		if !has[on.kind] && len(tables) > 0 {
			kinds, empty = append(kinds, on.kind.String()), append(empty, tables...)
		}
	}
	if empty != nil {
		warn(p.Fault("no source has records of kind "+strings.Join(kinds, ", ")+", so these tables will be empty: "+strings.Join(empty, ", "), "add such sources, or leave the tables out of publish.tables", "publish", "tables"))
	}
	for _, f := range unknowable(p, has) {
		warn(f)
	}
	for _, what := range p.Schedule.Cron.Surprises(now, p.Zone) {
		warn(p.Fault(fmt.Sprintf("the schedule %q: %s", p.Schedule.Cron, what), "a night is run once whatever the clock does; where another time will do as well, take it", "schedule"))
	}
	if _, wanted := p.Publish.Wants("customer_keys"); !wanted {
		warn(p.Fault("customer_keys is not published, so the next night finds a customer again by its birth record alone: where that is gone, or is no more the earliest of the customer's records, "+
			"the customer gets another id and the old one is retired; of two that are joined, one is retired and not merged_into the other",
			"add customer_keys: [customer_id, key], unless ids need not last", "publish", "tables"))
	}
	return list
}

// tellsOf is the kind of record of which a history table is made.
var tellsOf = map[customer.HistoryTable]customer.Kind{customer.OfContacts: customer.Contact, customer.OfOrders: customer.Order, customer.OfLines: customer.Order,
	customer.OfEvents: customer.Event, customer.OfInteractions: customer.Interaction, customer.OfStores: customer.Store, customer.OfProducts: customer.Product}

// unknowable are the segments that ask for records which no source gives.
func unknowable(p *project.Project, has map[customer.Kind]bool) (list fault.List) {
	if p.Segments.Set == nil {
		return nil
	}
	for _, d := range p.Segments.Set.Definitions {
		alone, _ := segment.NewSet([]*segment.Definition{d}) // what it asks of others is no matter here
		var missing []string
		for t := range alone.Needs() {
			if kind, made := tellsOf[t]; made && !has[kind] {
				missing = append(missing, t.String())
			}
		}
		if slices.Sort(missing); len(missing) > 0 {
			list = append(list, fault.Fault{File: d.File, Line: d.Line, Col: d.Col, What: "the segment " + d.Name + " asks for " + strings.Join(missing, ", ") + ", which no source gives: whether anybody is a member stays unknown",
				Todo: "add such a source, or take the segment out"})
		}
	}
	return list
}
