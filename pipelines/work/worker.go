// Package work is what the stages of a night share: the worker of a process,
// the words in which one stage speaks to another (keys, losses, tallies,
// measures, rows of histories), and the writer of tables.
package work

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/habitue-data/habitue/connectors"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/rowcache"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/transforms/mapping"
	"github.com/habitue-data/habitue/transforms/profile"
)

// Worker is what the stages of one process share: the night, made ready.
type Worker struct {
	*brief.Night
	Location *time.Location
	End      int64 // first instant after the as-of day
	Formats  map[string]rowfile.Format
	RowCache func() (*rowcache.Cache, error)
	Reads    map[flow.Port]bool // ports that somebody reads
	Places   []int              // place of each source in order of name
	Names    []string           // names of the sources in that order
	InShard  int                // sections of a shard
	Sighted  bool               // customer_keys is asked for: each key notes who showed it
	Timed    bool               // every mention of a key says when it was
	Filed    bool               // a table of records is asked for: whole rows travel
	Noded    bool               // the keys of components have their numbers with them
	Guarded  bool               // links are looked at one by one
	Vetted   bool               // ... and at the names and birth dates of contacts

	Priority *customer.Priority
	Listed   func() (*Listed, error) // made once for all shards, as is the next
	golden   profile.Rules

	mu      sync.Mutex
	mappers map[string][]*mapping.Mapper // idle ones, by source and header
	writers []*BlockWriters              // idle ones
}

// BlockWriters are the buffers of one block, used again by the next.
type BlockWriters struct {
	IDs  *IDWriter
	Keys *KeyWriter
}

// Borrow lends the buffers for a block; they belong to one goroutine until
// they are given back.
func (w *Worker) Borrow() *BlockWriters {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := len(w.writers); n > 0 {
		b := w.writers[n-1]
		w.writers = w.writers[:n-1]
		return b
	}
	return &BlockWriters{newIDWriter(w), NewKeyWriter(w)}
}

// GiveBack takes them again.
func (w *Worker) GiveBack(b *BlockWriters) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writers = append(w.writers, b)
}

// NewWorker makes the worker of a process; reads has the ports that somebody
// reads.
func NewWorker(n *brief.Night, reads map[flow.Port]bool) (*Worker, error) {
	zone, err := time.LoadLocation(n.Zone)
	if err != nil {
		return nil, fmt.Errorf("time zone: %w", err)
	}
	w := &Worker{Night: n, Location: zone, End: customer.NewCalendar(zone).Start(n.AsOf + 1), Formats: connectors.Formats(),
		Reads: reads, mappers: map[string][]*mapping.Mapper{}}
	w.RowCache = sync.OnceValues(func() (*rowcache.Cache, error) { return rowcache.Open(n.Cache, n.RunID) })
	w.Listed = sync.OnceValues(func() (*Listed, error) { return listed(n) })
	w.InShard = n.Sections()
	w.Sighted, w.Timed, w.Filed = n.Wants("customer_keys"), n.WantsKeyTimes(), n.WantsRecords()
	w.Guarded, w.Vetted = n.WantsGuard(), len(n.Identity.Guards.Veto) > 0
	if w.golden, err = profile.NewRules(n.Identity.Golden); err != nil {
		return nil, err
	}
	w.Noded = w.Filed || w.Guarded
	w.Priority = customer.NewPriority(n.Identity.Priority)
	for _, s := range n.Sources {
		w.Names = append(w.Names, s.Name)
	}
	slices.Sort(w.Names)
	for _, s := range n.Sources {
		w.Places = append(w.Places, slices.Index(w.Names, s.Name))
	}
	return w, nil
}

// Mapper lends a mapper for the rows of a file with that header; it belongs
// to one goroutine until it is given back.
func (w *Worker) Mapper(file int, header []string) (m *mapping.Mapper, giveBack func(), err error) {
	source := w.Files[file].Source
	id := fmt.Sprintf("%d %q", source, header)
	w.mu.Lock()
	if idle := w.mappers[id]; len(idle) > 0 {
		m, w.mappers[id] = idle[len(idle)-1], idle[:len(idle)-1]
	}
	w.mu.Unlock()
	if m == nil {
		spec := w.Sources[source].Mapping
		spec.AsOf = w.AsOf
		made, faults := mapping.Compile(spec, header)
		if faults.Err(fault.Input) != nil {
			return nil, nil, unmappable(w.Files[file].Path, header, faults)
		}
		m = made
	}
	return m, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.mappers[id] = append(w.mappers[id], m)
	}, nil
}

// unmappable tells of a file whose columns the project file does not fit: it
// did before, so the place to look at first is the file.
func unmappable(path string, header []string, faults fault.List) error {
	if err := rowfile.Unsplit(path, 1, header); err != nil {
		return err
	}
	told := slices.Clone(faults)
	for i, f := range told {
		told[i].Why = strings.TrimPrefix(fmt.Sprintf("%s (%s:%d:%d)", f.Why, f.File, f.Line, f.Col), " ")
		told[i].File, told[i].Line, told[i].Col = path, 1, 0
	}
	return told.Err(fault.Input)
}

// IdShard is where what concerns a customer's id comes together.
func (w *Worker) IdShard(id customer.ID) int { return w.Shard(binary.BigEndian.Uint64(id[:8])) }

// Stage is a stage of the night.
type Stage struct {
	Name string
	Outs []flow.Port
	Run  func(ctx context.Context, w *Worker, key int, in *flow.Inputs, out *flow.Outputs) error
}
