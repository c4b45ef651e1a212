package report

// value is what customers have brought, and how unevenly.
type value struct {
	Why               string
	Customers         figure
	Mean, Median, P90 figure
	Top               figure // the part of the first decile
	Bins              []bin
	Deciles           []part10
}

// bin is customers who brought about as much.
type bin struct {
	From       string
	Customers  figure
	Net        figure
	X, Y, W, H px
}

// part10 is a tenth of the customers.
type part10 struct {
	Number     int64
	Customers  figure
	Net, Least figure
	Part       string
	X, Y, W, H px
}

// the drawings of the distribution
const (
	valueWide = 400
	valueHigh = 180
)

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

func (v *value) bins(p *page) {
	rows, _ := ask[struct {
		Edge, Net number
		Customers int64
	}](&p.asker, "value_bins") // it needs what value needs
	most := int64(0)
	for _, r := range rows {
		most = max(most, r.Customers)
	}
	step := valueWide / float64(max(len(rows), 1))
	for i, r := range rows {
		b := bin{From: "< 1", Customers: count("value.bin.below.customers", r.Customers), Net: p.money("value.bin.below.net", p.minor(r.Net)),
			X: px(float64(i)*step + 1), W: px(step - 2), H: part(float64(r.Customers), float64(most), valueHigh-16)}
		if r.Edge != "" {
			name := "value.bin." + r.Edge.String()
			b.From, b.Customers, b.Net = short(float(r.Edge)), count(name+".customers", r.Customers), p.money(name+".net", p.minor(r.Net))
		}
		b.Y = valueHigh - b.H
		v.Bins = append(v.Bins, b)
	}
}

func (v *value) deciles(p *page, all int64) {
	rows, _ := ask[struct {
		Part, Customers int64
		Net, Least      number
	}](&p.asker, "value_deciles") // as above
	most := int64(0)
	for _, r := range rows {
		most = max(most, p.minor(r.Net))
	}
	const step = valueWide / 10.
	for _, r := range rows {
		name, net := "value.decile."+count("", r.Part).Value, p.minor(r.Net)
		d := part10{Number: r.Part, Customers: count(name+".customers", r.Customers), Net: p.money(name+".net", net), Least: p.money(name+".least", p.minor(r.Least)), Part: percent(over(net, all)),
			X: px(float64(r.Part-1)*step + 2), W: step - 4, H: part(float64(net), float64(most), valueHigh-16)}
		d.Y = valueHigh - d.H
		v.Deciles = append(v.Deciles, d)
		if r.Part == 1 {
			v.Top = figure{"value.top", r.Net.String(), d.Part}
		}
	}
}
