package mapping

import (
	"encoding/binary"
	"strconv"

	"github.com/habitue-data/habitue/internal/columns"
)

// ContentHash is the hash of what row i of a chunk says: the texts of its
// columns in order, each with its length before it, missing ones as such. It
// is the same for equal rows, whether their columns are dictionaries or not.
// scratch is room to work in; it comes back for the next row.
func ContentHash(in *columns.Chunk, i int, scratch []byte) (columns.Hash128, []byte) {
	scratch = scratch[:0]
	for j := range in.Cols {
		c := &in.Cols[j]
		if c.Type == columns.Text || c.Type == columns.List {
			b, ok := c.Bytes(i)
			if !ok {
				scratch = append(scratch, 0)
				continue
			}
			scratch = binary.AppendUvarint(scratch, uint64(len(b))+1)
			scratch = append(scratch, b...)
			continue
		}
		if c.Missing(i) {
			scratch = append(scratch, 0)
			continue
		}
		start := len(scratch)
		scratch = append(scratch, 0) // the length: such texts are short
		if c.Type == columns.Int {
			scratch = strconv.AppendInt(scratch, c.Ints[i], 10)
		} else {
			scratch = appendText(scratch, c, i)
		}
		n := uint64(len(scratch) - start)
		if n < 0x80 {
			scratch[start] = byte(n)
			continue
		}
		text := append([]byte(nil), scratch[start+1:]...) // a float of 300 digits
		scratch = append(binary.AppendUvarint(scratch[:start], n), text...)
	}
	return columns.HashRow(scratch), scratch
}
