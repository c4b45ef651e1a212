package rowfile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// buffers are buffers of the size of a piece or block that nobody uses.
var buffers sync.Pool

func getBuffer(size int) []byte {
	if b, ok := buffers.Get().(*[]byte); ok && cap(*b) >= size {
		return (*b)[:size]
	}
	return make([]byte, size)
}

// putBuffer keeps big buffers only: a small one is cheaper made than found.
func putBuffer(b []byte) {
	if b = b[:cap(b)]; len(b) >= windowSize {
		buffers.Put(&b)
	}
}

// Pieces reads a file once, in pieces that are read side by side, and
// returns the content hash and what look made of each piece, in order. look
// is called by several goroutines and must not keep the bytes.
func Pieces[T any](ctx context.Context, f io.ReaderAt, path string, size, piece int64, look func(offset int64, b []byte) T) (string, []T, error) {
	n := int((size + piece - 1) / piece)
	sums := make([]byte, n*sha256.Size)
	found := make([]T, n)
	one := func(i int, buf []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		offset := int64(i) * piece
		b := buf[:min(piece, size-offset)]
		if err := readFull(f, path, b, offset); err != nil {
			return err
		}
		sum := sha256.Sum256(b)
		copy(sums[i*sha256.Size:], sum[:])
		found[i] = look(offset, b)
		return nil
	}
	if err := each(n, int(min(piece, size)), one); err != nil {
		return "", nil, err
	}
	whole := sha256.Sum256(sums)
	return hex.EncodeToString(whole[:]), found, nil
}

// each calls one for 0 to n-1 with a buffer, side by side where that pays.
func each(n, size int, one func(i int, buf []byte) error) error {
	var next atomic.Int64
	work := func() error {
		buf := getBuffer(size)
		defer putBuffer(buf)
		for {
			i := int(next.Add(1)) - 1
			if i >= n {
				return nil
			}
			if err := one(i, buf); err != nil {
				return err
			}
		}
	}
	workers := min(n, runtime.GOMAXPROCS(0))
	if workers <= 1 {
		return work()
	}
	var group errgroup.Group
	for range workers {
		group.Go(work)
	}
	return group.Wait()
}
