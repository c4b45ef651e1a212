package jobs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/fault"
)

// TestTheCacheChangesNothing holds that a run has equal tables with the
// cache, without, from entries of an earlier run and after these were
// spoiled; the shop has rows that no reader and no mapping takes.
func TestTheCacheChangesNothing(t *testing.T) {
	t.Parallel()
	days := func(s *stall) map[string]string {
		s.do(fault.OK, "run", "--as-of", "2025-01-01")
		s.do(fault.OK, "run", "--as-of", "2025-01-02")
		return s.contents("2025-01-02.1")
	}
	s := newStall(t, "cache: true\n")
	with, without := days(s), newStall(t, "cache: false\n")
	if diff := cmp.Diff(days(without), with); diff != "" {
		t.Error(diff)
	}
	if left := without.files("_cache/*"); len(left) > 0 {
		t.Errorf("kept without being asked: %q", left)
	}
	entries := s.files("_cache/*/*")
	if len(entries) != 3 { // crm.csv is plain text
		t.Errorf("%d entries for 3 packed files: %q", len(entries), entries)
	}
	for i, path := range entries {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text[i*len(text)/4] ^= 0x10
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.do(fault.OK, "run", "--as-of", "2025-01-02")
	if diff := cmp.Diff(with, s.contents("2025-01-02.2")); diff != "" {
		t.Error("after entries were spoiled", diff)
	}
}

func TestTheCacheKeepsWhatTheLastRunUsed(t *testing.T) {
	t.Parallel()
	s := newStall(t, "")
	s.do(fault.OK, "run", "--as-of", "2025-01-01")
	s.put("web.jsonl.gz", `{"at":"2025-01-02T08:00:00Z","cookie":"c2","name":"search"}`+"\n")
	s.do(fault.OK, "run", "--as-of", "2025-01-02")
	if entries := s.files("_cache/2025-01-02.1/*.chunks"); len(entries) != 3 || len(s.files("_cache/*/*")) != 3 {
		t.Errorf("%q", s.files("_cache/*/*"))
	}
	s.put("habitue.yaml", stallYAML+"cache: false\n")
	s.do(fault.OK, "run", "--as-of", "2025-01-03")
	if left := s.files("_cache/*"); len(left) > 0 {
		t.Errorf("nobody uses these any more: %q", left)
	}
}

// TestReplacedVersionsAreKeptForAsLongAsSaid runs nights weeks apart.
func TestReplacedVersionsAreKeptForAsLongAsSaid(t *testing.T) {
	t.Parallel()
	const first, second = "id,email,updated\n1,ann@x.org,\n", "id,email,updated\n1,anna@x.org,\n"
	s := newStall(t, "keep_inputs: 10d\n")
	s.put("crm.csv", first)
	night := func(day string, later time.Duration, want ...string) {
		t.Helper()
		s.now = noon().Add(later)
		s.do(fault.OK, "run", "--as-of", day)
		var got []string
		for _, path := range s.files("_inputs/*/crm.csv") {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, strings.Split(string(text), ",")[3])
		}
		if diff := cmp.Diff(want, got, cmp.Transformer("set", func(l []string) map[string]bool {
			m := map[string]bool{}
			for _, x := range l {
				m[x] = true
			}
			return m
		})); diff != "" {
			t.Errorf("%s: %s", day, diff)
		}
	}
	const oneDay = 24 * time.Hour
	night("2025-01-02", 0, "ann@x.org")
	night("2025-01-22", 20*oneDay, "ann@x.org") // it is still in its place
	s.put("crm.csv", second)
	night("2025-01-31", 29*oneDay, "ann@x.org", "anna@x.org")
	night("2025-02-02", 31*oneDay, "anna@x.org")
	s.put("habitue.yaml", stallYAML+"keep_inputs: 0d\n")
	night("2025-02-03", 32*oneDay)
	if left := s.files("_inputs/*"); len(left) > 0 {
		t.Errorf("folders left: %q", left)
	}
}

func TestACopyThatAPowerCutLeftShortIsMadeAgain(t *testing.T) {
	t.Parallel()
	s := newStall(t, "")
	s.do(fault.OK, "run", "--as-of", "2025-01-01")
	copies := s.files("_inputs/*/crm.csv")
	if err := os.Truncate(copies[0], 3); err != nil {
		t.Fatal(err)
	}
	s.do(fault.OK, "run", "--as-of", "2025-01-02")
	got, _ := os.ReadFile(copies[0])
	want, _ := os.ReadFile(filepath.Join(s.dir, "crm.csv"))
	if string(got) != string(want) {
		t.Errorf("%q", got)
	}
}
