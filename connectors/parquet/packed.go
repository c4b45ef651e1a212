package parquet

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/format"
)

// checkPacked looks into a compressed page of the two codecs whose decoders
// take memory without bound where the bytes are damaged: Snappy's for the
// length that stands in front, LZ4's ever more until the bytes fit.
func checkPacked(file io.ReaderAt, at int64, h *format.PageHeader, codec format.CompressionCodec) error {
	length := int64(h.CompressedPageSize)
	if v := h.DataPageHeaderV2; v.Valid {
		if v.V.IsCompressed.Valid && !v.V.IsCompressed.V {
			return nil
		}
		levels := int64(v.V.RepetitionLevelsByteLength) + int64(v.V.DefinitionLevelsByteLength)
		if levels < 0 || levels > length {
			return fmt.Errorf("a page at byte %d has %d bytes of levels in %d", at, levels, length)
		}
		at, length = at+levels, length-levels
	}
	if length == 0 {
		return nil
	}
	var plain int64
	switch codec {
	case format.Snappy:
		b := make([]byte, min(length, binary.MaxVarintLen64))
		if _, err := file.ReadAt(b, at); err != nil {
			return err
		}
		n, _ := binary.Uvarint(b)
		plain = int64(min(n, 1<<40))
	case format.Lz4Raw:
		b := make([]byte, length)
		if _, err := file.ReadAt(b, at); err != nil {
			return err
		}
		var ok bool
		if plain, ok = lz4Length(b); !ok {
			return fmt.Errorf("the page at byte %d is no LZ4 block", at)
		}
	}
	if plain > maxPageBytes {
		return fmt.Errorf("the page at byte %d unpacks to %d bytes, more than %d", at, plain, maxPageBytes)
	}
	return nil
}

// lz4Length goes through an LZ4 block without unpacking it, and gives the
// length of what it unpacks to.
func lz4Length(b []byte) (plain int64, ok bool) {
	more := func(n int64) (int64, bool) { // a length of 15 goes on in the next bytes
		for n >= 15 {
			if len(b) == 0 {
				return 0, false
			}
			c := b[0]
			b, n = b[1:], n+int64(c)
			if c != 255 {
				break
			}
		}
		return n, true
	}
	for len(b) > 0 {
		token := b[0]
		b = b[1:]
		literals, ok := more(int64(token >> 4))
		if !ok || literals > int64(len(b)) {
			return 0, false
		}
		b, plain = b[literals:], plain+literals
		if len(b) == 0 {
			return plain, true // the last sequence has literals only
		}
		if len(b) < 2 {
			return 0, false
		}
		if back := int64(binary.LittleEndian.Uint16(b)); back == 0 || back > plain {
			return 0, false
		}
		b = b[2:]
		match, ok := more(int64(token & 15))
		if !ok {
			return 0, false
		}
		plain += match + 4
	}
	return plain, false
}
