package badtest

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("write", false, "write what is told into the cases of testdata/bad: read it before it is kept")

const table = "../../testdata/bad"

// TestBadInput holds every case of the table to what it says.
func TestBadInput(t *testing.T) {
	paths, err := filepath.Glob(table + "/*.txtar")
	if err != nil || len(paths) < 40 {
		t.Fatalf("%d cases, %v", len(paths), err)
	}
	yesterday := t.TempDir()
	good, err := txtar.ParseFile(table + "/good-project")
	if err != nil {
		t.Fatal(err)
	}
	if err := lay(yesterday, good.Files); err != nil {
		t.Fatal(err)
	}
	if o := habitue(t.Context(), yesterday, nil, "run", "--as-of", "2025-12-30"); o.Code != "ok" {
		t.Fatalf("the good project does not run: %s", o.Err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			c, err := parseCase(path)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(path, "unreadable") && os.Getuid() == 0 {
				t.Skip("root may read every file; TestUnreadableToOthers holds it as another user")
			}
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(yesterday)); err != nil {
				t.Fatal(err)
			}
			if err := lay(dir, c.files); err != nil {
				t.Fatal(err)
			}
			if err := c.prepareIn(dir); err != nil {
				t.Fatal(err)
			}
			c.hold(t, dir)
		})
	}
}

func (c *badCase) hold(t *testing.T, dir string) {
	before := standing(t, dir)
	o := habitue(t.Context(), dir, c.env, c.args...)
	if o.Code != c.exit {
		t.Fatalf("ended in %s, want %s\n%s", o.Code, c.exit, o.Err)
	}
	if *update {
		if err := c.rewrite(o.Err); err != nil {
			t.Fatal(err)
		}
		return
	}
	c.message(t, dir, o)
	if o.Code != "ok" {
		if diff := cmp.Diff(before, standing(t, dir)); diff != "" {
			t.Errorf("the run failed and yet changed what is served: %s", diff)
		}
		return
	}
	s := summaryOf(t, o.Out)
	got := map[string]string{}
	for _, one := range s.Sources {
		if !one.Ties {
			t.Errorf("source %s does not tie: %v", one.Name, one.Rows)
		}
		var counts []string
		for _, name := range []string{"read", "kept", "repeats", "superseded", "filtered", "rejects", "later"} {
			if n := one.Rows[name]; n != 0 {
				counts = append(counts, fmt.Sprintf("%s=%d", name, n))
			}
		}
		if _, said := c.rows[one.Name]; said {
			got[one.Name] = strings.Join(counts, " ")
		}
	}
	if diff := cmp.Diff(c.rows, got); diff != "" {
		t.Errorf("rows: %s", diff)
	}
	if diff := cmp.Diff(c.rejects, rejectsOf(t, dir, s.RunID)); diff != "" {
		t.Errorf("rejects: %s", diff)
	}
}

// notForPeople is what no message may show: names of Go and of the engine.
var notForPeople = regexp.MustCompile(`goroutine|panic|runtime error|DoFn|ParDo|\.go:\d|\*?\b(os|fs|errors|strconv|json|parquet|pipelines|columns|fault|lake)\.[A-Z]|0x[0-9a-f]{8}|<nil>|%!`)

func (c *badCase) message(t *testing.T, dir string, o outcome) {
	for _, part := range c.says {
		if !slices.ContainsFunc(strings.Split(o.Err, "\n"), func(line string) bool { return strings.Contains(line, part) }) {
			t.Errorf("does not say %q, but\n%s", part, o.Err)
		}
	}
	if len(c.says) == 0 && c.exit != "ok" {
		t.Error("the case does not say what is told")
	}
	if found := notForPeople.FindString(o.Err); found != "" {
		t.Errorf("shows %q:\n%s", found, o.Err)
	}
	if strings.Contains(o.Err, dir) {
		t.Errorf("shows a path of the machine:\n%s", o.Err)
	}
}

// standing is what is served: the line of runs and the bytes of the serving
// database.
func standing(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, name := range []string{"out/lake/_manifests/_line.json", "out/warehouse.duckdb"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil && !os.IsNotExist(err) && !strings.Contains(err.Error(), "directory") {
			t.Fatal(err)
		}
		all[name] = fmt.Sprintf("%d bytes, %x", len(b), sha256.Sum256(b))
	}
	return all
}

// rejectsOf are the rows of the table rejects of a run, as a case has them.
func rejectsOf(t *testing.T, dir, run string) (all []string) {
	t.Helper()
	l := lakeOf(dir)
	m, err := l.Load(run)
	if err != nil {
		t.Fatal(err)
	}
	err = l.ReadTable(t.Context(), m, "rejects", []string{"source", "path", "src_line", "column", "reason"}, func(k *columns.Chunk) error {
		for i := range k.N {
			text := func(c int) string { b, _ := k.Cols[c].Bytes(i); return string(b) }
			column := text(3)
			if column == "" {
				column = "-"
			}
			all = append(all, fmt.Sprintf("%s %s:%d %s %s", text(0), text(1), k.Cols[2].Ints[i], column, text(4)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}
