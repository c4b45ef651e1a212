// Package bucket speaks to object stores for package store: Google Cloud
// Storage (gs://) and what speaks the protocol of Amazon S3 (s3://), through
// gocloud.dev/blob.
//
// Credentials come from where the clouds' own tools find them: variables, files
// or the machine itself; none is ever an option of a path. It promises nothing
// about speed: whoever reads much asks for much at once.
package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"cloud.google.com/go/storage"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/habitue-data/habitue/internal/store"
	"gocloud.dev/blob"
	"gocloud.dev/blob/gcsblob"
	"gocloud.dev/blob/s3blob"
	"gocloud.dev/gcerrors"
	"gocloud.dev/gcp"
	"google.golang.org/api/googleapi"
)

// Open opens a bucket by its URL, options included: s3://bucket?region=eu-west-1.
func Open(ctx context.Context, address string) (store.Bucket, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	var b *blob.Bucket
	if u.Scheme == gcsblob.Scheme {
		b, err = openGCS(ctx, u)
	} else {
		b, err = (&s3blob.URLOpener{}).OpenBucketURL(ctx, u)
	}
	if err != nil {
		return nil, err
	}
	return &bucket{b, u.Scheme}, nil
}

// openGCS finds the credentials itself: the library's own way prints a warning
// on the standard output where there are none, and goes on.
func openGCS(ctx context.Context, u *url.URL) (*blob.Bucket, error) {
	anonymous := u.Query().Get("anonymous") == "true"
	if anonymous || os.Getenv("STORAGE_EMULATOR_HOST") != "" {
		return gcsblob.OpenBucket(ctx, gcp.NewAnonymousHTTPClient(gcp.DefaultTransport()), u.Host, nil)
	}
	credentials, err := gcp.DefaultCredentials(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: log in with gcloud auth application-default login, or let GOOGLE_APPLICATION_CREDENTIALS name a key file", err)
	}
	client, err := gcp.NewHTTPClient(gcp.DefaultTransport(), gcp.CredentialsTokenSource(credentials))
	if err != nil {
		return nil, err
	}
	return gcsblob.OpenBucket(ctx, client, u.Host, nil)
}

type bucket struct {
	blob   *blob.Bucket
	scheme string
}

const hashKey = "sha256" // of an object's metadata

// Stat tells of an object.
func (b *bucket) Stat(ctx context.Context, key string) (store.Object, error) {
	a, err := b.blob.Attributes(ctx, key)
	if err != nil {
		return store.Object{}, plain(err)
	}
	o := store.Object{Key: key, Size: a.Size, Time: a.ModTime, Version: a.ETag, SHA256: a.Metadata[hashKey]}
	var gcs storage.ObjectAttrs
	if a.As(&gcs) {
		o.Version = strconv.FormatInt(gcs.Generation, 10)
	}
	return o, nil
}

// List tells of objects by their prefix. Objects that stand for a folder, as
// the clouds' consoles make them, are none.
func (b *bucket) List(ctx context.Context, prefix string, deep bool) (found []store.Object, err error) {
	o := &blob.ListOptions{Prefix: prefix}
	if !deep {
		o.Delimiter = "/"
	}
	for all := b.blob.List(o); ; {
		next, err := all.Next(ctx)
		if err == io.EOF {
			return found, nil
		}
		if err != nil {
			return nil, plain(err)
		}
		if next.IsDir || !strings.HasSuffix(next.Key, "/") {
			found = append(found, store.Object{Key: next.Key, Size: next.Size, Time: next.ModTime})
		}
	}
}

// Read opens a part of an object.
func (b *bucket) Read(ctx context.Context, key string, offset, n int64) (io.ReadCloser, store.Object, error) {
	r, err := b.blob.NewRangeReader(ctx, key, offset, n, nil)
	if err != nil {
		return nil, store.Object{}, plain(err)
	}
	return r, store.Object{Key: key, Size: r.Size(), Time: r.ModTime()}, nil
}

// Put writes an object.
func (b *bucket) Put(ctx context.Context, key string, body io.ReadSeeker, how store.Put) error {
	o := &blob.WriterOptions{ContentType: "application/octet-stream", IfNotExist: how.New, Metadata: map[string]string{hashKey: how.SHA256}}
	if how.Over != "" {
		o.BeforeWrite = func(as func(any) bool) error { return over(as, how.Over) }
	}
	return plain(b.blob.Upload(ctx, key, body, o))
}

// over makes a write one in place of a version.
func over(as func(any) bool, version string) error {
	var gcs **storage.ObjectHandle
	if as(&gcs) {
		generation, err := strconv.ParseInt(version, 10, 64)
		if err != nil {
			return err
		}
		*gcs = (*gcs).If(storage.Conditions{GenerationMatch: generation})
		return nil
	}
	var s3 *transfermanager.UploadObjectInput
	if as(&s3) {
		s3.IfMatch = &version
		return nil
	}
	return errors.New("the store cannot replace one version alone")
}

// Delete removes an object.
func (b *bucket) Delete(ctx context.Context, key string) error { return plain(b.blob.Delete(ctx, key)) }

// plain gives an error what package fs calls it.
func plain(err error) error {
	var google *googleapi.Error // its library takes what may not be read for what is not there
	if errors.As(err, &google) && google.Code == http.StatusForbidden {
		return &known{fs.ErrPermission, err}
	}
	kind := map[gcerrors.ErrorCode]error{gcerrors.NotFound: fs.ErrNotExist, gcerrors.PermissionDenied: fs.ErrPermission, gcerrors.FailedPrecondition: fs.ErrExist}[gcerrors.Code(err)]
	if err == nil || kind == nil {
		return err
	}
	return &known{kind, err}
}

// known is an error of a store with the kind that package fs knows it as.
type known struct{ kind, err error }

func (k *known) Error() string { return k.err.Error() }

func (k *known) Unwrap() []error { return []error{k.kind, k.err} }
