package extract

import (
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/transforms/mapping"
)

// Whole rows travel as chunks of their mapped columns with these beside
// them, so that gather can put them in order and say which rows it means.
const (
	colBlock   = "_block"
	colRow     = "_row"
	colLine    = "_line"
	colID      = "_id"
	colUpdated = "_updated" // instant of the version, missing where the row does not say
	colContent = "_content" // hash of the whole row
	colAmount  = "_amount"  // money in the reporting currency
	colAt      = "_at"
)

// What goes to gather at the port whole, by its first byte.
const (
	wholeRows    = 0
	wholeNumbers = 1 // numbers of orders, which gather hands on to compare
)

// rowCopier appends mapped rows to a chunk of the same columns and the extra
// ones.
type rowCopier struct{ chunk *columns.Chunk }

func (c *rowCopier) add(rec *recordReader, i int, block int, row, line int64, id []byte) {
	m := &rec.mapped.Chunk
	if c.chunk == nil {
		c.chunk = m.Empty()
		c.chunk.Cols = append(c.chunk.Cols,
			columns.Column{Name: colBlock, Type: columns.Int}, columns.Column{Name: colRow, Type: columns.Int}, columns.Column{Name: colLine, Type: columns.Int},
			columns.Column{Name: colID}, columns.Column{Name: colUpdated, Type: columns.Int}, columns.Column{Name: colContent},
			columns.Column{Name: colAmount, Type: columns.Int}, columns.Column{Name: colAt, Type: columns.Int})
	}
	n := len(m.Cols)
	for j := range n {
		c.chunk.Cols[j].AddFrom(&m.Cols[j], i)
	}
	x := c.chunk.Cols[n:]
	x[0].Ints = append(x[0].Ints, int64(block))
	x[1].Ints = append(x[1].Ints, row)
	x[2].Ints = append(x[2].Ints, line)
	x[3].AddBytes(id)
	x[4].Ints = append(x[4].Ints, rec.updated(i))
	h, buf := mapping.ContentHash(rec.in, i, rec.hashBuf)
	rec.hashBuf = buf
	x[5].AddText(h.String())
	x[6].Ints = append(x[6].Ints, rec.amounts[i])
	x[7].Ints = append(x[7].Ints, rec.ats[i])
	c.chunk.N++
}

// take encodes the rows so far and starts anew.
func (c *rowCopier) take() []byte {
	data := c.chunk.Encode(nil)
	c.chunk = nil
	return data
}

// wholeWriter deals whole rows to the shards of their ids.
type wholeWriter struct{ shards []rowCopier }

func newWholeWriter(shards int) *wholeWriter { return &wholeWriter{make([]rowCopier, shards)} }

func (w *wholeWriter) add(shard int, rec *recordReader, i int, block int, row, line int64, id []byte) {
	w.shards[shard].add(rec, i, block, row, line, id)
}

func (w *wholeWriter) take(yield func(shard int, data []byte)) {
	for s := range w.shards {
		if w.shards[s].chunk != nil {
			yield(s, w.shards[s].take())
		}
	}
}
