package rowfile

import (
	"fmt"

	"github.com/habitue-data/habitue/internal/store"
)

// Stamp is by what a file is known again without reading it whole: whoever puts
// another file in its place, or writes to it, changes one of the two. What was
// found of a file (its hash, its blocks) is of the file of that stamp. The zero
// Stamp is of a file that nobody looked at.
//
// The number of the file was rejected: file systems that a cluster shares show
// each machine another one.
type Stamp struct {
	Size    int64 `json:"size"`
	Written int64 `json:"written"` // nanoseconds since 1970; of a bucket whole seconds
}

// stampOf is the stamp of an open file as it is now.
func stampOf(f store.File) (Stamp, error) {
	info, err := f.Stat()
	if err != nil {
		return Stamp{}, err
	}
	return Stamp{info.Size(), info.ModTime().UnixNano()}, nil
}

// Check refuses an open file that is not, or not any more, the one of the stamp.
// Who reads a file asks before and after.
func (s Stamp) Check(f store.File, path string) error {
	now, err := stampOf(f)
	if err != nil {
		return Fault(path, 0, 0, fmt.Sprintf("the file cannot be looked at: %v", err), "")
	}
	if s != (Stamp{}) && s != now {
		return Fault(path, 0, 0, "the file was replaced, or written to, while it was read", "deliver files when no run reads them, under another name, and rename them when they are whole; run again")
	}
	return nil
}

// OpenSame opens the file of a stamp: any, where that is the zero one.
func OpenSame(path string, s Stamp) (store.File, Stamp, error) {
	f, now, err := OpenFile(path)
	if err != nil {
		return nil, now, err
	}
	if err := s.Check(f, path); err != nil {
		_ = f.Close() // nothing was read of it
		return nil, now, err
	}
	return f, now, nil
}
