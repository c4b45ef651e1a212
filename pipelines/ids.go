package pipelines

import (
	"encoding/binary"

	"github.com/zeebo/xxh3"
)

// idHash is the hash of a record's id within its source.
func idHash(source int, id []byte) uint64 { return xxh3.HashSeed(id, uint64(source+1)) }

// idWriter collects the hashes of record ids: 48 bits each are enough to
// find which rows may be the same record, and only those are looked at
// whole.
type idWriter struct {
	worker   *worker
	sections []sectionBuffer
}

func newIDWriter(w *worker) *idWriter {
	return &idWriter{w, make([]sectionBuffer, w.Shards*w.inShard)}
}

// idBytes is how many bytes of the hash travel, beside those that the shard
// tells.
const idBytes = 6

// add notes a row. later: its version is younger than the as-of day, so
// that it must be looked at whole even if it is alone.
func (iw *idWriter) add(source int, id []byte, row int64, later bool) {
	hash := idHash(source, id)
	s := &iw.sections[iw.worker.section(hash)]
	step := uint64(row-s.row) << 1
	if later {
		step |= 1
	}
	s.row = row
	s.data = binary.AppendUvarint(s.data, step)
	hash <<= bucketBits
	s.data = append(s.data, byte(hash>>56), byte(hash>>48), byte(hash>>40), byte(hash>>32), byte(hash>>24), byte(hash>>16))
}

func (iw *idWriter) take(yield func(shard int, data []byte)) {
	takeSections(iw.worker.inShard, len(iw.sections), func(i int) []byte { return iw.sections[i].data }, yield)
	for i := range iw.sections {
		s := &iw.sections[i]
		s.data, s.row = s.data[:0], 0
	}
}
