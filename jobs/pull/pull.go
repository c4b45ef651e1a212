// Package pull reads the sources that are databases into files of the lake,
// <lake>/_pulled/<source>/, before a run looks for files. From there on such a
// source is one of files: hashed, known by the day it came, kept, replayed.
//
// It promises: a file is there whole or not at all, and what a pull knows, its
// watermark, is written after the file. So a pull that dies in between reads rows
// twice, which the night counts as repeats, and never leaves one out. What the
// project maps and the database does not have stops a pull before it writes.
//
// It does not promise that two pulls of one source may go on at once: whoever
// pulls holds the project's lock. Nothing here ever deletes a file: rows that were
// read are raw truth, as an export is.
//
// Rejected: reading databases inside of a night. What a table held then nobody
// can read again, so no night could be replayed.
package pull

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/habitue-data/habitue/connectors/jsonl"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/project"
)

// Puller is a source, open for reading. What a person can put right in the
// project file is a fault from project.FaultOf with code Config or Input; any
// other error counts as a database that is not there now, and is tried again.
type Puller interface {
	// Columns are the names of what a row has, of nested data the outermost.
	Columns() []string
	// Sample writes up to so many rows, a line of JSON each.
	Sample(ctx context.Context, rows int, w io.Writer) error
	// Pull puts what is new into files. known is what Out.Save was last given, nil
	// where nothing was read yet or everything is to be read again.
	Pull(ctx context.Context, known json.RawMessage, out *Out) error
	Close(ctx context.Context) error
}

// open opens a source: the one list of the systems that can be pulled.
func open(ctx context.Context, p *project.Project, s *project.Source) (Puller, error) {
	switch s.Pulled.System {
	case project.Postgres:
		return openPostgres(ctx, p, s)
	case project.GA4:
		return openGA4(ctx, p, s)
	}
	return nil, fmt.Errorf("nothing pulls %s", s.Pulled.System)
}

// Report is what a pull did.
type Report struct {
	Source string   `json:"source"`
	Rows   int64    `json:"rows"`
	Files  []string `json:"files"` // as the project file has paths
}

// Source pulls one source. whole forgets what was read before. now is the clock's:
// files are of the last day that is over in the project's zone. tell is told now and
// then how many more rows there are.
func Source(ctx context.Context, p *project.Project, s *project.Source, now time.Time, whole bool, tell func(rows int64)) (r Report, err error) {
	defer func() {
		if err != nil {
			err = named(ctx, s, err)
		}
	}()
	puller, err := open(ctx, p, s)
	if err != nil {
		return Report{}, err
	}
	defer func() { // it was only read from: what fails now changes nothing
		_ = puller.Close(context.WithoutCancel(ctx))
	}()
	if faults := Unmapped(s, puller.Columns()); faults != nil {
		return Report{}, faults.Err(fault.Input)
	}
	out := &Out{project: p, source: s, today: customer.DayTime(p.Yesterday(now)), report: Report{Source: s.Name, Files: []string{}}, tell: tell}
	defer func() { err = errors.Join(err, out.abort()) }()
	if err := out.load(whole); err != nil {
		return Report{}, err
	}
	if err := puller.Pull(ctx, out.state.Known, out); err != nil {
		return Report{}, err
	}
	return out.report, out.ended()
}

// Look opens a source to see whether it can be pulled: its columns, and up to so
// many rows, a line of JSON each.
func Look(ctx context.Context, p *project.Project, s *project.Source, rows int, w io.Writer) (err error) {
	defer func() {
		if err != nil {
			err = named(ctx, s, err)
		}
	}()
	puller, err := open(ctx, p, s)
	if err != nil {
		return err
	}
	defer func() { _ = puller.Close(context.WithoutCancel(ctx)) }()
	if faults := Unmapped(s, puller.Columns()); faults != nil {
		return faults.Err(fault.Input)
	}
	return puller.Sample(ctx, rows, w)
}

// named says which source an error is of, and that what nobody else explained is
// tried again.
func named(ctx context.Context, s *project.Source, err error) error {
	if fault.Of(err) != nil {
		return err
	}
	code := fault.Unreachable
	if ctx.Err() != nil {
		code = fault.Cancelled
		err = errors.Join(context.Cause(ctx), err)
	}
	return fault.With(fmt.Errorf("pull the source %s: %w", s.Name, err), code)
}

// Unmapped are the faults of a source whose mapping names columns that the
// database does not have: in a file of such rows a value would just be missing. Of
// several columns that stand for each other one is enough, as in a file.
func Unmapped(s *project.Source, columns []string) fault.List {
	mapper, faults := s.Compile(nil)
	if mapper == nil {
		return faults
	}
	header := slices.Clone(columns)
	for _, path := range mapper.Want() { // of nested data the database names the outermost alone
		if name, err := jsonl.Member(path); path != "*" && path != name && err == nil && slices.Contains(columns, name) {
			header = append(header, path)
		}
	}
	_, faults = s.Compile(header)
	return faults
}

// mapped are the columns that the mapping reads, of nested data the outermost, in
// order. all is whether it reads every other too, as an attribute.
func mapped(s *project.Source) (names []string, all bool) {
	mapper, _ := s.Compile(nil)
	if mapper == nil {
		return nil, true
	}
	for _, path := range mapper.Want() {
		name, err := jsonl.Member(path)
		if path == "*" || err != nil {
			all = true
			continue
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names), all
}
