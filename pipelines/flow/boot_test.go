package flow

import (
	"context"
	"flag"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	fnpb "github.com/apache/beam/sdks/v2/go/pkg/beam/model/fnexecution_v1"
	pipepb "github.com/apache/beam/sdks/v2/go/pkg/beam/model/pipeline_v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/types/known/structpb"
)

// provisioner answers as a runner does whose environment is PROCESS.
type provisioner struct {
	fnpb.UnimplementedProvisionServiceServer
	asked []string
}

func (p *provisioner) GetProvisionInfo(ctx context.Context, _ *fnpb.GetProvisionInfoRequest) (*fnpb.GetProvisionInfoResponse, error) {
	md, _ := metadata.FromIncomingContext(ctx)
	p.asked = md.Get("worker_id")
	options, err := structpb.NewStruct(map[string]any{"beam:option:parallelism:v1": "2"})
	return &fnpb.GetProvisionInfoResponse{Info: &fnpb.ProvisionInfo{PipelineOptions: options, RunnerCapabilities: []string{"one", "two"},
		LoggingEndpoint: &pipepb.ApiServiceDescriptor{Url: "localhost:1"}}}, err
}

func TestACommandOfProcessBecomesAWorker(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server, runner := grpc.NewServer(), &provisioner{}
	fnpb.RegisterProvisionServiceServer(server, runner)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	t.Setenv("RUNNER_CAPABILITIES", "")
	set := []string{"worker", "id", "options", "logging_endpoint", "control_endpoint"}
	for _, name := range set {
		f := flag.Lookup(name)
		old := f.Value.String()
		t.Cleanup(func() { _ = f.Value.Set(old) })
	}
	args := []string{"--id=7-1", "--provision_endpoint=" + listener.Addr().String(), "--control_endpoint=localhost:2", "--artifact_endpoint=localhost:3", "--semi_persist_dir=/tmp"}
	if !booted(args) || startedAsWorker(args) {
		t.Fatal("the arguments are not known")
	}
	if err := boot(args); err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, name := range set {
		got += flag.Lookup(name).Value.String() + " "
	}
	if want := `true 7-1 {"beam:option:parallelism:v1":"2"} localhost:1 localhost:2 `; strings.ReplaceAll(got, `: "`, `:"`) != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if os.Getenv("RUNNER_CAPABILITIES") != "one two" || strings.Join(runner.asked, " ") != "7-1" {
		t.Errorf("capabilities %q, asked as %q", os.Getenv("RUNNER_CAPABILITIES"), runner.asked)
	}
}

func TestAWorkerIsTheProgramThatWasLaunched(t *testing.T) {
	own, err := ownSum()
	if err != nil {
		t.Fatal(err)
	}
	other, err := sumOf(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for sum, want := range map[string]error{"": nil, own: nil, other: ErrOtherProgram} {
		if err := (&stageFn{Program: sum}).Setup(t.Context()); want != nil && err != want || want == nil && (err == nil || err == ErrOtherProgram) {
			t.Errorf("%q: %v", sum, err) // without a hash or with its own it goes on, to a stage that is none
		}
	}
}

func TestWorkersRunThisProgramUnlessAnotherIsNamed(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		r               Runner
		binary, command string
	}{
		{Runner{Name: "direct"}, "", ""},
		{Runner{Name: "flink", Options: map[string]string{"environment_type": "LOOPBACK"}}, self, ""},
		{Runner{Name: "flink", Options: map[string]string{"environment_type": "PROCESS"}}, self, `{"command":"` + self + `"}`},
		{Runner{Name: "flink", Options: map[string]string{"environment_type": "PROCESS", "environment_config": "{}", "worker_binary": "w"}}, "w", "{}"},
	} {
		got, err := c.r.withWorker()
		if err != nil || got["worker_binary"] != c.binary || got["environment_config"] != c.command {
			t.Errorf("%v: %v, %v", c.r, got, err)
		}
	}
}
