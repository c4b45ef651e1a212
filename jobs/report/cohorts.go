package report

import (
	"fmt"
	"strings"
	"time"
)

// cohorts are who came back, by when they first bought.
type cohorts struct {
	Why               string
	Grain, Definition string
	Rows              []cohortRow
	Heads             []int        // periods
	All               []cohortCell // of all cohorts together
	Cut               string       // what is not shown

	overall []overallRow
}

type cohortRow struct {
	Name  string
	Size  figure
	Cells []cohortCell // one for each head; those without a name are empty
}

type cohortCell struct {
	figure
	tone
	Title string
	Open  bool
}

// cohortPeriod is a cohort in a period.
type cohortPeriod struct {
	Grain, Definition, Cohort   string
	Period, Customers, Eligible int64
	Share, Low, High            number
	Complete                    bool
}

type overallRow struct {
	Grain, Definition          string
	Period, Cohorts, Customers int64
	Share, Low, High           number
	Complete                   bool
}

// cohortMost is how many rows, and periods, fit.
const cohortMost = 25

func (p *page) cohorts() *cohorts {
	c := &cohorts{}
	rows, why := ask[cohortPeriod](&p.asker, "cohorts")
	if why == "" && len(rows) == 0 {
		why = "No customer has a counted order, or the project file asks for no cohorts of customers."
	}
	if c.Why = why; why != "" {
		return c
	}
	c.overall, _ = ask[overallRow](&p.asker, "cohort_overall") // without it the row is missing
	c.Grain, c.Definition = rows[0].Grain, rows[0].Definition
	rows = c.fit(rows)
	most := 0.0 // of what is not the cohort's own period
	for _, r := range rows {
		if r.Period > 0 && r.Eligible >= 20 { // two of three are no reason to make everyone else pale
			most = max(most, float(r.Share))
		}
	}
	last := ""
	for _, r := range rows {
		if r.Cohort != last {
			last = r.Cohort
			c.Rows = append(c.Rows, cohortRow{Name: cohortName(r.Grain, r.Cohort), Size: count("cohort."+r.Cohort+".size", r.Eligible), Cells: make([]cohortCell, len(c.Heads))})
		}
		c.Rows[len(c.Rows)-1].Cells[r.Period] = cell(r, most)
	}
	for _, r := range c.overall {
		if c.All == nil {
			c.All = make([]cohortCell, len(c.Heads))
		}
		if r.Period < cohortMost {
			c.All[r.Period] = cell(cohortPeriod{Cohort: "all", Period: r.Period, Customers: r.Customers, Share: r.Share, Low: r.Low, High: r.High, Complete: r.Complete}, most)
		}
	}
	return c
}

// fit gives the rows for which there is room, makes a head for each of their
// periods, and says what is left out.
func (c *cohorts) fit(rows []cohortPeriod) (shown []cohortPeriod) {
	var names []string
	furthest := int64(0)
	for _, r := range rows {
		if len(names) == 0 || names[len(names)-1] != r.Cohort {
			names = append(names, r.Cohort)
		}
		furthest = max(furthest, r.Period)
	}
	for _, r := range c.overall {
		furthest = max(furthest, r.Period)
	}
	early := max(0, len(names)-cohortMost)
	wide := 0
	for _, r := range rows {
		if r.Cohort >= names[early] && r.Period < cohortMost {
			shown, wide = append(shown, r), max(wide, int(r.Period)+1)
		}
	}
	for _, r := range c.overall {
		if r.Period < cohortMost {
			wide = max(wide, int(r.Period)+1)
		}
	}
	for i := range wide {
		c.Heads = append(c.Heads, i)
	}
	var cut []string
	if early > 0 {
		cut = append(cut, "cohorts before "+cohortName(c.Grain, names[early]))
	}
	if furthest >= cohortMost {
		cut = append(cut, fmt.Sprintf("%ss after the %dth", c.Grain, cohortMost-1))
	}
	if cut != nil {
		c.Cut = "Not here but in the tables: " + strings.Join(cut, ", ") + "."
	}
	return shown
}

func cell(r cohortPeriod, most float64) cohortCell {
	name := "cohort." + r.Cohort + "." + count("", r.Period).Value
	c := cohortCell{figure: share(name+".share", r.Share), Open: !r.Complete, tone: toneOf(0)}
	c.Title = fmt.Sprintf("%s, %d later: %s customers, %s to %s", r.Cohort, r.Period, count("", r.Customers).Text, share("", r.Low).Text, share("", r.High).Text)
	if r.Period == 0 {
		c.Text = "100"
		return c
	}
	c.Text = wholePercent(float(r.Share))
	if most > 0 {
		c.tone = toneOf(float(r.Share) / most)
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
