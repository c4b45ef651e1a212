package lake

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/klauspost/compress/s2"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

const (
	pageRows  = 16 << 10
	pageBytes = 1 << 20 // of text
)

// leafStats is what a row group's footer says of a column.
type leafStats struct {
	values, nulls int64 // levels; those without a value
	plainBytes    int64 // of the pages, headers too, before compression
	min, max      int64 // whole numbers and dates
	bounded       bool  // min and max hold
	encodings     []format.Encoding
}

func (l *leaf) pageIsFull() bool { return l.rows >= pageRows || len(l.text) >= pageBytes }

// scratch is memory that the pages of a file share.
type scratch struct {
	body, part, packed []byte
	header             bytes.Buffer
}

// endPage encodes, compresses and appends the page under way.
func (l *leaf) endPage(s *scratch) error {
	if l.rows == 0 {
		return nil
	}
	body := s.body[:0]
	if l.typ == customer.ListColumn {
		body = appendLevels(s, body, l.reps, 1, 0, false)
	}
	present := int64(len(l.defs))
	if l.maxDef > 0 {
		all := !slices.Contains(l.defs, 0) && l.maxDef == 1
		if !all {
			present = count(l.defs, l.maxDef)
		}
		body = appendLevels(s, body, l.defs, l.maxDef, l.maxDef, all)
	}
	enc, part, err := l.encode(s)
	if err != nil {
		return err
	}
	body = append(body, part...)
	s.body, s.part = body, part

	l.stats.values += int64(len(l.defs))
	l.stats.nulls += int64(len(l.defs)) - present
	if !slices.Contains(l.stats.encodings, enc) {
		l.stats.encodings = append(l.stats.encodings, enc)
	}
	header := format.PageHeader{Type: format.DataPage, DataPageHeader: thrift.New(format.DataPageHeader{
		NumValues: int32(len(l.defs)), Encoding: enc, DefinitionLevelEncoding: format.RLE, RepetitionLevelEncoding: format.RLE})}
	if l.out, err = l.appendPage(s, l.out, header, body); err != nil {
		return err
	}
	l.rows = 0
	l.defs, l.reps, l.bits, l.days, l.ints, l.floats = l.defs[:0], l.reps[:0], l.bits[:0], l.days[:0], l.ints[:0], l.floats[:0]
	l.text, l.offsets, l.index = l.text[:0], l.offsets[:1], l.index[:0]
	if l.inDict && l.dict.full() {
		l.inDict = false
	}
	return nil
}

// encode is the values of the page, without levels.
func (l *leaf) encode(s *scratch) (enc format.Encoding, part []byte, err error) {
	part = s.part[:0]
	switch {
	case l.typ == customer.TextColumn && l.inDict && len(l.dict.numbers) == 0:
		return format.Plain, part, nil // nothing but missing texts so far: there may never be a dictionary, and DuckDB would ask for it
	case l.typ == customer.TextColumn && l.inDict:
		part, err = (&rle.DictionaryEncoding{}).EncodeInt32(part, l.index)
		return format.RLEDictionary, part, err
	case l.typ == customer.TextColumn || l.typ == customer.ListColumn:
		part, err = (&delta.LengthByteArrayEncoding{}).EncodeByteArray(part, l.text, l.offsets)
		return format.DeltaLengthByteArray, part, err
	case l.typ == customer.BoolColumn:
		for i, bit := range l.bits {
			if i%8 == 0 {
				part = append(part, 0)
			}
			part[len(part)-1] |= bit << (i % 8)
		}
		return format.Plain, part, nil
	case l.typ == customer.FloatColumn:
		for _, f := range l.floats {
			part = binary.LittleEndian.AppendUint64(part, math.Float64bits(f))
		}
		return format.Plain, part, nil
	case l.typ == customer.DateColumn:
		if len(l.days) > 0 {
			l.stats.bound(int64(slices.Min(l.days)), int64(slices.Max(l.days)))
		}
		part, err = (&delta.BinaryPackedEncoding{}).EncodeInt32(part, l.days)
		return format.DeltaBinaryPacked, part, err
	}
	if len(l.ints) > 0 {
		l.stats.bound(slices.Min(l.ints), slices.Max(l.ints))
	}
	part, err = (&delta.BinaryPackedEncoding{}).EncodeInt64(part, l.ints)
	return format.DeltaBinaryPacked, part, err
}

