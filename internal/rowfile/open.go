package rowfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"github.com/habitue-data/habitue/internal/store"
)

// OpenFile opens a file for reading and tells its stamp. What a person can
// put right (not there, a folder, no permission, links in a circle) is a
// fault that says which. A pipe or device is refused before it is opened:
// opening one may wait for ever, and it cannot be read twice.
func OpenFile(path string) (f store.File, s Stamp, err error) {
	if !store.Remote(path) {
		if err := regular(path); err != nil {
			return nil, s, err
		}
	}
	if f, _, err = store.Open(path); err != nil {
		return nil, s, openFault(path, err)
	}
	if s, err = stampOf(f); err != nil {
		return nil, s, errors.Join(openFault(path, err), f.Close())
	}
	return f, s, nil
}

// regular refuses what is no file.
func regular(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return openFault(path, err)
	}
	switch {
	case info.IsDir():
		return Fault(path, 0, 0, "this is a folder, not a file", "name a file in it, or a pattern such as *.csv")
	case !info.Mode().IsRegular():
		return Fault(path, 0, 0, fmt.Sprintf("this is no regular file (%s)", info.Mode().Type()), "write its content to a file first")
	}
	return nil
}

func openFault(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Fault(path, 0, 0, "the file is not there", "deliver it, or correct the path (a link may point nowhere)")
	case errors.Is(err, fs.ErrPermission):
		return Fault(path, 0, 0, "no permission to read the file", "give the user of this program the right to read it and to enter its folders")
	case errors.Is(err, syscall.ELOOP):
		return Fault(path, 0, 0, "the symbolic links of this path lead in a circle", "point the link at a file")
	case errors.Is(err, syscall.ENOTDIR):
		return Fault(path, 0, 0, "a part of the path is a file, not a folder", "correct the path")
	}
	return Fault(path, 0, 0, fmt.Sprintf("the file cannot be opened: %v", err), "")
}

// readFull reads len(b) bytes at an offset. A file that ends before was cut
// while it was read.
func readFull(f io.ReaderAt, path string, b []byte, offset int64) error {
	n, err := f.ReadAt(b, offset)
	switch {
	case n == len(b):
		return nil
	case err == io.EOF:
		return Fault(path, 0, 0, "the file became shorter while it was read", "deliver files under another name and rename them when they are whole")
	}
	return Fault(path, 0, 0, fmt.Sprintf("reading failed at byte %d: %v", offset+int64(n), err), "")
}
