package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/habitue-data/habitue/internal/atomicfile"
)

// Writer is a file that is written: atomicfile.File, or the same for a bucket.
// Nothing has the file's name until one of the Commits.
type Writer interface {
	io.Writer
	io.ReaderFrom
	Commit() error              // in place of what is there
	CommitAs(path string) error // Commit at another path, in the same folder
	CommitNew() error           // fails with fs.ErrExist where something is there
	CommitUnsynced() error      // without a wait for the disk
	Abort() error               // after a Commit it does nothing
}

// Create starts a file. Its folder is made where it is not there.
func Create(path string) (Writer, error) {
	if !Remote(path) {
		f, err := atomicfile.Create(path)
		if err != nil {
			return nil, err
		}
		return f, nil
	}
	f, err := os.CreateTemp("", "habitue-upload-")
	if err != nil {
		return nil, atomicfile.Explain(fmt.Errorf("write %s aside: %w", Name(path), err))
	}
	_ = os.Remove(f.Name()) // it goes with the process, however that ends; where a system forbids it, with Abort
	return &upload{File: f, path: path}, nil
}

// upload is a file for a bucket. It is written to the disk first: to send while
// it is made would take a buffer of many megabytes for each table, and could
// not be tried again.
type upload struct {
	*os.File
	path string
	done bool
}

// Write writes on.
func (u *upload) Write(b []byte) (int, error) {
	n, err := u.File.Write(b)
	return n, atomicfile.Explain(err)
}

// Commit sends the file.
func (u *upload) Commit() error { return u.commit(Put{}) }

// CommitAs sends the file to another path.
func (u *upload) CommitAs(path string) error {
	u.path = path
	return u.Commit()
}

// CommitNew sends the file unless one is there.
func (u *upload) CommitNew() error { return u.commit(Put{New: true}) }

// CommitUnsynced is Commit: a bucket has what it says it has.
func (u *upload) CommitUnsynced() error { return u.commit(Put{}) }

func (u *upload) commit(how Put) error {
	size, err := u.Seek(0, io.SeekEnd)
	if err == nil {
		err = send(u.path, io.NewSectionReader(u.File, 0, size), how)
	}
	return errors.Join(err, u.Abort())
}

// Abort throws away what was not sent.
func (u *upload) Abort() error {
	if u.done {
		return nil
	}
	u.done = true
	err := u.Close()
	_ = os.Remove(u.Name()) // most often it is gone already
	return err
}

// send makes an object of a file.
func send(path string, body *io.SectionReader, how Put) error {
	h := sha256.New()
	if _, err := io.Copy(h, body); err != nil {
		return fmt.Errorf("write %s: %w", Name(path), err)
	}
	how.SHA256 = hex.EncodeToString(h.Sum(nil))
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("write %s: %w", Name(path), err)
	}
	return call("write", path, body.Size(), func(ctx context.Context, b Bucket, key string) error { return b.Put(ctx, key, body, how) })
}

// Write makes a file in one.
func Write(path string, data []byte) error {
	if !Remote(path) {
		return atomicfile.Write(path, data)
	}
	return sendBytes(path, data, Put{})
}

func sendBytes(path string, data []byte, how Put) error {
	return send(path, io.NewSectionReader(bytes.NewReader(data), 0, int64(len(data))), how)
}

// WriteOver is Write in place of the version that ReadVersion gave, "" for
// nothing. In a bucket it fails with fs.ErrExist where another one is there; in
// a folder whoever writes holds its lock.
func WriteOver(path string, data []byte, version string) error {
	if !Remote(path) {
		return atomicfile.Write(path, data)
	}
	return sendBytes(path, data, Put{New: version == "", Over: version})
}

// Copy copies a file from anywhere to anywhere. It does not wait for the disk.
func Copy(from, to string) error {
	in, _, err := Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	return CopyOf(in, to, func() error { return nil })
}

// CopyOf copies an open file. Sound is asked before the copy gets its name.
func CopyOf(in File, to string, sound func() error) error {
	out, err := Create(to)
	if err != nil {
		return err
	}
	if _, err := out.ReadFrom(in); err != nil { // without a copy where the file system can share blocks
		return errors.Join(fmt.Errorf("copy: %w", atomicfile.Explain(err)), out.Abort())
	}
	if err := sound(); err != nil {
		return errors.Join(err, out.Abort())
	}
	return out.CommitUnsynced()
}
