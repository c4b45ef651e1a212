// Package buckettest runs nights whose lake and inputs are in buckets of object
// stores, and holds them against the same nights in a folder.
//
// The stores are emulators in this process: what the real services do beyond
// what those do is not held by anything here. It is a package of its own so
// that only its tests, and those of internal/bucket, link the emulators.
package buckettest

import (
	"bytes"
	"context"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/internal/bucket/emulator"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/jobs"
	"github.com/habitue-data/habitue/pipelines"
)

func TestMain(m *testing.M) {
	pipelines.Init()
	dir, err := os.MkdirTemp("", "buckettest-")
	if err == nil {
		err = os.Setenv("TMPDIR", dir) // what a lake in a bucket has on this machine outlives its runs
	}
	if err != nil {
		panic(err)
	}
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		panic(err)
	}
	os.Exit(code)
}

// place is a folder with a project in it, whose lake and inputs may lie
// elsewhere.
type place struct {
	dir  string
	root string // of lake and inputs, as internal/store has paths
	lake lake.Lake
}

// shop is the sample shop with its lake and its inputs in a bucket, or in the
// folder beside its project file where that is nil.
func shop(t testing.TB, b *emulator.Bucket) *place {
	t.Helper()
	p := &place{dir: t.TempDir()}
	p.root = p.dir
	if err := os.CopyFS(p.dir, os.DirFS("../../testdata/shop")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(p.path("out")); err != nil {
		t.Fatal(err)
	}
	p.thin(t)
	p.write(t, "segments/lost.yaml", "segment: lost\nwhen: {last_order_date: {older_than: 20d}}\n")
	p.edit(t, "    segments: [lapsing-regulars, churn-risk-high]\n", "    segments: lost\n    path: out/activation\n")
	if b != nil {
		p.move(t, b)
	}
	p.lake = lake.Lake{Dir: store.Join(p.root, "out/lake")}
	return p
}

func (p *place) path(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }

// thin leaves the exports of the last weeks: two thousand small files in a bucket
// are many requests, and show no more than a hundred.
func (p *place) thin(t testing.TB) {
	t.Helper()
	files, err := filepath.Glob(p.path("exports/*/*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if filepath.Base(f) < "2025-11-2" {
			if err := os.Remove(f); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// move puts the exports into the bucket and says so in the project file.
func (p *place) move(t testing.TB, b *emulator.Bucket) {
	t.Helper()
	options, err := url.ParseQuery(b.Options)
	if err != nil {
		t.Fatal(err)
	}
	p.root = store.With(b.URL+"/shop", options)
	p.put(t, p.dir, "exports")
	if err := os.RemoveAll(p.path("exports")); err != nil {
		t.Fatal(err)
	}
	p.edit(t, "path: exports/", "path: "+b.URL+"/shop/exports/")
	p.edit(t, "path: out/activation", "path: "+b.URL+"/shop/out/activation")
	p.edit(t, "report: out/report.html", "report: "+b.URL+"/shop/out/report.html")
	p.edit(t, "lake: out/lake", "lake: "+b.URL+"/shop/out/lake\nbuckets: {\""+b.URL+"\": \""+b.Options+"\"}")
}

func (p *place) write(t testing.TB, name, text string) {
	t.Helper()
	if err := store.Write(p.path(name), []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// put copies what is below a folder of this machine to where the inputs are.
func (p *place) put(t testing.TB, from, below string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(from, below), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		return store.Copy(path, store.Join(p.root, filepath.ToSlash(rel)))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// edit replaces a text of the project file, which must be there.
func (p *place) edit(t testing.TB, old, text string) {
	t.Helper()
	data, err := os.ReadFile(p.path("habitue.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(data, []byte(old)) {
		t.Fatalf("habitue.yaml has no %q", old)
	}
	p.write(t, "habitue.yaml", strings.ReplaceAll(string(data), old, text))
}

// habitue runs a command line and wants an exit code.
func (p *place) habitue(t testing.TB, want fault.Code, args ...string) (out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	app := &jobs.App{In: strings.NewReader(""), Out: &o, Err: &e, Env: os.LookupEnv, Now: time.Now, Dir: p.dir}
	if code := jobs.Execute(context.Background(), append([]string{"--progress", "none"}, args...), app); fault.Code(code) != want {
		t.Fatalf("habitue %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, o.String(), e.String())
	}
	return o.String(), e.String()
}

func (p *place) manifest(t testing.TB, run string) lake.Manifest {
	t.Helper()
	m, err := p.lake.Load(run)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// lastRun is of the second night.
const lastRun = "2025-12-31.1"

// withPaths are the tables with paths of the project file in them, and their
// columns.
var withPaths = map[string][]string{"deliveries": {"path"}, "rejects": {"path"}, "exports": {"path", "changes_path"}}

// contents are the content hashes of a run's tables; runs, which reads the clock,
// stands aside, and so do those with paths.
func contents(m lake.Manifest) map[string]string {
	all := map[string]string{}
	for name, table := range m.Tables {
		if name != "runs" && withPaths[name] == nil {
			all[name] = table.Content
		}
	}
	return all
}
