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
	"github.com/habitue-data/habitue/pipelines/flow"
)

var collectStage = stage{name: "collect", run: collect}

// Result is what a night came to: the files of each table and what became of
// the rows of each input file. It is written to the scratch folder, because
// a runner gives nothing back.
type Result struct {
	Files   map[string][]lake.File
	Tallies []Tally              // of each file of the night
	Orders  []Orders             // of each source
	Cuts    []Cuts               // links that do not hold, where anybody asks of them
	Loads   map[string]flow.Load `json:"-"` // of each stage
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

func (c *Count) add(o orderCount) {
	c.Rows += o.rows
	c.Money += o.money
}

// resultFile is where collect leaves the result.
const resultFile = "result.json"

// collect writes down what the other stages wrote and counted.
func collect(_ context.Context, w *worker, _ int, in *flow.Inputs, _ *flow.Outputs) error {
	r := Result{Files: map[string][]lake.File{}, Orders: make([]Orders, len(w.Sources))}
	sums := make([]tally, len(w.Files))
	read := func(b *flow.Batch, data []byte) error {
		switch b.Port.Base() {
		case "tally", "gathertally", "interntally":
			d := decoder{b: data}
			for d.more() {
				var t tally
				block := t.merge(&d)
				if d.err != nil {
					return d.err
				}
				o := &r.Orders[w.sourceOf(block)]
				o.Customers.add(t.orders)
				o.Nobodys.add(t.nobodys)
				if block >= len(w.BlockFile) {
					continue // orders made of lines: their rows were counted as lines
				}
				f := &sums[w.fileOf(int64(block))]
				for c := range tallyClasses {
					f.add(c, t.rows[c], t.money[c])
				}
				f.turn(t.turnover)
				f.unreadable += t.unreadable
				f.assumed += t.assumed
				f.equal += t.equal
			}
		case "guardtally":
			var cuts []Cuts
			if err := json.Unmarshal(data, &cuts); err != nil {
				return fmt.Errorf("read what was cut: %w", err)
			}
			r.Cuts = addCuts(r.Cuts, cuts)
		default:
			var f written
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
	if err := w.holdsMoney(sums); err != nil {
		return err
	}
	for _, files := range r.Files {
		slices.SortFunc(files, func(a, b lake.File) int {
			if a.Path < b.Path {
				return -1
			}
			return 1
		})
	}
	for _, t := range sums {
		c := func(class int) Count { return Count{t.rows[class], t.money[class]} }
		r.Tallies = append(r.Tallies, Tally{c(tallyRead), c(tallyKept), c(tallyRepeated), c(tallySuperseded), c(tallyFiltered),
			c(tallyRejected), c(tallyLater), t.unreadable, t.assumed, t.equal})
	}
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return store.Write(store.Join(w.Scratch, resultFile), data)
}

// holdsMoney refuses a night whose money may not fit a figure: a sum that
// runs over is a wrong number that looks like any other.
func (n *Night) holdsMoney(files []tally) error {
	var all tally
	most := 0
	for i := range files {
		all.turn(files[i].turnover)
		if files[i].turnover > files[most].turnover {
			most = i
		}
	}
	if all.turnover <= customer.MostMoney {
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
		What: "the amounts of all rows, whatever their sign, come to " + show(all.turnover) + ", those of this file to " + show(files[most].turnover),
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
