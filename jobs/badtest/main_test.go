package badtest

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs"
	"github.com/habitue-data/habitue/pipelines"
)

func TestMain(m *testing.M) {
	pipelines.Init()
	if os.Getenv("HABITUE_AS_PROGRAM") != "" { // the test binary stands in for the program: see start
		os.Exit(jobs.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	if path := os.Getenv("HABITUE_HOLD"); path != "" { // and for a tool that writes into the serving database
		hold(path)
		return
	}
	os.Exit(m.Run())
}

// outcome is what a command left behind.
type outcome struct {
	Code     string
	Out, Err string
}

// habitue runs a command line in this process, in a folder.
func habitue(ctx context.Context, dir string, env map[string]string, args ...string) outcome {
	var out, errs bytes.Buffer
	code := jobs.Execute(ctx, append([]string{"--progress", "none"}, args...), &jobs.App{In: strings.NewReader(""), Out: &out, Err: &errs, Dir: dir,
		Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		Now: func() time.Time { return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC) }})
	return outcome{fault.Codes[code].Name, out.String(), errs.String()}
}

// summary is what a run tells with --json, as far as these tests look.
type summary struct {
	RunID   string `json:"run_id"`
	Sources []struct {
		Name string         `json:"name"`
		Rows map[string]int `json:"rows"`
		Ties bool           `json:"ties"`
	} `json:"sources"`
}

func summaryOf(t *testing.T, text string) (s summary) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatalf("no summary: %v\n%s", err, text)
	}
	return s
}

// lakeOf is the lake of a project folder that keeps to the default.
func lakeOf(dir string) lake.Lake { return lake.Lake{Dir: dir + "/out/lake"} }
