package bigquery

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/habitue-data/habitue/connectors/bigquery/contract"
	"github.com/habitue-data/habitue/internal/store"
)

// memory is a bucket whose objects the server reads too.
type memory struct {
	mu      sync.Mutex
	at      string
	objects map[string][]byte
}

func (m *memory) Stat(_ context.Context, key string) (store.Object, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if b, there := m.objects[m.at+"/"+key]; there {
		return store.Object{Key: key, Size: int64(len(b))}, nil
	}
	return store.Object{}, fs.ErrNotExist
}

func (m *memory) List(_ context.Context, prefix string, _ bool) (found []store.Object, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for name := range m.objects {
		if key, ours := strings.CutPrefix(name, m.at+"/"); ours && strings.HasPrefix(key, prefix) {
			found = append(found, store.Object{Key: key})
		}
	}
	slices.SortFunc(found, func(a, b store.Object) int { return strings.Compare(a.Key, b.Key) })
	return found, nil
}

func (m *memory) Read(_ context.Context, key string, offset, n int64) (io.ReadCloser, store.Object, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := m.objects[m.at+"/"+key]
	return io.NopCloser(bytes.NewReader(b[offset : offset+n])), store.Object{Key: key, Size: int64(len(b))}, nil
}

func (m *memory) Put(_ context.Context, key string, body io.ReadSeeker, _ store.Put) error {
	b, err := io.ReadAll(body)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.objects[m.at+"/"+key] = b
	return err
}

func (m *memory) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.objects, m.at+"/"+key)
	return nil
}

// TestFilesInGSAreNamedAndOthersStaged publishes a lake of a folder through
// staging, and then one that is in gs:// itself.
func TestFilesInGSAreNamedAndOthersStaged(t *testing.T) {
	server := contract.New(t) // not beside others: a process has one way to buckets
	store.Use(func(_ context.Context, url string) (store.Bucket, error) {
		return &memory{at: url, objects: server.Objects}, nil
	})
	defer store.Use(nil)
	w := newWorld(t)
	s := w.snapshot(monday)
	o := to(server)
	o.Staging = "gs://corner-shop/staging"
	publish(t, s, o)
	if diff := cmp.Diff(want(t, s), seen(server)); diff != "" {
		t.Error(diff)
	}
	if len(server.Objects) > 0 {
		t.Errorf("%d files are left in staging", len(server.Objects))
	}

	next := w.snapshot(tuesday)
	expected := want(t, next)
	for i := range next.Tables {
		for j := range next.Tables[i].Parts {
			f := &next.Tables[i].Parts[j]
			data, err := os.ReadFile(f.Path)
			if err != nil {
				t.Fatal(err)
			}
			f.Path = "gs://lake?anonymous=true/out/" + f.SHA256
			server.Objects[store.Name(f.Path)] = data
		}
	}
	sum := next.Sum
	next.Sum = func(ctx context.Context, table string, f File, columns []string) ([]int64, error) {
		f.Path = pathOf(w.snapshot(tuesday), f.SHA256)
		return sum(ctx, table, f, columns)
	}
	sent := len(server.Calls())
	publish(t, next, to(server))
	if diff := cmp.Diff(expected, seen(server)); diff != "" {
		t.Error(diff)
	}
	uris := 0
	for _, c := range server.Calls()[sent:] {
		if strings.Contains(contract.Text(c.Body, "configuration", "load", "destinationTable", "tableId"), "stage_") {
			if c.Media != nil {
				t.Error("a file of gs:// was sent along")
			}
			uris++
		}
	}
	if uris != 4 {
		t.Errorf("%d load jobs", uris)
	}
}

func pathOf(s Snapshot, sha string) string {
	for _, t := range s.Tables {
		for _, f := range t.Parts {
			if f.SHA256 == sha {
				return f.Path
			}
		}
	}
	panic("no file has " + sha)
}
