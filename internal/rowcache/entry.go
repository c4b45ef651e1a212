package rowcache

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/habitue-data/habitue/internal/atomicfile"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/zeebo/xxh3"
)

// An entry is a row of frames, each with its length before it, a frame of no
// length, and the hash of all that. A frame is one chunk, packed.

// errBroken is the error of an entry that is not as it was written.
var errBroken = errors.New("the entry is not whole")

// writer writes an entry.
type writer struct {
	cache *Cache
	file  *atomicfile.File
	out   *bufio.Writer
	hash  *xxh3.Hasher
	plain []byte
	bytes []byte
}

func (c *Cache) create(name string) (*writer, error) {
	f, err := atomicfile.Create(filepath.Join(c.own, name))
	if err != nil {
		return nil, err
	}
	w := &writer{cache: c, file: f, hash: xxh3.New()}
	w.out = bufio.NewWriterSize(io.MultiWriter(f, w.hash), 64<<10)
	return w, nil
}

// add writes a chunk.
func (w *writer) add(k *columns.Chunk) error {
	w.plain = appendChunk(w.plain[:0], k)
	w.bytes = w.cache.pack.EncodeAll(w.plain, append(w.bytes[:0], 0, 0, 0, 0))
	binary.LittleEndian.PutUint32(w.bytes, uint32(len(w.bytes)-4))
	_, err := w.out.Write(w.bytes)
	return err
}

// commit gives the entry its name. It is not synced: what a power cut leaves
// of it is told by the hash.
func (w *writer) commit() {
	_, err := w.out.Write([]byte{0, 0, 0, 0})
	if err = errors.Join(err, w.out.Flush()); err == nil {
		_, err = w.file.Write(binary.LittleEndian.AppendUint64(nil, w.hash.Sum64()))
	}
	if err != nil {
		w.abort()
		return
	}
	_ = w.file.CommitUnsynced() // where it fails there is no entry
}

// abort drops the entry; that its temporary could not be removed is for the
// next sweep to mend.
func (w *writer) abort() { _ = w.file.Abort() }

// reader gives the rows of an entry.
type reader struct {
	cache *Cache
	file  *os.File
	in    *bufio.Reader
	bytes []byte
	plain []byte
	first int64 // number in the block of the next chunk's first row
	texts texts
}

// open checks that an entry is whole before any row of it is given. A
// broken one is deleted.
func (c *Cache) open(path string) (*reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the cache: %w: %w", errBroken, err)
	}
	if err := check(f); err != nil {
		err = errors.Join(err, f.Close())
		_ = os.Remove(path) // it is of no use, and made anew over it where this fails
		return nil, fmt.Errorf("read the cache: %w", err)
	}
	return &reader{cache: c, file: f, in: bufio.NewReaderSize(f, 64<<10)}, nil
}

// check compares the entry with its hash and goes back to its beginning.
func check(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	size := info.Size() - 8
	if size < 4 {
		return errBroken
	}
	h := xxh3.New()
	var sum [8]byte
	if _, err := io.CopyN(h, f, size); err != nil {
		return errors.Join(errBroken, err)
	}
	if _, err := io.ReadFull(f, sum[:]); err != nil || binary.LittleEndian.Uint64(sum[:]) != h.Sum64() {
		return errBroken
	}
	_, err = f.Seek(0, io.SeekStart)
	return err
}

// Read fills k with the next rows. Their texts are good until the next Read
// or Close.
func (r *reader) Read(k *columns.Chunk) error {
	if r.texts.err != nil {
		return r.texts.err
	}
	if err := r.texts.ctx.Err(); err != nil {
		return err
	}
	var length [4]byte
	if _, err := io.ReadFull(r.in, length[:]); err != nil {
		return fmt.Errorf("read the cache: %w", err)
	}
	n := binary.LittleEndian.Uint32(length[:])
	if n == 0 {
		k.Reset()
		return io.EOF
	}
	if uint32(cap(r.bytes)) < n {
		r.bytes = make([]byte, n)
	}
	r.bytes = r.bytes[:n]
	if _, err := io.ReadFull(r.in, r.bytes); err != nil {
		return fmt.Errorf("read the cache: %w", err)
	}
	var err error
	if r.plain, err = r.cache.unpack.DecodeAll(r.bytes, r.plain[:0]); err != nil {
		return fmt.Errorf("read the cache: %w", err)
	}
	if err := readChunk(r.plain, k); err != nil {
		return fmt.Errorf("read the cache: %w", err)
	}
	first := r.first
	k.RawOf = func(i int) []byte { return r.texts.text(first + int64(i)) }
	r.first += int64(k.N)
	return nil
}

// Close lets the entry go. A row's text that could not be found is told here
// too, for a caller who reads no further.
func (r *reader) Close() error {
	return errors.Join(r.texts.err, r.texts.close(), r.file.Close())
}
