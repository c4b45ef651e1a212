package buckettest

import (
	"html"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/bucket/emulator"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/store"
)

const question = "SELECT kind, count(*) AS customers, sum(net_revenue) AS spent FROM customers GROUP BY ALL ORDER BY ALL"

// TestTheSameNightsInEveryStore runs two nights in a folder and in a bucket of
// each store.
func TestTheSameNightsInEveryStore(t *testing.T) {
	t.Parallel()
	folder := shop(t, nil)
	carried := nights(t, folder)
	answer := folder.ask(t, question)
	folder.habitue(t, fault.OK, "runs", "prune", "--keep", "1")
	for name, b := range emulator.Both(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := shop(t, &b)
			if got := nights(t, p); got != carried || carried == 0 {
				t.Errorf("%d files of months were carried over, in the folder %d", got, carried)
			}
			if diff := cmp.Diff(contents(folder.manifest(t, lastRun)), contents(p.manifest(t, lastRun))); diff != "" {
				t.Errorf("- folder, + bucket:\n%s", diff)
			}
			if got := p.ask(t, question); got != answer {
				t.Errorf("the warehouse says\n%s, want\n%s", got, answer)
			}
			for table, columns := range withPaths {
				var shortened []string
				for _, c := range columns {
					shortened = append(shortened, "replace("+c+", '"+b.URL+"/shop/', '') AS "+c)
				}
				all := "SELECT * REPLACE (" + strings.Join(shortened, ", ") + ") FROM " + table + " ORDER BY ALL"
				if diff := cmp.Diff(folder.ask(t, all), p.ask(t, all)); diff != "" {
					t.Errorf("%s (- folder, + bucket): %s", table, diff)
				}
			}
			for _, file := range []string{"2025-12-31.csv", "2025-12-31.changes.csv"} {
				if diff := cmp.Diff(folder.sent(t, file), p.sent(t, file)); diff != "" {
					t.Errorf("%s that was sent (- folder, + bucket): %s", file, diff)
				}
			}
			page, err := store.ReadFile(store.Join(p.root, "out/report.html"))
			if err != nil || !strings.Contains(string(page), `data-figure="run.date" data-value="2025-12-31"`) || b.Options != "" && strings.Contains(string(page), html.EscapeString(b.Options)) {
				t.Errorf("the report: %v, %d bytes", err, len(page))
			}
			p.habitue(t, fault.OK, "runs", "verify", lastRun, "--replay")
			p.habitue(t, fault.OK, "runs", "prune", "--keep", "1")
			if diff := cmp.Diff(unnamed(folder.files(t)), unnamed(p.files(t))); diff != "" {
				t.Errorf("files of the lake after pruning (- folder, + bucket):\n%s", diff)
			}
			p.habitue(t, fault.OK, "runs", "verify", lastRun)
			p.edit(t, warehouse, "warehouse: none")
			if got := p.ask(t, question); got != answer {
				t.Errorf("the lake says\n%s, want\n%s", got, answer)
			}
		})
	}
}

// sent is a file of the destination.
func (p *place) sent(t *testing.T, file string) string {
	t.Helper()
	text, err := store.ReadFile(store.Join(p.root, "out/activation/win-back/"+file))
	if err != nil || strings.Count(string(text), "\n") < 3 {
		t.Fatalf("%s: %q, %v", file, text, err)
	}
	return string(text)
}

const warehouse = "warehouse: {kind: duckdb, path: out/warehouse.duckdb}"

func (p *place) ask(t *testing.T, sql string) string {
	t.Helper()
	out, _ := p.habitue(t, fault.OK, "query", "--format", "csv", sql)
	return out
}

// nights runs two nights, with a delivery between them, and tells how many files
// of months the second did not write anew.
func nights(t *testing.T, p *place) (carried int) {
	t.Helper()
	p.habitue(t, fault.OK, "run", "--as-of", "2025-12-30")
	written := p.written(t)
	p.put(t, p.path("deliveries/2025-12-31"), "exports")
	p.habitue(t, fault.OK, "run", "--as-of", "2025-12-31")
	now := p.written(t)
	for path, at := range written {
		if strings.Contains(path, "/month=") && now[path] == at {
			carried++
		}
	}
	return carried
}

// written says when each file of a table was written.
func (p *place) written(t *testing.T) map[string]int64 {
	t.Helper()
	all := map[string]int64{}
	err := store.Walk(p.lake.Dir, func(rel string, d fs.DirEntry) error {
		if d.IsDir() {
			return nil
		}
		info, err := d.Info()
		if err == nil {
			all[rel] = info.ModTime().UnixNano()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// files are those of the lake, without what only a folder has.
func (p *place) files(t *testing.T) (all []string) {
	t.Helper()
	for path := range p.written(t) {
		if path != "_lock" && !strings.HasPrefix(path, "_cache/") && !strings.HasSuffix(path, ".touched") {
			all = append(all, path)
		}
	}
	slices.Sort(all)
	return all
}

// unnamed has the folder alone of a month's file: its name is of its bytes, and
// src_file in them is where the input lies.
func unnamed(files []string) (all []string) {
	for _, file := range files {
		if strings.Contains(file, "/month=") {
			file = path.Dir(file)
		}
		all = append(all, file)
	}
	return all
}

// tables are the files of the lake but what it keeps of inputs.
func (p *place) tables(t *testing.T) []string {
	t.Helper()
	return slices.DeleteFunc(p.files(t), func(path string) bool { return strings.HasPrefix(path, "_inputs/") })
}
