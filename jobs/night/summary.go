package night

import (
	"github.com/habitue-data/habitue/jobs/activate"
	"github.com/habitue-data/habitue/pipelines"
	"github.com/habitue-data/habitue/pipelines/flow"
)

// Summary is what a run tells: how each source ties to what was read, and
// what the tables hold.
type Summary struct {
	RunID          string           `json:"run_id"`
	RunDate        string           `json:"run_date"`
	Known          string           `json:"known"`
	OnLine         bool             `json:"on_line"`
	Currency       string           `json:"currency"`
	Sources        []SourceSummary  `json:"sources"`
	Orders         int64            `json:"orders"` // in force, returns too, that have a customer
	AssumedCurrent int64            `json:"assumed_current"`
	Tables         map[string]int64 `json:"tables"` // rows
	Checks         []DataCheck      `json:"checks"`
	Seconds        float64          `json:"-"`

	// Known when the run is committed.
	Delivered []activate.Outcome `json:"delivered,omitempty"`
	Report    string             `json:"report,omitempty"`

	Loads map[string]flow.Load `json:"loads"` // what went to the keys of each stage
}

// SourceSummary ties one source to what was read of it.
type SourceSummary struct {
	Name   string        `json:"name"`
	Files  int           `json:"files"`
	Bytes  int64         `json:"bytes"`
	Tie    Tie           `json:"rows"`
	Money  *Tie          `json:"money,omitempty"` // minor units; nil where rows have none
	Orders *OrderSummary `json:"orders,omitempty"`
	Ties   bool          `json:"ties"` // read is the sum of the others, in rows and money
	// Unreadable are rejects whose amount cannot be read: their money is in
	// none of the sums.
	Unreadable int64 `json:"unreadable,omitempty"`
}

// OrderSummary is the orders in force of a source, returns among them, and
// those of nobody: they are in revenue and never in a share of customers.
type OrderSummary struct {
	Count      int64 `json:"count"` // with a customer
	Money      int64 `json:"money"`
	NobodyHas  int64 `json:"without_customer"`
	NobodyPaid int64 `json:"money_without_customer"`
}

// Tie is read = kept + repeats + superseded + filtered + rejects + later.
type Tie struct {
	Read       int64 `json:"read"`
	Kept       int64 `json:"kept"`
	Repeats    int64 `json:"repeats"`
	Superseded int64 `json:"superseded"`
	Filtered   int64 `json:"filtered"`
	Rejects    int64 `json:"rejects"`
	Later      int64 `json:"later"`
}

func (t Tie) holds() bool {
	return t.Read == t.Kept+t.Repeats+t.Superseded+t.Filtered+t.Rejects+t.Later
}

func addTally(a *pipelines.Tally, b pipelines.Tally) {
	for _, x := range []struct{ to, from *pipelines.Count }{{&a.Read, &b.Read}, {&a.Kept, &b.Kept}, {&a.Repeated, &b.Repeated}, {&a.Superseded, &b.Superseded},
		{&a.Filtered, &b.Filtered}, {&a.Rejected, &b.Rejected}, {&a.Later, &b.Later}} {
		x.to.Rows += x.from.Rows
		x.to.Money += x.from.Money
	}
	a.Unreadable += b.Unreadable
	a.Assumed += b.Assumed
	a.Equal += b.Equal
}

func ties(t pipelines.Tally, of func(pipelines.Count) int64) Tie {
	return Tie{of(t.Read), of(t.Kept), of(t.Repeated), of(t.Superseded), of(t.Filtered), of(t.Rejected), of(t.Later)}
}

// summarise adds up what became of the rows. How many each table has is known
// when it is committed.
func (n *Night) summarise() {
	s := &n.Summary
	*s = Summary{RunID: n.Manifest.RunID, RunDate: n.Manifest.RunDate, Known: n.Known, OnLine: n.onLine, Currency: n.Project.Currency, Tables: map[string]int64{}, Loads: n.result.Loads}
	for i := range n.Project.Sources {
		one := SourceSummary{Name: n.Project.Sources[i].Name}
		var all pipelines.Tally
		for _, v := range n.plan.versions {
			if v.source == i && v.file >= 0 {
				one.Files++
				one.Bytes += v.bytes
				addTally(&all, n.result.Tallies[v.file])
			}
		}
		one.Tie = ties(all, func(c pipelines.Count) int64 { return c.Rows })
		money := ties(all, func(c pipelines.Count) int64 { return c.Money })
		if money.Read != 0 || money.Kept != 0 {
			one.Money = &money
		}
		one.Unreadable = all.Unreadable
		one.Ties = one.Tie.holds() && money.holds()
		s.AssumedCurrent += all.Assumed
		s.Checks = append(s.Checks, n.checks(i, &all, &one)...)
		if o := n.result.Orders[i]; o.Customers.Rows+o.Nobodys.Rows > 0 {
			one.Orders = &OrderSummary{o.Customers.Rows, o.Customers.Money, o.Nobodys.Rows, o.Nobodys.Money}
			s.Orders += o.Customers.Rows
		}
		s.Sources = append(s.Sources, one)
	}
	if d := n.spec.Identity.Decisions; d.Any() {
		s.Checks = append(s.Checks, unheeded(d, n.result.Unheeded))
	}
}

// total is all sources together.
func (s *Summary) total() (t pipelines.Tally) {
	for _, one := range s.Sources {
		t.Read.Rows += one.Tie.Read
		t.Kept.Rows += one.Tie.Kept
		t.Rejected.Rows += one.Tie.Rejects
	}
	return t
}
