package store

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"
	"sync"
)

// object is an open object. Small reads are served from pieces that are kept:
// a request for a few bytes takes as long as one for a megabyte.
type object struct {
	path string
	seen Object
	at   int64 // of Read

	mu     sync.Mutex
	pieces []piece // the one used last stands last
}

type piece struct {
	offset int64
	data   []byte
}

const (
	pieceSize = 1 << 20
	maxPieces = 16
)

// openObject asks for the first piece at once: it tells the size too, and of most
// files it is all there is.
func openObject(path string) (File, int64, error) {
	f := &object{path: path}
	err := call("open", path, pieceSize, func(ctx context.Context, b Bucket, key string) error {
		r, now, err := b.Read(ctx, key, 0, pieceSize)
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return err
			}
			if empty, failed := b.Stat(ctx, key); failed == nil && empty.Size == 0 { // no byte of it can be asked for
				f.seen = empty
				return nil
			}
			return err
		}
		defer r.Close()
		f.seen = now
		first := make([]byte, min(pieceSize, now.Size))
		if err := readFull(r, first, 0); err != nil {
			return err
		}
		f.pieces = []piece{{0, first}}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	return f, f.seen.Size, nil
}

// Read reads on.
func (f *object) Read(b []byte) (int, error) {
	n, err := f.ReadAt(b[:min(len(b), pieceSize-int(f.at%pieceSize))], f.at)
	f.at += int64(n)
	if n > 0 && err == io.EOF {
		err = nil
	}
	return n, err
}

// ReadAt reads at an offset. Several goroutines may.
func (f *object) ReadAt(b []byte, offset int64) (n int, err error) {
	if left := max(0, f.seen.Size-offset); int64(len(b)) > left {
		b, err = b[:left], io.EOF
	}
	if len(b) >= pieceSize {
		if err := f.fetch(b, offset); err != nil {
			return 0, err
		}
		return len(b), err
	}
	for n < len(b) {
		at := offset + int64(n)
		p, err := f.piece(at / pieceSize * pieceSize)
		if err != nil {
			return n, err
		}
		n += copy(b[n:], p[at%pieceSize:])
	}
	return n, err
}

// piece is the piece of the file at an offset.
func (f *object) piece(offset int64) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var p piece
	if i := slices.IndexFunc(f.pieces, func(p piece) bool { return p.offset == offset }); i >= 0 {
		p = f.pieces[i]
		f.pieces = slices.Delete(f.pieces, i, i+1)
	} else {
		p = piece{offset, make([]byte, min(pieceSize, f.seen.Size-offset))}
		if err := f.fetch(p.data, offset); err != nil {
			return nil, err
		}
		if len(f.pieces) == maxPieces {
			f.pieces = slices.Delete(f.pieces, 0, 1)
		}
	}
	f.pieces = append(f.pieces, p)
	return p.data, nil
}

func (f *object) fetch(b []byte, offset int64) error {
	return call("read", f.path, int64(len(b)), func(ctx context.Context, bucket Bucket, _ string) error {
		return readRange(ctx, bucket, f.seen, b, offset)
	})
}

// Stat tells of the object that was opened: one that took its place is an error
// of reading on.
func (f *object) Stat() (fs.FileInfo, error) { return info{f.seen}, nil }

// Close lets the file go.
func (f *object) Close() error { return nil }
