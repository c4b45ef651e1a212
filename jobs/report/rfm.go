package report

import (
	"math"
	"strings"
)

// rfm is who buys how, and what to do about it.
type rfm struct {
	Why    string
	Map    []rfmRow // the highest score first
	Parts  bool     // the cells have parts of all net revenue, not amounts
	Groups []rfmGroup
	NoPlan string // there are no groups
	Stages []stage
}

// rfmRow is the customers of a frequency score, by recency from 1 to 5.
type rfmRow struct {
	F     int
	Cells [5]rfmCell // those without customers are empty
}

// rfmCell is a place of the map: a recency and a frequency score.
type rfmCell struct {
	R, F      int64
	Customers figure
	Net       figure // its part of all net revenue
	Groups    string
	tone
}

type rfmGroup struct {
	Name, Goal, Treatment string
	Customers, Net, Part  figure
	Days, Orders          figure
	Wide, NetWide         pct // bars
}

// stage of the life of a customer.
type stage struct {
	Name, Meaning  string
	Customers, Net figure
	Wide           pct
}

func (p *page) rfm() *rfm {
	r := &rfm{}
	r.map_(p)
	r.groups(p)
	r.stages(p)
	return r
}

func (r *rfm) map_(p *page) {
	rows, why := ask[struct {
		R, F, Customers int64
		Net             number
		Groups          string
	}](&p.asker, "rfm_map")
	if why == "" && len(rows) == 0 {
		why = "No customer has a counted order, so nobody is scored."
	}
	if r.Why = why; why != "" {
		return
	}
	var all, most int64
	for _, row := range rows {
		net := p.minor(row.Net)
		all, most = all+net, max(most, net, -net)
	}
	for f := 5; f >= 1; f-- {
		r.Map = append(r.Map, rfmRow{F: f})
	}
	r.Parts = all > 0
	for _, row := range rows {
		name, net := "rfm."+digit(row.R)+digit(row.F), p.minor(row.Net)
		c := rfmCell{R: row.R, F: row.F, Groups: row.Groups, Customers: count(name+".customers", row.Customers), Net: p.large(name+".net", net)}
		if r.Parts {
			c.Net.Text = portion("", net, all).Text
		}
		c.tone = toneOf(math.Copysign(math.Sqrt(math.Abs(over(net, most))), float64(net))) // one cell has most of it
		r.Map[5-row.F].Cells[row.R-1] = c
	}
}

func (r *rfm) groups(p *page) {
	rows, why := ask[struct {
		Name, Goal, Treatment string
		Customers             int64
		Net, Days, Orders     number
	}](&p.asker, "rfm_groups")
	if r.NoPlan = why; why != "" {
		return
	}
	var all, most, mostNet int64
	for _, row := range rows {
		all, most, mostNet = all+p.minor(row.Net), max(most, row.Customers), max(mostNet, p.minor(row.Net))
	}
	for _, row := range rows {
		if row.Customers == 0 {
			continue // Prospect is in no table of scores
		}
		name, net := "rfm_group."+row.Name, p.minor(row.Net)
		r.Groups = append(r.Groups, rfmGroup{Name: row.Name, Goal: row.Goal, Treatment: row.Treatment,
			Customers: count(name+".customers", row.Customers), Net: p.money(name+".net", net), Part: portion(name+".part", net, all),
			Days: decimal(name+".days", row.Days, 0), Orders: decimal(name+".orders", row.Orders, 1),
			Wide: bar(float64(row.Customers), float64(most)), NetWide: bar(float64(net), float64(mostNet))})
	}
}

// meanings of the stages are those of docs/churn.md.
var meanings = map[string]string{
	"new": "the first order within the last 60 days", "active": "as often as usual: the last order is no longer ago than 1.5 of the usual gaps",
	"reactivated": "back within the last 60 days after more than 3 usual gaps", "at_risk": "no order for 1.5 to 3 usual gaps", "lapsed": "no order for more than 3 usual gaps", "prospect": "no counted order yet",
}

func (r *rfm) stages(p *page) {
	rows, why := ask[struct {
		Stage     string
		Customers int64
		Net       number
	}](&p.asker, "stages")
	if why != "" {
		return
	}
	var most int64
	for _, row := range rows {
		most = max(most, row.Customers)
	}
	for _, row := range rows {
		r.Stages = append(r.Stages, stage{Name: strings.ReplaceAll(row.Stage, "_", " "), Meaning: meanings[row.Stage], Customers: count("stage."+row.Stage+".customers", row.Customers),
			Net: p.money("stage."+row.Stage+".net", p.minor(row.Net)), Wide: bar(float64(row.Customers), float64(most))})
	}
}

// over is a part of a whole, 0 of nothing.
func over(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

func digit(n int64) string { return string(rune('0' + n)) }
