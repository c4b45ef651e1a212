package csv

import (
	"slices"
	"sort"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/rowfile"
)

// rest makes one JSON object of the columns that nobody named.
type rest struct {
	cols []int    // in order of their names
	keys [][]byte // "name": as JSON
	data []byte   // the objects of a chunk
	text []byte   // memory for a value that is not written as it is
}

func newRest(header, want []string) *rest {
	t := &rest{}
	for i, name := range header {
		if !slices.Contains(want, name) {
			t.cols = append(t.cols, i)
		}
	}
	sort.Slice(t.cols, func(i, j int) bool { return header[t.cols[i]] < header[t.cols[j]] })
	for _, c := range t.cols {
		t.keys = append(t.keys, append(rowfile.AppendJSONString(nil, []byte(header[c])), ':'))
	}
	return t
}

// add appends the objects of the rows taken; a row without any value is
// missing.
func (t *rest) add(dst []columns.Span, r *reader, raw []columns.Span) []columns.Span {
	buf, seps := r.win.Buf, r.index.seps
	for i, base := range r.bases {
		start := len(t.data)
		for j, col := range t.cols {
			s, e := seps[int(base)+col]+1, seps[int(base)+col+1]
			if col == len(r.header)-1 {
				e = raw[i].End
			}
			value := unquote(t.text[:0], buf[s:e])
			if len(value) == 0 {
				continue
			}
			open := byte(',')
			if len(t.data) == start {
				open = '{'
			}
			t.data = append(append(t.data, open), t.keys[j]...)
			t.data = rowfile.AppendJSONString(t.data, value)
		}
		if len(t.data) > start {
			t.data = append(t.data, '}')
		}
		dst = append(dst, present(uint32(start), uint32(len(t.data))))
	}
	return dst
}
