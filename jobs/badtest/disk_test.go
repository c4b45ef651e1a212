package badtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFullDisk runs the night on a disk with less and less room, everything
// of it sealed: lake, scratch and serving database all lie there.
func TestFullDisk(t *testing.T) {
	base := yesterday(t)
	want, _ := undisturbed(t, base)
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=96m"); err != nil {
		t.Skipf("a small disk cannot be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	failed := map[string]int{}
	type tight struct {
		room   int64
		memory string // little of it: batches are sealed to the disk
	}
	tights := []tight{{0, "2GiB"}, {1 << 20, "64MiB"}, {6 << 20, "2GiB"}, {9 << 20, "2GiB"}}
	if os.Getenv("HABITUE_KILLS") != "" {
		tights = append(tights, tight{64 << 10, "2GiB"}, tight{512 << 10, "2GiB"}, tight{2 << 20, "2GiB"}, tight{4 << 20, "64MiB"}, tight{12 << 20, "2GiB"}, tight{12 << 20, "64MiB"})
	}
	for _, at := range tights {
		room := at.room
		dir := filepath.Join(disk, "shop")
		if err := os.CopyFS(dir, os.DirFS(base)); err != nil {
			t.Fatal(err)
		}
		fill(t, disk, room)
		before := standing(t, dir)["out/warehouse.duckdb"]
		o := habitue(t.Context(), dir, nil, "run", "--as-of", "2025-12-31", "--memory", at.memory)
		failed[o.Code]++
		t.Logf("%d KiB of room: %s: %s", room>>10, o.Code, strings.TrimSpace(o.Err))
		if o.Code != "ok" {
			if o.Code != "no-space" || !strings.Contains(o.Err, "the disk is full") {
				t.Errorf("%d KiB of room: ended in %s: %s", room>>10, o.Code, o.Err)
			}
			if after := standing(t, dir)["out/warehouse.duckdb"]; after != before {
				t.Errorf("%d KiB of room: the old tables do not stand", room>>10)
			}
		}
		if err := os.Remove(filepath.Join(disk, "ballast")); err != nil {
			t.Fatal(err)
		}
		nightAfter(t, dir, want)
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%v", failed)
	if failed["no-space"] < 3 {
		t.Error("the disk was not full")
	}
}

// fill leaves so much room on a disk.
func fill(t *testing.T, disk string, room int64) {
	t.Helper()
	var s syscall.Statfs_t
	if err := syscall.Statfs(disk, &s); err != nil {
		t.Fatal(err)
	}
	ballast := make([]byte, max(0, int64(s.Bavail)*s.Bsize-room))
	if err := os.WriteFile(filepath.Join(disk, "ballast"), ballast, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestUnreadableToOthers runs the program as a user who may not read one of
// the files: root may read them all.
func TestUnreadableToOthers(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can become another user; the case unreadable of TestBadInput holds it here")
	}
	const nobody = 65534
	dir := yesterday(t)
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.Chmod(filepath.Dir(folder), 0o755); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(folder, "habitue") // go test keeps its binary where nobody else may go
	if out, err := exec.Command("cp", own, program).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	err = filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(path, nobody, nobody)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "exports/stores.csv"), 0); err != nil {
		t.Fatal(err)
	}
	before := standing(t, dir)
	p := command(t.Context(), program, dir, "run", "--as-of", "2025-12-31")
	p.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	if err := p.Start(); err != nil {
		t.Skipf("nobody may not run it: %v", err)
	}
	if code := p.end(t); code != "input" || !strings.Contains(p.errs.String(), "exports/stores.csv: no permission to read the file") {
		t.Errorf("ended in %s: %s", code, &p.errs)
	}
	if after := standing(t, dir); after["out/warehouse.duckdb"] != before["out/warehouse.duckdb"] {
		t.Error("the old tables do not stand")
	}
}
