package pull

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/habitue-data/habitue/connectors/postgres"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/jobs/project"
)

// fromPostgres pulls a table, or a query, of PostgreSQL.
type fromPostgres struct {
	*postgres.Reader
	project *project.Project
	source  *project.Source
}

func openPostgres(ctx context.Context, p *project.Project, s *project.Source) (Puller, error) {
	from := postgres.Source{URL: s.Pulled.URL.Reveal(), Table: s.Pulled.Table, Query: s.Pulled.Query, Key: s.Pulled.Key, UpdatedAt: s.Pulled.UpdatedAt, Zone: s.Mapping.Zone}
	if s.Delivery == project.Full {
		from.UpdatedAt = ""
	}
	f := &fromPostgres{project: p, source: s}
	var err error
	if f.Reader, err = postgres.Open(ctx, from); err != nil {
		return nil, f.told(err)
	}
	return f, nil
}

// told is an error with its place in the project file, where it has one.
func (f *fromPostgres) told(err error) error {
	var wrong postgres.Wrong
	if !errors.As(err, &wrong) {
		return err
	}
	code := fault.Input
	if wrong.Option == "url" {
		code = fault.Config
	}
	return fault.With(f.project.FaultOf(f.source, "the source "+f.source.Name+" cannot be read: "+wrong.What, wrong.Todo, wrong.Option), code)
}

// Sample writes some rows.
func (f *fromPostgres) Sample(ctx context.Context, rows int, w io.Writer) error {
	return f.told(f.Reader.Sample(ctx, rows, func(r postgres.Row) error {
		_, err := w.Write(append(r.JSON, '\n'))
		return machine(err)
	}))
}

// watermark is what a pull by updated_at leaves to the next one.
type watermark struct {
	Newest  string   `json:"newest"`
	Columns []string `json:"columns,omitempty"` // that the rows in the files have
	Seen    []byte   `json:"seen,omitempty"`    // hashes of rows that come again, one behind the other
}

// sum is the hash of a row.
type sum [16]byte

// maxSeen is how many hashes are kept. Rows beyond that are written again when
// they come again, and the night counts them as repeats.
const maxSeen = 1 << 18

// Pull writes the rows that are new.
func (f *fromPostgres) Pull(ctx context.Context, known json.RawMessage, out *Out) error {
	if f.source.Delivery == project.Full {
		return f.pullWhole(ctx, out)
	}
	var mark watermark
	if known != nil {
		if err := json.Unmarshal(known, &mark); err != nil {
			return fault.With(fmt.Errorf("read the watermark: %w", err), fault.Mismatch)
		}
	}
	if f.wants(mark.Columns) {
		mark = watermark{Columns: f.Columns()}
	}
	seen := map[sum]bool{}
	for s := mark.Seen; len(s) >= len(sum{}); s = s[len(sum{}):] {
		seen[sum(s[:len(sum{})])] = true
	}
	days := byDay{out: out, zone: f.project.Zone, silent: f.zone()}
	var again bytes.Buffer
	lines := f.source.Kind == customer.Order // it takes several rows to tell of one
	newest, err := f.Read(ctx, postgres.Since{Newest: mark.Newest, Overlap: f.source.Pulled.Overlap}, func(r postgres.Row) error {
		fresh := true
		if r.Again || len(seen) > 0 {
			full := sha256.Sum256(r.JSON)
			s := sum(full[:len(sum{})])
			if r.Again && again.Len() < maxSeen*len(s) {
				again.Write(s[:])
			}
			if fresh = !seen[s]; !fresh && !lines {
				return nil
			}
		}
		return days.row(r, fresh)
	})
	if err != nil {
		return f.told(err)
	}
	if err := days.commit(); err != nil {
		return err
	}
	return out.Save(watermark{newest, mark.Columns, again.Bytes()})
}

// wants tells whether the mapping reads a column that the rows written so far do
// not have: one that was renamed, or is new. No updated_at changes with it, so
// every row is to be written again, or only those that change would have it.
func (f *fromPostgres) wants(written []string) bool {
	names, _ := mapped(f.source)
	return slices.ContainsFunc(names, func(name string) bool {
		return slices.Contains(f.Columns(), name) && !slices.Contains(written, name)
	})
}

// pullWhole writes every row there is.
func (f *fromPostgres) pullWhole(ctx context.Context, out *Out) error {
	file, err := out.File(out.Today(), true)
	if err != nil {
		return err
	}
	if _, err := f.Read(ctx, postgres.Since{}, func(r postgres.Row) error { return file.Row(r.JSON) }); err != nil {
		return f.told(err)
	}
	if file.rows == 0 {
		return fault.With(f.project.FaultOf(f.source, "the source "+f.source.Name+" has no rows, and as the whole truth of it that would take all its records away",
			"look whether this is the database that is meant; if there is truly nothing, take the source out"), fault.Input)
	}
	return file.Commit()
}

// zone is that of times that name none.
func (f *fromPostgres) zone() *time.Location {
	zone, err := time.LoadLocation(f.source.Mapping.Zone)
	if err != nil { // the spec's check has told it
		return f.project.Zone
	}
	return zone
}
