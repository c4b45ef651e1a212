// Package pipelines is the night on Apache Beam: batches, shuffles and the
// graph. It is the only package that knows Beam, and nightly.go is its table
// of contents. See docs/engine.md for the picture and how to write a
// transform.
//
// One element per row was the natural Beam program and was rejected: it
// costs 14 to 37 times plain Go. An element is a Batch.
package pipelines

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"os"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/log"
	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/bucket"
	"github.com/habitue-data/habitue/internal/progress"
	"github.com/habitue-data/habitue/internal/store"
)

// Init must be the first thing that main does: in a worker it never
// returns. From then on paths may be in buckets.
func Init() {
	log.SetLogger(quiet{})
	store.Use(bucket.Open)
	if startedAsWorker(os.Args[1:]) {
		flag.Parse()
	}
	beam.Init()
}

// quiet keeps Beam from printing its plan; warnings and worse go to the log
// of the program.
type quiet struct{}

func (quiet) Log(ctx context.Context, s log.Severity, _ int, msg string) {
	if s >= log.SevWarn {
		slog.WarnContext(ctx, msg)
	}
}

// maxInline is what may travel as an element where others sort and buffer
// the elements. Flink makes one record of all that a worker has for a key, and
// gives each shuffle a part of its memory, which no record may fill: so batches
// travel as the places of their files, and next to nothing else does.
const maxInline = 128

// Run makes the tables of one night in the lake. Its scratch folder must be
// there and be the run's own. What it wrote is no part of anything until the
// caller commits a manifest. How far it is, told hears where the runner
// works in this process.
func Run(ctx context.Context, n *Night, blocks []Block, runner Runner, told *progress.Progress) (result *Result, err error) {
	ctx, w := watched(ctx, n, told)
	defer func() { w.end(err) }()
	if !runner.Local() {
		n.MaxInline = maxInline
	}
	seeds, err := seedsOf(n, blocks)
	if err != nil {
		return nil, err
	}
	p, err := build(n, seeds, nightly(n))
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
	loads, err := runner.run(ctx, p)
	if ctx.Err() != nil { // the direct runner ends without an error when it is cancelled
		var running unstopped
		if errors.As(err, &running) {
			return nil, running
		}
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, crossed(err)
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

func seedsOf(n *Night, blocks []Block) ([]seed, error) {
	first, again := seed{port: "blocks"}, seed{port: "again"}
	for i, b := range blocks {
		data, err := json.Marshal(b)
		if err != nil {
			return nil, fmt.Errorf("write down what to read: %w", err)
		}
		for _, s := range []*seed{&first, &again} {
			s.keys, s.items = append(s.keys, i), append(s.items, data)
		}
	}
	seeds := []seed{first, again}
	if n.suppresses() {
		seeds = append(seeds, suppressions(n))
	}
	if n.Ledger != nil {
		files := seed{port: "ledgerfiles"}
		for _, f := range ledgerFiles(n.Ledger) {
			data, err := json.Marshal(f)
			if err != nil {
				return nil, fmt.Errorf("write down the ledger: %w", err)
			}
			files.keys = append(files.keys, len(files.keys))
			files.items = append(files.items, data)
		}
		seeds = append(seeds, files)
	}
	if n.Segments != nil && n.Segments.Before != nil {
		files := seed{port: "beforefiles"}
		for i, f := range beforeFiles(n.Segments.Before) {
			data, err := json.Marshal(f)
			if err != nil {
				return nil, fmt.Errorf("write down the run before: %w", err)
			}
			files.keys, files.items = append(files.keys, i), append(files.items, data)
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
