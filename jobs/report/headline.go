package report

// headline is what one says first.
type headline struct {
	Cards []card
	Weeks *weeks
	Why   string // there are no weeks
}

// card is one number, with what to hold it against.
type card struct {
	Title   string
	Value   figure
	Unit    string
	Notes   []note
	Meaning string
	Target  string // the section that has more of it
}

// note is a smaller number under it.
type note struct {
	Before string
	figure
	After string
	Mood  string // up or down; "" is neither
}

func (p *page) headline() *headline {
	h := &headline{}
	h.revenue(p)
	h.customers(p)
	h.back(p)
	h.risk(p)
	h.reach(p)
	h.rows(p)
	return h
}

// revenue is the first two cards, and the weeks.
func (h *headline) revenue(p *page) {
	rows, why := ask[struct {
		Week, Orders, Known int64
		Net                 number
	}](&p.asker, "weeks")
	if why == "" && len(rows) == 0 {
		why = "No order lies in the last 56 weeks."
	}
	if h.Why = why; why != "" || p.err != nil {
		return
	}
	var net, orders [weekCount + 4]int64
	for _, r := range rows {
		net[r.Week], orders[r.Week] = p.minor(r.Net), r.Orders
	}
	sum := func(of []int64) (all int64) {
		for _, v := range of {
			all += v
		}
		return all
	}
	now, before, year := sum(net[:4]), sum(net[4:8]), sum(net[52:])
	h.Cards = append(h.Cards, card{Title: "Net revenue", Value: p.large("headline.net_28d", now), Unit: p.Currency + " in 28 days", Target: "weeks",
		Notes:   against("headline.net_28d", rows[0].Known, now, before, year),
		Meaning: "Counted orders plus returns of the 28 days that end on the as-of date, those of nobody's too (orders). A counted order is a sale above zero that was not cancelled."})
	now, before, year = sum(orders[:4]), sum(orders[4:8]), sum(orders[52:])
	h.Cards = append(h.Cards, card{Title: "Orders", Value: count("headline.orders_28d", now), Unit: "in 28 days", Target: "weeks",
		Notes:   against("headline.orders_28d", rows[0].Known, now, before, year),
		Meaning: "Counted orders of the same days (orders)."})
	h.Weeks = p.weeks(net[:weekCount], orders[:weekCount])
}

// against compares with the 28 days before, and with those a year before, as
// far back as there are orders: days before the data begins are no bad ones.
func against(name string, known, now, before, year int64) (notes []note) {
	if known >= 2*28 {
		notes = append(notes, note{figure: change(name+"_change", now, before), After: "on the 28 days before", Mood: mood(now, before)})
	}
	if known >= 52*7+28 {
		notes = append(notes, note{figure: change(name+"_year_change", now, year), After: "on the same 28 days, 52 weeks earlier", Mood: mood(now, year)})
	}
	return notes
}

func (h *headline) customers(p *page) {
	rows, why := ask[struct {
		Known, Anonymous, Buyers, Active int64
		New                              int64 `json:"new_now"`
		Before                           int64 `json:"new_before"`
	}](&p.asker, "customers")
	if why != "" || len(rows) == 0 {
		return
	}
	r := rows[0]
	h.Cards = append(h.Cards,
		card{Title: "New buyers", Value: count("headline.new_28d", r.New), Unit: "in 28 days", Target: "cohorts",
			Notes:   []note{{figure: change("headline.new_28d_change", r.New, r.Before), After: "on the 28 days before", Mood: mood(r.New, r.Before)}},
			Meaning: "Customers whose first counted order ever lies in these days (customers)."},
		card{Title: "Customers", Value: count("headline.known", r.Known), Unit: "known", Target: "groups",
			Notes: []note{
				{figure: count("headline.buyers", r.Buyers), After: "have bought"},
				{figure: count("headline.active_90d", r.Active), After: "of them in the last 90 days"},
				{Before: "and", figure: count("headline.anonymous", r.Anonymous), After: "cookies without a name"},
			},
			Meaning: "Known by a contact, card, e-mail, phone or login (customers)."})
}

// back is how many come back.
func (h *headline) back(p *page) {
	if p.Cohorts == nil {
		return
	}
	for _, r := range p.Cohorts.overall {
		if r.Period != 1 {
			continue
		}
		word := map[string]string{"on": "in the", "on_or_after": "from the"}[r.Definition] + " next " + r.Grain
		h.Cards = append(h.Cards, card{Title: "Came back", Value: share("headline.back", r.Share), Unit: word, Target: "cohorts",
			Notes: []note{
				{Before: "between", figure: share("headline.back_low", r.Low), After: "and"},
				{figure: share("headline.back_high", r.High), After: "is what chance leaves open"},
			},
			Meaning: "Of all customers with a first order, the part with another counted order " + word + " of the calendar; the cohorts for which it is over; 95% Wilson interval (cohort_overall)."})
	}
}

// risk is how many are about to be lost.
func (h *headline) risk(p *page) {
	if p.Churn == nil || p.Churn.Why != "" {
		return
	}
	for _, b := range p.Churn.Bands {
		if b.Name == "high" {
			h.Cards = append(h.Cards, card{Title: "At high risk", Value: count("headline.high_risk", b.customers), Unit: "buyers", Target: "churn",
				Notes:   []note{{Before: "they have brought", figure: p.large("headline.high_risk_net", b.net), After: p.Currency}},
				Meaning: "Customers in the upper third of churn risk: the chance of no order within the horizon is above 2/3 (churn)."})
		}
	}
}

// reach is whom one may write to.
func (h *headline) reach(p *page) {
	rows, why := ask[struct {
		Channel   string
		Customers int64
	}](&p.asker, "reach")
	if why != "" || len(rows) == 0 {
		return
	}
	c := card{Title: "May be written to", Value: count("headline.reach."+rows[0].Channel, rows[0].Customers), Unit: "by " + rows[0].Channel, Target: "activation",
		Meaning: "Known customers with an address that said yes to marketing through the channel and that nothing suppresses (consents)."}
	for _, r := range rows[1:] {
		c.Notes = append(c.Notes, note{figure: count("headline.reach."+r.Channel, r.Customers), After: "by " + r.Channel})
	}
	h.Cards = append(h.Cards, c)
}

// rows is why one may believe the others.
func (h *headline) rows(p *page) {
	t := p.Trust
	if t == nil || len(t.Sources) == 0 {
		return
	}
	c := card{Title: "Rows read", Value: count("headline.rows", t.read), Target: "ties", Unit: "all accounted for",
		Notes:   []note{{figure: count("headline.rejects", t.rejects), After: "could not be used"}},
		Meaning: "Of every source, the rows read are the sum of those kept, repeated, superseded, filtered, refused and of later days; so is the money (deliveries)."}
	if !t.Ties {
		c.Unit, c.Notes[0].Mood = "NOT all accounted for", "down"
	}
	h.Cards = append(h.Cards, c)
}
