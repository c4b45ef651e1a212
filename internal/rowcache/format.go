package rowcache

import (
	"context"
	"errors"
	"io"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/rowfile"
)

// Of is a format whose blocks are read from the cache where it has them, and
// kept in it where not. sha256 is the hash of the file, as rowfile.Info has
// it.
func (c *Cache) Of(inner rowfile.Format, sha256 string) rowfile.Format {
	return format{Format: inner, cache: c, sha256: sha256}
}

type format struct {
	rowfile.Format
	cache  *Cache
	sha256 string
}

// Open reads a block from its entry, or from the file where there is none
// that is whole.
func (f format) Open(ctx context.Context, b rowfile.Block, want []string) (rowfile.Reader, error) {
	name := entry(f.sha256, b, want)
	if path := f.cache.find(name); path != "" {
		r, err := f.cache.open(path)
		if err == nil {
			r.texts = texts{ctx: ctx, inner: f.Format, block: b, want: want}
			return r, nil
		}
		if !errors.Is(err, errBroken) {
			return nil, err
		}
	}
	r, err := f.Format.Open(ctx, b, want)
	if err != nil {
		return nil, err
	}
	return f.cache.keep(r, name), nil
}

// texts finds the whole text of a row in the file itself, going through it
// once for rows that are asked for in order.
type texts struct {
	ctx    context.Context
	inner  rowfile.Format
	block  rowfile.Block
	want   []string
	reader rowfile.Reader
	chunk  columns.Chunk
	first  int64 // number in the block of the chunk's first row
	err    error
}

// text is the text of row i of the block; nil, and an error kept for the
// reader to return, where the file cannot be read again.
func (t *texts) text(i int64) []byte {
	if t.err != nil {
		return nil
	}
	if t.reader == nil || i < t.first {
		if t.err = t.close(); t.err != nil {
			return nil
		}
		r, err := t.inner.Open(t.ctx, t.block, t.want)
		if err != nil {
			t.err = err
			return nil
		}
		t.reader, t.first, t.chunk.N = r, 0, 0
	}
	for i >= t.first+int64(t.chunk.N) {
		t.first += int64(t.chunk.N)
		if t.err = t.reader.Read(&t.chunk); t.err != nil {
			if t.err == io.EOF {
				t.err = rowfile.Fault(t.block.Path, 0, 0, "the file became shorter while it was read", "deliver files under another name and rename them when they are whole")
			}
			return nil
		}
	}
	return t.chunk.Raw(int(i - t.first))
}

func (t *texts) close() error {
	if t.reader == nil {
		return nil
	}
	err := t.reader.Close()
	t.reader = nil
	return err
}

// keeper hands on what a reader gives and writes it down.
type keeper struct {
	rowfile.Reader
	out *writer // nil once there is nothing to keep
}

// keep begins an entry. That it cannot be written harms nobody: then there
// is none.
func (c *Cache) keep(r rowfile.Reader, name string) rowfile.Reader {
	out, err := c.create(name)
	if err != nil {
		return r
	}
	return &keeper{r, out}
}

// Read reads on; at the end the entry is whole.
func (k *keeper) Read(chunk *columns.Chunk) error {
	err := k.Reader.Read(chunk)
	if k.out == nil {
		return err
	}
	switch {
	case err == io.EOF:
		k.out.commit()
		k.out = nil
	case err != nil:
		k.drop()
	default:
		if k.out.add(chunk) != nil {
			k.drop()
		}
	}
	return err
}

func (k *keeper) drop() {
	k.out.abort()
	k.out = nil
}

// Close lets the file go; an entry that was not read to its end is dropped.
func (k *keeper) Close() error {
	if k.out != nil {
		k.drop()
	}
	return k.Reader.Close()
}
