package report

// value is what customers have brought, and how unevenly.
type value struct {
	Why               string
	Customers         figure
	Mean, Median, P90 figure
	Top               figure // the part of the first decile, where there are parts
	Bins, Deciles     []barRow
}

func (p *page) value() *value {
	v := &value{}
	all, why := ask[struct {
		Customers              int64
		Net, Mean, Median, P90 number
	}](&p.asker, "value")
	if why == "" && len(all) == 0 {
		why = "No customer has a counted order."
	}
	if v.Why = why; why != "" {
		return v
	}
	a := all[0]
	v.Customers = count("value.customers", a.Customers)
	v.Mean, v.Median, v.P90 = mean("value.mean", a.Mean), p.money("value.median", p.minor(a.Median)), p.money("value.p90", p.minor(a.P90))
	v.bins(p)
	v.deciles(p, p.minor(a.Net))
	return v
}

// bins are customers who brought about as much.
func (v *value) bins(p *page) {
	rows, _ := ask[struct {
		Edge, Net number
		Customers int64
	}](&p.asker, "value_bins") // it needs what value needs
	most := int64(0)
	for _, r := range rows {
		most = max(most, r.Customers)
	}
	for _, r := range rows {
		b := barRow{Label: "below 1", figure: count("value.bin.below.customers", r.Customers), Title: p.money("", p.minor(r.Net)).Text + " together", Kind: "plain", W: bar(float64(r.Customers), float64(most))}
		if r.Edge != "" {
			b.Label, b.Name = short(float(r.Edge)), "value.bin."+r.Edge.String()+".customers"
		}
		v.Bins = append(v.Bins, b)
	}
}

// deciles are tenths of the customers.
func (v *value) deciles(p *page, all int64) {
	rows, _ := ask[struct {
		Part, Customers int64
		Net, Least      number
	}](&p.asker, "value_deciles") // as above
	var nets []int64
	for _, r := range rows {
		nets = append(nets, p.minor(r.Net))
	}
	axis := around(nets)
	for i, r := range rows {
		n := count("", r.Part).Value
		d := barRow{Label: n, figure: p.large("value.decile."+n+".net", nets[i]), Kind: "plain"}
		d.Title = count("", r.Customers).Text + " customers with " + p.money("", p.minor(r.Least)).Text + " and more each: " + p.money("", nets[i]).Text
		if all > 0 {
			d.Text = portion("", nets[i], all).Text
			if r.Part == 1 {
				v.Top = figure{"value.top", d.Value, d.Text}
			}
		}
		d.X, d.W = axis.bar(0, float64(nets[i]))
		switch {
		case nets[i] < 0:
			d.Kind = "loss"
		case r.Part == 1:
			d.Kind = "mark"
		}
		v.Deciles = append(v.Deciles, d)
	}
}
