// Package flow runs stages on Apache Beam: batches, shuffles, the graph and the
// runners. It is the only package that knows Beam, and it knows nothing of
// customers.
//
// One element per row was the natural Beam program and was rejected: it
// costs 14 to 37 times plain Go. An element is a Batch.
package flow

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/log"
)

// Init must be the first thing that main does: in a worker it never returns.
func Init(p Program) {
	program = p
	log.SetLogger(quiet{})
	args := os.Args[1:]
	asWorker = booted(args) || startedAsWorker(args)
	switch {
	case booted(args):
		if err := boot(args); err != nil {
			fmt.Fprintln(os.Stderr, "worker:", err)
			os.Exit(1)
		}
	case asWorker:
		flag.Parse()
	}
	beam.Init()
}

// asWorker tells whether this process is a worker that a runner started: nobody
// else has set its garbage collector then.
var asWorker bool

// spare does so, once the worker knows its budget.
var spare sync.Once

// quiet keeps Beam from printing its plan; warnings and worse go to the log
// of the program.
type quiet struct{}

func (quiet) Log(ctx context.Context, s log.Severity, _ int, msg string) {
	if s >= log.SevWarn {
		slog.WarnContext(ctx, msg)
	}
}

// MaxInline is what may travel as an element where others sort and buffer
// the elements. Flink makes one record of all that a worker has for a key, and
// gives each shuffle a part of its memory, which no record may fill: so batches
// travel as the places of their files, and next to nothing else does.
const MaxInline = 128

// Run carries the steps out and tells what went where.
func Run(ctx context.Context, job []byte, seeds []Port, steps []Step, runner Runner) (map[string]Load, error) {
	options, err := runner.withWorker()
	if err != nil {
		return nil, err
	}
	runner.Options = options
	launched := program
	if !runner.Local() && options["environment_type"] != "LOOPBACK" {
		if launched.sum, err = sumOfWorker(options["worker_binary"]); err != nil {
			return nil, fmt.Errorf("hash the program that the workers run: %w", err)
		}
	}
	p, err := Build(launched, job, seeds, steps)
	if err != nil {
		return nil, err
	}
	defer holding()()
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
	return loads, nil
}
