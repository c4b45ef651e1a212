package pipelines

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/resolve"
	"github.com/habitue-data/habitue/pipelines/work"
)

var collectStage = work.Stage{Name: "collect", Run: collect}

// Result is what a night came to: the files of each table and what became of
// the rows of each input file. It is written to the scratch folder, because
// a runner gives nothing back.
type Result struct {
	Files   map[string][]lake.File
	Tallies []Tally        // of each file of the night
	Orders  []Orders       // of each source
	Cuts    []resolve.Cuts // links that do not hold, where anybody asks of them
	// Unheeded are the decisions of which a key is on no record: their
	// places among those to join and then those not to.
	Unheeded []int
	Loads    map[string]flow.Load `json:"-"` // of each stage
}

// Tally is what became of rows and of their money.
type Tally struct {
	Read, Kept, Repeated, Superseded, Filtered, Rejected, Later Count
	Unreadable                                                  int64 // rejects whose money cannot be read
	Assumed                                                     int64 // records used before their first version
	Equal                                                       int64 // records of which one file says two things at one moment: versions, or lines of one number
}

// Orders are the orders in force of a source, returns among them.
type Orders struct {
	Customers Count // of somebody
	Nobodys   Count // without any key
}

// Count is rows and their money in minor units.
type Count struct{ Rows, Money int64 }

func (c *Count) add(o work.OrderCount) {
	c.Rows += o.Rows
	c.Money += o.Money
}

// resultFile is where collect leaves the result.
const resultFile = "result.json"

// collect writes down what the other stages wrote and counted.
func collect(_ context.Context, w *work.Worker, _ int, in *flow.Inputs, _ *flow.Outputs) error {
	r := Result{Files: map[string][]lake.File{}, Orders: make([]Orders, len(w.Sources))}
	tallies := work.Tallies{}
	read := func(b *flow.Batch, data []byte) error {
		switch b.Port.Base() {
		case "totals":
			return tallies.Merge(data)
		case "unheeded":
			d := work.Decoder{B: data}
			for d.More() {
				r.Unheeded = append(r.Unheeded, int(d.Uvarint()))
			}
			return d.Err
		case "guardtally":
			var cuts []resolve.Cuts
			if err := json.Unmarshal(data, &cuts); err != nil {
				return fmt.Errorf("read what was cut: %w", err)
			}
			r.Cuts = resolve.AddCuts(r.Cuts, cuts)
		default:
			var f work.Written
			if err := json.Unmarshal(data, &f); err != nil {
				return fmt.Errorf("read of a written file: %w", err)
			}
			r.Files[f.Table] = append(r.Files[f.Table], f.File)
		}
		return nil
	}
	for _, p := range in.Ports() {
		if err := in.Read(p, read); err != nil {
			return err
		}
	}
	for account, t := range tallies { // of orders made of lines there are just the orders: their rows were counted as lines
		o := &r.Orders[w.SourceOfAccount(account)]
		o.Customers.add(t.Orders)
		o.Nobodys.add(t.Nobodys)
	}
	sums := make([]work.Tally, len(w.Files))
	for i := range sums {
		sums[i] = *tallies.Of(i)
	}
	if err := holdsMoney(w.Night, sums); err != nil {
		return err
	}
	slices.Sort(r.Unheeded)
	r.Unheeded = slices.Compact(r.Unheeded)
	for _, files := range r.Files {
		slices.SortFunc(files, func(a, b lake.File) int {
			if a.Path < b.Path {
				return -1
			}
			return 1
		})
	}
	for _, t := range sums {
		c := func(class int) Count { return Count{t.Rows[class], t.Money[class]} }
		r.Tallies = append(r.Tallies, Tally{c(work.TallyRead), c(work.TallyKept), c(work.TallyRepeated), c(work.TallySuperseded), c(work.TallyFiltered),
			c(work.TallyRejected), c(work.TallyLater), t.Unreadable, t.Assumed, t.Equal})
	}
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return store.Write(store.Join(w.Scratch, resultFile), data)
}

// holdsMoney refuses a night whose money may not fit a figure: a sum that
// runs over is a wrong number that looks like any other.
func holdsMoney(n *brief.Night, files []work.Tally) error {
	var all work.Tally
	most := 0
	for i := range files {
		all.Turn(files[i].Turnover)
		if files[i].Turnover > files[most].Turnover {
			most = i
		}
	}
	if all.Turnover <= customer.MostMoney {
		return nil
	}
	show := func(minor int64) string {
		text := string(columns.AppendMoney(nil, min(minor, customer.MostMoney), n.Scale)) + " " + n.Currency
		if minor > customer.MostMoney {
			return "more than " + text
		}
		return text
	}
	return fault.With(fault.List{{File: n.Files[most].Path,
		What: "the amounts of all rows, whatever their sign, come to " + show(all.Turnover) + ", those of this file to " + show(files[most].Turnover),
		Why:  "a figure of a table has 18 digits",
		Todo: "look for amounts that cannot be and correct the export, or say unit: minor where it writes kopecks or cents"}}, fault.Gate)
}

func readResult(scratch string) (*Result, error) {
	data, err := store.ReadFile(store.Join(scratch, resultFile))
	if err != nil {
		return nil, fmt.Errorf("read the result of the night: %w", err)
	}
	r := &Result{}
	if err := json.Unmarshal(data, r); err != nil {
		return nil, fmt.Errorf("read the result of the night: %w", err)
	}
	return r, nil
}
