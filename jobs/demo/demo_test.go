package demo

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/habitue-data/habitue/internal/fault"
)

var update = flag.Bool("write", false, "write testdata/shop anew")

var lastDay = time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC)

// ofTestdata is what testdata/shop is made of.
func ofTestdata(out string) Options {
	return Options{Customers: 2000, Days: 549, Seed: 7, Out: out, Until: lastDay, Deliver: true}
}

func made(t *testing.T, o Options) Summary {
	t.Helper()
	s, err := Make(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// tree is a folder: path -> content, with slashes.
func tree(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(rel)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// differences names the files that are not the same, at most ten.
func differences(a, b map[string][]byte) (paths []string) {
	for path := range a {
		if x, there := b[path]; !there || !bytes.Equal(a[path], x) {
			paths = append(paths, path)
		}
	}
	for path := range b {
		if _, there := a[path]; !there {
			paths = append(paths, path)
		}
	}
	return paths[:min(len(paths), 10)]
}

func TestMain(m *testing.M) {
	flag.Parse()
	if *update {
		err := os.RemoveAll(testdataDir)
		if err == nil {
			_, err = Make(context.Background(), ofTestdata(testdataDir))
		}
		if err != nil {
			panic(err)
		}
	}
	var err error
	if whole.dir, err = os.MkdirTemp("", "shop"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(whole.dir)
	os.Exit(code)
}

func TestTestdataIsWhatMakeGivesNow(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	s := made(t, ofTestdata(dir))
	now := tree(t, dir)
	if diff := differences(tree(t, testdataDir), now); diff != nil {
		t.Errorf("testdata/shop is out of date, run go test ./jobs/demo -write: %v", diff)
	}
	size := int64(0)
	for _, b := range now {
		size += int64(len(b))
	}
	if size >= 4<<20 {
		t.Errorf("testdata/shop is %d bytes, 4 MiB is the most", size)
	}
	e := readExpected(t, dir)
	want := Summary{
		Customers: 2000, Days: 549, First: "2024-07-01", Last: "2025-12-31", Receipts: e.Orders.InForce,
		ReceiptRows: e.Sources["tills"].Read, Events: e.Sources["web"].Read, Talks: e.Sources["mail"].Read + e.Sources["helpdesk"].Read + e.Sources["feedback"].Read + e.Sources["loyalty"].Read, ContactRows: e.Sources["crm"].Read,
		Files: len(now), Bytes: size,
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}

func TestEqualOptionsGiveEqualBytes(t *testing.T) {
	t.Parallel()
	o := Options{Customers: 700, Days: 200, Seed: 3, Until: lastDay}
	shops := make([]map[string][]byte, 3)
	for i := range shops {
		o.Out = filepath.Join(t.TempDir(), "shop")
		if i == 2 {
			o.Seed = 4
		}
		made(t, o)
		shops[i] = tree(t, o.Out)
	}
	if diff := differences(shops[0], shops[1]); diff != nil {
		t.Errorf("two makes of the same options differ in %v", diff)
	}
	if bytes.Equal(shops[0]["truth/people.csv"], shops[2]["truth/people.csv"]) {
		t.Error("another seed gave the same people")
	}
}

func TestMakeRefuses(t *testing.T) {
	t.Parallel()
	good := Options{Customers: 100, Days: 130, Seed: 1, Until: lastDay}
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "mine.txt"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*Options)
		want   string
	}{
		"too few customers":       {func(o *Options) { o.Customers = 99 }, "making a shop of 99 customers: say between 100 and 100000000"},
		"too few days":            {func(o *Options) { o.Days = 129 }, "making a shop of 129 days: its stories need between 130 and 10000"},
		"no last day":             {func(o *Options) { o.Until = time.Time{} }, "making a shop: no last day of history"},
		"no folder":               {func(o *Options) { o.Out = "" }, "making a shop: no folder to write to"},
		"history with other time": {func(o *Options) { o.Until = time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC) }, "history must begin on 2014-10-27 or later"},
		"a folder in use":         {func(o *Options) { o.Out = full }, "the folder is not empty; name a new one"},
	} {
		t.Run(name, func(t *testing.T) {
			o := good
			o.Out = filepath.Join(t.TempDir(), "shop")
			c.change(&o)
			_, err := Make(context.Background(), o)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want %q", err, c.want)
			}
			if fault.CodeOf(err) != fault.Usage {
				t.Errorf("exit code %d, want %d", fault.CodeOf(err), fault.Usage)
			}
		})
	}
	if left := tree(t, full); len(left) != 1 {
		t.Errorf("a folder in use was written to: %d files", len(left))
	}
}

func TestMakeStopsWhenCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(context.Background())
	why := errors.New("enough")
	cancel(why)
	_, err := Make(ctx, Options{Customers: 100, Days: 130, Seed: 1, Out: t.TempDir(), Until: lastDay})
	if !errors.Is(err, why) {
		t.Errorf("error %v, want its cause %v", err, why)
	}
}

func TestMakeTellsWhatItCouldNotWrite(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	out, err := newFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	out.put("a.csv", []byte("a"))
	out.put("a.csv/b.csv", []byte("b")) // a file stands where a folder should
	out.put("c.csv", []byte("c"))
	if err := out.close(); err == nil || !strings.Contains(err.Error(), "making the folder of a.csv/b.csv") {
		t.Errorf("error %v does not name the file", err)
	}
}

func TestWhatWasPutIsNotWrittenOver(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	out, err := newFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	mine := bytes.Repeat([]byte("mine"), 100)
	for _, name := range []string{"a", "b", "c", "d"} {
		out.put(name+".txt", mine)
		w := out.create(name + ".csv.gz")
		for len(w.b) < chunk {
			w.b = append(w.b, name...)
		}
		w.flush()
		w.b = append(w.b, "end"...)
		w.close()
	}
	if err := out.close(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(mine, bytes.Repeat([]byte("mine"), 100)) {
		t.Error("content that was put has changed")
	}
	for _, name := range []string{"a", "b", "c", "d"} {
		got, want := string(content(t, filepath.Join(dir, name+".csv.gz"))), strings.Repeat(name, chunk)+"end"
		if got != want {
			t.Errorf("%s.csv.gz holds %d bytes that are not the %d written", name, len(got), len(want))
		}
	}
}

func BenchmarkMake(b *testing.B) {
	for b.Loop() {
		s, err := Make(context.Background(), Options{Customers: 5000, Days: 365, Seed: 1, Out: filepath.Join(b.TempDir(), "shop"), Until: lastDay})
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(s.Bytes)
		b.ReportMetric(float64(s.ReceiptRows+s.Events+s.ContactRows), "rows/op")
	}
}
