package nighttest

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/fault"
)

// TestANightThatWasPassedOver is one that stood pending when somebody ran a later
// day: the line never comes back to it, so it is not waited for any more.
func TestANightThatWasPassedOver(t *testing.T) {
	t.Parallel()
	p := scheduledPlace(t)
	once := func(when string, want fault.Code) {
		t.Helper()
		p.schedule(t, &clock{now: at(t, when), until: at(t, when)}, want, "--once")
	}
	once("2026-03-02 04:00", fault.OK)
	p.write(t, "tills/2026-03-02.csv", []byte("id,at,email,amount\n\"r,2026\n"))
	once("2026-03-03 04:00", fault.Input)
	p.till(t, "2026-03-02")
	p.till(t, "2026-03-03")
	p.run(t, "--as-of", "2026-03-03", "--known", "then")
	p.till(t, "2026-03-04")
	once("2026-03-05 04:00", fault.OK)
	want := []string{"2026-03-01 2026-03-01.1", "2026-03-02  passed over, input", "2026-03-04 2026-03-04.1"}
	if diff := cmp.Diff(want, p.nights(t)); diff != "" {
		t.Error(diff)
	}
	metrics, err := os.ReadFile(p.path("out/habitue.prom"))
	if err != nil || !strings.Contains(string(metrics), "habitue_nights_pending{project=\"scheduled\"} 0\n") {
		t.Errorf("%v\n%s", err, metrics)
	}
}
