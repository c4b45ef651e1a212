package bucket_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/internal/bucket"
	"github.com/habitue-data/habitue/internal/bucket/emulator"
	"github.com/habitue-data/habitue/internal/store"
)

func TestMain(m *testing.M) {
	store.Use(bucket.Open)
	os.Exit(m.Run())
}

// root is a folder in a bucket.
func root(t testing.TB, b emulator.Bucket) string {
	t.Helper()
	options, err := url.ParseQuery(b.Options)
	if err != nil {
		t.Fatal(err)
	}
	return store.With(b.URL+"/some/where", options)
}

// places are a folder and a bucket of each store: what holds for one holds for
// all.
func places(t testing.TB) map[string]string {
	all := map[string]string{"folder": t.TempDir()}
	for name, b := range emulator.Both(t) {
		all[name] = root(t, b)
	}
	return all
}

func TestFilesAreTheSameEverywhere(t *testing.T) {
	t.Parallel()
	for name, dir := range places(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := func(below string) string { return store.Join(dir, below) }
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			is := func(err, want error) {
				t.Helper()
				if !errors.Is(err, want) {
					t.Errorf("%v, want %v", err, want)
				}
			}
			_, err := store.ReadFile(at("a/none"))
			is(err, fs.ErrNotExist)
			_, err = store.Stat(at("a"))
			is(err, fs.ErrNotExist)
			_, err = store.ReadDir(at("a"))
			is(err, fs.ErrNotExist)

			big := bytes.Repeat([]byte("0123456789abcdef"), 200_000)
			w, err := store.Create(at("a/b/big"))
			must(err)
			_, err = w.Write(big)
			must(err)
			if _, err := store.Stat(at("a/b/big")); !errors.Is(err, fs.ErrNotExist) {
				t.Error("it has its name before it is whole:", err)
			}
			must(w.Commit())
			must(store.Write(at("a/b/empty"), nil))
			must(store.Write(at("a/c/small"), []byte("small")))
			must(store.Write(at("_d/e"), []byte("e")))
			if got, err := store.ReadFile(at("a/b/big")); err != nil || !bytes.Equal(got, big) {
				t.Error(len(got), err)
			}
			if got, err := store.ReadFile(at("a/b/empty")); err != nil || len(got) > 0 {
				t.Error(got, err)
			}
			readAll(t, at("a/b/big"), big)

			w, err = store.Create(at("a/b/big"))
			must(err)
			_, err = w.Write([]byte("another"))
			must(err)
			is(w.CommitNew(), fs.ErrExist)
			w, err = store.Create(at("a/b/gone"))
			must(err)
			must(w.Abort())

			for _, of := range []string{"", "a", "a/b"} {
				entries, err := store.ReadDir(at(of))
				must(err)
				var got []string
				for _, e := range entries {
					info, err := e.Info()
					must(err)
					mark := ""
					if e.IsDir() {
						mark = "/"
					} else if info.Size() == 0 {
						mark = " empty"
					}
					got = append(got, e.Name()+mark)
				}
				want := map[string][]string{"": {"_d/", "a/"}, "a": {"b/", "c/"}, "a/b": {"big", "empty empty"}}[of]
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("ReadDir %q: %s", of, diff)
				}
			}
			var seen []string
			must(store.Walk(dir, func(rel string, d fs.DirEntry) error {
				if d.IsDir() && strings.HasPrefix(rel, "_") {
					return fs.SkipDir
				}
				if !d.IsDir() {
					seen = append(seen, rel)
				}
				return nil
			}))
			if want := []string{"a/b/big", "a/b/empty", "a/c/small"}; !slices.Equal(seen, want) {
				t.Errorf("Walk: %q", seen)
			}
			sum, size, err := store.Hash(at("a/b/big"))
			said, saidSize, err2 := store.Said(at("a/b/big"))
			if err != nil || err2 != nil || sum != said || size != int64(len(big)) || size != saidSize {
				t.Error(sum, size, err, said, saidSize, err2)
			}
			must(store.Copy(at("a/b/big"), at("copy/of")))
			readAll(t, at("copy/of"), big)
			must(store.Touch(at("copy/of"), time.Now()))
			if entries, err := store.ReadDir(at("copy")); err != nil || len(entries) != 1 {
				t.Error(entries, err)
			}
			must(store.Remove(at("a/c/small")))
			_, err = store.Stat(at("a/c/small"))
			is(err, fs.ErrNotExist)
			must(store.RemoveEmpty(at("a/b")))
			must(store.RemoveAll(at("a")))
			must(store.RemoveAll(at("a")))
			_, err = store.Stat(at("a"))
			is(err, fs.ErrNotExist)
		})
	}
}

