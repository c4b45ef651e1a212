package score

import (
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/churn"
	"github.com/habitue-data/habitue/transforms/lifecycle"
)

// buying is what the order days of a customer come to.
type buying struct {
	stage    lifecycle.Stage
	staged   bool
	rhythm   lifecycle.Rhythm
	scores   churn.Scores
	foretold bool
}

// look works out what the customer's order days come to. Who is not among those
// whom scores are about is left out.
func (r *profileRow) look() {
	r.buying = buying{}
	if r.m.Days == nil {
		return
	}
	if !r.isScored {
		r.buying.staged = inBase(r.Worker, &r.person) && r.counted.Sum.Orders == 0
		return
	}
	days := r.m.Days.Days(r.at)
	r.buying.stage, r.buying.staged = lifecycle.Of(days, r.insight.Rhythm, r.AsOf), true
	r.buying.rhythm = lifecycle.Own(days)
	r.buying.scores, r.buying.foretold = r.insight.Model.Score(days, r.AsOf)
}

// churnColumns fill a row of churn.
func (r *profileRow) churnColumns() map[string]func(*columns.Column) {
	return map[string]func(*columns.Column){
		"customer_id":     func(c *columns.Column) { r.id.AddTo(c) },
		"churn_risk":      r.addRisk,
		"band":            r.addBand,
		"p_alive":         r.addAlive,
		"expected_orders": r.addExpected,
		"next_order_date": r.addNext,
		"model":           func(c *columns.Column) { c.AddOptional(r.insight.Model.Name) },
		"reason":          func(c *columns.Column) { c.AddOptional(r.insight.Model.Reason) },
	}
}

// buyingColumns fill the columns of customers that go by order days.
func (r *profileRow) buyingColumns() map[string]func(*columns.Column) {
	return map[string]func(*columns.Column){
		"churn_risk":      r.addRisk,
		"churn_band":      r.addBand,
		"p_alive":         r.addAlive,
		"expected_orders": r.addExpected,
		"next_order_date": r.addNext,
		"lifecycle_stage": func(c *columns.Column) {
			if !r.buying.staged {
				c.AddMissing()
				return
			}
			c.AddText(lifecycle.Names()[r.buying.stage])
		},
		"median_gap_days": func(c *columns.Column) { work.AddFloat(c, r.buying.rhythm.Days(), r.buying.rhythm > 0) },
	}
}

func (r *profileRow) addRisk(c *columns.Column) {
	work.AddFloat(c, r.buying.scores.Risk, r.buying.foretold)
}

func (r *profileRow) addBand(c *columns.Column) {
	if !r.buying.foretold {
		c.AddMissing()
		return
	}
	c.AddText(churn.Bands()[churn.Band(r.buying.scores.Risk)])
}

func (r *profileRow) addAlive(c *columns.Column) {
	work.AddFloat(c, r.buying.scores.Alive, r.buying.scores.HasAlive)
}

func (r *profileRow) addExpected(c *columns.Column) {
	work.AddFloat(c, r.buying.scores.Expected, r.buying.scores.HasExpected)
}

func (r *profileRow) addNext(c *columns.Column) {
	if !r.buying.scores.HasNext {
		c.AddMissing()
		return
	}
	work.AddInt(c, int64(r.buying.scores.Next))
}
