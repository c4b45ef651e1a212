package csv

import (
	"bytes"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/rowfile"
)

// take goes through rows of the index, as many as k has room for: good ones
// get a place in r.bases and in k, the others are refused.
func (r *reader) take(k *columns.Chunk) {
	x, buf := &r.index, r.win.Buf
	n := uint32(len(r.header))
	odd := r.quotes || r.nul || x.high
	first := x.first(r.at)
	r.bases = r.bases[:0]
	for ; r.at < len(x.ends) && k.N < rowfile.MaxRows; r.at++ {
		base, end := first, x.ends[r.at]
		first = end
		s, e := x.seps[base]+1, x.seps[end]
		if e > s && buf[e-1] == '\r' {
			e--
		}
		if s == e {
			r.line++
			continue
		}
		line := r.line
		r.line++
		if odd || end-base != n || e-s > rowfile.MaxRow {
			if r.quotes {
				r.line += int64(bytes.Count(buf[s:e], []byte{'\n'}))
			}
			r.fields = x.fields(r.fields[:0], r.at, buf)
			if f := r.check(buf[s:e]); f.reason != "" {
				rowfile.Refuse(k, line, f.column, f.reason, f.detail, buf[s:e])
				continue
			}
		}
		rowfile.AddLine(k, line)
		r.bases = append(r.bases, base)
		k.RawSpans = append(k.RawSpans, columns.Span{Start: s, End: e})
		k.N++
	}
}

// fill adds the values of the rows taken, one column after the other.
// Values that are not written as they are go to the end of data.
func (r *reader) fill(k *columns.Chunk, data []byte) []byte {
	if len(r.bases) == 0 {
		return data
	}
	raw := k.RawSpans[len(k.RawSpans)-len(r.bases):]
	for i, col := range r.cols {
		c := &k.Cols[i]
		if col < 0 {
			c.Spans = r.rest.add(c.Spans, r, raw)
			continue
		}
		c.Spans = r.spans(c.Spans, col, raw)
		if r.quotes {
			data = unquoteAll(c.Spans[len(c.Spans)-len(raw):], data)
		}
	}
	return data
}

// spans appends where the values of one column lie, as they are written.
func (r *reader) spans(dst []columns.Span, col int, raw []columns.Span) []columns.Span {
	before := r.index.seps[col:]
	behind := r.index.seps[col+1:]
	if col == len(r.header)-1 { // a row's end may leave out a carriage return
		for i, base := range r.bases {
			dst = append(dst, present(before[base]+1, raw[i].End))
		}
		return dst
	}
	for _, base := range r.bases {
		dst = append(dst, present(before[base]+1, behind[base]))
	}
	return dst
}

// present is the span of a text that is missing where it is empty.
func present(start, end uint32) columns.Span {
	if start == end {
		return columns.MissingSpan
	}
	return columns.Span{Start: start, End: end}
}

// unquoteAll puts values in place of fields that begin with a quote.
func unquoteAll(spans []columns.Span, data []byte) []byte {
	for i, s := range spans {
		if s.Missing() || data[s.Start] != '"' {
			continue
		}
		text := data[s.Start+1 : s.End-1]
		if bytes.IndexByte(text, '"') < 0 {
			spans[i] = present(s.Start+1, s.End-1)
			continue
		}
		start := uint32(len(data))
		data = appendUndoubled(data, text)
		spans[i] = columns.Span{Start: start, End: uint32(len(data))}
	}
	return data
}
