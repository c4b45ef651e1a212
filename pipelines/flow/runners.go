package flow

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners/dataflow"

	//lint:ignore SA1019 the local default: prism holds some twelve times the payload in memory
	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners/direct"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners/prism"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners/universal"
	"github.com/habitue-data/habitue/internal/fault"
)

// Runner is what carries a night out: a name of Runners, and options by
// their names on Beam's command line.
type Runner struct {
	Name    string
	Options map[string]string
}

// execute is how each runner is called. flink and spark are reached through
// a job server, which makes them one and the same from here.
var execute = map[string]func(context.Context, *beam.Pipeline) (beam.PipelineResult, error){
	"direct":    direct.Execute,
	"prism":     prism.Execute,
	"flink":     universal.Execute,
	"spark":     universal.Execute,
	"universal": universal.Execute,
	"dataflow":  dataflow.Execute,
}

// Runners are the names that Run knows.
func Runners() []string { return slices.Sorted(maps.Keys(execute)) }

// Local tells whether the runner works in this process, so that it needs no
// shared folder and no copy of the program.
func (r Runner) Local() bool { return r.Name == "direct" || r.Name == "prism" }

// run carries a pipeline out, with the options of withWorker, and tells what went where. Beam's options are
// flags of the process, so they are set there.
func (r Runner) run(ctx context.Context, p *beam.Pipeline) (map[string]Load, error) {
	run, ok := execute[r.Name]
	if !ok {
		return nil, fault.With(fmt.Errorf("no runner is called %q; there are %s", r.Name, strings.Join(Runners(), ", ")), fault.Usage)
	}
	options := r.Options
	for _, name := range slices.Sorted(maps.Keys(options)) {
		if err := setOption(name, options[name]); err != nil {
			return nil, fault.With(fmt.Errorf("runner %s: %w", r.Name, err), fault.Config)
		}
	}
	if endpoint := options["endpoint"]; endpoint != "" {
		if err := reachable(ctx, endpoint); err != nil {
			return nil, err
		}
	}
	done, err := run(ctx, p)
	if endpoint := options["endpoint"]; ctx.Err() != nil && endpoint != "" {
		err = errors.Join(err, cancelJob(endpoint, options["job_name"]))
	}
	if err != nil {
		return nil, err
	}
	return loadsOf(done), nil
}

// withWorker are the options with this program as the worker, where they name
// no other.
func (r Runner) withWorker() (map[string]string, error) {
	options := maps.Clone(r.Options)
	if r.Local() {
		return options, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the program that the workers run: %w", err)
	}
	if options == nil {
		options = map[string]string{}
	}
	if options["worker_binary"] == "" {
		options["worker_binary"] = self
	}
	if options["environment_type"] == "PROCESS" && options["environment_config"] == "" {
		command, err := json.Marshal(map[string]string{"command": self})
		if err != nil {
			return nil, fmt.Errorf("name the program that the workers run: %w", err)
		}
		options["environment_config"] = string(command)
	}
	return options, nil
}

// reachable tells at once what Beam's client tells after two minutes of
// silence.
func reachable(ctx context.Context, endpoint string) error {
	dialer := net.Dialer{Timeout: 10 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", endpoint)
	if err != nil {
		return fault.With(fmt.Errorf("the job server %s does not answer: %w; start it, or correct runner: options: endpoint", endpoint, err), fault.Config)
	}
	return conn.Close()
}

func setOption(name, value string) error {
	if flag.Lookup(name) == nil {
		var known []string
		flag.VisitAll(func(f *flag.Flag) { known = append(known, f.Name) })
		err := fmt.Errorf("no option of Beam is called %s", name)
		if near := fault.Nearest(name, known); near != "" {
			err = fmt.Errorf("%w; did you mean %s?", err, near)
		}
		return err
	}
	if err := flag.Set(name, value); err != nil {
		return fmt.Errorf("option %s: %w", name, err)
	}
	return nil
}

// startedAsWorker tells whether a runner started this process as a worker: it then
// finds Beam's flags, not ours.
func startedAsWorker(args []string) bool {
	return slices.ContainsFunc(args, func(a string) bool {
		return a == "--worker" || a == "-worker" || strings.HasPrefix(a, "--worker=") || strings.HasPrefix(a, "-worker=")
	})
}
