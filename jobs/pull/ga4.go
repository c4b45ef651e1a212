package pull

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/habitue-data/habitue/connectors/bigquery"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/project"
)

// fromGA4 pulls the daily tables of an export of Google Analytics 4. A day is a
// file of that day's name.
type fromGA4 struct {
	*bigquery.Export
	project *project.Project
	source  *project.Source
	days    []time.Time // that have a table, in order
	newest  bigquery.Version
	want    []string // the columns that travel, nil for all
}

func openGA4(ctx context.Context, p *project.Project, s *project.Source) (Puller, error) {
	g := &fromGA4{project: p, source: s}
	err := g.open(ctx)
	return g, g.told(err)
}

func (g *fromGA4) open(ctx context.Context) (err error) {
	of := g.source.Pulled
	if g.Export, err = bigquery.OpenExport(ctx, bigquery.Source{Project: of.Project, Dataset: of.Dataset, Endpoint: g.project.BigQueryAt}); err != nil {
		return err
	}
	if g.days, err = g.Days(ctx); err != nil {
		return err
	}
	g.days = slices.DeleteFunc(g.days, func(day time.Time) bool { return day.Before(of.From) })
	slices.SortFunc(g.days, time.Time.Compare)
	if len(g.days) == 0 {
		return fmt.Errorf("the dataset %s.%s has no table events_YYYYMMDD yet: Google Analytics writes the first one a day after its export was switched on", of.Project, of.Dataset)
	}
	if names, all := mapped(g.source); !all {
		g.want = names
	}
	g.newest, err = g.Look(ctx, g.days[len(g.days)-1])
	return err
}

// told is an error with its place in the project file, where it has one.
func (g *fromGA4) told(err error) error {
	var wrong bigquery.Wrong
	if !errors.As(err, &wrong) {
		return err
	}
	var at []string
	if wrong.Dataset {
		at = []string{"dataset"}
	}
	return fault.With(g.project.FaultOf(g.source, "the source "+g.source.Name+" cannot be read: "+wrong.What, wrong.Todo, at...), fault.Config)
}

// Columns are those of the newest day.
func (g *fromGA4) Columns() []string { return g.newest.Columns }

// Sample writes some rows of the newest day.
func (g *fromGA4) Sample(ctx context.Context, rows int, w io.Writer) error {
	return g.told(g.Export.Sample(ctx, g.days[len(g.days)-1], g.want, rows, func(row []byte) error {
		_, err := w.Write(append(row, '\n'))
		return machine(err)
	}))
}

// Close has nothing to do: every request stands for itself.
func (g *fromGA4) Close(context.Context) error { return nil }

// reading is what is known of a day that was read.
type reading struct {
	Modified int64    `json:"modified"` // of the table, in milliseconds since 1970
	Rows     int64    `json:"rows"`
	Content  string   `json:"content"`           // the rows, whatever their order
	Columns  []string `json:"columns,omitempty"` // that were asked for; none for all
}

// has tells whether all columns were asked for that are wanted.
func (r reading) has(want []string) bool {
	if r.Columns == nil || want == nil {
		return r.Columns == nil
	}
	return !slices.ContainsFunc(want, func(name string) bool { return !slices.Contains(r.Columns, name) })
}

// Pull reads the days that were not read yet, those of the newest ones whose
// table changed since, and those of which the mapping wants a column that was
// not read. The newest days are counted from the pull before, too: what changed
// while nobody looked is not missed.
func (g *fromGA4) Pull(ctx context.Context, known json.RawMessage, out *Out) error {
	read, was := map[string]reading{}, map[string]reading{}
	for _, of := range []struct {
		text json.RawMessage
		into *map[string]reading
	}{{known, &read}, {out.was, &was}} {
		if of.text == nil {
			continue
		}
		if err := json.Unmarshal(of.text, of.into); err != nil {
			return fmt.Errorf("read which days are known: %w", err)
		}
	}
	files, err := out.files()
	if err != nil {
		return err
	}
	last := out.Today()
	if before := out.Before(); !before.IsZero() && before.Before(last) {
		last = before.AddDate(0, 0, 1)
	}
	again := last.AddDate(0, 0, 1-g.source.Pulled.Days)
	for _, day := range g.days {
		name := day.Format(time.DateOnly)
		is, there := read[name]
		if there && is.has(g.want) {
			if day.Before(again) {
				continue
			}
			v, err := g.Look(ctx, day)
			if err == nil && v.Modified == is.Modified {
				continue
			}
			if err != nil && !errors.Is(err, bigquery.ErrGone) {
				return g.told(err)
			}
		}
		if !slices.Contains(files, project.PulledName(day, "")) {
			delete(was, name)
		}
		now, file, err := g.day(ctx, day, was[name], out)
		if errors.Is(err, bigquery.ErrGone) { // since the tables were listed: what was read of it stays
			continue
		}
		if err != nil {
			return g.told(err)
		}
		if now.Rows == 0 { // a table that is being filled; what was read of it stays
			continue
		}
		if file != nil {
			if _, there := was[name]; there { // who is killed in between must not take the new file for the old rows
				delete(read, name)
				if err := out.Save(read); err != nil {
					return err
				}
			}
			if err := file.Commit(); err != nil {
				return err
			}
		}
		read[name] = now
		if err := out.Save(read); err != nil {
			return err
		}
	}
	return nil
}

// day reads a day into a file, nil where the rows are those that the day's file
// has: they come in another order each time, and a file of other bytes would be
// another version of the day.
func (g *fromGA4) day(ctx context.Context, day time.Time, was reading, out *Out) (now reading, file *File, err error) {
	v, content, err := g.Read(ctx, day, g.want, func() (bigquery.Row, error) {
		if file != nil {
			if err := file.abort(); err != nil {
				return nil, machine(err)
			}
		}
		var err error
		if file, err = out.File(day, true); err != nil {
			return nil, err
		}
		return file.Row, nil
	})
	if err != nil {
		return now, nil, err
	}
	now = reading{Modified: v.Modified, Rows: v.Rows, Content: content.String(), Columns: g.want}
	if v.Rows == 0 || now.Content == was.Content && now.Rows == was.Rows {
		return now, nil, machine(file.abort())
	}
	return now, file, nil
}
