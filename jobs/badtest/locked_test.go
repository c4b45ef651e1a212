package badtest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
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

// hold takes the lock that DuckDB takes on a file that it may write, until
// nothing more is to be read.
func hold(path string) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err == nil {
		err = syscall.FcntlFlock(f.Fd(), syscall.F_SETLK, &syscall.Flock_t{Type: syscall.F_WRLCK})
	}
	fmt.Println(err)
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// TestAToolThatWritesIntoTheDatabaseStopsNoNight: what it holds cannot be
// looked into, and is replaced where the project has published before.
func TestAToolThatWritesIntoTheDatabaseStopsNoNight(t *testing.T) {
	base := yesterday(t)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	tool := exec.CommandContext(t.Context(), program)
	tool.Env = append(os.Environ(), "HABITUE_HOLD="+base+"/out/warehouse.duckdb")
	end, err := tool.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	said, err := tool.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := tool.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(end.Close(), tool.Wait()); err != nil {
			t.Error(err)
		}
	}()
	if line, err := bufio.NewReader(said).ReadString('\n'); line != "<nil>\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if o := habitue(t.Context(), base, nil, "query", "SELECT 1"); !strings.Contains(o.Err, "lock") {
		t.Fatalf("the database is not held: %s %s", o.Code, o.Err)
	}
	if err := os.Rename(base+"/out/lake", base+"/out/aside"); err != nil {
		t.Fatal(err)
	}
	if o := habitue(t.Context(), base, nil, "run", "--as-of", "2025-12-31"); o.Code != "config" || !strings.Contains(o.Err, "another program has it open for writing") {
		t.Errorf("a first night ended in %s: %s", o.Code, o.Err)
	}
	if err := errors.Join(os.RemoveAll(base+"/out/lake"), os.Rename(base+"/out/aside", base+"/out/lake")); err != nil {
		t.Fatal(err)
	}
	if o := habitue(t.Context(), base, nil, "run", "--as-of", "2025-12-31"); o.Code != "ok" || served(t, base) != "2025-12-31" {
		t.Errorf("ended in %s: %s", o.Code, o.Err)
	}
}
