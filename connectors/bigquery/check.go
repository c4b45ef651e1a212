package bigquery

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"

	"cloud.google.com/go/bigquery"
	"github.com/habitue-data/habitue/internal/fault"
)

// check counts what was loaded and adds up every column of money and of
// quantities, against the manifest and the files. In a dry run it tells what
// that would read.
//
// A content hash as the lake has it cannot be told in the service's SQL (it is
// XXH3), and any other one would take a digest of every cell on both sides.
func (w *warehouse) check(ctx context.Context, p *planned) (Report, error) {
	r := Report{Tables: len(p.tables)}
	bytes := make(chan int64, len(p.tables))
	err := w.each(ctx, p.tables, func(ctx context.Context, t *table) error {
		if len(t.parts) == 0 {
			return nil
		}
		n, err := w.checkTable(ctx, p, t)
		bytes <- n
		return err
	})
	close(bytes)
	for n := range bytes {
		r.Checked += n
	}
	for _, t := range p.tables {
		r.Rows += t.loaded
		if t.By != "" {
			r.Partitions += len(t.parts)
		}
	}
	return r, err
}

func (w *warehouse) checkTable(ctx context.Context, p *planned, t *table) (int64, error) {
	var cols []string
	ask := []string{"COUNT(*)"}
	var scales []int64
	s, err := fields(t.InFile)
	if err != nil {
		return 0, err
	}
	for _, f := range s {
		if f.Type == bigquery.NumericFieldType {
			cols, scales = append(cols, f.Name), append(scales, f.Scale)
			ask = append(ask, "IFNULL(SUM(`"+f.Name+"`), 0)")
		}
	}
	stage := p.stage(t)
	sql := "SELECT " + strings.Join(ask, ", ") + " FROM " + w.path(stage)
	got, bytes, err := w.query(ctx, w.jobID("check", p.RunID, t.Name, t.created.UnixMilli(), short(sql)), sql)
	if err != nil {
		return bytes, fmt.Errorf("check %s: %w", stage, err)
	}
	if w.DryRun {
		return bytes, nil
	}
	var rows int64
	want := make([]int64, len(cols))
	for _, part := range t.parts {
		for _, f := range part.files {
			rows += f.Rows
			if len(cols) == 0 {
				continue
			}
			sums, err := p.Sum(ctx, t.Name, f, cols)
			if err != nil {
				return bytes, fmt.Errorf("add up %s: %w", f.Path, err)
			}
			for i, n := range sums {
				want[i] += n
			}
		}
	}
	if n, ok := got[0].(int64); !ok || n != rows {
		return bytes, fault.With(fmt.Errorf("check %s: it has %v rows, the manifest says %d", stage, got[0], rows), fault.Publish)
	}
	for i, c := range cols {
		unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(scales[i]), nil)
		expected := new(big.Rat).SetFrac(big.NewInt(want[i]), unit)
		if sum, ok := got[i+1].(*big.Rat); !ok || sum.Cmp(expected) != 0 {
			return bytes, fault.With(fmt.Errorf("check %s: the sum of %s is %v, that of its files %s", stage, c, got[i+1], expected.FloatString(int(scales[i]))), fault.Publish)
		}
	}
	return bytes, nil
}

// query asks for one row; in a dry run for what that would read.
func (w *warehouse) query(ctx context.Context, id, sql string) (row []bigquery.Value, bytes int64, err error) {
	job, status, err := w.do(ctx, id, 0, func(ctx context.Context, id bigquery.JobIDConfig) (*bigquery.Job, error) {
		q := w.client.Query(sql)
		q.JobIDConfig, q.Labels, q.MaxBytesBilled, q.DryRun = id, w.labels, w.MaxBytesBilled, w.DryRun
		return q.Run(ctx)
	})
	if err != nil {
		return nil, 0, err
	}
	if status.Statistics != nil {
		bytes = status.Statistics.TotalBytesProcessed
	}
	if w.DryRun {
		return nil, bytes, nil
	}
	err = w.ask(ctx, func(ctx context.Context) error {
		rows, err := job.Read(ctx)
		if err != nil {
			return err
		}
		row = nil
		return rows.Next(&row)
	})
	return row, bytes, err
}

// short is a hash of a text, for ids.
func short(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}
