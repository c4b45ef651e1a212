package jobs

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/internal/fault"
)

const again = "and made again from its inputs they have the same content\n"

func TestARunIsReplayed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		settings string
		between  func(s *stall) // after the runs of both days
		run      string
		code     fault.Code
		says     []string
	}{
		"as it was":               {run: "2025-01-02.1", says: []string{again}},
		"the first run":           {run: "2025-01-01.1", says: []string{again}},
		"with memory for little":  {settings: "memory: 64MiB\n", run: "2025-01-02.1", says: []string{again}},
		"after more files came":   {run: "2025-01-02.1", says: []string{again}, between: func(s *stall) { s.put("tills/2025-01-03.csv.gz", "id,at,email,amount,type,updated\n") }},
		"inputs replaced, kept":   {run: "2025-01-02.1", says: []string{again}, between: func(s *stall) { s.replaceInputs() }},
		"inputs replaced, gone":   {settings: "keep_inputs: 0d\n", run: "2025-01-02.1", code: fault.Input, between: func(s *stall) { s.replaceInputs() }, says: []string{"crm.csv: the version that run 2025-01-02.1 read, delivered on 2025-01-01, is gone, its path holds other bytes", "tills/2025-01-01.csv.gz: the version that run 2025-01-02.1 read, delivered on 2025-01-01, is gone, nothing is at its path"}},
		"the project changed":     {run: "2025-01-02.1", code: fault.Config, between: func(s *stall) { s.put("habitue.yaml", stallYAML+"latest: 2040\n") }, says: []string{"habitue.yaml: the project file, or a file that it names, changed since run 2025-01-02.1"}},
		"its predecessor is gone": {settings: "publish: {keep_runs: 1}\n", run: "2025-01-02.1", code: fault.Input, says: []string{"run 2025-01-01.1, whose ledgers it was made with, was pruned"}},
		"another content": {run: "2025-01-02.1", code: fault.Mismatch, says: []string{"orders: replayed it has 4 rows of content "}, between: func(s *stall) {
			path := s.lake().Path("_manifests/2025-01-02.1.json")
			text, err := os.ReadFile(path)
			if err != nil {
				s.t.Fatal(err)
			}
			content := s.manifest("2025-01-02.1").Tables["orders"].Content
			if err := os.WriteFile(path, bytes.ReplaceAll(text, []byte(content), []byte(strings.Repeat("0", len(content)))), 0o600); err != nil {
				s.t.Fatal(err)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStall(t, c.settings)
			s.do(fault.OK, "run", "--as-of", "2025-01-01")
			s.do(fault.OK, "run", "--as-of", "2025-01-02")
			if c.between != nil {
				c.between(s)
			}
			out, errs := s.do(c.code, "runs", "verify", "--replay", c.run)
			for _, want := range c.says {
				if !strings.Contains(out+errs, want) {
					t.Errorf("%q is not in\n%s%s", want, out, errs)
				}
			}
			if left := s.files("_scratch/*"); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

// replaceInputs puts another file in the place of one and takes another away.
func (s *stall) replaceInputs() {
	s.put("crm.csv", "id,email,updated\n1,eve@x.org,2025-01-03T00:00:00Z\n")
	if err := os.Remove(s.dir + "/tills/2025-01-01.csv.gz"); err != nil {
		s.t.Fatal(err)
	}
}

// TestARunOfKeptVersionsIsReplayed replays a run that itself read versions
// which their paths did not hold any more.
func TestARunOfKeptVersionsIsReplayed(t *testing.T) {
	t.Parallel()
	s := newStall(t, "")
	s.do(fault.OK, "run", "--as-of", "2025-01-01")
	s.do(fault.OK, "run", "--as-of", "2025-01-02")
	s.replaceInputs()
	s.put("tills/2025-01-02.csv.gz", "id,at,email,amount,type,updated\n13,2025-01-02T09:00:00Z,bob@x.org,21.00,S,\n")
	s.do(fault.OK, "run", "--as-of", "2025-01-03", "--known", "then")
	kept := 0
	for _, in := range s.manifest("2025-01-03.1").Inputs {
		if in.Kept {
			kept++
		}
	}
	if kept != 3 {
		t.Errorf("%d inputs came from the versions kept, want 3", kept)
	}
	out, _ := s.do(fault.OK, "runs", "verify", "--replay", "2025-01-03.1")
	if !strings.HasSuffix(out, again) {
		t.Error(out)
	}
}

// TestAReplayLeansOnNothingOfItsRun proves that a replay reads nothing of the run that
// it checks: with its cache and its tables gone it still makes them.
func TestAReplayLeansOnNothingOfItsRun(t *testing.T) {
	t.Parallel()
	s := newStall(t, "")
	s.do(fault.OK, "run", "--as-of", "2025-01-02")
	for _, dir := range []string{"_cache", "orders", "customers"} {
		if err := os.RemoveAll(s.lake().Path(dir)); err != nil {
			t.Fatal(err)
		}
	}
	out, _ := s.do(fault.Mismatch, "runs", "verify", "--replay", "2025-01-02.1")
	if strings.Contains(out, "replayed") || strings.Count(out, "the file is gone") < 2 {
		t.Error(out)
	}
}
