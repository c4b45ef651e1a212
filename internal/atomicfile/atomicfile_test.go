package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/fault"
)

func names(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestTargetIsOldUntilCommitAndThenNew(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sub", "a.txt")
	if err := Write(path, []byte("old")); err != nil {
		t.Fatal(err)
	}
	f, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("new")); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(path); string(b) != "old" {
		t.Errorf("before Commit: %q", b)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := f.Abort(); err != nil {
		t.Errorf("Abort after Commit: %v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "new" {
		t.Errorf("after Commit: %q", b)
	}
	if diff := cmp.Diff([]string{"a.txt"}, names(t, filepath.Dir(path))); diff != "" {
		t.Errorf("temporaries are left:\n%s", diff)
	}
}

func TestAbortLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := Create(filepath.Join(dir, "a"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Abort(); err != nil {
		t.Fatal(err)
	}
	if left := names(t, dir); left != nil {
		t.Errorf("left: %v", left)
	}
}

func TestOfManyWhoCommitNewExactlyOneSucceeds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "manifest.json")
	errs := make([]error, 8)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			f, err := Create(path)
			if err != nil {
				errs[i] = err
				return
			}
			errs[i] = f.CommitNew()
		})
	}
	all.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, fs.ErrExist):
			t.Errorf("unexpected error %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d succeeded", won)
	}
	if diff := cmp.Diff([]string{"manifest.json"}, names(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestSweepTakesTemporariesOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a.parquet", "b.parquet.tmp-123", "my.tmp-notes", "c.tmp-", "sub/d.json.tmp-9"} {
		if err := Write(filepath.Join(dir, name), nil); err != nil {
			t.Fatal(err)
		}
	}
	swept, err := Sweep(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{filepath.Join(dir, "b.parquet.tmp-123"), filepath.Join(dir, "sub", "d.json.tmp-9")}
	if diff := cmp.Diff(want, swept); diff != "" {
		t.Error(diff)
	}
	if swept, err = Sweep(filepath.Join(dir, "gone")); swept != nil || err != nil {
		t.Errorf("Sweep of a folder that is not there: %v, %v", swept, err)
	}
}

func TestAFullDiskHasItsOwnExitCode(t *testing.T) {
	t.Parallel()
	for _, cause := range []error{syscall.ENOSPC, syscall.EDQUOT} {
		if got := fault.CodeOf(Explain(fmt.Errorf("write x: %w", &fs.PathError{Err: cause}))); got != fault.NoSpace {
			t.Errorf("%v: code %d", cause, got)
		}
	}
	if got := fault.CodeOf(Explain(fs.ErrPermission)); got != fault.Internal {
		t.Errorf("another error got code %d", got)
	}
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no /dev/full")
	}
	full := &File{File: f}
	if _, err := full.Write([]byte("x")); fault.CodeOf(err) != fault.NoSpace {
		t.Errorf("a write to a full device: %v", err)
	}
}
