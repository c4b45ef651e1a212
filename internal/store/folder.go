package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/habitue-data/habitue/internal/atomicfile"
	"golang.org/x/sync/errgroup"
)

// folder is the prefix of what is in a folder of a bucket.
func folder(key string) string {
	if key == "" {
		return ""
	}
	return key + "/"
}

// info is an object, or a folder of them, as package fs has it.
type info struct{ o Object }

func (i info) Name() string       { return path.Base(i.o.Key) }
func (i info) Size() int64        { return i.o.Size }
func (i info) ModTime() time.Time { return i.o.Time }
func (i info) IsDir() bool        { return strings.HasSuffix(i.o.Key, "/") }
func (i info) Sys() any           { return i.o }
func (i info) Mode() fs.FileMode {
	if i.IsDir() {
		return fs.ModeDir | 0o755
	}
	return 0o644
}

// list are the objects of a folder of a bucket, or of all below it.
func list(path string, deep bool) (found []Object, err error) {
	err = call("list", path, 0, func(ctx context.Context, b Bucket, key string) error {
		found, err = b.List(ctx, folder(key), deep)
		return err
	})
	return found, err
}

// Glob are the paths of the objects whose keys begin with the path's.
func Glob(path string) (paths []string, err error) {
	err = call("list", path, 0, func(ctx context.Context, b Bucket, key string) error {
		found, err := b.List(ctx, key, true)
		at, _ := split(path)
		for _, o := range found {
			if !strings.HasSuffix(o.Key, "/") {
				paths = append(paths, at+"/"+o.Key)
			}
		}
		return err
	})
	return paths, err
}

// ReadDir are the files and folders of a folder, by name. Of a bucket one
// without a file is not there.
func ReadDir(dir string) ([]fs.DirEntry, error) {
	if !Remote(dir) {
		return os.ReadDir(dir)
	}
	found, err := list(dir, false)
	if err != nil {
		return nil, err
	}
	var entries []fs.DirEntry
	seen := map[string]time.Time{}
	for _, o := range found {
		if of, ok := strings.CutSuffix(o.Key, touched); ok {
			seen[of] = o.Time
		}
	}
	for _, o := range found {
		if strings.HasSuffix(o.Key, touched) {
			continue
		}
		if t, ok := seen[o.Key]; ok {
			o.Time = t
		}
		entries = append(entries, fs.FileInfoToDirEntry(info{o}))
	}
	if entries == nil {
		return nil, &fs.PathError{Op: "list", Path: Name(dir), Err: fs.ErrNotExist}
	}
	return entries, nil
}

// Walk calls visit for what is below a folder, by its path from there, with
// slashes. Of a bucket it is told of the folders of the first level alone; a
// folder for which it says fs.SkipDir is not looked into.
func Walk(dir string, visit func(rel string, d fs.DirEntry) error) error {
	if !Remote(dir) {
		return filepath.WalkDir(dir, func(at string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(dir, at)
			if err != nil || rel == "." {
				return err
			}
			return visit(filepath.ToSlash(rel), d)
		})
	}
	top, err := list(dir, false)
	if err != nil {
		return err
	}
	_, key := split(dir)
	for _, o := range top {
		rel := strings.Trim(strings.TrimPrefix(o.Key, folder(key)), "/")
		i := info{o}
		if err := visit(rel, fs.FileInfoToDirEntry(i)); errors.Is(err, fs.SkipDir) && i.IsDir() {
			continue
		} else if err != nil {
			return err
		}
		if !i.IsDir() {
			continue
		}
		below, err := list(Join(dir, rel), true)
		if err != nil {
			return err
		}
		for _, o := range below {
			if err := visit(strings.TrimPrefix(o.Key, folder(key)), fs.FileInfoToDirEntry(info{o})); err != nil {
				return err
			}
		}
	}
	return nil
}

// Remove removes a file.
func Remove(path string) error {
	if !Remote(path) {
		return os.Remove(path)
	}
	return call("remove", path, 0, func(ctx context.Context, b Bucket, key string) error { return b.Delete(ctx, key) })
}

// RemoveEmpty removes a folder unless something is in it. A bucket has none.
func RemoveEmpty(dir string) error {
	if Remote(dir) {
		return nil
	}
	err := os.Remove(dir)
	if err == nil || errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if entries, listed := os.ReadDir(dir); listed == nil && len(entries) > 0 {
		return nil
	}
	return err
}

// RemoveAll removes a folder with all below it, where it is there.
func RemoveAll(dir string) error {
	if !Remote(dir) {
		return removeFolder(dir)
	}
	found, err := list(dir, true)
	if err != nil {
		return err
	}
	at, _ := split(dir)
	var g errgroup.Group
	g.SetLimit(sideBySide)
	for _, o := range found {
		g.Go(func() error {
			if err := Remove(at + "/" + o.Key); !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			return nil
		})
	}
	return g.Wait()
}

// removeFolder deletes a folder into which somebody may still be writing: a job
// that was told to stop goes on for a while on some clusters. A file that came
// while the folder was being emptied is no reason to give up.
func removeFolder(dir string) (err error) {
	for range 100 {
		if err = os.RemoveAll(dir); !errors.Is(err, syscall.ENOTEMPTY) {
			return err
		}
	}
	return err
}

// sideBySide is how many requests are under way at once, where there are many.
const sideBySide = 8

// Parallel is how many files of a folder are best handled at once: a disk has
// one arm, a bucket answers late but many.
func Parallel(dir string) int {
	if Remote(dir) {
		return sideBySide
	}
	return 1
}

// MkdirAll makes a folder. A bucket has those that it needs.
func MkdirAll(dir string) error {
	if Remote(dir) {
		return nil
	}
	return os.MkdirAll(dir, 0o755)
}

// SyncDir makes the names in a folder last through a power cut, as those in a
// bucket do.
func SyncDir(dir string) error {
	if Remote(dir) {
		return nil
	}
	return atomicfile.SyncDir(dir)
}

// Sweep removes the temporaries in a folder and below, and returns their paths
// from there. A bucket has none.
func Sweep(dir string) (swept []string, err error) {
	if Remote(dir) {
		return nil, nil
	}
	swept, err = atomicfile.Sweep(dir)
	for i, path := range swept {
		rel, _ := filepath.Rel(dir, path)
		swept[i] = filepath.ToSlash(rel)
	}
	return swept, err
}

// touched ends the name of the empty object that bears the time that another
// one was given: in a bucket a file has the time at which it was written.
const touched = ".touched"

// RemoveTouched is Remove for a file that Touch gave a time.
func RemoveTouched(path string) error {
	if Remote(path) {
		if err := Remove(path + touched); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return Remove(path)
}

// Touch says that a file was seen at a time: ReadDir tells it as the file's. A
// bucket takes its own clock.
func Touch(path string, at time.Time) error {
	if Remote(path) {
		return sendBytes(path+touched, nil, Put{})
	}
	return os.Chtimes(path, at, at)
}
