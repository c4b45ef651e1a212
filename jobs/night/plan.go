package night

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/habitue-data/habitue/connectors"
	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/rowfile"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/transforms/delivery"
	"golang.org/x/sync/errgroup"
)

// version is a version of an input file, and what the run makes of it.
type version struct {
	delivery.Version
	delivery.Decision
	source int
	bytes  int64
	named  int32 // day in its name, noDay without one
	file   int   // place among the files of the night, -1 where it is not read
	info   rowfile.Info
	open   string // path to read it from
	first  int32  // day it was first delivered on
}

const noDay = int32(-1 << 31)

// namedDay is the day that the pattern of a source reads in a name, as a day.
func namedDay(date time.Time) int32 {
	if date.IsZero() {
		return noDay
	}
	return customer.DayOf(date)
}

// latest is the last day that a project takes for one that can be.
func latest(p *project.Project) int32 {
	return customer.DayOf(time.Date(p.Latest, 12, 31, 0, 0, 0, 0, time.UTC))
}

// plan is what a night reads.
type plan struct {
	versions []*version
	waived   []arrival // files that nights up to this one were run without
	files    []brief.File
	blocks   []brief.Block
	bytes    int64
	plain    int64 // about how many bytes they are as plain text
	keys     int64 // about how many keys of customers they name at most
}

// planner finds the files of a night and decides which hold.
type planner struct {
	project *project.Project
	lake    lake.Lake
	q       delivery.Question
	ledger  []arrival // every delivery that the line knows, and every waiver
	waive   []string  // sources whose file of the day the night no longer waits for
	looked  int32     // day of the run before, which looked for files too; noDay where the day is run again, or there is none

	replayed *recording // the inputs of a run that is replayed; nil where the folders are looked at
}

// plan looks at every file there is: its hash tells whether it is a version
// that is known, and when it was delivered.
func (pl *planner) plan(ctx context.Context) (*plan, error) {
	var all []*version
	var faults fault.List
	for s := range pl.project.Sources {
		if pl.replayed != nil {
			all = append(all, pl.recorded(s)...)
			continue
		}
		found, bad := pl.versions(s)
		all, faults = append(all, found...), append(faults, bad...)
	}
	if err := faults.Err(fault.Input); err != nil {
		return nil, err
	}
	if pl.replayed == nil {
		if err := pl.inspect(ctx, all); err != nil {
			return nil, err
		}
	}
	pl.waiveToday()
	all = pl.arrived(all)
	out := &plan{waived: pl.waivedBy(pl.q.Day)}
	for s := range pl.project.Sources {
		pl.decide(s, all)
	}
	if err := pl.hollow(all); err != nil {
		return nil, err
	}
	for _, v := range all {
		out.versions = append(out.versions, v)
		if v.Verdict == delivery.Unknown || v.Verdict == delivery.Gone || v.Verdict == delivery.Again {
			continue
		}
		if err := pl.locate(ctx, v); err != nil {
			return nil, err
		}
		out.add(pl.project, v)
	}
	return out, nil
}

// versions lists the files of a source that are there.
func (pl *planner) versions(s int) (all []*version, faults fault.List) {
	source := &pl.project.Sources[s]
	files, faults := pl.project.Files(source)
	for _, f := range files {
		v := &version{source: s, named: namedDay(f.Date), file: -1, open: pl.project.Path(f.Path)}
		v.Path, v.Present = f.Path, true
		all = append(all, v)
	}
	if len(files) == 0 && len(faults) == 0 && !pl.q.Then {
		todo := "put its files in place, or correct path; habitue check says where it looks"
		if source.Pulled != nil {
			todo = "read its database first: habitue pull " + source.Name
		}
		faults = append(faults, fault.Fault{File: pl.project.File, Line: source.Line, Col: source.Col, What: fmt.Sprintf("source %s has no file", source.Name), Todo: todo})
	}
	return all, faults
}

// parallel is how many of the files are best looked at at once.
func parallel(all []*version) (most int) {
	for _, v := range all {
		most = max(most, store.Parallel(v.open))
	}
	return most
}

