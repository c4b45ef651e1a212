package jobs

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/habitue-data/habitue/internal/fault"
	"github.com/rogpeppe/go-internal/testscript"
)

// noon is what the clock of the tests shows.
func noon() time.Time { return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC) }

// execution runs a command line in this process and returns what it left.
func execution(ctx context.Context, dir string, env func(string) (string, bool), args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = Execute(ctx, args, &App{In: strings.NewReader(""), Out: &o, Err: &e, Env: env, Now: noon, Dir: dir})
	return code, o.String(), e.String()
}

func noEnv(string) (string, bool) { return "", false }

// TestScripts runs testdata/script. In a script `habitue NAME ARG...` is the
// command line with the name of the exit code that it must end in; what it
// printed is in the files out and err.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"habitue": func(ts *testscript.TestScript, _ bool, args []string) {
				env := func(name string) (string, bool) { value := ts.Getenv(name); return value, value != "" }
				code, out, errs := execution(context.Background(), ts.MkAbs("."), env, args[1:]...)
				ts.Check(os.WriteFile(ts.MkAbs("out"), []byte(out), 0o644))
				ts.Check(os.WriteFile(ts.MkAbs("err"), []byte(errs), 0o644))
				if got := fault.Codes[code].Name; got != args[0] {
					ts.Fatalf("ended in %s, want %s\n%s%s", got, args[0], out, errs)
				}
			},
		},
	})
}

func TestWrongCommandLinesAreUsageErrors(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"":                      "expected one of",
		"rn":                    `did you mean one of "run", "runs"?`,
		"run --as-of yesterday": `"yesterday" is not a day; write it as 2025-12-31`,
		"run --from 2025-01-01": "--from and --to must be used together",
		"run --memory 512":      `"512" is not a size; write a whole number and its unit, as 512MiB or 2GiB`,
		"run --known never":     "--known must be one of",
		"run --runner storm":    "--runner must be one of",
		"publish":               "expected \"<run>\"",
		"demo":                  "missing flags: --out=DIR",
		"check --frobnicate":    "unknown flag --frobnicate",
		"query x --format xlsx": "--format must be one of",
		"run --as-of 2025-01-01 --from 2025-01-02 --to 2025-01-03": "can't be used together",
	} {
		code, _, errs := execution(t.Context(), t.TempDir(), noEnv, strings.Fields(line)...)
		if code != int(fault.Usage) || !strings.Contains(errs, want) {
			t.Errorf("habitue %s: code %d, %s", line, code, errs)
		}
	}
}

func TestHelpIsNoError(t *testing.T) {
	t.Parallel()
	code, out, _ := execution(t.Context(), "", noEnv, "--help")
	if code != 0 || !strings.Contains(out, "habitue exit-codes prints the exit codes") {
		t.Errorf("code %d:\n%s", code, out)
	}
}

func TestEveryExitCodeIsListed(t *testing.T) {
	t.Parallel()
	_, out, _ := execution(t.Context(), "", noEnv, "exit-codes")
	for i, line := range strings.Split(strings.TrimSpace(out), "\n") {
		if !strings.HasPrefix(line, strconv.Itoa(i)+" ") || !strings.Contains(line, fault.Codes[i].Name) {
			t.Errorf("line %d: %s", i, line)
		}
	}
}

const smallProject = `project: shop
timezone: UTC
currency: EUR
sources:
  - {name: tills, kind: csv, path: tills.csv, record: order, fields: {id: id, at: at, amount: amount}}
`

func TestACancelledCommandSaysSo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"habitue.yaml": smallProject, "tills.csv": "id,at,amount\n1,2025-01-01T00:00:00Z,1\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	code, _, errs := execution(ctx, dir, noEnv, "check")
	if code != int(fault.Cancelled) || errs != "habitue: stopped; the old tables stand\n" {
		t.Errorf("code %d, %s", code, errs)
	}
}

func TestCheckReadsNoMoreThanItsRows(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var rows strings.Builder
	rows.WriteString("id,at,amount\n")
	for i := range CheckRows + 5000 {
		at := "2025-01-01T00:00:00Z"
		if i%2 == 1 {
			at = "never"
		}
		fmt.Fprintf(&rows, "%d,%s,1\n", i, at)
	}
	for name, text := range map[string]string{"habitue.yaml": smallProject, "tills.csv": rows.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	code, out, errs := execution(t.Context(), dir, noEnv, "check")
	for _, want := range []string{"10,000 rows read, 5,000 kept, 0 filtered, 5,000 rejected", "bad_time: 5,000 rows, first tills.csv:3: column at: "} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("code %d\n%s%s", code, out, errs)
		}
	}
}
