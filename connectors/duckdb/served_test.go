package duckdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain is a program that holds a database open where it is told to.
func TestMain(m *testing.M) {
	if path := os.Getenv("HABITUE_HOLD"); path != "" {
		db, err := open(context.Background(), path, Resources{Threads: 1})
		fmt.Println("held", err)
		_, _ = fmt.Scanln() // until its stdin ends
		fmt.Println(db.close())
		return
	}
	os.Exit(m.Run())
}

func TestWhatIsSomebodyElsesIsToldFromWhatWasServed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	made := func(name, sql string) {
		t.Helper()
		db, err := open(t.Context(), at(name), Resources{Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(db.run(t.Context(), sql), db.close()); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"export.csv": "id,at\n1,2\n", "short": "x"} {
		if err := os.WriteFile(at(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, views := range map[string]bool{"served": false, "served as views": true, "served and written into": false} {
		if err := Build(t.Context(), snapshot(t, "2025-12-31"), at(name), BuildOptions{FactsAsViews: views}); err != nil {
			t.Fatal(err)
		}
	}
	made("served and written into", "CREATE TABLE notes AS SELECT 1 AS id")
	made("nothing in it", "SELECT 1")
	made("notes", "CREATE TABLE notes AS SELECT DATE '2025-12-31' AS run_date")
	made("own customers", "CREATE TABLE customers AS SELECT 1 AS id, DATE '2025-12-31' AS run_date")
	for name, want := range map[string]string{
		"served": "", "served as views": "", "served and written into": "", "nothing in it": "",
		"export.csv": "cannot be read as a DuckDB database", "short": "cannot be read as a DuckDB database", "notes": "no table of Habitué", "own customers": "no table of Habitué",
	} {
		err := Served(t.Context(), at(name), []string{"customers", "orders"})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestADatabaseThatIsHeldIsNeitherOursNorTheirs has another process hold it,
// as DuckDB's shell does.
func TestADatabaseThatIsHeldIsNeitherOursNorTheirs(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "w.duckdb")
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	holder := exec.CommandContext(t.Context(), program)
	holder.Env = append(os.Environ(), "HABITUE_HOLD="+path)
	stop, err := holder.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	said, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 64)
	n, err := said.Read(first)
	if got := string(first[:n]); err != nil || got != "held <nil>\n" {
		t.Fatalf("%q, %v", got, err)
	}
	if err := Served(t.Context(), path, nil); !errors.Is(err, Held) {
		t.Errorf("%v", err)
	}
	if err := errors.Join(stop.Close(), holder.Wait()); err != nil {
		t.Error(err)
	}
}