// inspect hashes the files side by side and finds where they may be cut.
func (pl *planner) inspect(ctx context.Context, all []*version) error {
	formats := connectors.Formats()
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(4, parallel(all)))
	faults := make([]error, len(all))
	for i, v := range all {
		g.Go(func() error {
			source := &pl.project.Sources[v.source]
			info, err := formats[source.Format].Inspect(ctx, v.open, source.Options)
			if err != nil {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				faults[i] = pl.relative(err)
				return nil
			}
			v.info, v.SHA256, v.bytes = info, info.SHA256, info.Bytes
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return errors.Join(slices.DeleteFunc(faults, func(err error) bool { return err == nil })...)
}

// relative tells faults by paths relative to the project.
func (pl *planner) relative(err error) error { return relativeFaults(pl.project, err) }

func relativeFaults(p *project.Project, err error) error {
	list := slices.Clone(fault.Of(err))
	if list == nil {
		return err
	}
	for i := range list {
		list[i].File = p.Relative(list[i].File)
	}
	return fault.With(list, fault.CodeOf(err))
}

// decide judges the versions of one source.
func (pl *planner) decide(s int, all []*version) {
	var mine []*version
	var plain []delivery.Version
	for _, v := range all {
		if v.source == s {
			mine, plain = append(mine, v), append(plain, v.Version)
		}
	}
	for i, d := range delivery.Decide(delivery.Rule(pl.project.Sources[s].Delivery), plain, pl.q) {
		mine[i].Decision = d
		if d.By >= 0 {
			mine[i].By = slices.Index(all, mine[d.By])
		}
	}
}

// hollow refuses files without a byte that are the whole truth of their
// source: most likely an export failed, and to believe it would take every
// record away.
func (pl *planner) hollow(all []*version) error {
	var faults fault.List
	for _, v := range all {
		s := &pl.project.Sources[v.source]
		if s.Delivery == project.Full && v.Verdict == delivery.InForce && v.Present && len(v.info.Blocks) == 0 && v.info.Header == nil {
			faults = append(faults, fault.Fault{File: v.Path, What: "the file is empty", Why: fmt.Sprintf("and as the whole truth of %s it would take all its records away", s.Name),
				Todo: "deliver it again; if there is truly nothing, deliver the header line alone, or take the source out"})
		}
	}
	return faults.Err(fault.Input)
}

// locate finds the bytes of a version that its path no longer holds.
func (pl *planner) locate(ctx context.Context, v *version) error {
	if v.Present {
		return nil
	}
	if pl.replayed != nil {
		if i := pl.replayed.place(pl.project.Sources[v.source].Name, v); i >= 0 {
			v.open, v.info = pl.replayed.open[i], pl.replayed.info[i]
		}
		return nil
	}
	v.open = inputPath(pl.lake, v.SHA256, v.Path)
	if _, err := store.Stat(v.open); err != nil {
		if v.Verdict == delivery.Replaced {
			v.open = "" // its rows were counted when it held
			return nil
		}
		return fault.With(fault.Fault{File: v.Path, What: fmt.Sprintf("the version delivered on %s is gone", customer.DayText(v.Delivered)),
			Why: "the run is to know what was known then", Todo: "put it back, use --known now, or set keep_inputs so that versions are kept"}, fault.Input)
	}
	source := &pl.project.Sources[v.source]
	info, err := connectors.Formats()[source.Format].Inspect(ctx, v.open, source.Options)
	if err != nil {
		return pl.relative(err)
	}
	if info.SHA256 != v.SHA256 {
		return fault.With(fmt.Errorf("the kept version of %s changed: hash %s, want %s", v.Path, info.SHA256, v.SHA256), fault.Input)
	}
	v.info = info
	return nil
}

// add puts a version among the files of the night.
func (out *plan) add(p *project.Project, v *version) {
	if v.open == "" {
		return
	}
	v.file = len(out.files)
	last := latest(p)
	if v.named != noDay {
		last = min(last, v.named+2)
	}
	out.files = append(out.files, brief.File{Source: v.source, Path: v.Path, SHA256: v.SHA256, Bytes: v.bytes, Delivered: v.Delivered, First: v.first, Order: v.Order, Latest: last,
		Replaced: v.Verdict == delivery.Replaced})
	for _, b := range v.info.Blocks {
		out.blocks = append(out.blocks, brief.Block{File: v.file, Block: b})
	}
	plain := v.bytes
	if compressed(v.open) {
		plain *= 6
	}
	out.bytes += v.bytes
	out.plain += plain
	out.keys += keysOf(&p.Sources[v.source], v.info.Rows, plain)
}

// compressed tells by its name whether a file is larger than it looks.
func compressed(path string) bool {
	return slices.Contains([]string{".gz", ".zst", ".parquet"}, filepath.Ext(path))
}
