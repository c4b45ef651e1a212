package score

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/cohort"
	"github.com/habitue-data/habitue/transforms/rfm"
)

var (
	countStage = work.Stage{Name: "count", Run: count, Outs: []flow.Port{"counts", "worthson"}}
	nextStage  = work.Stage{Name: "next", Run: next, Outs: []flow.Port{"seed", "cutfiles", "scored"}}
	scoreStage = work.Stage{Name: "score", Run: score, Outs: []flow.Port{"scorefiles", "people", "listed"}}
	cubeStage  = work.Stage{Name: "cube", Run: cube, Outs: []flow.Port{"cubefiles"}}
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
			d := work.Decoder{B: data}
			for d.More() {
				var id customer.ID
				var w rfm.Worth
				copy(id[:], d.Take(len(id)))
				for k := range w {
					w[k] = d.Varint()
				}
				ids, worths = append(ids, id), append(worths, w)
			}
			if d.Err != nil {
				return nil, nil, d.Err
			}
		}
	}
	return ids, worths, nil
}

// count is the shard's part of one round of the search for the cuts.
func count(_ context.Context, w *work.Worker, _ int, in *flow.Inputs, out *flow.Outputs) error {
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
		out.Emit("counts", 0, f.Append(work.AppendBytes(nil, seed)))
	}
	in.Pass("worths", out, "worthson")
	in.Pass("worthson", out, "worthson")
	return nil
}

// next ends a round and tells every shard what the next one starts from;
// after the last it writes the cuts down, and the groups.
func next(_ context.Context, w *work.Worker, _ int, in *flow.Inputs, out *flow.Outputs) error {
	var seed []byte
	var whole customer.Fold
	err := in.Read("counts", func(_ *flow.Batch, data []byte) error {
		d := work.Decoder{B: data}
		s := d.Bytes()
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
		return whole.Merge(d.Rest())
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
	if err := writeCuts(w, cuts, out); err != nil {
		return err
	}
	groups, err := rfm.LoadGroups()
	if err != nil {
		return err
	}
	return writeEach(w, "rfm_groups", groups, len(groups.All()), out, "cutfiles")
}

// writeCuts writes rfm_cuts. Cuts of recency are told as days again: the
// engine counts them below zero, so that more is better everywhere.
func writeCuts(w *work.Worker, cuts *rfm.Cuts, out *flow.Outputs) error {
	t, err := w.NewTableWriter("rfm_cuts", 0)
	if err != nil || t == nil {
		return err
	}
	m, s := 0, int64(0)
	row, err := t.Set(map[string]func(*columns.Column){
		"measure": func(c *columns.Column) { c.AddText(rfm.Names[m]) },
		"score":   func(c *columns.Column) { work.AddInt(c, s) },
		"cut": func(c *columns.Column) {
			cut := cuts.Cut[m][s-2]
			if m == 0 {
				cut = -cut
			}
			work.AddInt(c, cut)
		},
		"customer_count": func(c *columns.Column) { work.AddInt(c, cuts.In(m, s)) },
		"base":           func(c *columns.Column) { work.AddInt(c, cuts.N) },
	})
	if err != nil {
		return err
	}
	for m = range rfm.Names {
		for s = 2; s <= rfm.Scores; s++ {
			if err := t.Row(row); err != nil {
				return err
			}
		}
	}
	return t.Close(out, "cutfiles")
}

// score gives every customer of one shard its scores and writes rfm, churn
// and, where more than identity is asked for, customers.
func score(_ context.Context, w *work.Worker, shard int, in *flow.Inputs, out *flow.Outputs) error {
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
	if err := writeRFM(w, cuts, groups, shard, in, out); err != nil {
		return err
	}
	return writePeople(w, cuts, groups, shard, in, out)
}

func writeRFM(w *work.Worker, cuts *rfm.Cuts, groups *rfm.Groups, shard int, in *flow.Inputs, out *flow.Outputs) error {
	ids, worths, err := readWorths(in)
	if err != nil || len(ids) == 0 {
		return err
	}
	t, err := w.NewTableWriter("rfm", shard)
	if err != nil || t == nil {
		return err
	}
	if err := t.Each(&rfm.Scored{IDs: ids, Worths: worths, Cuts: cuts, Groups: groups, Currency: w.Currency}, len(ids)); err != nil {
		return err
	}
	return t.Close(out, "scorefiles")
}

// cube adds up the cohorts of all shards.
func cube(_ context.Context, w *work.Worker, _ int, in *flow.Inputs, out *flow.Outputs) error {
	whole := cohort.NewCube(w.Cohorts)
	if err := in.Read("cubes", func(_ *flow.Batch, data []byte) error { return whole.Merge(data) }); err != nil {
		return err
	}
	t, err := w.NewTableWriter("cohort_retention", 0)
	if err != nil {
		return err
	}
	lines := cohort.NewLines(w.Cohorts.Unfinished)
	for cells := range whole.Cells(w.AsOf) { // of one cohort: decades of weeks are millions
		lines.Add(cells)
		if t == nil {
			continue
		}
		if err := t.Each(&cohort.Retention{Cells: cells, Currency: w.Currency, Scale: w.Scale}, len(cells)); err != nil {
			return err
		}
	}
	if err := t.Close(out, "cubefiles"); err != nil {
		return err
	}
	return writeEach(w, "cohort_overall", &cohort.Overall{Lines: lines.All, Currency: w.Currency, Scale: w.Scale}, len(lines.All), out, "cubefiles")
}

// writeEach writes the one file of a table that is small enough for it.
func writeEach(w *work.Worker, table string, rows customer.Each, n int, out *flow.Outputs, p flow.Port) error {
	t, err := w.NewTableWriter(table, 0)
	if err != nil || t == nil {
		return err
	}
	if err := t.Each(rows, n); err != nil {
		return err
	}
	return t.Close(out, p)
}
