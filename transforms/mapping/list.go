package mapping

import (
	"bytes"
	"encoding/json"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

func (f *field) isKey() bool { return f.def.Type == customer.KeyField }

// readList reads lists: of Parquet as they are, a JSON array item by item,
// another text cut at Split. Items are trimmed; empty ones are no items.
func (f *field) readList(src *columns.Column, out *Mapped, own *scratch, c *columns.Column) {
	if src.Type == columns.List {
		own.out.Data, own.out.Spans = nil, nil
		c.Data, c.Spans = src.Data, src.Spans
		return
	}
	src = textOf(src, out.N, own)
	c.Data, c.Spans = c.Data[:0], c.Spans[:0]
	for i := range out.N {
		b, ok := src.Bytes(i)
		start := len(c.Data)
		if ok {
			c.Data = appendList(c.Data, b, f.Split)
		}
		if len(c.Data) == start {
			c.Spans = append(c.Spans, columns.MissingSpan)
			continue
		}
		c.Spans = append(c.Spans, columns.Span{Start: uint32(start), End: uint32(len(c.Data))})
	}
}

// appendList appends the items of a list, joined by columns.ListSep.
func appendList(dst, b []byte, split string) []byte {
	start := len(dst)
	add := func(item []byte) {
		item = bytes.TrimSpace(item)
		if len(item) == 0 {
			return
		}
		if len(dst) > start {
			dst = append(dst, columns.ListSep)
		}
		dst = append(dst, item...)
	}
	if len(b) > 0 && b[0] == '[' {
		var items []any
		decoder := json.NewDecoder(bytes.NewReader(b))
		decoder.UseNumber()
		if decoder.Decode(&items) == nil {
			for _, item := range items {
				switch v := item.(type) {
				case string:
					add([]byte(v))
				case json.Number:
					add([]byte(v))
				}
			}
			return dst
		}
	}
	if split == "" {
		add(b)
		return dst
	}
	for _, item := range bytes.Split(b, []byte(split)) {
		add(item)
	}
	return dst
}