func (s *leafStats) bound(least, greatest int64) {
	if !s.bounded {
		s.min, s.max, s.bounded = least, greatest, true
		return
	}
	s.min, s.max = min(s.min, least), max(s.max, greatest)
}

// statistics are in the form of the column's own type.
func (l *leaf) statistics() format.Statistics {
	s := format.Statistics{NullCount: l.stats.nulls}
	if !l.stats.bounded {
		return s
	}
	if l.typ == customer.DateColumn {
		s.MinValue = binary.LittleEndian.AppendUint32(nil, uint32(l.stats.min))
		s.MaxValue = binary.LittleEndian.AppendUint32(nil, uint32(l.stats.max))
		return s
	}
	s.MinValue = binary.LittleEndian.AppendUint64(nil, uint64(l.stats.min))
	s.MaxValue = binary.LittleEndian.AppendUint64(nil, uint64(l.stats.max))
	return s
}

// appendLevels appends a run of levels behind its length. Where all are the
// same one, it is a single run.
func appendLevels(s *scratch, body, levels []byte, most, same byte, all bool) []byte {
	if all {
		s.packed = append(binary.AppendUvarint(s.packed[:0], uint64(len(levels))<<1), same)
	} else {
		width := 1
		if most > 1 {
			width = 2
		}
		packed, err := (&rle.Encoding{BitWidth: width}).EncodeLevels(s.packed, levels)
		if err != nil {
			panic(fmt.Sprintf("lake: levels above %d: %v", most, err)) // cannot be: add makes them
		}
		s.packed = packed
	}
	body = binary.LittleEndian.AppendUint32(body, uint32(len(s.packed)))
	return append(body, s.packed...)
}

func count(levels []byte, level byte) (n int64) {
	for _, l := range levels {
		if l == level {
			n++
		}
	}
	return n
}

// appendPage appends header and body, compressed where that helps.
func (l *leaf) appendPage(s *scratch, dst []byte, header format.PageHeader, body []byte) ([]byte, error) {
	if len(body) > math.MaxInt32 {
		return nil, fmt.Errorf("a page of %d bytes: Parquet allows %d", len(body), math.MaxInt32)
	}
	packed, err := l.codec.compress(s, body)
	if err != nil {
		return nil, err
	}
	header.UncompressedPageSize, header.CompressedPageSize = int32(len(body)), int32(len(packed))
	s.header.Reset()
	if err := thrift.NewEncoder(new(thrift.CompactProtocol).NewWriter(&s.header)).Encode(&header); err != nil {
		return nil, fmt.Errorf("encode a page header: %w", err)
	}
	l.stats.plainBytes += int64(s.header.Len() + len(body))
	dst = append(dst, s.header.Bytes()...)
	return append(dst, packed...), nil
}

// pageCodec compresses the pages of a column, or not, if its first page says
// that there is nothing to gain: ids and hashes are noise to it.
type pageCodec struct {
	codec   Codec
	decided bool
	off     bool
}

func (c *pageCodec) compress(s *scratch, body []byte) ([]byte, error) {
	if c.off {
		return body, nil
	}
	var err error
	if c.codec == Zstd {
		s.packed, err = parquet.Zstd.Encode(s.packed[:0], body)
	} else {
		s.packed = s2.EncodeSnappy(s.packed[:cap(s.packed)], body)
	}
	if err != nil {
		return nil, fmt.Errorf("compress a page: %w", err)
	}
	if !c.decided {
		c.decided = true
		if c.off = len(s.packed) > len(body)*9/10; c.off {
			return body, nil
		}
	}
	return s.packed, nil
}

// format is the codec as the footer names it.
func (c *pageCodec) format() format.CompressionCodec {
	switch {
	case c.off:
		return format.Uncompressed
	case c.codec == Zstd:
		return format.Zstd
	}
	return format.Snappy
}
