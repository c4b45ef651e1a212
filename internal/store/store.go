// Package store is where files lie: in folders, or in a bucket of an object
// store. Its functions are those of package os, as few as the program needs,
// for a path of either sort; a path that is no bucket's goes to the file system
// as it is, at no cost.
//
// It promises: a file is there whole or not at all, in a bucket too; errors of
// what is not there, may not be read or is there already wrap fs.ErrNotExist,
// fs.ErrPermission and fs.ErrExist; a file that is replaced while it is open is
// read on as it was, in a bucket that is an error, and never a mix of two. Of one
// that is written to where it lies only its time tells, which Stat has.
//
// A bucket has no folders: those that have a file are there, empty ones are
// not. Nobody holds a lock by the file system's means in one: see Lease.
//
// How a bucket is spoken to is another package's affair, which Use names: who
// reads files does not link the clients of every cloud.
//
// Rejected: an interface with two implementations that is handed through the
// program. A path travels to workers, an interface does not.
package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Schemes are the object stores that there are, as paths name them.
var Schemes = []string{"gs", "s3"}

// Remote tells whether a path is in a bucket: gs://bucket/key.
func Remote(path string) bool {
	scheme, _, found := strings.Cut(path, "://")
	return found && slices.Contains(Schemes, scheme)
}

// With gives a path in a bucket the options by which the bucket is opened, so
// that it says all that a worker must know: s3://bucket?region=eu/key. They
// belong to the bucket, so they stand there, and what is joined to the path
// goes behind it.
func With(path string, options url.Values) string {
	head, key, _ := strings.Cut(path[strings.Index(path, "://")+3:], "/")
	if len(options) > 0 {
		head += "?" + options.Encode() // without a slash
	}
	return path[:strings.Index(path, "://")+3] + head + "/" + key
}

// Name is a path as a person calls it: without the bucket's options.
func Name(path string) string {
	if !Remote(path) {
		return path
	}
	at, key := split(path)
	at, _, _ = strings.Cut(at, "?")
	return strings.TrimSuffix(at+"/"+key, "/")
}

// Join is filepath.Join for a path of either sort and what is below it, with
// slashes.
func Join(path, below string) string {
	if Remote(path) {
		return strings.TrimSuffix(path, "/") + "/" + below
	}
	return filepath.Join(path, filepath.FromSlash(below))
}

// split cuts a path into its bucket, with options, and the key inside.
func split(path string) (bucket, key string) {
	begin := strings.Index(path, "://") + 3
	head, key, _ := strings.Cut(path[begin:], "/")
	return path[:begin] + head, strings.Trim(key, "/")
}

// Bucket is an object store as this package needs it. A key has slashes and
// none at its ends.
type Bucket interface {
	Stat(ctx context.Context, key string) (Object, error)
	// List gives the objects whose keys begin with prefix, and in place of
	// those with a further slash, unless deep, the folder up to it, which has
	// one at its end. They come in order of their keys.
	List(ctx context.Context, prefix string, deep bool) ([]Object, error)
	// Read opens n bytes of an object, and tells how the object is now.
	Read(ctx context.Context, key string, offset, n int64) (io.ReadCloser, Object, error)
	Put(ctx context.Context, key string, body io.ReadSeeker, how Put) error
	Delete(ctx context.Context, key string) error
}

// Object is what a bucket knows of an object.
type Object struct {
	Key     string
	Size    int64
	Time    time.Time // it was written at
	Version string    // changes with every write; of Stat alone
	SHA256  string    // as Put was told; of Stat alone
}

// Put is how an object is written. One of New and Over makes it fail with
// fs.ErrExist where the object is not as expected.
type Put struct {
	New    bool   // nothing may be there
	Over   string // this version must be there
	SHA256 string
}

// Use names what opens a bucket by its URL: once, before anything is opened.
func Use(open func(ctx context.Context, url string) (Bucket, error)) { opener = open }

// A process has one connection to a bucket, as it has one file system.
var (
	opener  func(ctx context.Context, url string) (Bucket, error)
	opened  = map[string]Bucket{}
	opening sync.Mutex
)

// bucketOf is the open bucket of a path.
func bucketOf(path string) (Bucket, string, error) {
	opening.Lock()
	defer opening.Unlock()
	at, key := split(path)
	if b := opened[at]; b != nil {
		return b, key, nil
	}
	if opener == nil {
		return nil, "", errors.New("this program has no client for buckets")
	}
	ctx, cancel := patience(0)
	defer cancel()
	b, err := opener(ctx, at)
	if err != nil {
		return nil, "", fmt.Errorf("open the bucket %s: %w", Name(at), err)
	}
	opened[at] = b
	return b, key, nil
}

// patience is how long a request may take that moves so many bytes: the clients
// try again and again as long as they are let.
func patience(bytes int64) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 2*time.Minute+time.Duration(bytes>>10)*10*time.Millisecond)
}

// call is one request about a path.
func call(op, path string, bytes int64, do func(ctx context.Context, b Bucket, key string) error) error {
	b, key, err := bucketOf(path)
	if err == nil {
		ctx, cancel := patience(bytes)
		defer cancel()
		err = do(ctx, b, key)
	}
	if err != nil && err != io.EOF {
		return &fs.PathError{Op: op, Path: Name(path), Err: err}
	}
	return err
}
