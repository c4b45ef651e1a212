package cohort

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

// Retention is the rows of cohort_retention.
type Retention struct {
	Cells    []Cell
	Currency string
	Scale    uint8 // digits of the currency
}

// Overall is the rows of cohort_overall.
type Overall struct {
	Lines    []Line
	Currency string
	Scale    uint8
}

// Column fills a column of cohort_retention.
func (r *Retention) Column(name string) func(c *columns.Column, i int) {
	switch name {
	case "cohort_date":
		return func(c *columns.Column, i int) { c.Ints = append(c.Ints, int64(r.Cells[i].Cohort)) }
	case "retention_share":
		return rate(r.cell, func(i int) float64 { return r.Cells[i].Rate() })
	case "retention_low":
		return rate(r.cell, func(i int) float64 { low, _ := Wilson(r.Cells[i].Value, r.Cells[i].Eligible); return low })
	case "retention_high":
		return rate(r.cell, func(i int) float64 { _, high := Wilson(r.Cells[i].Value, r.Cells[i].Eligible); return high })
	}
	return cellColumn(name, r.cell, r.Currency, r.Scale)
}

func (r *Retention) cell(i int) *Cell { return &r.Cells[i] }

// Column fills a column of cohort_overall.
func (o *Overall) Column(name string) func(c *columns.Column, i int) {
	switch name {
	case "cohort_count":
		return func(c *columns.Column, i int) { c.Ints = append(c.Ints, o.Lines[i].Cohorts) }
	case "pooled_share":
		return rate(o.cell, func(i int) float64 { return o.Lines[i].Rate() })
	case "pooled_low":
		return rate(o.cell, func(i int) float64 { low, _ := Wilson(o.Lines[i].Value, o.Lines[i].Eligible); return low })
	case "pooled_high":
		return rate(o.cell, func(i int) float64 { _, high := Wilson(o.Lines[i].Value, o.Lines[i].Eligible); return high })
	case "mean_share":
		return rate(o.cell, func(i int) float64 { return o.Lines[i].Mean() })
	}
	return cellColumn(name, o.cell, o.Currency, o.Scale)
}

func (o *Overall) cell(i int) *Cell { return &o.Lines[i].Cell }

// rate fills a column that has a value where customers are counted.
func rate(cell func(i int) *Cell, value func(i int) float64) func(c *columns.Column, i int) {
	return func(c *columns.Column, i int) {
		if cell(i).Measure != Customers {
			c.AddMissing()
			return
		}
		c.Floats = append(c.Floats, value(i))
	}
}

// cellColumn fills the columns that both tables have.
func cellColumn(name string, cell func(i int) *Cell, currency string, scale uint8) func(c *columns.Column, i int) {
	switch name {
	case "grain":
		return func(c *columns.Column, i int) { c.AddText(string(cell(i).Grain)) }
	case "period":
		return func(c *columns.Column, i int) { c.Ints = append(c.Ints, int64(cell(i).Period)) }
	case "definition":
		return func(c *columns.Column, i int) { c.AddText(cell(i).Definition) }
	case "measure":
		return func(c *columns.Column, i int) { c.AddText(cell(i).Measure) }
	case "value":
		one := int64(1)
		for range scale {
			one *= 10
		}
		return func(c *columns.Column, i int) {
			v := cell(i).Value
			if cell(i).Measure != NetRevenue {
				v *= one // the column is money: counts are whole units of it
			}
			c.Ints = append(c.Ints, v)
		}
	case "eligible":
		return func(c *columns.Column, i int) { c.Ints = append(c.Ints, cell(i).Eligible) }
	case "complete":
		return func(c *columns.Column, i int) {
			complete := int64(0)
			if cell(i).Complete {
				complete = 1
			}
			c.Ints = append(c.Ints, complete)
		}
	case "currency":
		return func(c *columns.Column, i int) {
			if cell(i).Measure == NetRevenue {
				c.AddText(currency)
			} else {
				c.AddMissing()
			}
		}
	}
	return nil
}

var (
	_ customer.Each = (*Retention)(nil)
	_ customer.Each = (*Overall)(nil)
)
