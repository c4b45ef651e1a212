// Package emulator gives tests buckets of object stores that run in the test's
// own process, on loopback: fake-gcs-server and gofakes3. It is for tests
// alone, and says nothing about the real services.
package emulator

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/fsouza/fake-gcs-server/fakestorage"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// Bucket is a bucket of a test's own.
type Bucket struct {
	URL     string // gs://name or s3://name
	Options string // by which it is opened, as in a URL
}

// Both are a bucket of each store.
func Both(t testing.TB) map[string]Bucket { return map[string]Bucket{"gs": GCS(t), "s3": S3(t, nil)} }

var buckets atomic.Int64

func newName() string { return fmt.Sprintf("bucket-%d", buckets.Add(1)) }

// The clients find the store by a variable of the process, so it has one server.
var gcs = sync.OnceValues(func() (*fakestorage.Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	host := l.Addr().String() // downloads are answered under the one name that it knows as its own
	s, err := fakestorage.NewServerWithOptions(fakestorage.Options{NoListener: true, PublicHost: host, ExternalURL: "http://" + host})
	if err != nil {
		return nil, err
	}
	go func() { _ = http.Serve(l, s.HTTPHandler()) }() // it ends with the process
	return s, os.Setenv("STORAGE_EMULATOR_HOST", host)
})

// GCS is a bucket of fake-gcs-server.
func GCS(t testing.TB) Bucket {
	t.Helper()
	s, err := gcs()
	if err != nil {
		t.Fatal(err)
	}
	name := newName()
	s.CreateBucketWithOpts(fakestorage.CreateBucketOpts{Name: name})
	return Bucket{URL: "gs://" + name}
}

var credentials = sync.OnceValue(func() error {
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing", "AWS_EC2_METADATA_DISABLED": "true"} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
})

// S3 is a bucket of gofakes3. Where between is given, requests come to it first;
// what it does not answer (it says so by false) goes to the store.
func S3(t testing.TB, between func(w http.ResponseWriter, r *http.Request, store http.Handler) bool) Bucket {
	t.Helper()
	if err := credentials(); err != nil {
		t.Fatal(err)
	}
	backend := s3mem.New()
	name := newName()
	if err := backend.CreateBucket(name); err != nil {
		t.Fatal(err)
	}
	store := gofakes3.New(backend).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if between == nil || !between(w, r, store) {
			store.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return Bucket{URL: "s3://" + name, Options: "endpoint=" + server.URL + "&region=us-east-1&use_path_style=true"}
}
