package pipelines

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
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/transforms/mapping"
	"github.com/habitue-data/habitue/transforms/profile"
)

// worker is what the stages of one process share: the night, made ready.
type worker struct {
	*Night
	location *time.Location
	end      int64 // first instant after the as-of day
	formats  map[string]rowfile.Format
	rowCache func() (*rowcache.Cache, error)
	reads    map[flow.Port]bool // ports that somebody reads
	places   []int              // place of each source in order of name
	names    []string           // names of the sources in that order
	inShard  int                // sections of a shard
	sighted  bool               // customer_keys is asked for: each key notes who showed it
	timed    bool               // every mention of a key says when it was
	filed    bool               // a table of records is asked for: whole rows travel
	noded    bool               // the keys of components have their numbers with them
	guarded  bool               // links are looked at one by one
	vetted   bool               // ... and at the names and birth dates of contacts

	priority *customer.Priority
	golden   profile.Rules

	mu      sync.Mutex
	mappers map[string][]*mapping.Mapper // idle ones, by source and header
	writers []*blockWriters              // idle ones
}

// blockWriters are the buffers of one block, used again by the next.
type blockWriters struct {
	ids  *idWriter
	keys *keyWriter
}

// borrow lends the buffers for a block; they belong to one goroutine until
// they are given back.
func (w *worker) borrow() *blockWriters {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := len(w.writers); n > 0 {
		b := w.writers[n-1]
		w.writers = w.writers[:n-1]
		return b
	}
	return &blockWriters{newIDWriter(w), newKeyWriter(w)}
}

func (w *worker) giveBack(b *blockWriters) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writers = append(w.writers, b)
}

func newWorker(n *Night, reads map[flow.Port]bool) (*worker, error) {
	zone, err := time.LoadLocation(n.Zone)
	if err != nil {
		return nil, fmt.Errorf("time zone: %w", err)
	}
	w := &worker{Night: n, location: zone, end: customer.NewCalendar(zone).Start(n.AsOf + 1), formats: connectors.Formats(),
		reads: reads, mappers: map[string][]*mapping.Mapper{}}
	w.rowCache = sync.OnceValues(func() (*rowcache.Cache, error) { return rowcache.Open(n.Cache, n.RunID) })
	w.inShard = n.sections()
	w.sighted, w.timed, w.filed = n.wants("customer_keys"), n.wantsKeyTimes(), n.wantsRecords()
	w.guarded, w.vetted = n.wantsGuard(), len(n.Identity.Guards.Veto) > 0
	if w.golden, err = profile.NewRules(n.Identity.Golden); err != nil {
		return nil, err
	}
	w.noded = w.filed || w.guarded
	w.priority = customer.NewPriority(n.Identity.Priority)
	for _, s := range n.Sources {
		w.names = append(w.names, s.Name)
	}
	slices.Sort(w.names)
	for _, s := range n.Sources {
		w.places = append(w.places, slices.Index(w.names, s.Name))
	}
	return w, nil
}

// mapper lends a mapper for the rows of a file with that header; it belongs
// to one goroutine until it is given back.
func (w *worker) mapper(file int, header []string) (m *mapping.Mapper, giveBack func(), err error) {
	source := w.Files[file].Source
	id := fmt.Sprintf("%d %q", source, header)
	w.mu.Lock()
	if idle := w.mappers[id]; len(idle) > 0 {
		m, w.mappers[id] = idle[len(idle)-1], idle[:len(idle)-1]
	}
	w.mu.Unlock()
	if m == nil {
		made, faults := mapping.Compile(w.Sources[source].Mapping, header)
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

// idShard is where what concerns a customer's id comes together.
func (w *worker) idShard(id customer.ID) int { return w.shard(binary.BigEndian.Uint64(id[:8])) }

// stage is a stage of the night.
type stage struct {
	name string
	outs []flow.Port
	run  func(ctx context.Context, w *worker, key int, in *flow.Inputs, out *flow.Outputs) error
}
