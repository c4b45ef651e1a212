package work

import (
	"encoding/binary"

	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/zeebo/xxh3"
)

// IDHash is the hash of a record's id within its source.
func IDHash(source int, id []byte) uint64 { return xxh3.HashSeed(id, uint64(source+1)) }

// IDWriter collects the hashes of record ids: 48 bits each are enough to
// find which rows may be the same record, and only those are looked at
// whole.
type IDWriter struct {
	worker   *Worker
	sections []sectionBuffer
}

func newIDWriter(w *Worker) *IDWriter {
	return &IDWriter{w, make([]sectionBuffer, w.Shards*w.InShard)}
}

// IdBytes is how many bytes of the hash travel, beside those that the shard
// tells.
const IdBytes = 6

// Add notes a row. later: its version is younger than the as-of day, so
// that it must be looked at whole even if it is alone.
func (iw *IDWriter) Add(source int, id []byte, row int64, later bool) {
	hash := IDHash(source, id)
	s := &iw.sections[iw.worker.Section(hash)]
	step := uint64(row-s.row) << 1
	if later {
		step |= 1
	}
	s.row = row
	s.data = binary.AppendUvarint(s.data, step)
	hash <<= brief.BucketBits
	s.data = append(s.data, byte(hash>>56), byte(hash>>48), byte(hash>>40), byte(hash>>32), byte(hash>>24), byte(hash>>16))
}

// Take hands on what each shard has, and begins anew.
func (iw *IDWriter) Take(yield func(shard int, data []byte)) {
	TakeSections(iw.worker.InShard, len(iw.sections), func(i int) []byte { return iw.sections[i].data }, yield)
	for i := range iw.sections {
		s := &iw.sections[i]
		s.data, s.row = s.data[:0], 0
	}
}
