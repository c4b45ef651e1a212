package bigquery

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"cloud.google.com/go/bigquery"
	"github.com/habitue-data/habitue/internal/store"
)

// serve puts what was checked where it is read, and says so last.
func (w *warehouse) serve(ctx context.Context, p *planned) error {
	p.entry.served.Made = map[string]int64{}
	for _, t := range p.tables {
		p.entry.served.Made[t.Name] = t.base.CreationTime.UnixMilli()
	}
	first := p.entry // from here on partitions may differ from what is committed
	first.State, first.served = begun, p.touches()
	if err := w.write(ctx, first); err != nil {
		return err
	}
	if err := w.each(ctx, p.tables, func(ctx context.Context, t *table) error { return w.fill(ctx, p, t) }); err != nil {
		return err
	}
	p.entry.State = committed
	if err := w.write(ctx, p.entry); err != nil {
		return err
	}
	if err := w.show(ctx, p); err != nil {
		return fmt.Errorf("run %s is served, but the views are not as they should be: %w", p.RunID, err)
	}
	if err := w.tidy(ctx, p); err != nil {
		return fmt.Errorf("run %s is served, but what was before it was not taken away: %w", p.RunID, err)
	}
	return nil
}

// fill copies what was loaded, partition by partition, and empties the
// partitions that the run has no rows for.
func (w *warehouse) fill(ctx context.Context, p *planned, t *table) error {
	for _, part := range t.parts {
		if err := w.copy(ctx, p, t, part); err != nil {
			return err
		}
	}
	gone := t.gone
	if t.By == "" && len(t.parts) == 0 {
		gone = []string{p.entry.partition()}
	}
	for _, partition := range gone {
		if err := w.drop(ctx, t.rows()+"$"+partition); err != nil {
			return err
		}
	}
	return nil
}

func (w *warehouse) copy(ctx context.Context, p *planned, t *table, part part) error {
	from := p.stage(t)
	if t.By != "" {
		from += "$" + part.partition
	}
	id := w.jobID("copy", p.entry.Seq, p.RunID, t.Name, part.partition, short(part.content), t.created.UnixMilli())
	_, _, err := w.do(ctx, id, 0, func(ctx context.Context, id bigquery.JobIDConfig) (*bigquery.Job, error) {
		c := w.ds.Table(t.rows() + "$" + part.partition).CopierFrom(w.ds.Table(from))
		c.JobIDConfig, c.Labels = id, w.labels
		c.WriteDisposition, c.CreateDisposition = bigquery.WriteTruncate, bigquery.CreateNever
		return c.Run(ctx)
	})
	if err != nil {
		return fmt.Errorf("copy %s to %s: %w", from, t.rows()+"$"+part.partition, err)
	}
	return nil
}

// drop removes a table or a partition; one that is not there is gone already.
func (w *warehouse) drop(ctx context.Context, name string) error {
	return w.ask(ctx, func(ctx context.Context) error {
		if err := w.ds.Table(name).Delete(ctx); err != nil && !is(err, 404) {
			return fmt.Errorf("take %s away: %w", name, err)
		}
		return nil
	})
}

// outdated are the partitions of runs that a table need not have any more.
func (p *planned) outdated(t *table) (old []string) {
	if t.By != "" {
		return nil
	}
	for _, e := range append([]entry{p.log.committed}, p.log.since...) {
		if name := e.partition(); e.RunID != "" && name != p.entry.partition() && !slices.Contains(old, name) {
			old = append(old, name)
		}
	}
	return old
}

// tidy takes away what nobody reads any more: stage tables, partitions of other
// runs, and tables and views that the run has not.
func (w *warehouse) tidy(ctx context.Context, p *planned) (err error) {
	err = w.each(ctx, p.tables, func(ctx context.Context, t *table) error {
		if len(t.parts) > 0 {
			if err := w.drop(ctx, p.stage(t)); err != nil {
				return err
			}
		}
		for _, partition := range p.outdated(t) {
			if err := w.drop(ctx, t.rows()+"$"+partition); err != nil {
				return err
			}
		}
		return nil
	})
	for _, name := range p.log.committed.served.Views {
		if !slices.Contains(p.entry.served.Views, name) {
			err = errors.Join(err, w.drop(ctx, name))
		}
	}
	for _, name := range p.log.committed.served.Tables {
		if !slices.Contains(p.entry.served.Tables, name) {
			err = errors.Join(err, w.drop(ctx, name), w.drop(ctx, "rows_"+name))
		}
	}
	for _, name := range p.log.committed.served.Views {
		if !slices.Contains(p.entry.served.Views, name) {
			err = errors.Join(err, w.drop(ctx, name))
		}
	}
	if w.Staging != "" {
		err = errors.Join(err, store.RemoveAll(w.staged(p)))
	}
	return err
}
