package parquet

import (
	"io"
	"sort"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// lz4Pages are the pages of a column under headers that say nothing of how
// much a page unpacks to. The library (v0.32.0) unpacks LZ4 into memory of its
// own where three times the packed bytes do not fit what the header makes it
// take, and then, if the length is just the one of the header, goes on with
// the memory that it has not written to. Told 0, it takes what it unpacked.
type lz4Pages struct {
	file  io.ReaderAt
	parts []lz4Part
	end   int64 // of the parts so far
}

// lz4Part is a header, or the bytes of a page as they lie in the file.
type lz4Part struct {
	end    int64 // where it ends for who reads
	header []byte
	shift  int64 // from there to the file
}

// add appends a page that lies at a place of the file.
func (p *lz4Pages) add(h *format.PageHeader, at int64) {
	told := *h
	told.UncompressedPageSize = 0
	var protocol thrift.CompactProtocol
	header, err := thrift.Marshal(&protocol, &told)
	if err != nil {
		panic(err) // guard makes it a fault of the file: it was read from there
	}
	p.end += int64(len(header))
	p.parts = append(p.parts, lz4Part{end: p.end, header: header})
	shift := at - p.end
	p.end += int64(h.CompressedPageSize)
	p.parts = append(p.parts, lz4Part{end: p.end, shift: shift})
}

// of gives the pages to who reads a column chunk, which takes its length
// from the footer: there it is the one of the headers as they came.
func (p *lz4Pages) of(chunk *parquet.FileColumnChunk, m *format.ColumnMetaData) *parquet.FilePages {
	length := m.TotalCompressedSize
	m.TotalCompressedSize = p.end - firstPage(m)
	defer func() { m.TotalCompressedSize = length }()
	return chunk.PagesFrom(p)
}

// ReadAt reads as if the headers had always been like this.
func (p *lz4Pages) ReadAt(b []byte, at int64) (n int, err error) {
	for i := sort.Search(len(p.parts), func(i int) bool { return p.parts[i].end > at }); i < len(p.parts) && n < len(b); i++ {
		part, from := &p.parts[i], at+int64(n)
		if part.header != nil {
			n += copy(b[n:], part.header[int64(len(part.header))-(part.end-from):])
			continue
		}
		m, err := p.file.ReadAt(b[n:n+int(min(int64(len(b)-n), part.end-from))], from+part.shift)
		if n += m; err != nil {
			return n, err
		}
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}
