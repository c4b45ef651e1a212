package jobs

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/progress"
	"github.com/habitue-data/habitue/jobs/activate"
	"github.com/habitue-data/habitue/pipelines"
	"github.com/habitue-data/habitue/pipelines/flow"
)

// summary is what a run tells: how each source ties to what was read, and
// what the tables hold.
type summary struct {
	RunID          string           `json:"run_id"`
	RunDate        string           `json:"run_date"`
	Known          string           `json:"known"`
	OnLine         bool             `json:"on_line"`
	Currency       string           `json:"currency"`
	Sources        []sourceSummary  `json:"sources"`
	Orders         int64            `json:"orders"` // in force, returns too, that have a customer
	AssumedCurrent int64            `json:"assumed_current"`
	Tables         map[string]int64 `json:"tables"` // rows
	Checks         []dataCheck      `json:"checks"`
	Seconds        float64          `json:"-"`

	// Known when the run is committed.
	Delivered []activate.Outcome `json:"delivered,omitempty"`
	Report    string             `json:"report,omitempty"`

	Loads map[string]flow.Load `json:"loads"` // what went to the keys of each stage
}

// sourceSummary ties one source to what was read of it.
type sourceSummary struct {
	Name   string        `json:"name"`
	Files  int           `json:"files"`
	Bytes  int64         `json:"bytes"`
	Tie    tie           `json:"rows"`
	Money  *tie          `json:"money,omitempty"` // minor units; nil where rows have none
	Orders *orderSummary `json:"orders,omitempty"`
	Ties   bool          `json:"ties"` // read is the sum of the others, in rows and money
	// Unreadable are rejects whose amount cannot be read: their money is in
	// none of the sums.
	Unreadable int64 `json:"unreadable,omitempty"`
}

// orderSummary is the orders in force of a source, returns among them, and
// those of nobody: they are in revenue and never in a share of customers.
type orderSummary struct {
	Count      int64 `json:"count"` // with a customer
	Money      int64 `json:"money"`
	NobodyHas  int64 `json:"without_customer"`
	NobodyPaid int64 `json:"money_without_customer"`
}

// tie is read = kept + repeats + superseded + filtered + rejects + later.
type tie struct {
	Read       int64 `json:"read"`
	Kept       int64 `json:"kept"`
	Repeats    int64 `json:"repeats"`
	Superseded int64 `json:"superseded"`
	Filtered   int64 `json:"filtered"`
	Rejects    int64 `json:"rejects"`
	Later      int64 `json:"later"`
}

func (t tie) holds() bool {
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

func ties(t pipelines.Tally, of func(pipelines.Count) int64) tie {
	return tie{of(t.Read), of(t.Kept), of(t.Repeated), of(t.Superseded), of(t.Filtered), of(t.Rejected), of(t.Later)}
}

// summarise adds up what became of the rows. How many each table has is known
// when it is committed.
func (n *night) summarise() {
	s := &n.summary
	*s = summary{RunID: n.manifest.RunID, RunDate: n.manifest.RunDate, Known: n.known, OnLine: n.onLine, Currency: n.project.Currency, Tables: map[string]int64{}, Loads: n.result.Loads}
	for i := range n.project.Sources {
		one := sourceSummary{Name: n.project.Sources[i].Name}
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
			one.Orders = &orderSummary{o.Customers.Rows, o.Customers.Money, o.Nobodys.Rows, o.Nobodys.Money}
			s.Orders += o.Customers.Rows
		}
		s.Sources = append(s.Sources, one)
	}
}

// total is all sources together.
func (s *summary) total() (t pipelines.Tally) {
	for _, one := range s.Sources {
		t.Read.Rows += one.Tie.Read
		t.Kept.Rows += one.Tie.Kept
		t.Rejected.Rows += one.Tie.Rejects
	}
	return t
}

// tell prints the summary of the last night.
func (n *night) tell() error {
	s := &n.summary
	if n.app.JSON {
		return n.app.PrintJSON(s)
	}
	out := n.app.Out
	line := "on the line"
	if !n.onLine {
		line = "beside the line: an earlier day, the serving tables stand"
	}
	fmt.Fprintf(out, "run %s, known %s, %s: %.1f s\n\n", s.RunID, s.Known, line, s.Seconds)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "source\tfiles\tread\t= kept\t+ repeats\t+ superseded\t+ filtered\t+ rejects\t+ later\t\t")
	row := func(name, files string, t tie, show func(int64) string, mark string) {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", name, files, show(t.Read), show(t.Kept), show(t.Repeats), show(t.Superseded), show(t.Filtered), show(t.Rejects), show(t.Later), mark)
	}
	for _, one := range s.Sources {
		mark := "ties"
		if !one.Ties {
			mark = "DOES NOT TIE"
		}
		row(one.Name, progress.Thousands(int64(one.Files)), one.Tie, progress.Thousands, mark)
		if one.Money != nil {
			note := ""
			if one.Unreadable > 0 {
				note = fmt.Sprintf("%d unreadable", one.Unreadable)
			}
			row(s.Currency, "", *one.Money, n.money, note)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := n.warn(); err != nil {
		return err
	}
	var names []string
	for name := range s.Tables {
		names = append(names, name)
	}
	slices.Sort(names)
	var parts []string
	for _, name := range names {
		parts = append(parts, name+" "+progress.Thousands(s.Tables[name]))
	}
	fmt.Fprintf(out, "\nrows: %s\nlake: %s\n", strings.Join(parts, ", "), n.project.Lake)
	if n.onLine && n.project.Warehouse.Kind != "" {
		fmt.Fprintf(out, "warehouse: %s\n", n.project.Warehouse)
	}
	return errors.Join(tellDelivered(out, s.Delivered), tellReport(out, s.Report))
}

func (n *night) money(minor int64) string {
	return string(columns.AppendMoney(nil, minor, n.project.Scale))
}
