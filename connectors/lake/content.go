package lake

import (
	"encoding/binary"
	"math"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

// rowHasher sums the hashes of rows. A row's canonical bytes are those of
// its columns in the table's order, run_date in front for a by-run table;
// columns that point into a file are left out.
type rowHasher struct {
	sum    columns.Hash128
	rows   int64
	prefix []byte // of every row
	row    []byte // scratch
	inside []int  // columns of the rows that count
}

func newRowHasher(t customer.Table, runDate int32) rowHasher {
	h := rowHasher{}
	if t.Layout == customer.ByRun {
		h.prefix = binary.LittleEndian.AppendUint64(nil, uint64(runDate))
	}
	for i, c := range t.Columns {
		if !customer.OutsideHash(c.Name) {
			h.inside = append(h.inside, i)
		}
	}
	return h
}

// add is columns.AppendCanonical over every row, with the look at a
// column's type taken out of the call: it is the dearest part of a write.
func (h *rowHasher) add(k *columns.Chunk) {
	for i := range k.N {
		row := append(h.row[:0], h.prefix...)
		for _, j := range h.inside {
			c := &k.Cols[j]
			switch {
			case c.Type == columns.Float:
				row = binary.LittleEndian.AppendUint64(row, math.Float64bits(c.Floats[i]))
			case c.Type != columns.Text && c.Type != columns.List:
				row = binary.LittleEndian.AppendUint64(row, uint64(c.Ints[i]))
			case c.Dict == nil && !c.Spans[i].Missing():
				s := c.Spans[i]
				row = binary.AppendUvarint(row, uint64(s.End-s.Start)+1)
				row = append(row, c.Data[s.Start:s.End]...)
			default:
				row = c.AppendCanonical(row, i)
			}
		}
		h.row = row
		h.sum.Add(columns.HashRow(row))
	}
	h.rows += int64(k.N)
}

// sampled is how many rows decide whether a column gets a dictionary.
const sampled = 1024

// repeats tells whether the first texts of a column come again and again, so
// that a dictionary makes the file smaller. A wrong guess costs space,
// never content.
func repeats(c *columns.Column) bool {
	n := min(c.Len(), sampled)
	if c.Dict != nil {
		return c.Dict.Len() <= max(c.Len()/8, 64)
	}
	seen := make(map[string]struct{}, n)
	for i := range n {
		b, _ := c.Bytes(i)
		seen[string(b)] = struct{}{}
	}
	return len(seen) <= n/8
}
