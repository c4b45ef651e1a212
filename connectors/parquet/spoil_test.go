package parquet

import (
	"encoding/binary"
	"reflect"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// spoiler is a good file taken apart, so that a number in its footer or in a
// page header can be put anew, with every place behind it moved along.
type spoiler struct {
	meta    format.FileMetaData
	headers []*format.PageHeader
	pieces  [][]byte // what lies before, between and behind the headers
	starts  []int64  // where each header begins
	footer  int64
}

func newSpoiler(t testing.TB, content string) *spoiler {
	t.Helper()
	size := int64(len(content))
	file, err := parquet.OpenFile(strings.NewReader(content), size)
	if err != nil {
		t.Fatal(err)
	}
	s := &spoiler{meta: *file.Metadata(), footer: size - 8 - int64(binary.LittleEndian.Uint32([]byte(content[size-8:])))}
	from := int64(0)
	for _, g := range s.meta.RowGroups {
		for i := range g.Columns {
			m := &g.Columns[i].MetaData
			at := m.DataPageOffset
			if m.DictionaryPageOffset != 0 {
				at = m.DictionaryPageOffset
			}
			for end := at + m.TotalCompressedSize; at < end; {
				h, n, err := pageHeader(strings.NewReader(content), at, end)
				if err != nil {
					t.Fatal(err)
				}
				s.headers, s.starts, s.pieces = append(s.headers, &h), append(s.starts, at), append(s.pieces, []byte(content[from:at]))
				from = at + n
				at = from + int64(h.CompressedPageSize)
			}
		}
	}
	s.pieces = append(s.pieces, []byte(content[from:s.footer]))
	return s
}

// with is the file with another number: header 0 is the footer, others are
// page headers; a number that is not there changes nothing.
func (s *spoiler) with(header, number int, value int64) []byte {
	header = place(header, len(s.headers)+1)
	var thing any = &s.meta
	if header > 0 {
		thing = s.headers[header-1]
	}
	all := numbers(thing)
	if number < 0 || len(all) == 0 {
		return s.bytes(1)
	}
	v := all[number%len(all)]
	before := v.Int()
	defer v.SetInt(before)
	v.SetInt(value)
	return s.bytes(header)
}

// bytes writes the file anew. Where a page header changed its length, the
// places in the footer move along.
func (s *spoiler) bytes(header int) (out []byte) {
	var protocol thrift.CompactProtocol
	moved := map[int64]int64{}
	for i, h := range s.headers {
		out = append(out, s.pieces[i]...)
		moved[s.starts[i]] = int64(len(out))
		text, _ := thrift.Marshal(&protocol, h)
		out = append(out, text...)
	}
	out = append(out, s.pieces[len(s.headers)]...)
	var undo []func()
	for _, g := range s.meta.RowGroups {
		for i := range g.Columns {
			m := &g.Columns[i].MetaData
			for _, p := range []*int64{&m.DataPageOffset, &m.DictionaryPageOffset} {
				if to, known := moved[*p]; known && header > 0 {
					was := *p
					undo = append(undo, func() { *p = was })
					*p = to
				}
			}
		}
	}
	text, _ := thrift.Marshal(&protocol, &s.meta)
	for _, f := range undo {
		f()
	}
	out = append(out, text...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(text)))
	return append(out, "PAR1"...)
}

// numbers are the whole numbers inside a thing, at any depth.
func numbers(thing any) (all []reflect.Value) {
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer, reflect.Interface:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Struct:
			if there := v.FieldByName("Valid"); there.IsValid() && !there.Bool() {
				return // of thrift.Null: it is not written
			}
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					walk(v.Field(i))
				}
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
			if v.CanSet() {
				all = append(all, v)
			}
		}
	}
	walk(reflect.ValueOf(thing))
	return all
}
