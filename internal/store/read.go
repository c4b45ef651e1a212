package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// File is a file that is read.
type File interface {
	io.Reader
	io.ReaderAt
	io.Closer
	Stat() (fs.FileInfo, error) // of what was opened, whatever has its name by now
}

// Open opens a file and tells its size.
func Open(path string) (File, int64, error) {
	if Remote(path) {
		return openObject(path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

// ReadFile reads a file whole.
func ReadFile(path string) ([]byte, error) {
	if !Remote(path) {
		return os.ReadFile(path)
	}
	f, size, err := openObject(path)
	if err != nil {
		return nil, err
	}
	data := make([]byte, size)
	if _, err := f.ReadAt(data, 0); err != nil && err != io.EOF {
		return nil, err
	}
	return data, nil
}

// ReadVersion is ReadFile with the version of what was read, for WriteOver.
func ReadVersion(path string) (data []byte, version string, err error) {
	if !Remote(path) {
		data, err = os.ReadFile(path)
		return data, "", err
	}
	err = call("read", path, 0, func(ctx context.Context, b Bucket, key string) error {
		before, err := b.Stat(ctx, key)
		if err != nil {
			return err
		}
		data, version = make([]byte, before.Size), before.Version
		return readRange(ctx, b, before, data, 0)
	})
	return data, version, err
}

// ReadAt fills b from an offset of a file.
func ReadAt(path string, b []byte, offset int64) (err error) {
	if Remote(path) {
		return call("read", path, int64(len(b)), func(ctx context.Context, bucket Bucket, key string) error {
			return readRange(ctx, bucket, Object{Key: key, Size: -1}, b, offset)
		})
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.ReadAt(b, offset)
	return err
}

// errChanged is the error of an object that is not the one that was opened.
var errChanged = errors.New("it was replaced while it was read")

// readRange fills data from an offset of an object, which must still be the one
// that was seen; one of size -1 was not seen.
func readRange(ctx context.Context, b Bucket, seen Object, data []byte, offset int64) error {
	if len(data) == 0 {
		return nil
	}
	r, now, err := b.Read(ctx, seen.Key, offset, int64(len(data)))
	if err != nil {
		return err
	}
	defer r.Close()
	// Times of a download are told in seconds.
	if seen.Size >= 0 && (now.Size != seen.Size || now.Time.Unix() != seen.Time.Unix()) {
		return errChanged
	}
	return readFull(r, data, offset)
}

func readFull(r io.Reader, data []byte, offset int64) error {
	if n, err := io.ReadFull(r, data); err != nil {
		return fmt.Errorf("only %d of %d bytes at %d came: %v", n, len(data), offset, err) // its io.EOF is not the file's end
	}
	return nil
}

// Hash is the SHA-256 of a file, in hexadecimal digits, and its size.
func Hash(path string) (sum string, size int64, err error) {
	f, size, err := Open(path)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	if size, err = io.Copy(h, f); err != nil {
		return "", 0, err
	}
	return hex.EncodeToString(h.Sum(nil)), size, nil
}

// Said is Hash as whoever wrote the object said it, where a bucket knows: what
// it stores it checks, so what nobody doubts need not be fetched for it.
func Said(path string) (sum string, size int64, err error) {
	if !Remote(path) {
		return Hash(path)
	}
	var o Object
	err = call("stat", path, 0, func(ctx context.Context, b Bucket, key string) (err error) {
		o, err = b.Stat(ctx, key)
		return err
	})
	if err == nil && o.SHA256 == "" {
		return Hash(path)
	}
	return o.SHA256, o.Size, err
}

// Stat tells of a file or a folder.
func Stat(path string) (fs.FileInfo, error) {
	if !Remote(path) {
		return os.Stat(path)
	}
	var found info
	err := call("stat", path, 0, func(ctx context.Context, b Bucket, key string) error {
		o, err := b.Stat(ctx, key)
		found = info{o}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if below, err := b.List(ctx, folder(key), false); err != nil || len(below) > 0 {
			found = info{Object{Key: key + "/"}}
			return err
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}
