package lake

import (
	"bytes"
	"encoding/binary"

	"github.com/habitue-data/habitue/internal/columns"
)

// A dictionary that grew beyond these against all guesses is given up for
// the rest of the file.
const (
	dictionaryValues = 32 << 10
	dictionaryBytes  = 1 << 20
)

// dictionary numbers the distinct texts of a column in a row group.
type dictionary struct {
	numbers map[string]int32
	plain   []byte // the texts as a dictionary page has them
	last    []byte // the text found last: texts come in runs
	lastNo  int32
	moved   []int32 // scratch of translate
}

func newDictionary() *dictionary { return &dictionary{numbers: map[string]int32{}} }

func (d *dictionary) reset() {
	clear(d.numbers)
	d.plain, d.last = d.plain[:0], nil
}

func (d *dictionary) full() bool {
	return len(d.numbers) > dictionaryValues || len(d.plain) > dictionaryBytes
}

// find is the number of a text, a new one where it was not seen yet.
func (d *dictionary) find(b []byte) int32 {
	if d.last != nil && bytes.Equal(b, d.last) {
		return d.lastNo
	}
	no, ok := d.numbers[string(b)]
	if !ok {
		no = int32(len(d.numbers))
		d.numbers[string(b)] = no
		d.plain = binary.LittleEndian.AppendUint32(d.plain, uint32(len(b)))
		d.plain = append(d.plain, b...)
	}
	d.last, d.lastNo = append(d.last[:0], b...), no
	if d.last == nil {
		d.last = []byte{}
	}
	return no
}

// translate appends the numbers of rows that come with a dictionary of their
// own: each of its texts is looked up once per call.
func (d *dictionary) translate(index []int32, defs []byte, c *columns.Column, from, to int) ([]int32, []byte) {
	d.moved = d.moved[:0]
	for range c.Dict.Len() {
		d.moved = append(d.moved, -1)
	}
	for _, x := range c.Index[from:to] {
		if x == columns.MissingIndex {
			defs = append(defs, 0)
			continue
		}
		no := d.moved[x]
		if no < 0 {
			b, ok := c.Dict.Bytes(int(x))
			if !ok {
				defs = append(defs, 0)
				continue
			}
			no = d.find(b)
			d.moved[x] = no
		}
		index, defs = append(index, no), append(defs, 1)
	}
	return index, defs
}
