// Package pipelines is the night: the stages from raw rows to tables. nightly.go
// is its table of contents. Its rooms are the parts of the night in their order,
// extract, resolve, score, records, segments; brief is what is asked of it, work
// what they share, and flow runs it on Apache Beam. See docs/engine.md for the
// picture and how to write a transform.
package pipelines

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/bucket"
	"github.com/habitue-data/habitue/internal/progress"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/records"
	"github.com/habitue-data/habitue/pipelines/resolve"
	"github.com/habitue-data/habitue/pipelines/segments"
	"github.com/habitue-data/habitue/pipelines/work"
)

// Init must be the first thing that main does: in a worker it never
// returns. From then on paths may be in buckets.
func Init() {
	store.Use(bucket.Open)
	flow.Init(program())
}

// program is the night as workers know it.
func program() flow.Program {
	p := flow.Program{Ready: ready, Seed: seed, Begin: func(ctx context.Context, stage string) { work.WatchOf(ctx).Begin(stage) }}
	for _, s := range stages() {
		p.Stages = append(p.Stages, flow.Stage{Name: s.Name, Outs: s.Outs, Run: func(ctx context.Context, w any, key int, in *flow.Inputs, out *flow.Outputs) error {
			return s.Run(ctx, w.(*work.Worker), key, in, out)
		}})
	}
	return p
}

// ready makes the worker of a process.
func ready(job []byte, reads map[flow.Port]bool) (any, flow.Means, error) {
	n, err := briefed(job)
	if err != nil {
		return nil, flow.Means{}, err
	}
	w, err := work.NewWorker(n, reads)
	return w, flow.Means{Memory: n.Memory, MaxInline: n.MaxInline, Scratch: n.Scratch}, err
}

// Run makes the tables of one night in the lake. Its scratch folder must be
// there and be the run's own. What it wrote is no part of anything until the
// caller commits a manifest. How far it is, told hears where the runner
// works in this process.
func Run(ctx context.Context, n *brief.Night, runner flow.Runner, told *progress.Progress) (result *Result, err error) {
	ctx, w := work.Watched(ctx, n, told)
	defer func() { w.End(err) }()
	if !runner.Local() {
		n.MaxInline = flow.MaxInline
	}
	if err := store.MkdirAll(n.Scratch); err != nil {
		return nil, fmt.Errorf("make the scratch folder: %w", err)
	}
	job, err := jobOf(n)
	if err != nil {
		return nil, err
	}
	defer forget(job)
	loads, err := flow.Run(ctx, job, seeds(n), nightly(n), runner)
	if err != nil {
		return nil, err
	}
	r, err := readResult(n.Scratch)
	if len(n.Blocks) == 0 && errors.Is(err, fs.ErrNotExist) { // there was nothing to do for any stage
		r, err = &Result{Files: map[string][]lake.File{}, Tallies: make([]Tally, len(n.Files)), Orders: make([]Orders, len(n.Sources))}, nil
	}
	if err != nil {
		return nil, err
	}
	r.Loads = loads
	return r, nil
}

// seeds are the ports that the night begins with.
func seeds(n *brief.Night) []flow.Port {
	all := []flow.Port{"blocks", "again"}
	if n.Suppresses() {
		all = append(all, "suppressions")
	}
	if n.WantsModels() {
		all = append(all, "asked")
	}
	if n.Said != nil {
		all = append(all, "saidfiles")
	}
	if n.Ledger != nil {
		all = append(all, "ledgerfiles")
	}
	if n.Segments != nil && n.Segments.Before != nil {
		all = append(all, "beforefiles")
	}
	return all
}

// seed is what a port of seeds begins with.
func seed(job []byte, p flow.Port) (flow.Seed, error) {
	n, err := briefed(job)
	if err != nil {
		return flow.Seed{}, err
	}
	switch p {
	case "blocks", "again":
		return flow.SeedOf(n.Blocks)
	case "suppressions":
		return records.Suppressions(n), nil
	case "asked": // also where nobody is there: why there is no model is to be told
		return flow.Seed{Keys: []int{0}, Items: [][]byte{{}}}, nil
	case "saidfiles":
		return records.SaidFiles(n.Said)
	case "ledgerfiles":
		return resolve.LedgerFiles(n.Ledger)
	case "beforefiles":
		return segments.BeforeFiles(n.Segments.Before)
	}
	return flow.Seed{}, fmt.Errorf("nothing begins with port %q", p)
}
