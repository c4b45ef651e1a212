package mapping

import (
	"sort"
	"strings"

	"github.com/habitue-data/habitue/internal/columns"
)

// relabel gives texts other texts, or none where that is "": Map, then
// PrefixMap. An enum without either maps each allowed value to itself.
type relabel struct {
	dict     columns.Column // the new texts, each once
	exact    []label        // few: compared one by one
	byText   map[string]uint32
	prefixes []label // longest first
	other    uint32  // of a text that nothing else knows, or unknown
	absent   uint32  // of a missing value, or columns.MissingIndex
}

type label struct {
	text string
	to   uint32
}

// unknown marks a text that the map does not know.
const unknown = columns.MissingIndex - 1

// fewLabels is how many texts are faster compared than hashed.
const fewLabels = 6

func newRelabel(exact, prefixes map[string]string) *relabel {
	r := &relabel{other: unknown, absent: columns.MissingIndex, byText: map[string]uint32{}}
	seen := map[string]uint32{}
	place := func(to string) uint32 {
		if to == "" {
			return columns.MissingIndex
		}
		x, ok := seen[to]
		if !ok {
			x = uint32(len(seen))
			seen[to] = x
			r.dict.AddText(to)
		}
		return x
	}
	for _, from := range sortedKeys(prefixes) {
		to := place(prefixes[from])
		r.prefixes = append(r.prefixes, label{from, to})
		if from == "" {
			r.absent = to
		}
	}
	sort.SliceStable(r.prefixes, func(i, j int) bool { return len(r.prefixes[i].text) > len(r.prefixes[j].text) })
	for _, from := range sortedKeys(exact) {
		to := place(exact[from])
		switch from {
		case "":
			r.absent = to
		case "*":
			r.other = to
		default:
			r.exact = append(r.exact, label{from, to})
			r.byText[from] = to
		}
	}
	return r
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// find is the place of the new text in dict, or unknown.
func (r *relabel) find(b []byte) uint32 {
	if len(r.exact) <= fewLabels {
		for i := range r.exact {
			if string(b) == r.exact[i].text {
				return r.exact[i].to
			}
		}
	} else if to, ok := r.byText[string(b)]; ok {
		return to
	}
	for i := range r.prefixes {
		if p := &r.prefixes[i]; len(b) >= len(p.text) && string(b[:len(p.text)]) == p.text {
			return p.to
		}
	}
	return r.other
}

// relabelled is src after Map and PrefixMap, as a dictionary. A text that
// no label knows refuses the row of an enum, and is kept elsewhere.
func (f *field) relabelled(src *columns.Column, out *Mapped, own *scratch) *columns.Column {
	r := f.relabel
	if r == nil {
		return src
	}
	src = textOf(src, out.N, own)
	t, index := each(src, out.N, own)
	own.index = resized(own.index, len(t.spans))
	unknowns := 0
	for i, s := range t.spans {
		if s.Missing() {
			own.index[i] = r.absent
			continue
		}
		x := r.find(t.data[s.Start:s.End])
		own.index[i] = x
		if x == unknown {
			unknowns++
		}
	}
	dst := &own.relabelled
	dst.Dict = &r.dict
	if unknowns > 0 && !f.enum {
		own.keepUnknown(t, r)
		dst.Dict = &own.dict
	}
	dst.Index = resized(dst.Index, out.N)
	if index == nil {
		copy(dst.Index, own.index)
	} else {
		for i, x := range index {
			dst.Index[i] = r.absent
			if x != columns.MissingIndex {
				dst.Index[i] = own.index[x]
			}
		}
	}
	if unknowns > 0 && f.enum {
		f.refuseUnknown(src, dst, out)
	}
	return dst
}

// keepUnknown adds the texts that no label knows to a dictionary of this
// chunk.
func (own *scratch) keepUnknown(t texts, r *relabel) {
	if own.seen == nil {
		own.seen = map[string]uint32{}
	}
	clear(own.seen)
	own.dict.Reset()
	for i := range r.dict.Spans {
		b, _ := r.dict.Bytes(i)
		own.seen[string(b)] = uint32(i)
		own.dict.AddBytes(b)
	}
	for i, x := range own.index {
		if x != unknown {
			continue
		}
		b := t.data[t.spans[i].Start:t.spans[i].End]
		x, ok := own.seen[string(b)]
		if !ok {
			x = uint32(len(own.dict.Spans))
			own.seen[string(b)] = x
			own.dict.AddBytes(b)
		}
		own.index[i] = x
	}
}

// refuseUnknown refuses the rows whose text no label of an enum knows.
func (f *field) refuseUnknown(src, dst *columns.Column, out *Mapped) {
	for i, x := range dst.Index {
		if x != unknown {
			continue
		}
		dst.Index[i] = columns.MissingIndex
		b, _ := src.Bytes(i)
		if f.Map == nil && f.PrefixMap == nil {
			out.reject(i, f.name(), BadEnum, "%s is none of %s; say with map: what it stands for", quoted(b), strings.Join(f.def.Values, ", "))
		} else {
			out.reject(i, f.name(), BadEnum, "the map does not say what %s stands for; add it, or \"*\" for all others", quoted(b))
		}
	}
}
