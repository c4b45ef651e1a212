package report

import "time"

// cohorts are who came back, by when they first bought.
type cohorts struct {
	Why               string
	Grain, Definition string
	Rows              []cohortRow
	Heads             []tick
	All               []cohortCell // of all cohorts together
	AllY              px
	Wide, High        px
	Cut               bool // there are more than fit

	overall []overallRow
}

type cohortRow struct {
	Name  string
	Size  figure
	Y     px
	Cells []cohortCell
}

type cohortCell struct {
	figure
	Cohort, Period string
	Customers      figure
	Low, High      figure
	X, Y           px
	Heat           px
	Shade          string
	Open           bool
}

type overallRow struct {
	Grain, Definition          string
	Period, Cohorts, Customers int64
	Share, Low, High           number
	Complete                   bool
}

// the drawing of the grid
const (
	cohortWide = 42
	cohortHigh = 25
	cohortLeft = 128
	cohortTop  = 24
	cohortMost = 25 // rows, and periods, that fit
)

func (p *page) cohorts() *cohorts {
	c := &cohorts{}
	rows, why := ask[struct {
		Grain, Definition, Cohort   string
		Period, Customers, Eligible int64
		Share, Low, High            number
		Complete                    bool
	}](&p.asker, "cohorts")
	if why == "" && len(rows) == 0 {
		why = "No customer has a counted order, or the project file asks for no cohorts of customers."
	}
	if c.Why = why; why != "" {
		return c
	}
	c.Grain, c.Definition = rows[0].Grain, rows[0].Definition
	var names []string
	for _, r := range rows {
		if len(names) == 0 || names[len(names)-1] != r.Cohort {
			names = append(names, r.Cohort)
		}
	}
	c.Cut = len(names) > cohortMost
	names = names[max(0, len(names)-cohortMost):]
	most := 0.0 // of what is not the cohort's own period
	for _, r := range rows {
		if r.Period > 0 && r.Eligible >= 20 { // two of three are no reason to make everyone else pale
			most = max(most, float(r.Share))
		}
	}
	at := -1
	for _, r := range rows {
		if r.Cohort < names[0] || r.Period >= cohortMost {
			continue
		}
		if at < 0 || c.Rows[at].Cells[0].Cohort != r.Cohort {
			at++
			c.Rows = append(c.Rows, cohortRow{Name: cohortName(r.Grain, r.Cohort), Y: px(cohortTop + at*cohortHigh), Size: count("cohort."+r.Cohort+".size", r.Eligible)})
		}
		row := &c.Rows[at]
		row.Cells = append(row.Cells, cell("cohort."+r.Cohort, r.Cohort, row.Y, r.Period, r.Customers, r.Share, r.Low, r.High, !r.Complete, most))
	}
	c.AllY = px(cohortTop + len(c.Rows)*cohortHigh + 8)
	c.together(p, most)
	c.Wide = px(cohortLeft + min(len(names), cohortMost)*cohortWide)
	c.High = c.AllY + cohortHigh
	for i := range min(len(names), cohortMost) {
		c.Heads = append(c.Heads, tick{X: px(cohortLeft + i*cohortWide + cohortWide/2), Text: count("", int64(i)).Text})
	}
	return c
}

// together is the last row.
func (c *cohorts) together(p *page, most float64) {
	rows, _ := ask[overallRow](&p.asker, "cohort_overall") // without it the row is missing
	c.overall = rows
	for _, r := range rows {
		if r.Period < cohortMost {
			c.All = append(c.All, cell("cohort.all", "all", c.AllY, r.Period, r.Customers, r.Share, r.Low, r.High, !r.Complete, most))
		}
	}
}

func cell(name, cohort string, y px, period, customers int64, rate, low, high number, open bool, most float64) cohortCell {
	n := count("", period).Value
	name += "." + n
	c := cohortCell{figure: share(name+".share", rate), Cohort: cohort, Period: n, Customers: count(name+".customers", customers), Low: share(name+".low", low), High: share(name+".high", high),
		X: px(cohortLeft + period*cohortWide), Y: y, Open: open}
	if period == 0 {
		c.Heat, c.Text = 0.06, "100"
		return c
	}
	c.Text = wholePercent(float(rate))
	if most > 0 {
		c.Heat, c.Shade = heat(float(rate) / most)
	}
	return c
}

func cohortName(grain, first string) string {
	day, err := time.Parse(time.DateOnly, first)
	if err != nil || grain != "month" {
		return first
	}
	return day.Format("Jan 2006")
}
