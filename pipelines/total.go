package pipelines

import (
	"context"

	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/cohort"
)

var totalStage = work.Stage{Name: "total", Run: total, Outs: []flow.Port{"totals", "cubes"}}

// total adds up what some blocks and shards counted, on the way to where all
// of it comes together.
func total(_ context.Context, w *work.Worker, _ int, in *flow.Inputs, out *flow.Outputs) error {
	tallies := work.Tallies{}
	for _, p := range []flow.Port{"tally", "gathertally", "interntally"} {
		if err := in.Read(p, func(_ *flow.Batch, data []byte) error { return tallies.Merge(data) }); err != nil {
			return err
		}
	}
	if len(tallies) > 0 {
		out.Emit("totals", 0, tallies.Append(nil))
	}
	if !in.Has("cube") {
		return nil
	}
	cube := cohort.NewCube(w.Cohorts)
	if err := in.Read("cube", func(_ *flow.Batch, data []byte) error { return cube.Merge(data) }); err != nil {
		return err
	}
	out.Emit("cubes", 0, cube.Append(nil))
	return nil
}
