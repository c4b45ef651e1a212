package buckettest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/bucket/emulator"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/jobs"
)

// TestABucketThatIsNotThere names what is wrong where it stands.
func TestABucketThatIsNotThere(t *testing.T) {
	t.Parallel()
	for name, b := range emulator.Both(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := shop(t, nil)
			p.edit(t, "lake: out/lake", "lake: "+b.URL+"-gone/lake\nbuckets: {\""+b.URL+"-gone\": \""+b.Options+"\"}")
			if _, errs := p.habitue(t, fault.Config, "run", "--as-of", "2025-12-31"); !strings.Contains(errs, "the lake cannot be locked: "+b.URL+"-gone/lake/_lock: ") {
				t.Error(errs)
			}
			p = shop(t, &b)
			p.edit(t, b.URL+"/shop/exports/receipts", b.URL+"-gone/receipts")
			p.edit(t, "buckets: {", "buckets: {\""+b.URL+"-gone\": \""+b.Options+"\", ")
			if _, errs := p.habitue(t, fault.Input, "run", "--as-of", "2025-12-31"); !strings.Contains(errs, "cannot be listed: list "+b.URL+"-gone/receipts") {
				t.Error(errs)
			}
			if left := p.files(t); len(left) > 0 {
				t.Errorf("left in the lake: %q", left)
			}
		})
	}
}

// TestANightThatTheStoreFails holds that a night that loses its store leaves the
// tables of the night before, whatever was lost and whenever, and that the next
// one is as if nothing had been.
func TestANightThatTheStoreFails(t *testing.T) {
	t.Parallel()
	var breaks atomic.Pointer[func(w http.ResponseWriter, r *http.Request, to http.Handler) bool]
	b := emulator.S3(t, func(w http.ResponseWriter, r *http.Request, to http.Handler) bool {
		f := breaks.Load()
		return f != nil && (*f)(w, r, to)
	})
	p := shop(t, &b)
	p.edit(t, warehouse, "warehouse: none\ncache: false") // every night reads every input
	p.habitue(t, fault.OK, "run", "--as-of", "2025-12-30")
	before := p.tables(t)

	const receipt = "/exports/receipts/2025-12-25.csv.gz"
	for name, c := range map[string]struct {
		code fault.Code
		says string
		do   func(w http.ResponseWriter, r *http.Request, to http.Handler) bool
	}{
		"a table may not be written": {fault.Internal, "AccessDenied", func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
			return r.Method == http.MethodPut && strings.Contains(r.URL.Path, "/lake/rfm/") && refuse(w, http.StatusForbidden, "AccessDenied")
		}},
		"the manifest may not be written": {fault.Internal, "AccessDenied", func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
			return r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, "/2025-12-31.1.json") && refuse(w, http.StatusForbidden, "AccessDenied")
		}},
		"an input is gone after it was looked at": {fault.Input, b.URL + "/shop" + receipt + ": the file is not there", after(2, receipt, func(w http.ResponseWriter) bool {
			return refuse(w, http.StatusNotFound, "NoSuchKey")
		})},
		"an input comes torn": {fault.Input, "bytes at 0 came", after(0, receipt, func(w http.ResponseWriter) bool {
			w.Header().Set("Content-Length", "1000")
			w.Header().Set("Content-Range", "bytes 0-999/1000")
			w.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
			w.WriteHeader(http.StatusPartialContent)
			_, _ = io.WriteString(w, "half")
			return true
		})},
	} {
		breaks.Store(&c.do)
		if _, errs := p.habitue(t, c.code, "run", "--as-of", "2025-12-31"); !strings.Contains(errs, c.says) || strings.Contains(errs, "?endpoint") {
			t.Errorf("%s: %s", name, errs)
		}
		breaks.Store(nil)
		if line, err := p.lake.LineRuns(); err != nil || !cmp.Equal(line, []string{"2025-12-30.1"}) {
			t.Errorf("%s: the line is %q, %v", name, line, err)
		}
		p.habitue(t, fault.OK, "runs", "verify", "2025-12-30.1")
		p.habitue(t, fault.OK, "runs", "prune")
		if diff := cmp.Diff(before, p.tables(t)); diff != "" {
			t.Errorf("%s: the lake has other files of tables (- before, + after):\n%s", name, diff)
		}
	}
	p.habitue(t, fault.OK, "run", "--as-of", "2025-12-31")
	p.habitue(t, fault.OK, "runs", "verify", lastRun)
}

// TestAStoreThatIsAwayIsTriedAgain in the same round, when the schedule begins and
// when it locks the lake.
func TestAStoreThatIsAwayIsTriedAgain(t *testing.T) {
	t.Parallel()
	var waited atomic.Int32
	b := emulator.S3(t, func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		away := waited.Load() == 0 || waited.Load() == 1 && strings.HasSuffix(r.URL.Path, "/_lock")
		return away && refuse(w, http.StatusServiceUnavailable, "SlowDown")
	})
	dir := t.TempDir()
	p := &place{dir: dir, root: dir}
	p.write(t, "crm.csv", "id,email\nc,x@x.de\n")
	p.write(t, "habitue.yaml", "project: away\ntimezone: UTC\ncurrency: EUR\nid_salt: pepper\nlake: "+b.URL+"/lake\nbuckets: {\""+b.URL+"\": \""+b.Options+"\"}\nsources:\n"+
		"  - {name: crm, kind: csv, path: crm.csv, delivery: full, record: contact, fields: {id: id, email: email}}\npublish: {tables: {customers: all}}\n")
	var said bytes.Buffer
	app := &jobs.App{In: strings.NewReader(""), Out: &said, Err: &said, Env: os.LookupEnv, Now: time.Now, Dir: dir, Wait: func(ctx context.Context, _ time.Time) error {
		waited.Add(1)
		return ctx.Err()
	}}
	if code := jobs.Execute(t.Context(), []string{"--progress", "none", "schedule", "--once"}, app); fault.Code(code) != fault.OK || strings.Count(said.String(), "it is tried again in 1m0s") != 2 {
		t.Errorf("it ended in %d: %s", code, &said)
	}
}

// after answers for an object once it was asked for so many times.
func after(times int64, path string, answer func(w http.ResponseWriter) bool) func(http.ResponseWriter, *http.Request, http.Handler) bool {
	var asked atomic.Int64
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		return r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, path) && asked.Add(1) > times && answer(w)
	}
}

func refuse(w http.ResponseWriter, status int, code string) bool {
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<Error><Code>"+code+"</Code><Message>refused</Message></Error>")
	return true
}

func TestOneRunAtATimeInABucket(t *testing.T) {
	t.Parallel()
	b := emulator.S3(t, nil)
	p := shop(t, &b)
	_, release, err := store.Lease(t.Context(), p.lake.Path("_lock"), "Ann", 50*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if _, errs := p.habitue(t, fault.Locked, "run", "--as-of", "2025-12-31"); !strings.Contains(errs, "Ann holds "+b.URL+"/shop/out/lake/_lock") {
		t.Error(errs)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	p.habitue(t, fault.OK, "runs", "prune")
	if _, err := store.Stat(p.lake.Path("_lock")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the lock was not given back:", err)
	}
}
