package duckdb

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/habitue-data/habitue/internal/serving"
)

// wide is a table as wide as customers, which writeWide writes.
func wide(dir string, rows, parts int) serving.Table {
	t := serving.Table{Name: "customers", Dated: true, Rows: int64(rows), Columns: []serving.Column{{Name: "run_date", Type: "DATE"}, {Name: "customer_id", Type: "VARCHAR"}, {Name: "kind", Type: "VARCHAR"}}}
	for j := range 12 {
		t.Columns = append(t.Columns, serving.Column{Name: fmt.Sprint("text", j), Type: "VARCHAR"}, serving.Column{Name: fmt.Sprint("number", j), Type: "BIGINT"})
	}
	for p := range parts {
		t.Files = append(t.Files, filepath.Join(dir, fmt.Sprintf("part-%d.parquet", p)))
	}
	return t
}

func writeWide(t testing.TB, dir string, rows, parts int) {
	t.Helper()
	q := "DATE '2025-12-31' AS run_date, 'c' || substr(md5(i::VARCHAR), 1, 16) AS customer_id, if(i % 5 = 0, 'anonymous', 'known') AS kind"
	for j := range 12 {
		q += fmt.Sprintf(", substr(md5((i * %d)::VARCHAR), 1, 12) AS text%d, (i * 7919) %% 100003 * %d AS number%d", j+3, j, j+1, j)
	}
	db, err := open(context.Background(), "", Resources{TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	for p, path := range wide(dir, rows, parts).Files {
		if err := db.run(context.Background(), fmt.Sprintf("COPY (SELECT %s FROM range(%d, %d) r(i)) TO %s", q, rows/parts*p, rows/parts*(p+1), serving.Text(path))); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.close(); err != nil {
		t.Fatal(err)
	}
}

// TestBuildKeepsToItsMemory builds in a process of its own, whose resident
// memory is only the build's.
func TestBuildKeepsToItsMemory(t *testing.T) {
	const memory, rows, parts = 320 << 20, 600000, 4
	if dir := os.Getenv("BUILD_IN"); dir != "" { // the process of its own
		s := serving.Snapshot{RunDate: "2025-12-31", Tables: []serving.Table{wide(dir, rows, parts)}}
		if err := Build(context.Background(), s, filepath.Join(dir, "w.duckdb"), BuildOptions{Resources: Resources{Memory: memory}}); err != nil {
			t.Fatal(err)
		}
		status, err := os.ReadFile("/proc/self/status")
		if err != nil {
			t.Fatal(err)
		}
		_, peak, _ := strings.Cut(string(status), "VmHWM:")
		fmt.Println("peak KiB", strings.Fields(peak)[0])
		return
	}
	if _, err := os.Stat("/proc/self/status"); err != nil || testing.Short() {
		t.Skip("takes seconds, and a system that tells the peak of resident memory")
	}
	dir := t.TempDir()
	writeWide(t, dir, rows, parts)
	c := exec.Command(os.Args[0], "-test.run=^TestBuildKeepsToItsMemory$", "-test.v")
	c.Env = append(os.Environ(), "BUILD_IN="+dir)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	_, told, _ := strings.Cut(string(out), "peak KiB ")
	peak, err := strconv.ParseInt(strings.Fields(told + " none")[0], 10, 64)
	if err != nil || peak<<10 > memory {
		t.Errorf("%d MiB resident of %d: %v", peak>>10, memory>>20, err)
	}
	t.Logf("%d MiB resident of %d", peak>>10, memory>>20)
}
