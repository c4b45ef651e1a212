package flow

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/habitue-data/habitue/internal/store"
	"github.com/zeebo/xxh3"
)

// Means is what batches may take.
type Means struct {
	Memory    int64  // budget of the process in bytes, 0 for no limit
	MaxInline int64  // bytes of a batch that travels as an element; 0 where Memory decides
	Scratch   string // folder that every worker reaches; of this run alone
}

// means are the means of one stage on one worker.
type means struct {
	Means
	reads map[Port]bool // ports that somebody reads
}

// overBudget tells whether that many more bytes must not stay in memory. A
// third of the budget may be batches; the rest is for the work itself.
func (m *means) overBudget(more int64) bool {
	return m.Memory > 0 && held.bytes.Load().Load()+more > m.Memory/3
}

// seal moves batches to a file of their own and makes them point to it: a
// temporary name, then renamed. Its name tells of its bytes too: another try may
// seal others of the same batches, as it may have other memory, and must not
// write over what this one has told of.
func (m *means) seal(name string, batches []emission) error {
	if len(batches) == 0 {
		return nil
	}
	whole := xxh3.New()
	for _, e := range batches {
		b := e.batch.body
		b.sum = xxh3.Hash(b.data)
		_, _ = whole.Write(binary.LittleEndian.AppendUint64(nil, b.sum)) // it takes everything
	}
	path := store.Join(m.Scratch, fmt.Sprintf("%s-%016x", name, whole.Sum64()))
	f, err := store.Create(path)
	if err != nil {
		return fmt.Errorf("seal batches: %w", err)
	}
	offset := int64(0)
	for _, e := range batches {
		if _, err := f.Write(e.batch.body.data); err != nil {
			return errors.Join(fmt.Errorf("seal batches: %w", err), f.Abort())
		}
	}
	// No sync: what is in the scratch folder does not outlive the run.
	if err := f.CommitUnsynced(); err != nil {
		return fmt.Errorf("seal batches: %w", err)
	}
	for _, e := range batches {
		b := e.batch.body
		b.path, b.offset = path, offset
		b.data = nil
		offset += b.length
	}
	return nil
}
