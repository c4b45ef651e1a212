package jobs

import (
	"os"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/internal/fault"
)

// spoil writes other bytes over the files of the pattern, which must be there.
func (s *stall) spoil(pattern string, how func([]byte) []byte) {
	s.t.Helper()
	found := s.files(pattern)
	if len(found) == 0 {
		s.t.Fatalf("nothing is at %s", pattern)
	}
	for _, path := range found {
		text, err := os.ReadFile(path)
		if err != nil {
			s.t.Fatal(err)
		}
		if err := os.WriteFile(path, how(text), 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
}

func emptied([]byte) []byte { return nil }

// flipped has one bit another and the same length.
func flipped(b []byte) []byte { b[len(b)/2] ^= 4; return b }

// TestTheNextNightMendsATornMonth spoils files of months, which one night
// carries over to the next.
func TestTheNextNightMendsATornMonth(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]func([]byte) []byte{"emptied": emptied, "flipped": flipped} {
		s := newStall(t, "")
		s.do(fault.OK, "run", "--as-of", "2025-01-02")
		s.spoil("orders/*/*.parquet", how)
		s.do(fault.Mismatch, "runs", "verify", "2025-01-02.1")
		s.do(fault.OK, "run", "--as-of", "2025-01-03")
		for _, run := range []string{"2025-01-03.1", "2025-01-02.1"} {
			s.do(fault.OK, "runs", "verify", run)
		}
		if s.contents("2025-01-03.1")["orders"] != s.contents("2025-01-02.1")["orders"] {
			t.Errorf("%s: the orders are others", name)
		}
	}
}

// TestADatabaseThatCannotBeBuiltSaysWhatMendsIt spoils files between a run
// and its publishing.
func TestADatabaseThatCannotBeBuiltSaysWhatMendsIt(t *testing.T) {
	t.Parallel()
	s := newStall(t, "")
	s.do(fault.OK, "run", "--as-of", "2025-01-02")
	s.put("habitue.yaml", strings.Replace(stallYAML, "warehouse: none", "warehouse: {kind: duckdb, path: w.duckdb}", 1))
	s.spoil("orders/*/*.parquet", emptied)
	s.spoil("customers/*/*.parquet", flipped)
	_, errs := s.do(fault.Publish, "publish", "2025-01-02.1")
	for _, want := range []string{"habitue run --as-of 2025-01-02 writes them anew", "customers/run=2025-01-02.1/part-00000.parquet: SHA-256 ", ".parquet: 0 bytes, the manifest says "} {
		if !strings.Contains(errs, want) {
			t.Errorf("%q is not in %s", want, errs)
		}
	}
	s.do(fault.OK, "run", "--as-of", "2025-01-02")
	s.do(fault.OK, "publish", "2025-01-02.2")
}

// TestAMonthThatIsWholeKeepsItsBytes runs a day again after its rows moved to
// other lines of their file, which is no other content.
func TestAMonthThatIsWholeKeepsItsBytes(t *testing.T) {
	t.Parallel()
	s := newStall(t, "")
	s.do(fault.OK, "run", "--as-of", "2025-01-02")
	s.put("tills/2025-01-02.csv.gz", "id,at,email,amount,type,updated\nbroken\n13,2025-01-02T09:00:00Z,bob@x.org,20.00,S,\n14,2025-01-02T10:00:00Z,ann@x.org,5.00,X,\n15,2025-01-04T10:00:00Z,ann@x.org,5.00,S,\n")
	s.do(fault.OK, "run", "--as-of", "2025-01-02")
	s.do(fault.OK, "runs", "verify", "2025-01-02.1")
	s.do(fault.OK, "runs", "verify", "2025-01-02.2")
}

// TestANightWithoutTheLineIsNone takes the line's file away, and puts back
// what the message says.
func TestANightWithoutTheLineIsNone(t *testing.T) {
	t.Parallel()
	s := newStall(t, "")
	s.do(fault.OK, "run", "--as-of", "2025-01-01")
	s.do(fault.OK, "run", "--as-of", "2025-01-02")
	line := s.files("_manifests/_line.json")[0]
	if err := os.Remove(line); err != nil {
		t.Fatal(err)
	}
	_, errs := s.do(fault.Mismatch, "run", "--as-of", "2025-01-03")
	if _, err := os.Stat(line); err == nil {
		t.Error("a new line was begun")
	}
	_, after, _ := strings.Cut(errs, "write ")
	was, _, _ := strings.Cut(after, " into it")
	if err := os.WriteFile(line, []byte(was), 0o644); err != nil {
		t.Fatal(err)
	}
	s.do(fault.OK, "run", "--as-of", "2025-01-03")
	if got := s.manifest("2025-01-03.1").Predecessor; got != "2025-01-02.1" {
		t.Errorf("%s gave a run after %q", errs, got)
	}
}

// TestNoNightRestsOnASpoiledLedger spoils each table that a night reads of the
// one before: what of its bytes is wrong may well read as something else.
func TestNoNightRestsOnASpoiledLedger(t *testing.T) {
	t.Parallel()
	s := newStall(t, "")
	s.do(fault.OK, "run", "--as-of", "2025-01-01")
	for _, table := range []string{"customer_ids", "customer_keys", "deliveries", "runs"} {
		path := table + "/run=2025-01-01.1/part-00000.parquet"
		for what, how := range map[string]func([]byte) []byte{"SHA-256 ": flipped, "0 bytes, the manifest says ": emptied} {
			whole, err := os.ReadFile(s.lake().Path(path))
			if err != nil {
				t.Fatal(err)
			}
			s.spoil(path, how)
			_, errs := s.do(fault.Mismatch, "run", "--as-of", "2025-01-02")
			for _, want := range []string{"the ledgers of run 2025-01-01.1 are not what it wrote: " + path + ": " + what, "make the run again with --as-of 2025-01-01; habitue runs verify 2025-01-01.1 "} {
				if !strings.Contains(errs, want) {
					t.Errorf("%q is not in %s", want, errs)
				}
			}
			s.spoil(path, func([]byte) []byte { return whole })
		}
	}
	s.spoil("customer_ids/run=2025-01-01.1/*", flipped)
	s.do(fault.OK, "run", "--as-of", "2025-01-01") // as the message says
	s.do(fault.OK, "run", "--as-of", "2025-01-02")
	if got := s.manifest("2025-01-02.1").Predecessor; got != "2025-01-01.2" {
		t.Errorf("run after %q", got)
	}
}

// TestALakeWithoutItsManifestsIsNotSwept takes the manifests away: the tables
// must still be there when somebody brings them back.
func TestALakeWithoutItsManifestsIsNotSwept(t *testing.T) {
	t.Parallel()
	s := newStall(t, "")
	s.do(fault.OK, "run", "--as-of", "2025-01-01")
	folder := s.lake().Path("_manifests")
	if err := os.Rename(folder, folder+".away"); err != nil {
		t.Fatal(err)
	}
	if _, errs := s.do(fault.Mismatch, "run", "--as-of", "2025-01-02"); !strings.Contains(errs, "put that folder back") {
		t.Error(errs)
	}
	if err := os.Rename(folder+".away", folder); err != nil {
		t.Fatal(err)
	}
	s.do(fault.OK, "run", "--as-of", "2025-01-02")
	if got := s.manifest("2025-01-02.1").Predecessor; got != "2025-01-01.1" {
		t.Errorf("run after %q", got)
	}
}
