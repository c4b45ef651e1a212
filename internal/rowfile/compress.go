package rowfile

import (
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// The compressions that Options names.
const (
	None = "none"
	Gzip = "gzip"
	Zstd = "zstd"
)

// compressionOf is the compression whose files begin like this. A zstd file
// may begin with a frame to be skipped (RFC 8878, 3.1.2), as pzstd writes it.
func compressionOf(first []byte) string {
	switch {
	case bytes.HasPrefix(first, []byte{0x1f, 0x8b}):
		return Gzip
	case bytes.HasPrefix(first, []byte{0x28, 0xb5, 0x2f, 0xfd}), len(first) == 4 && first[0]&0xf0 == 0x50 && bytes.Equal(first[1:], []byte{0x2a, 0x4d, 0x18}):
		return Zstd
	}
	return None
}

// compression is how the file is compressed: as it was declared, else as
// its first bytes say. The name of a file decides nothing: tools that
// unpack on download leave the name as it was.
func compression(f io.ReaderAt, path string, size int64, o Options) (string, error) {
	var head [4]byte
	first := head[:min(size, int64(len(head)))]
	if err := readFull(f, path, first, 0); err != nil {
		return "", err
	}
	switch o.Compression {
	case None:
		return None, nil
	case "":
		return compressionOf(first), nil
	case Gzip, Zstd:
		if size > 0 && compressionOf(first) != o.Compression {
			return "", Fault(path, 0, 0, fmt.Sprintf("the file is not compressed with %s", o.Compression), "leave compression out, it is found by the first bytes")
		}
		return o.Compression, nil
	}
	return "", Fault(path, 0, 0, fmt.Sprintf("compression %q is not known", o.Compression), "use none, gzip or zstd, or leave it out")
}

// decompress gives the plain bytes of r, and what must be called at the end.
func decompress(r io.Reader, how string) (io.Reader, func(), error) {
	if how == Gzip {
		z, err := newGzipParts(r)
		return z, func() {}, err
	}
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, nil, err
	}
	return z, z.Close, nil
}
