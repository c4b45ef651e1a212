package nighttest

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs"
)

// TestAnInputThatIsReplacedUnderWay puts another file of the same length in the
// place of one that was hashed, before its rows are read and before it is kept:
// no run says of it what is true of the other. The next night reads the new one.
func TestAnInputThatIsReplacedUnderWay(t *testing.T) {
	t.Parallel()
	p := columnsPlace(t, "{orders: all}")
	was, err := os.ReadFile(p.path("tills.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []string{"inputs", "records"} { // when it ended
		if err := os.Chtimes(p.path("tills.csv"), time.Time{}, time.Unix(1e9, 0)); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		errs := &listener{word: step, heard: func() {
			p.write(t, "new", bytes.Replace(was, []byte("x@x.de,2"), []byte("x@x.de,9"), 1))
			if err := os.Rename(p.path("new"), p.path("tills.csv")); err != nil {
				t.Error(err)
			}
		}}
		app := &jobs.App{In: strings.NewReader(""), Out: &out, Err: errs, Env: os.LookupEnv, Now: time.Now, Dir: p.dir}
		code := jobs.Execute(t.Context(), []string{"--progress", "terminal", "run", "--as-of", "2025-03-01"}, app)
		if fault.Code(code) != fault.Input || !strings.Contains(errs.String(), "tills.csv: the file was replaced, or written to, while it was read") {
			t.Errorf("replaced after %s: exit code %d, %s", step, code, errs.String())
		}
		if ids, err := p.lake.List(); len(ids) > 0 || err != nil {
			t.Errorf("replaced after %s: the runs are %v, %v", step, ids, err)
		}
		p.write(t, "tills.csv", was)
	}
	p.run(t, "--as-of", "2025-03-01")
	p.habitue(t, fault.OK, "runs", "verify", "--replay", "2025-03-01.1")
}

// listener hears a word once.
type listener struct {
	bytes.Buffer
	word  string
	heard func()
}

func (l *listener) Write(b []byte) (int, error) {
	if l.heard != nil && bytes.Contains(b, []byte(l.word)) {
		l.heard()
		l.heard = nil
	}
	return l.Buffer.Write(b)
}
