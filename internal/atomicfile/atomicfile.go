// Package atomicfile writes files that are there whole or not at all: into
// a temporary in the same folder, synced, then renamed over the target, then
// the folder synced. After a kill at any moment the target is the old file
// or the new one; what may be left is a temporary, which Sweep removes.
//
// It does not order writes to several files: whoever commits many files
// writes a last one that names them. Writing in place with a backup copy was
// rejected: a reader that comes in between sees neither.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/habitue-data/habitue/internal/fault"
)

// File is a file being written. Its target is untouched until Commit.
type File struct {
	*os.File
	target string
	done   bool
}

// Create starts a file that will stand at path. Its folder is made where it
// is not there.
func Create(path string) (*File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, Explain(fmt.Errorf("make the folder of %s: %w", path, err))
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+mark+"*")
	if err != nil {
		return nil, Explain(fmt.Errorf("create %s: %w", path, err))
	}
	if err := f.Chmod(0o644); err != nil { // CreateTemp gives 0600: a BI tool of another user must be able to read
		return nil, errors.Join(fmt.Errorf("create %s: %w", path, err), f.Close(), os.Remove(f.Name()))
	}
	return &File{File: f, target: path}, nil
}

// Write writes on, and tells a full disk as such.
func (f *File) Write(b []byte) (int, error) {
	n, err := f.File.Write(b)
	return n, Explain(err)
}

// Commit makes what was written the file at the target, in place of the one
// that was there.
func (f *File) Commit() error { return f.commit(os.Rename) }

// CommitAs is Commit under another name in the target's folder: one that tells
// of what was written.
func (f *File) CommitAs(path string) error {
	f.target = path
	return f.Commit()
}

// CommitNew is Commit that fails with fs.ErrExist where the target is there
// already, also when two processes try at once.
func (f *File) CommitNew() error {
	return f.commit(func(from, to string) error {
		if err := os.Link(from, to); err != nil {
			return err
		}
		return os.Remove(from)
	})
}

// CommitUnsynced is Commit without a wait for the disk: after a power cut
// the target may be cut short or empty. It is for what is checked when it is
// read and can be done without; of a thousand small files the waits take
// seconds.
func (f *File) CommitUnsynced() error {
	err := f.Close()
	if err == nil {
		err = os.Rename(f.Name(), f.target)
	}
	f.done = true
	if err != nil {
		return Explain(errors.Join(fmt.Errorf("write %s: %w", f.target, err), removed(f.Name())))
	}
	return nil
}

func (f *File) commit(place func(from, to string) error) error {
	err := f.Sync()
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = place(f.Name(), f.target)
	}
	f.done = true
	if err != nil {
		return Explain(errors.Join(fmt.Errorf("write %s: %w", f.target, err), removed(f.Name())))
	}
	return SyncDir(filepath.Dir(f.target))
}

// Abort removes the temporary. After Commit it does nothing, so that it can
// be deferred.
func (f *File) Abort() error {
	if f.done {
		return nil
	}
	f.done = true
	return errors.Join(f.Close(), removed(f.Name()))
}

// Write is Create, Write and Commit in one.
func Write(path string, data []byte) error {
	f, err := Create(path)
	if err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), f.Abort())
	}
	return f.Commit()
}

// SyncDir makes the names in a folder last through a power cut.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync the folder %s: %w", dir, err)
	}
	err = d.Sync()
	if closed := d.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return Explain(fmt.Errorf("sync the folder %s: %w", dir, err))
	}
	return nil
}

// Explain gives an error that came from a full disk the exit code NoSpace
// and says what to do; every other error stays as it is.
func Explain(err error) error {
	if !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, syscall.EDQUOT) || fault.CodeOf(err) == fault.NoSpace {
		return err
	}
	return fault.With(fmt.Errorf("the disk is full; what stood there before is unchanged, free some space and run again: %w", err), fault.NoSpace)
}

func removed(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the temporary %s: %w", path, err)
	}
	return nil
}
