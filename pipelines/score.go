package pipelines

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/transforms/cohort"
	"github.com/habitue-data/habitue/transforms/rfm"
)

var (
	countStage = stage{name: "count", run: count, outs: []flow.Port{"counts", "worthson"}}
	nextStage  = stage{name: "next", run: next, outs: []flow.Port{"seed", "cutfiles", "scored"}}
	scoreStage = stage{name: "score", run: score, outs: []flow.Port{"scorefiles", "people", "listed"}}
	cubeStage  = stage{name: "cube", run: cube, outs: []flow.Port{"cubefiles"}}
)

func readWorths(in *flow.Inputs) (ids []customer.ID, worths []rfm.Worth, err error) {
	for _, p := range []flow.Port{"worths", "worthson"} {
		batches, err := in.All(p)
		if err != nil {
			return nil, nil, err
		}
		for _, data := range batches {
			few := len(data) / (len(customer.ID{}) + 16) // a worth is some five to sixteen bytes
			ids, worths = slices.Grow(ids, few), slices.Grow(worths, few)
			d := decoder{b: data}
			for d.more() {
				var id customer.ID
				var w rfm.Worth
				copy(id[:], d.take(len(id)))
				for k := range w {
					w[k] = d.varint()
				}
				ids, worths = append(ids, id), append(worths, w)
			}
			if d.err != nil {
				return nil, nil, d.err
			}
		}
	}
	return ids, worths, nil
}

// count is the shard's part of one round of the search for the cuts.
func count(_ context.Context, w *worker, _ int, in *flow.Inputs, out *flow.Outputs) error {
	seed, err := in.One("seed")
	if err != nil {
		return err
	}
	_, worths, err := readWorths(in)
	if err != nil {
		return err
	}
	f, err := rfm.Cutter{Worths: worths}.Fold(seed)
	if err != nil {
		return err
	}
	for i := range worths {
		f.Add(i)
	}
	if len(worths) > 0 {
		out.Emit("counts", 0, f.Append(appendBytes(nil, seed)))
	}
	in.Pass("worths", out, "worthson")
	in.Pass("worthson", out, "worthson")
	return nil
}

// next ends a round and tells every shard what the next one starts from;
// after the last it writes the cuts down, and the groups.
func next(_ context.Context, w *worker, _ int, in *flow.Inputs, out *flow.Outputs) error {
	var seed []byte
	var whole customer.Fold
	err := in.Read("counts", func(_ *flow.Batch, data []byte) error {
		d := decoder{b: data}
		s := d.bytes()
		if whole == nil {
			if len(s) > 0 {
				seed = bytes.Clone(s)
			}
			f, err := rfm.Cutter{}.Fold(seed)
			if err != nil {
				return err
			}
			whole = f
		}
		return whole.Merge(d.rest())
	})
	if err != nil {
		return err
	}
	after, err := rfm.Cutter{}.Next(seed, whole)
	if err != nil {
		return err
	}
	for s := range w.Shards {
		out.Emit("seed", s, bytes.Clone(after))
	}
	if out.Round < (rfm.Cutter{}).Count() {
		return nil
	}
	cuts, err := rfm.CutsOf(after)
	if err != nil {
		return err
	}
	for s := range w.Shards {
		out.Emit("scored", s, binary.AppendUvarint(nil, uint64(cuts.N)))
	}
	if err := w.writeCuts(cuts, out); err != nil {
		return err
	}
	groups, err := rfm.LoadGroups()
	if err != nil {
		return err
	}
	return w.writeEach("rfm_groups", groups, len(groups.All()), out, "cutfiles")
}

// writeCuts writes rfm_cuts. Cuts of recency are told as days again: the
// engine counts them below zero, so that more is better everywhere.
func (w *worker) writeCuts(cuts *rfm.Cuts, out *flow.Outputs) error {
	t, err := w.newTableWriter("rfm_cuts", 0)
	if err != nil || t == nil {
		return err
	}
	m, s := 0, int64(0)
	row, err := t.set(map[string]func(*columns.Column){
		"measure": func(c *columns.Column) { c.AddText(rfm.Names[m]) },
		"score":   func(c *columns.Column) { addInt(c, s) },
		"cut": func(c *columns.Column) {
			cut := cuts.Cut[m][s-2]
			if m == 0 {
				cut = -cut
			}
			addInt(c, cut)
		},
		"customer_count": func(c *columns.Column) { addInt(c, cuts.In(m, s)) },
		"base":           func(c *columns.Column) { addInt(c, cuts.N) },
	})
	if err != nil {
		return err
	}
	for m = range rfm.Names {
		for s = 2; s <= rfm.Scores; s++ {
			if err := t.row(row); err != nil {
				return err
			}
		}
	}
	return t.close(out, "cutfiles")
}

// score gives every customer of one shard its scores and writes rfm, churn
// and, where more than identity is asked for, customers.
func score(_ context.Context, w *worker, shard int, in *flow.Inputs, out *flow.Outputs) error {
	var cuts *rfm.Cuts
	seed, err := in.One("seed")
	if err != nil {
		return err
	}
	if seed != nil {
		if cuts, err = rfm.CutsOf(seed); err != nil {
			return err
		}
	}
	groups, err := rfm.LoadGroups()
	if err != nil {
		return err
	}
	if err := w.writeRFM(cuts, groups, shard, in, out); err != nil {
		return err
	}
	return w.writePeople(cuts, groups, shard, in, out)
}

func (w *worker) writeRFM(cuts *rfm.Cuts, groups *rfm.Groups, shard int, in *flow.Inputs, out *flow.Outputs) error {
	ids, worths, err := readWorths(in)
	if err != nil || len(ids) == 0 {
		return err
	}
	t, err := w.newTableWriter("rfm", shard)
	if err != nil || t == nil {
		return err
	}
	if err := t.each(&rfm.Scored{IDs: ids, Worths: worths, Cuts: cuts, Groups: groups, Currency: w.Currency}, len(ids)); err != nil {
		return err
	}
	return t.close(out, "scorefiles")
}

// cube adds up the cohorts of all shards.
func cube(_ context.Context, w *worker, _ int, in *flow.Inputs, out *flow.Outputs) error {
	whole := cohort.NewCube(w.Cohorts)
	if err := in.Read("cube", func(_ *flow.Batch, data []byte) error { return whole.Merge(data) }); err != nil {
		return err
	}
	t, err := w.newTableWriter("cohort_retention", 0)
	if err != nil {
		return err
	}
	lines := cohort.NewLines(w.Cohorts.Unfinished)
	for cells := range whole.Cells(w.AsOf) { // of one cohort: decades of weeks are millions
		lines.Add(cells)
		if t == nil {
			continue
		}
		if err := t.each(&cohort.Retention{Cells: cells, Currency: w.Currency, Scale: w.Scale}, len(cells)); err != nil {
			return err
		}
	}
	if err := t.close(out, "cubefiles"); err != nil {
		return err
	}
	return w.writeEach("cohort_overall", &cohort.Overall{Lines: lines.All, Currency: w.Currency, Scale: w.Scale}, len(lines.All), out, "cubefiles")
}

// writeEach writes the one file of a table that is small enough for it.
func (w *worker) writeEach(table string, rows customer.Each, n int, out *flow.Outputs, p flow.Port) error {
	t, err := w.newTableWriter(table, 0)
	if err != nil || t == nil {
		return err
	}
	if err := t.each(rows, n); err != nil {
		return err
	}
	return t.close(out, p)
}
