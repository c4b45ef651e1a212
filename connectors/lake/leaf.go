package lake

import (
	"bytes"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

// leaf collects the values of one column until they fill a page, and the
// pages until they fill a row group. Only values that are present are kept;
// levels say where they stand.
//
// The library's own writer takes a 24-byte value per cell and puts levels,
// places and values apart one by one: measured on the table rfm, that is
// four times the time of this.
type leaf struct {
	typ    customer.ColumnType
	maxDef byte // 0: never missing; 1; 2 for a list
	codec  *pageCodec

	// The page under way.
	rows    int // of the page
	defs    []byte
	reps    []byte // lists only
	bits    []byte // BoolColumn: 0 or 1 each
	days    []int32
	ints    []int64
	floats  []float64
	text    []byte
	offsets []uint32 // of text: one more than there are values
	index   []int32  // into dict, in place of text
	dict    *dictionary
	inDict  bool // texts go by dict

	// The row group under way.
	out   []byte // whole pages
	stats leafStats
}

func newLeaf(c customer.Column, codec Codec) *leaf {
	l := &leaf{typ: c.Type, maxDef: 1, codec: &pageCodec{codec: codec}, offsets: []uint32{0}}
	switch {
	case c.Name == RunDate:
		l.maxDef = 0
	case c.Type == customer.ListColumn:
		l.maxDef = 2
	}
	return l
}

// useDictionary is for a column of texts that come again and again.
func (l *leaf) useDictionary() { l.dict, l.inDict = newDictionary(), true }

// add takes rows from..to of a column.
func (l *leaf) add(c *columns.Column, from, to int) {
	n := to - from
	l.rows += n
	l.defs = slices.Grow(l.defs, n)
	switch l.typ {
	case customer.TextColumn:
		if l.inDict {
			l.addIndexes(c, from, to)
		} else {
			l.addTexts(c, from, to)
		}
	case customer.ListColumn:
		l.addLists(c, from, to)
	case customer.FloatColumn:
		l.floats, l.defs = keep(l.floats, l.defs, c.Floats[from:to], func(v float64) (float64, bool) { return v, v == v })
	case customer.BoolColumn:
		l.bits, l.defs = keep(l.bits, l.defs, c.Ints[from:to], func(v int64) (byte, bool) {
			if v == 0 {
				return 0, true
			}
			return 1, v != columns.MissingInt
		})
	case customer.DateColumn:
		l.days, l.defs = keep(l.days, l.defs, c.Ints[from:to], func(v int64) (int32, bool) { return int32(v), v != columns.MissingInt })
	default:
		l.ints, l.defs = keep(l.ints, l.defs, c.Ints[from:to], func(v int64) (int64, bool) { return v, v != columns.MissingInt })
	}
}

// keep appends the values that are present, and a level for each one.
func keep[In int64 | float64, Out byte | int32 | int64 | float64](kept []Out, defs []byte, values []In, take func(In) (Out, bool)) ([]Out, []byte) {
	n := len(kept)
	kept = slices.Grow(kept, len(values))[:n+len(values)]
	for _, v := range values {
		out, present := take(v)
		def := byte(0)
		if present {
			def = 1
		}
		kept[n] = out // over the last one, where that was missing
		n += int(def)
		defs = append(defs, def)
	}
	return kept[:n], defs
}

// addTexts copies texts that lie one behind the other in one go.
func (l *leaf) addTexts(c *columns.Column, from, to int) {
	if c.Dict != nil {
		for i := from; i < to; i++ {
			b, ok := c.Bytes(i)
			l.addText(b, ok)
		}
		return
	}
	spans := c.Spans[from:to]
	for i := 0; i < len(spans); {
		if spans[i].Missing() {
			l.defs = append(l.defs, 0)
			i++
			continue
		}
		start, end := spans[i].Start, spans[i].Start
		shift := uint32(len(l.text)) - start // may wrap, and back below
		for i < len(spans) && spans[i].Start == end && !spans[i].Missing() {
			end = spans[i].End
			l.offsets = append(l.offsets, shift+end)
			l.defs = append(l.defs, 1)
			i++
		}
		l.text = append(l.text, c.Data[start:end]...)
	}
}

func (l *leaf) addText(b []byte, present bool) {
	if !present {
		l.defs = append(l.defs, 0)
		return
	}
	l.text = append(l.text, b...)
	l.offsets = append(l.offsets, uint32(len(l.text)))
	l.defs = append(l.defs, 1)
}

func (l *leaf) addIndexes(c *columns.Column, from, to int) {
	if c.Dict != nil {
		l.index, l.defs = l.dict.translate(l.index, l.defs, c, from, to)
		return
	}
	for i := from; i < to; i++ {
		b, ok := c.Bytes(i)
		if !ok {
			l.defs = append(l.defs, 0)
			continue
		}
		l.index = append(l.index, l.dict.find(b))
		l.defs = append(l.defs, 1)
	}
}

// addLists cuts each value at ListSep. Levels: 0 is a missing list, 1 an
// empty one, 2 an element; an element after the first repeats.
func (l *leaf) addLists(c *columns.Column, from, to int) {
	for i := from; i < to; i++ {
		b, ok := c.Bytes(i)
		if !ok || len(b) == 0 {
			def := byte(0)
			if ok {
				def = 1
			}
			l.reps, l.defs = append(l.reps, 0), append(l.defs, def)
			continue
		}
		for rep, more := byte(0), true; more; rep = 1 {
			var one []byte
			one, b, more = bytes.Cut(b, []byte{columns.ListSep})
			l.addText(one, true)
			l.reps = append(l.reps, rep)
			l.defs[len(l.defs)-1] = 2
		}
	}
}

// endRowGroup forgets the values and keeps the memory.
func (l *leaf) endRowGroup() {
	l.out, l.stats = l.out[:0], leafStats{}
	if !l.inDict {
		l.dict = nil
	} else {
		l.dict.reset()
	}
}
