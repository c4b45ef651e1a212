package parquet

import (
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// What a page may claim. Writers keep pages near 1 MiB.
const (
	maxPageBytes  = 256 << 20
	maxPageValues = 16 << 20
	maxHeader     = 1 << 20
)

// firstPage is where the pages of a column begin.
func firstPage(m *format.ColumnMetaData) int64 {
	if m.DictionaryPageOffset != 0 {
		return m.DictionaryPageOffset
	}
	return m.DataPageOffset
}

// checkPages goes over the page headers of a column, since the library takes
// memory for what they claim before it looks at what is there, and gives each
// good one to yield with the place of its page.
func checkPages(file io.ReaderAt, size int64, m *format.ColumnMetaData, yield func(h *format.PageHeader, at int64)) error {
	at := firstPage(m)
	end := min(size, at+m.TotalCompressedSize)
	for at < end { // not only so many values as the footer counts: it may be wrong as well
		h, n, err := pageHeader(file, at, end)
		if err != nil {
			return fmt.Errorf("the header of the page at byte %d %w", at, err)
		}
		at += n
		claimed := int64(h.DataPageHeader.V.NumValues) + int64(h.DataPageHeaderV2.V.NumValues) + int64(h.DictionaryPageHeader.V.NumValues)
		switch compressed, plain := int64(h.CompressedPageSize), int64(h.UncompressedPageSize); {
		case compressed < 0 || compressed > end-at:
			return fmt.Errorf("a page of %d bytes at byte %d, where its column has %d left", compressed, at, end-at)
		case plain < 0 || plain > maxPageBytes:
			return &problem{fmt.Sprintf("a page at byte %d is said to have %d bytes, more than %d", at, plain, maxPageBytes), "write smaller pages, or deliver the file again if it is damaged"}
		case claimed < 0 || claimed > maxPageValues:
			return &problem{fmt.Sprintf("a page at byte %d is said to have %d values, more than %d", at, claimed, maxPageValues), "write smaller pages, or deliver the file again if it is damaged"}
		default:
			if err := checkPacked(file, at, &h, m.Codec); err != nil {
				return err
			}
			yield(&h, at)
			at += compressed
		}
	}
	return nil
}

// pageHeader reads the header at a place and tells its length. It is read
// from a slice, whose length bounds every length inside.
func pageHeader(file io.ReaderAt, at, end int64) (h format.PageHeader, n int64, err error) {
	var protocol thrift.CompactProtocol
	for window := int64(256); ; window *= 8 {
		b := make([]byte, min(window, end-at))
		if _, err := file.ReadAt(b, at); err != nil {
			return h, 0, err
		}
		r := protocol.NewReaderFromBytes(b)
		h = format.PageHeader{}
		if err = thrift.NewDecoder(r).Decode(&h); err == nil {
			return h, int64(r.BytesRead()), nil
		}
		if window >= min(maxHeader, end-at) {
			return h, 0, fmt.Errorf("cannot be read: %w", err)
		}
	}
}
