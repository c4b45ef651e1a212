package flow

import (
	"errors"
	"fmt"
	"syscall"
	"testing"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/rowfile"
)

// TestFailuresCrossARunner hands errors on as runners do: as text, with
// their own words around it.
func TestFailuresCrossARunner(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		code fault.Code
		want string
	}{
		"a fault":     {fmt.Errorf("read: %w", rowfile.Fault("a \"b\".csv", 3, 5, "bad\x02\x03", "mend it")), fault.Input, "a \"b\".csv:3:5: bad\x02\x03; mend it"},
		"many faults": {fault.List{{File: "a", What: "x"}, {File: "b", What: "y"}}.Err(fault.Config), fault.Config, "a: x\nb: y"},
		"a full disk": {fmt.Errorf("seal: %w", syscall.ENOSPC), fault.NoSpace, "extract: the disk is full; what stood there before is unchanged, free some space and run again: seal: no space left on device"},
		"a defect":    {errors.New("broken"), fault.Internal, "extract: broken"},
	} {
		beam := fmt.Errorf("while executing Process for Plan:\n1: Impulse\n\tcaused by:\nDoFn failed:\n%v\nrpc error: more", crossing("extract", c.err).Error())
		got := crossed(beam)
		if got.Error() != c.want || fault.CodeOf(got) != c.code {
			t.Errorf("%s became %q with code %d", name, got, fault.CodeOf(got))
		}
	}
	plain := errors.New("the runner is not there")
	if got := crossed(plain); got != plain {
		t.Errorf("an error of the runner became %v", got)
	}
}
