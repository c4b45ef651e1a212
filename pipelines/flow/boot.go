package flow

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/apache/beam/sdks/v2/go/container/tools"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/util/grpcx"
)

// A runner's environment PROCESS starts a command with the flags of Beam's
// contract for containers and expects it to become a worker. Beam's own answer
// is a launcher beside the program: it fetches a copy of the program that the
// job brought along, and runs that. Here the program answers itself, so the
// command is habitue, and Setup asks what a copy would have made sure of: that
// it is the program which the job was launched for.

// booted tells whether a runner started this process by that contract.
func booted(args []string) bool {
	return slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(strings.TrimLeft(a, "-"), "provision_endpoint=") })
}

// boot asks the runner who this worker is, and sets Beam's flags accordingly.
func boot(args []string) error {
	asked := flag.NewFlagSet("worker", flag.ContinueOnError)
	asked.SetOutput(io.Discard)
	id, provision := asked.String("id", "", ""), asked.String("provision_endpoint", "", "")
	logging, control := asked.String("logging_endpoint", "", ""), asked.String("control_endpoint", "", "")
	asked.String("artifact_endpoint", "", "")
	asked.String("semi_persist_dir", "", "")
	if err := asked.Parse(args); err != nil {
		return err
	}
	info, err := tools.ProvisionInfo(grpcx.WriteWorkerID(context.Background(), *id), *provision)
	if err != nil {
		return fmt.Errorf("ask %s what to do: %w", *provision, err)
	}
	options, err := tools.ProtoToJSON(info.GetPipelineOptions())
	if err != nil {
		return fmt.Errorf("read the job's options: %w", err)
	}
	set := map[string]string{"worker": "true", "id": *id, "options": options,
		"logging_endpoint": endpoint(info.GetLoggingEndpoint(), *logging), "control_endpoint": endpoint(info.GetControlEndpoint(), *control)}
	for name, value := range set {
		if err := flag.Set(name, value); err != nil {
			return err
		}
	}
	if status := info.GetStatusEndpoint().GetUrl(); status != "" {
		if err := os.Setenv("STATUS_ENDPOINT", status); err != nil {
			return err
		}
	}
	go endWithParent(os.Getppid())
	return os.Setenv("RUNNER_CAPABILITIES", strings.Join(info.GetRunnerCapabilities(), " "))
}

func endpoint(told interface{ GetUrl() string }, asked string) string {
	if url := told.GetUrl(); url != "" {
		return url
	}
	return asked
}

// endWithParent ends a worker whose runner has died: it would work on, and
// write, for a job that others have taken over.
func endWithParent(parent int) {
	for os.Getppid() == parent {
		time.Sleep(time.Second)
	}
	fmt.Fprintln(os.Stderr, "worker: the runner that started this process is gone")
	os.Exit(1)
}
