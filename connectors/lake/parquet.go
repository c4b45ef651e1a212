package lake

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

const (
	// rowGroupRows is how many rows are put down together and read at once,
	rowGroupRows = 128 << 10
	// rowGroupBytes unless they grow beyond this before.
	rowGroupBytes = 64 << 20
	// batchRows is how many values of one column are taken at a time.
	batchRows = 4096
)

const magic = "PAR1"

// parquetWriter puts rows into a Parquet file, column by column. Pages are
// of version 1 with plain, dictionary and delta encodings, which DuckDB,
// Arrow and BigQuery read.
type parquetWriter struct {
	out     io.Writer
	offset  int64
	cols    []customer.Column
	leaves  []*leaf
	rows    int // of the row group under way
	footer  format.FileMetaData
	scratch scratch
}

// newParquetWriter begins a file. repeats says which text columns get a
// dictionary.
func newParquetWriter(out io.Writer, table string, cols []customer.Column, scale uint8, codec Codec, repeats func(i int) bool) (*parquetWriter, error) {
	w := &parquetWriter{out: out, cols: cols}
	for i, c := range cols {
		l := newLeaf(c, codec)
		if c.Type == customer.TextColumn && repeats(i) {
			l.useDictionary()
		}
		w.leaves = append(w.leaves, l)
	}
	// The library turns the schema into the footer's terms.
	empty := parquet.NewGenericWriter[any](io.Discard, schema(table, cols, scale))
	if err := empty.Close(); err != nil {
		return nil, fmt.Errorf("make the schema: %w", err)
	}
	meta := empty.File().Metadata()
	w.footer = format.FileMetaData{Version: 1, Schema: meta.Schema, ColumnOrders: meta.ColumnOrders, CreatedBy: "habitue"}
	return w, w.put([]byte(magic))
}

func (w *parquetWriter) put(b []byte) error {
	n, err := w.out.Write(b)
	w.offset += int64(n)
	return err
}

// write takes rows; col gives the column that leaf i is filled from.
func (w *parquetWriter) write(rows int, col func(i int) *columns.Column) error {
	for from := 0; from < rows; {
		to := min(rows, from+batchRows, from+rowGroupRows-w.rows)
		held := 0
		for i, l := range w.leaves {
			l.add(col(i), from, to)
			if l.pageIsFull() {
				if err := l.endPage(&w.scratch); err != nil {
					return err
				}
			}
			held += len(l.out)
		}
		w.rows += to - from
		from = to
		if w.rows == rowGroupRows || held > rowGroupBytes {
			if err := w.endRowGroup(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *parquetWriter) endRowGroup() error {
	if w.rows == 0 {
		return nil
	}
	g := format.RowGroup{NumRows: int64(w.rows), FileOffset: w.offset, Ordinal: int16(len(w.footer.RowGroups))}
	for i, l := range w.leaves {
		chunk, err := w.endColumn(i, l)
		if err != nil {
			return err
		}
		g.Columns = append(g.Columns, chunk)
		g.TotalByteSize += chunk.MetaData.TotalUncompressedSize
		g.TotalCompressedSize += chunk.MetaData.TotalCompressedSize
	}
	w.footer.RowGroups = append(w.footer.RowGroups, g)
	w.footer.NumRows += int64(w.rows)
	w.rows = 0
	return nil
}

// endColumn writes the pages of a column and says where they lie.
func (w *parquetWriter) endColumn(i int, l *leaf) (format.ColumnChunk, error) {
	if err := l.endPage(&w.scratch); err != nil {
		return format.ColumnChunk{}, err
	}
	begin := w.offset
	m := format.ColumnMetaData{Type: physical(l.typ), PathInSchema: path(w.cols[i]), Codec: l.codec.format()}
	encodings := append([]format.Encoding{format.RLE}, l.stats.encodings...)
	if l.dict != nil && len(l.dict.numbers) > 0 {
		m.DictionaryPageOffset = w.offset
		encodings = append(encodings, format.Plain)
		page, err := l.appendPage(&w.scratch, nil, format.PageHeader{Type: format.DictionaryPage,
			DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{NumValues: int32(len(l.dict.numbers)), Encoding: format.Plain})}, l.dict.plain)
		if err != nil {
			return format.ColumnChunk{}, err
		}
		if err := w.put(page); err != nil {
			return format.ColumnChunk{}, err
		}
	}
	m.DataPageOffset = w.offset
	if err := w.put(l.out); err != nil {
		return format.ColumnChunk{}, err
	}
	m.Encoding = encodings
	m.NumValues = l.stats.values
	m.TotalUncompressedSize = l.stats.plainBytes
	m.TotalCompressedSize = w.offset - begin
	m.Statistics = l.statistics()
	l.endRowGroup()
	return format.ColumnChunk{FileOffset: begin, MetaData: m}, nil
}

// close writes the last row group and the footer.
func (w *parquetWriter) close() error {
	if err := w.endRowGroup(); err != nil {
		return err
	}
	var footer bytes.Buffer
	if err := thrift.NewEncoder(new(thrift.CompactProtocol).NewWriter(&footer)).Encode(&w.footer); err != nil {
		return fmt.Errorf("encode the footer: %w", err)
	}
	length := binary.LittleEndian.AppendUint32(nil, uint32(footer.Len()))
	return w.put(append(append(footer.Bytes(), length...), magic...))
}
