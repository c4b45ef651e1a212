package rowfile

import (
	"bufio"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
)

// errTrailing is what follows compressed data and belongs to nothing.
var errTrailing = errors.New("something else follows the compressed data")

// gzipParts reads a gzip file part by part, as several that were put
// together are, and lets zeros behind the last one be: tapes and some object
// stores fill up with them.
type gzipParts struct {
	in *bufio.Reader
	z  *gzip.Reader
}

func newGzipParts(r io.Reader) (*gzipParts, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	z.Multistream(false)
	return &gzipParts{in, z}, nil
}

func (p *gzipParts) Read(b []byte) (n int, err error) {
	for n == 0 && err == nil {
		if n, err = p.z.Read(b); err == io.EOF {
			err = p.next()
		}
	}
	return n, err
}

// next goes to the next part; io.EOF where there is none.
func (p *gzipParts) next() error {
	head, err := p.in.Peek(2)
	if len(head) == 2 && compressionOf(head) == Gzip {
		if err := p.z.Reset(p.in); err == io.EOF {
			return io.ErrUnexpectedEOF
		} else if err != nil {
			return err
		}
		p.z.Multistream(false)
		return nil
	}
	for err == nil || err == io.EOF {
		var b byte
		if b, err = p.in.ReadByte(); err == io.EOF {
			return io.EOF
		} else if err == nil && b != 0 {
			return errTrailing
		}
	}
	return err
}
