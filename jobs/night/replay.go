package night

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/habitue-data/habitue/connectors"
	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/heap"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/pipelines/flow"
	"golang.org/x/sync/errgroup"
)

// Replay runs a run again from what its manifest says it was made of, into a
// lake of its own below the scratch folder, and tells which tables have another
// content. Nothing of the run itself is read: neither its tables nor what was
// cached. Whoever calls it holds the lock, so that nobody prunes what is needed or
// sweeps the scratch folder.
func Replay(ctx context.Context, w World, p *project.Project, l lake.Lake, m lake.Manifest, memory int64) (differ []lake.Difference, err error) {
	day, err := customer.ParseDay(m.RunDate)
	if err != nil {
		return nil, err
	}
	side, err := LocalSide(l)
	if err != nil {
		return nil, err
	}
	aside := lake.Lake{Dir: filepath.Join(side, scratchDir, "replay")}
	if err := os.RemoveAll(aside.Dir); err != nil {
		return nil, fmt.Errorf("make a scratch lake: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(aside.Dir)) }()
	r := &Runner{World: w, Project: p, Lake: aside, Where: flow.Runner{Name: "direct"}, Memory: memory, Known: m.Known}
	heap.Spare(memory)
	n := &Night{Runner: r, day: day, onLine: m.Line, Started: w.Now(), replayed: &m, inputs: l}
	if n.previous, err = lend(l, aside, m.Predecessor); err != nil {
		return nil, err
	}
	if n.end, err = lend(l, aside, m.LineEnd); err != nil {
		return nil, err
	}
	if err := n.run(ctx); err != nil {
		return nil, err
	}
	return compareRuns(m, n.Manifest), nil
}

// lend is a run with its ledgers in the scratch lake, as links, or of a bucket as
// copies; nil for none.
func lend(l, aside lake.Lake, id string) (*lake.Manifest, error) {
	if id == "" {
		return nil, nil
	}
	before, err := l.Load(id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.With(fmt.Errorf("run %s, whose ledgers it was made with, was pruned; raise publish.keep_runs to replay older runs", id), fault.Input)
	}
	if err != nil {
		return nil, err
	}
	before = ledgersOf(before)
	for _, t := range before.Tables {
		for _, f := range t.Files {
			if err := lendFile(l.Path(f.Path), aside.Path(f.Path)); err != nil {
				return nil, fmt.Errorf("lend the ledgers of run %s: %w", before.RunID, err)
			}
		}
	}
	return &before, nil
}

func lendFile(path, to string) error {
	if store.Remote(path) {
		return store.Copy(path, to)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.Symlink(path, to)
}

// compareRuns tells which tables of two runs differ in content; runs, which
// holds readings of the clock, stands aside.
func compareRuns(was, is lake.Manifest) (differ []lake.Difference) {
	for _, name := range lake.TableNames(was) {
		old, now := was.Tables[name], is.Tables[name]
		if name != "runs" && (old.Content != now.Content || old.Rows != now.Rows || old.Schema != now.Schema) {
			differ = append(differ, lake.Difference{Table: name, What: fmt.Sprintf("replayed it has %d rows of content %s, the manifest says %d of %s", now.Rows, now.Content, old.Rows, old.Content)})
		}
	}
	for _, name := range lake.TableNames(is) {
		if _, ok := was.Tables[name]; !ok {
			differ = append(differ, lake.Difference{Table: name, What: "the manifest has no such table"})
		}
	}
	return differ
}

// recording is the inputs of a run that is replayed, each where its bytes
// are now.
type recording struct {
	inputs []lake.Input
	open   []string // path of each
	info   []rowfile.Info
}

// record finds the bytes of every input of a run: at its path, or among the
// versions that the lake keeps. All that are gone are told at once.
func record(ctx context.Context, p *project.Project, l lake.Lake, m *lake.Manifest) (*recording, error) {
	rec := &recording{m.Inputs, make([]string, len(m.Inputs)), make([]rowfile.Info, len(m.Inputs))}
	gone := make([]fault.List, len(m.Inputs))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for i, in := range m.Inputs {
		g.Go(func() error {
			s := slices.IndexFunc(p.Sources, func(s project.Source) bool { return s.Name == in.Source })
			if s < 0 {
				return fmt.Errorf("the project has no source %s", in.Source)
			}
			why := "its path holds other bytes and the lake keeps no copy"
			if _, err := store.Stat(p.Path(in.Path)); errors.Is(err, fs.ErrNotExist) {
				why = "nothing is at its path and the lake keeps no copy"
			}
			for _, path := range []string{p.Path(in.Path), inputPath(l, in.SHA256, in.Path)} {
				info, err := connectors.Formats()[p.Sources[s].Format].Inspect(ctx, path, p.Sources[s].Options)
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				if err == nil && info.SHA256 == in.SHA256 { // what cannot be read is not what was
					rec.open[i], rec.info[i] = path, info
					return nil
				}
			}
			gone[i] = fault.List{{File: in.Path, What: fmt.Sprintf("the version that run %s read, delivered on %s, is gone", m.RunID, in.Delivered), Why: why,
				Todo: "put it back; keep_inputs says how long replaced versions are kept"}}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return rec, slices.Concat(gone...).Err(fault.Input)
}

// place is the number of a recorded input, -1 where the run did not read it.
func (r *recording) place(source string, v *version) int {
	return slices.IndexFunc(r.inputs, func(in lake.Input) bool { return in.Source == source && in.Path == v.Path && in.SHA256 == v.SHA256 })
}

// recorded are the versions that a replayed run found at their paths. Those
// that it read from the lake come with the ledger, as they did then.
func (pl *planner) recorded(s int) (all []*version) {
	source := &pl.project.Sources[s]
	for i, in := range pl.replayed.inputs {
		if in.Source != source.Name || in.Kept {
			continue
		}
		v := &version{source: s, named: namedDay(source.DateOf(in.Path)), file: -1, open: pl.replayed.open[i], bytes: in.Bytes, info: pl.replayed.info[i]}
		v.Path, v.SHA256, v.Present = in.Path, in.SHA256, true
		all = append(all, v)
	}
	return all
}
