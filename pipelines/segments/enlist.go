package segments

import (
	"context"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/segment"
)

var enlistStage = work.Stage{Name: "enlist", Run: enlist, Outs: []flow.Port{"enlistedfiles"}}

// enlist writes the table of segments.
func enlist(_ context.Context, w *work.Worker, _ int, in *flow.Inputs, out *flow.Outputs) error {
	set, err := w.Segments.Set()
	if err != nil {
		return err
	}
	counts := make([]segmentCount, len(set.Definitions))
	err = in.Read("segmented", func(_ *flow.Batch, data []byte) error {
		d := work.Decoder{B: data}
		for k := range counts {
			c := &counts[k]
			for _, v := range []*int64{&c.members, &c.entered, &c.left, &c.unknown} {
				*v += int64(d.Uvarint())
			}
		}
		return d.Err
	})
	if err != nil {
		return err
	}
	t, err := w.NewTableWriter("segments", 0)
	if err != nil || t == nil {
		return err
	}
	carried, k := w.Segments.Carried(set, w.AsOf), 0
	row, err := t.Set(segmentColumns(w, set, carried, counts, &k))
	if err != nil {
		return err
	}
	for k = range counts {
		if err := t.Row(row); err != nil {
			return err
		}
	}
	return t.Close(out, "enlistedfiles")
}

func segmentColumns(w *work.Worker, set *segment.Set, carried map[string]bool, counts []segmentCount, k *int) map[string]func(*columns.Column) {
	optional := func(of func(d *segment.Definition) string) func(*columns.Column) {
		return func(c *columns.Column) { c.AddOptional(of(set.Definitions[*k])) }
	}
	count := func(of func(c *segmentCount) int64) func(*columns.Column) {
		return func(c *columns.Column) { work.AddInt(c, of(&counts[*k])) }
	}
	return map[string]func(*columns.Column){
		"segment":     optional(func(d *segment.Definition) string { return d.Name }),
		"description": optional(func(d *segment.Definition) string { return d.Description }),
		"goal":        optional(func(d *segment.Definition) string { return d.Goal }),
		"owner":       optional(func(d *segment.Definition) string { return d.Owner }),
		"treatment":   optional(func(d *segment.Definition) string { return d.Treatment }),
		"purpose":     optional(func(d *segment.Definition) string { return d.Purpose }),
		"kind":        optional((*segment.Definition).Kind),
		"base":        optional((*segment.Definition).Base),
		"every":       optional(func(d *segment.Definition) string { return d.Every }),
		"conditions":  optional((*segment.Definition).Conditions),
		"definition":  optional((*segment.Definition).Hash),
		"told_date": func(c *columns.Column) {
			day := w.AsOf
			if name := set.Definitions[*k].Name; carried[name] {
				day = w.Segments.Before.Told[name]
			}
			work.AddInt(c, int64(day))
		},
		"member_count":  count(func(c *segmentCount) int64 { return c.members }),
		"entered_count": count(func(c *segmentCount) int64 { return c.entered }),
		"left_count":    count(func(c *segmentCount) int64 { return c.left }),
		"unknown_count": count(func(c *segmentCount) int64 { return c.unknown }),
	}
}
