package parquet

import (
	"bytes"
	"errors"
	"io"
	"math"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"

	"github.com/habitue-data/habitue/internal/columns"
)

// column reads one column of a row group. The texts of a chunk lie in its
// memory and are good until the next Read.
type column struct {
	leaf
	most  byte // the definition level of a value that is there
	pages *parquet.FilePages
	page  page

	dict   values          // the dictionary as it is stored
	texts  *columns.Column // the dictionary of a text column
	ints   []int64         // of a column that lives in Ints
	floats []float64       // of a Float column

	dictSuspect bool // a text of the dictionary may not be valid
	suspect     bool // a text given by the last read may not be valid

	data []byte // memory for texts
}

// useDictionary converts the dictionary of the column, once.
func (c *column) useDictionary(d parquet.Dictionary) (err error) {
	if c.dict.data != nil || c.dict.n > 0 {
		return nil
	}
	c.dict.n = d.Len()
	c.dict.data, c.dict.offsets = valuesOf(d.Page())
	if err := c.dict.check(&c.leaf); err != nil {
		return err
	}
	switch c.typ {
	case columns.Text:
		c.dictSuspect = c.suspicious(&c.dict)
		c.texts = &columns.Column{Name: c.name}
		c.dict.appendTexts(c.texts, &c.leaf, 0, c.dict.n)
	case columns.Float:
		c.floats = c.dict.appendFloats(nil, &c.leaf, 0, c.dict.n)
	default:
		c.ints, err = c.dict.appendInts(nil, &c.leaf, 0, c.dict.n)
	}
	return err
}

// read appends n rows to out.
func (c *column) read(out *columns.Column, n int) error {
	out.Name, out.Type, out.Scale, out.Data = c.name, c.typ, c.scale, c.data[:0]
	defer func() { c.data = out.Data }()
	c.suspect = false
	if c.list {
		out.Type = columns.List
		return c.readLists(out, n)
	}
	for n > 0 {
		if c.page.place == c.page.places {
			if err := c.next(); err == io.EOF {
				return io.ErrUnexpectedEOF
			} else if err != nil {
				return err
			}
		}
		m := min(n, c.page.places-c.page.place)
		if err := c.readRun(out, m); err != nil {
			return err
		}
		n -= m
	}
	return nil
}

// readRun appends m rows of the page.
func (c *column) readRun(out *columns.Column, m int) (err error) {
	g := &c.page
	present := m
	var levels []byte
	if g.levels != nil {
		levels = g.levels[g.place : g.place+m]
		present = 0
		for _, l := range levels {
			if l == c.most {
				present++
			}
		}
	}
	c.suspect = c.suspect || g.suspect
	from, to := g.value, g.value+present
	g.place, g.value = g.place+m, to
	switch {
	case c.typ == columns.Float:
		base := len(out.Floats)
		if g.index != nil {
			out.Floats = gather(out.Floats, c.floats, g.index[from:to])
		} else {
			out.Floats = g.values.appendFloats(out.Floats, &c.leaf, from, to)
		}
		out.Floats = spread(out.Floats, base, levels, c.most, math.NaN())
	case c.typ != columns.Text:
		base := len(out.Ints)
		if g.index != nil {
			out.Ints = gather(out.Ints, c.ints, g.index[from:to])
		} else if out.Ints, err = g.values.appendInts(out.Ints, &c.leaf, from, to); err != nil {
			return err
		}
		out.Ints = spread(out.Ints, base, levels, c.most, columns.MissingInt)
	case g.index != nil && len(out.Spans) == 0:
		base := len(out.Index)
		out.Dict = c.texts
		for _, x := range g.index[from:to] {
			out.Index = append(out.Index, uint32(x))
		}
		out.Index = spread(out.Index, base, levels, c.most, columns.MissingIndex)
	default:
		flatten(out)
		base := len(out.Spans)
		if g.index != nil {
			for _, x := range g.index[from:to] {
				out.AddFrom(c.texts, int(x))
			}
		} else {
			g.values.appendTexts(out, &c.leaf, from, to)
		}
		out.Spans = spread(out.Spans, base, levels, c.most, columns.MissingSpan)
	}
	return nil
}

// flatten puts texts in place of indexes into a dictionary: a writer may
// give its dictionary up in the middle of a chunk.
func flatten(out *columns.Column) {
	if out.Dict == nil {
		return
	}
	dict, index := out.Dict, out.Index
	out.Dict, out.Index = nil, out.Index[:0]
	for _, x := range index {
		if x == columns.MissingIndex {
			out.AddMissing()
		} else {
			out.AddFrom(dict, int(x))
		}
	}
}

// gather appends the values at some places.
func gather[T any](dst, values []T, at []int32) []T {
	for _, x := range at {
		dst = append(dst, values[x])
	}
	return dst
}

// spread makes room for missing values among those from base on, so that
// each stands where its level is most.
func spread[T any](dst []T, base int, levels []byte, most byte, missing T) []T {
	from := len(dst) - 1
	for n := base + len(levels) - len(dst); n > 0; n-- {
		dst = append(dst, missing)
	}
	for i := len(levels) - 1; i >= 0 && base+i != from; i-- {
		if levels[i] == most {
			dst[base+i] = dst[from]
			from--
		} else {
			dst[base+i] = missing
		}
	}
	return dst
}

var errOrphan = errors.New("a list goes on before it begins")

// readLists appends n rows of a list. A list may go on in the next page.
func (c *column) readLists(out *columns.Column, n int) error {
	g := &c.page
	for rows := 0; ; {
		if g.place == g.places {
			err := c.next()
			if err == io.EOF && rows == n {
				return nil
			}
			if err == io.EOF {
				return io.ErrUnexpectedEOF
			}
			if err != nil {
				return err
			}
		}
		if g.repeats[g.place] == 0 {
			if rows == n {
				return nil
			}
			rows++
			out.AddMissing()
		} else if rows == 0 {
			return errOrphan
		}
		if g.levels[g.place] == c.most {
			c.addElement(out)
			g.value++
		}
		g.place++
	}
}

// addElement adds the next value to the last list.
func (c *column) addElement(out *columns.Column) {
	var text []byte
	if c.page.index != nil {
		text, _ = c.texts.Bytes(int(c.page.index[c.page.value]))
	} else {
		text = c.page.values.bytes(&c.leaf, c.page.value)
	}
	if len(text) == 0 {
		return
	}
	c.suspect = c.suspect || c.page.suspect
	last := &out.Spans[len(out.Spans)-1]
	if last.Missing() {
		last.Start = uint32(len(out.Data))
	} else {
		out.Data = append(out.Data, columns.ListSep)
	}
	out.Data = append(out.Data, text...)
	last.End = uint32(len(out.Data))
}

// flawed tells why row i of a chunk cannot be used, "" where it can.
func flawed(c *columns.Column, i int) (reason, detail string) {
	if c.Type == columns.Float {
		if math.IsInf(c.Floats[i], 0) {
			return "not_finite", "an infinite number cannot be counted; write a missing value"
		}
		return "", ""
	}
	if b, _ := c.Bytes(i); !utf8.Valid(b) {
		return "bad_utf8", "the text is not valid UTF-8; write the column as a string"
	} else if bytes.IndexByte(b, 0) >= 0 {
		return "nul_byte", "a NUL byte is no text; clean the column"
	}
	return "", ""
}
