// Package pipelines is the night: the stages from raw rows to tables. nightly.go
// is its table of contents; flow runs it on Apache Beam. See docs/engine.md for
// the picture and how to write a transform.
package pipelines

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/bucket"
	"github.com/habitue-data/habitue/internal/progress"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/pipelines/flow"
)

// Init must be the first thing that main does: in a worker it never
// returns. From then on paths may be in buckets.
func Init() {
	store.Use(bucket.Open)
	flow.Init(program())
}

// program is the night as workers know it.
func program() flow.Program {
	p := flow.Program{Ready: ready, Begin: func(ctx context.Context, stage string) { watchOf(ctx).begin(stage) }}
	for _, s := range stages() {
		p.Stages = append(p.Stages, flow.Stage{Name: s.name, Outs: s.outs, Run: func(ctx context.Context, w any, key int, in *flow.Inputs, out *flow.Outputs) error {
			return s.run(ctx, w.(*worker), key, in, out)
		}})
	}
	return p
}

// ready makes the worker of a process.
func ready(job []byte, reads map[flow.Port]bool) (any, flow.Means, error) {
	var n Night
	if err := json.Unmarshal(job, &n); err != nil {
		return nil, flow.Means{}, fmt.Errorf("read the night: %w", err)
	}
	w, err := newWorker(&n, reads)
	return w, flow.Means{Memory: n.Memory, MaxInline: n.MaxInline, Scratch: n.Scratch}, err
}

// Run makes the tables of one night in the lake. Its scratch folder must be
// there and be the run's own. What it wrote is no part of anything until the
// caller commits a manifest. How far it is, told hears where the runner
// works in this process.
func Run(ctx context.Context, n *Night, blocks []Block, runner flow.Runner, told *progress.Progress) (result *Result, err error) {
	ctx, w := watched(ctx, n, told)
	defer func() { w.end(err) }()
	if !runner.Local() {
		n.MaxInline = flow.MaxInline
	}
	seeds, err := seedsOf(n, blocks)
	if err != nil {
		return nil, err
	}
	if err := store.MkdirAll(n.Scratch); err != nil {
		return nil, fmt.Errorf("make the scratch folder: %w", err)
	}
	if err := n.writeLists(); err != nil {
		return nil, err
	}
	if err := n.writeSuppressed(); err != nil {
		return nil, err
	}
	night, err := json.Marshal(n)
	if err != nil {
		return nil, fmt.Errorf("write down the night: %w", err)
	}
	loads, err := flow.Run(ctx, night, seeds, nightly(n), runner)
	if err != nil {
		return nil, err
	}
	r, err := readResult(n.Scratch)
	if len(blocks) == 0 && errors.Is(err, fs.ErrNotExist) { // there was nothing to do for any stage
		r, err = &Result{Files: map[string][]lake.File{}, Tallies: make([]Tally, len(n.Files)), Orders: make([]Orders, len(n.Sources))}, nil
	}
	if err != nil {
		return nil, err
	}
	r.Loads = loads
	return r, nil
}

func seedsOf(n *Night, blocks []Block) ([]flow.Seed, error) {
	first, again := flow.Seed{Port: "blocks"}, flow.Seed{Port: "again"}
	for i, b := range blocks {
		data, err := json.Marshal(b)
		if err != nil {
			return nil, fmt.Errorf("write down what to read: %w", err)
		}
		for _, s := range []*flow.Seed{&first, &again} {
			s.Keys, s.Items = append(s.Keys, i), append(s.Items, data)
		}
	}
	seeds := []flow.Seed{first, again}
	if n.suppresses() {
		seeds = append(seeds, suppressions(n))
	}
	if n.wantsModels() { // also where nobody is there: why there is no model is to be told
		seeds = append(seeds, flow.Seed{Port: "asked", Keys: []int{0}, Items: [][]byte{{}}})
	}
	if n.Ledger != nil {
		files := flow.Seed{Port: "ledgerfiles"}
		for _, f := range ledgerFiles(n.Ledger) {
			data, err := json.Marshal(f)
			if err != nil {
				return nil, fmt.Errorf("write down the ledger: %w", err)
			}
			files.Keys = append(files.Keys, len(files.Keys))
			files.Items = append(files.Items, data)
		}
		seeds = append(seeds, files)
	}
	if n.Segments != nil && n.Segments.Before != nil {
		files := flow.Seed{Port: "beforefiles"}
		for i, f := range beforeFiles(n.Segments.Before) {
			data, err := json.Marshal(f)
			if err != nil {
				return nil, fmt.Errorf("write down the run before: %w", err)
			}
			files.Keys, files.Items = append(files.Keys, i), append(files.Items, data)
		}
		seeds = append(seeds, files)
	}
	return seeds, nil
}

// ledgerFiles are those of the run before, then those of the line's end: what
// the first says of a key or an id goes before what the other says.
func ledgerFiles(l *Ledger) (all []ledgerFile) {
	for _, k := range []*Known{l.Before, l.End} {
		if k == nil {
			continue
		}
		for i := range k.CustomerIDs.Files {
			all = append(all, ledgerFile{k == l.End, true, i})
		}
		for i := range k.CustomerKeys.Files {
			all = append(all, ledgerFile{k == l.End, false, i})
		}
	}
	return all
}
