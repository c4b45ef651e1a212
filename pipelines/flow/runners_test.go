package flow

import (
	"strings"
	"testing"

	"github.com/habitue-data/habitue/internal/fault"
)

func TestAnOptionThatBeamDoesNotHave(t *testing.T) {
	_, err := Runner{Name: "flink", Options: map[string]string{"paralellism": "2"}}.run(t.Context(), nil)
	if fault.CodeOf(err) != fault.Config || !strings.Contains(err.Error(), "did you mean parallelism?") {
		t.Errorf("got %v", err)
	}
	_, err = Runner{Name: "flink", Options: map[string]string{"parallelism": "two"}}.run(t.Context(), nil)
	if fault.CodeOf(err) != fault.Config || !strings.Contains(err.Error(), "option parallelism") {
		t.Errorf("got %v", err)
	}
	_, err = Runner{Name: "storm"}.run(t.Context(), nil)
	if fault.CodeOf(err) != fault.Usage || !strings.Contains(err.Error(), "there are dataflow, direct") {
		t.Errorf("got %v", err)
	}
}

func TestAWorkerIsKnownByItsFlags(t *testing.T) {
	for args, want := range map[string]bool{
		"--worker=true --id=1-1 --logging_endpoint=localhost:1": true,
		"-worker":                  true,
		"run --as-of 2025-12-31":   false,
		"query -f --workers.sql":   false,
		"run --runner flink -json": false,
	} {
		if got := startedAsWorker(strings.Fields(args)); got != want {
			t.Errorf("%s: %v", args, got)
		}
	}
}
