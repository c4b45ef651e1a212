package badtest

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestKilled kills the night at moments spread over it. HABITUE_KILLS=20 is
// the whole test, four moments are the one of every day.
func TestKilled(t *testing.T) {
	moments := 4
	if os.Getenv("HABITUE_KILLS") != "" {
		moments = 20
	}
	base := yesterday(t)
	want, took := undisturbed(t, base)
	days := map[string]int{}
	for i := 0; i < moments; i++ {
		dir := copyOf(t, base)
		p := start(t, dir, "run", "--as-of", "2025-12-31")
		time.Sleep(took * time.Duration(2*i+1) / time.Duration(2*moments))
		if err := p.Process.Kill(); err != nil && !isGone(err) {
			t.Fatal(err)
		}
		code := p.end(t)
		if code == "ok" && time.Since(p.started) < took { // the machine is not as busy as it was: the same moment again, of a shorter night
			took = time.Since(p.started) * 19 / 20
			i--
			continue
		}
		day := served(t, dir)
		days[code+", served "+day]++
		if day != "2025-12-30" && day != "2025-12-31" {
			t.Errorf("moment %d: the serving database is of %s", i, day)
		}
		nightAfter(t, dir, want)
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("a night of %v: %v", took, days)
}

// TestInterrupted sends what Ctrl-C sends, at moments spread over the night.
func TestInterrupted(t *testing.T) {
	base := yesterday(t)
	_, took := undisturbed(t, base)
	shares, early := []float64{.2, .4, .6}, 0
	for i := 0; i < len(shares); i++ {
		share := shares[i]
		dir := copyOf(t, base)
		before := standing(t, dir)
		p := start(t, dir, "run", "--as-of", "2025-12-31")
		time.Sleep(time.Duration(float64(took) * share))
		sent := time.Now()
		if err := p.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		code := p.end(t)
		if late := time.Since(sent); late > 2*time.Second {
			t.Errorf("at %.0f%%: it took %v to stop", share*100, late)
		}
		if code == "killed" && share < .3 {
			continue // the process had not yet come to listen
		}
		if code == "ok" && early < 3 { // the machine had more to do when the night was timed: it was over before it was told to stop
			early++
			took = took * 2 / 3
			i--
			continue
		}
		got, after := p.errs.String(), standing(t, dir)
		switch {
		case code != "cancelled":
			t.Errorf("at %.0f%%: ended in %s: %s", share*100, code, got)
		case strings.Contains(got, "stopped; run 2025-12-31.1 is committed in the lake, the serving database is still the old one"):
			delete(before, "out/lake/_manifests/_line.json")
			delete(after, "out/lake/_manifests/_line.json")
		case !strings.HasSuffix(got, "habitue: stopped; the old tables stand\n"):
			t.Errorf("at %.0f%%: it says %s", share*100, got)
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("at %.0f%%: the old tables do not stand: %s", share*100, diff)
		}
	}
}