// readAll reads a file in every way there is.
func readAll(t *testing.T, path string, want []byte) {
	t.Helper()
	f, size, err := store.Open(path)
	if err != nil || size != int64(len(want)) {
		t.Fatal(size, err)
	}
	defer f.Close()
	for name, r := range map[string]io.Reader{"Read": f, "ReadAt": io.NewSectionReader(f, 0, size), "in small steps": struct{ io.Reader }{io.NewSectionReader(f, 3, size)}} {
		got, err := io.ReadAll(r)
		if name == "in small steps" {
			got = append(slices.Clone(want[:3]), got...)
		}
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	b := make([]byte, 1<<20+7)
	for _, at := range []int64{0, 1, 1<<20 - 3, size - int64(len(b))} {
		if n, err := f.ReadAt(b, at); n != len(b) || err != nil && err != io.EOF || !bytes.Equal(b, want[at:at+int64(n)]) {
			t.Errorf("ReadAt %d: %d, %v", at, n, err)
		}
		if err := store.ReadAt(path, b, at); err != nil || !bytes.Equal(b, want[at:at+int64(len(b))]) {
			t.Errorf("store.ReadAt %d: %v", at, err)
		}
	}
	if n, err := f.ReadAt(b, size-5); n != 5 || err != io.EOF || !bytes.Equal(b[:5], want[size-5:]) {
		t.Errorf("at the end: %d, %v", n, err)
	}
}

func TestOnlyTheVersionThatWasReadIsReplaced(t *testing.T) {
	t.Parallel()
	for name, b := range emulator.Both(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := store.Join(root(t, b), "line")
			if err := store.WriteOver(path, []byte("1"), ""); err != nil {
				t.Fatal(err)
			}
			if err := store.WriteOver(path, []byte("x"), ""); !errors.Is(err, fs.ErrExist) {
				t.Error("over what was not there:", err)
			}
			_, first, err := store.ReadVersion(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := store.WriteOver(path, []byte("2"), first); err != nil {
				t.Fatal(err)
			}
			if err := store.WriteOver(path, []byte("3"), first); !errors.Is(err, fs.ErrExist) {
				t.Error("over another version:", err)
			}
			if got, second, err := store.ReadVersion(path); err != nil || string(got) != "2" || second == first {
				t.Errorf("%q %s %v", got, second, err)
			}
		})
	}
}

func TestAFileThatChangesWhileItIsRead(t *testing.T) {
	t.Parallel()
	for name, b := range emulator.Both(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := store.Join(root(t, b), "file")
			for what, change := range map[string]func() error{
				"it is gone":          func() error { return store.Remove(path) },
				"another is in place": func() error { return store.Write(path, []byte("another")) },
			} {
				if err := store.Write(path, make([]byte, 3<<20)); err != nil {
					t.Fatal(err)
				}
				f, _, err := store.Open(path)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := io.CopyN(io.Discard, f, 1<<20); err != nil {
					t.Fatal(err)
				}
				if err := change(); err != nil {
					t.Fatal(err)
				}
				if n, err := io.Copy(io.Discard, f); err == nil {
					t.Errorf("%s: %d more bytes and no error", what, n)
				}
			}
		})
	}
}

func TestNothingIsThereWithoutItsBucket(t *testing.T) {
	t.Parallel()
	for name, b := range emulator.Both(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b.URL += "-that-is-not"
			path := store.Join(root(t, b), "file")
			_, read := store.ReadFile(path)
			_, listed := store.ReadDir(root(t, b))
			for what, err := range map[string]error{"read": read, "write": store.Write(path, []byte("x")), "list": listed} {
				if !errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), "?") {
					t.Errorf("%s: %v", what, err)
				}
			}
		})
	}
}

func TestWhatAStoreRefusesAndWhatItLoses(t *testing.T) {
	t.Parallel()
	const whole, refused, torn = 0, 1, 2
	var how atomic.Int32
	b := emulator.S3(t, func(w http.ResponseWriter, r *http.Request, to http.Handler) bool {
		switch {
		case how.Load() == refused:
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`)
			return true
		case how.Load() == torn && r.Method == http.MethodGet && r.URL.Query().Get("list-type") == "":
			full := httptest.NewRecorder()
			to.ServeHTTP(full, r)
			for k, v := range full.Header() {
				w.Header()[k] = v
			}
			w.WriteHeader(full.Code)
			_, _ = w.Write(full.Body.Bytes()[:full.Body.Len()/2]) // the connection ends before the length that was told
			return true
		}
		return false
	})
	path := store.Join(root(t, b), "file")
	if err := store.Write(path, make([]byte, 100_000)); err != nil {
		t.Fatal(err)
	}
	how.Store(torn)
	if _, err := store.ReadFile(path); err == nil || !strings.Contains(err.Error(), "bytes at 0 came") {
		t.Errorf("torn: %v", err)
	}
	how.Store(refused)
	if _, err := store.ReadFile(path); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("read: %v", err)
	}
	if err := store.Write(path, nil); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("write: %v", err)
	}
	how.Store(whole)
	if got, err := store.ReadFile(path); err != nil || len(got) != 100_000 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestOneHoldsALease(t *testing.T) {
	t.Parallel()
	for name, b := range emulator.Both(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, beat := store.Join(root(t, b), "_lock"), 20*time.Millisecond
			_, release, err := store.Lease(t.Context(), path, "Ann", beat)
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = store.Lease(t.Context(), path, "Bob", beat)
			if !errors.As(err, new(store.Held)) || !strings.Contains(err.Error(), "Ann") {
				t.Errorf("a second holder: %v", err)
			}
			if err := release(); err != nil {
				t.Fatal(err)
			}
			if _, err := store.Stat(path); !errors.Is(err, fs.ErrNotExist) {
				t.Error("given back:", err)
			}

			if err := store.Write(path, []byte("Carl, who was killed, beat 7\n")); err != nil {
				t.Fatal(err)
			}
			held, release, err := store.Lease(t.Context(), path, "Dora", beat)
			if err != nil {
				t.Fatal("of a dead owner:", err)
			}
			if err := store.Write(path, []byte("Emil, beat 1\n")); err != nil { // as if Dora had been stopped for long
				t.Fatal(err)
			}
			<-held.Done()
			if err := context.Cause(held); err == nil || !strings.Contains(err.Error(), "was taken") {
				t.Error("taken:", err)
			}
			if err := release(); err != nil {
				t.Error(err)
			}
			if got, err := store.ReadFile(path); err != nil || string(got) != "Emil, beat 1\n" {
				t.Errorf("another's lease was given back: %q, %v", got, err)
			}
		})
	}
}
