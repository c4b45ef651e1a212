package badtest

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

func isGone(err error) bool { return errors.Is(err, os.ErrProcessDone) }

// TestTwoRunsAtOnce starts a second run while the first one holds the lock.
func TestTwoRunsAtOnce(t *testing.T) {
	base := yesterday(t)
	first := start(t, base, "run", "--as-of", "2025-12-31")
	lock := flock.New(base + "/out/lake/_lock")
	for {
		free, err := lock.TryLock()
		if err != nil {
			t.Fatal(err)
		}
		if !free {
			break
		}
		if err := lock.Unlock(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond)
	}
	for _, args := range [][]string{{"run", "--as-of", "2025-12-31"}, {"publish", "2025-12-30.1"}, {"runs", "prune"}} {
		if o := habitue(t.Context(), base, nil, args...); o.Code != "locked" || !strings.Contains(o.Err, "another run of teremok is going on") {
			t.Errorf("%v ended in %s: %s", args, o.Code, o.Err)
		}
	}
	if code := first.end(t); code != "ok" && code != "locked" { // locked: this test held the lock just then
		t.Errorf("the first run ended in %s\n%s", code, &first.errs)
	}
}
