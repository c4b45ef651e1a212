package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/progress"
	"github.com/habitue-data/habitue/jobs/activate"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/transforms/activation"
)

// deliver sends the files of a committed run. It may be done again at any
// time: what a destination has already is not sent twice.
func deliver(ctx context.Context, app *App, p *project.Project, m lake.Manifest, resend bool) ([]activate.Outcome, error) {
	rows, made := m.Tables["export_rows"]
	if !made || len(p.Activation) == 0 {
		return nil, nil
	}
	step := app.Progress.Start("activate", 0)
	outcomes, err := send(ctx, p, m, rows, resend)
	step.End(err)
	if err != nil {
		return outcomes, fault.With(fmt.Errorf("activate run %s: %w", m.RunID, err), fault.Publish)
	}
	return outcomes, nil
}

func send(ctx context.Context, p *project.Project, m lake.Manifest, rows lake.Table, resend bool) (all []activate.Outcome, err error) {
	var destinations []activation.Destination
	for _, d := range p.Activation {
		destinations = append(destinations, d.Destination)
	}
	l := lakeOf(p)
	files, err := activate.Files(ctx, l, rows, destinations)
	if err != nil {
		return nil, err
	}
	sums := map[string]string{}
	err = l.ReadTable(ctx, m, "exports", []string{"destination", "content_sha256", lake.RunDate}, func(k *columns.Chunk) error {
		for i := range k.N {
			if customer.DayText(int32(k.Cols[2].Ints[i])) != m.RunDate {
				continue // of an earlier night
			}
			name, _ := k.Cols[0].Bytes(i)
			sum, _ := k.Cols[1].Bytes(i)
			sums[string(name)] = string(sum)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var wrong []error // one destination must not keep the others waiting
	for i, f := range files {
		d := &p.Activation[i]
		whole, changes := activate.Path(d.Path, d.Name, m.RunDate)
		one, err := activate.Deliver(l, activate.Delivery{File: f, RunID: m.RunID, RunDate: m.RunDate, SHA256: sums[d.Name],
			Whole: p.Path(whole), Changes: p.Path(changes), Resend: resend})
		one.Path = filepath.ToSlash(whole)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		all = append(all, one)
	}
	return slices.Clip(all), errors.Join(wrong...)
}

// tellDelivered prints what went where.
func tellDelivered(out io.Writer, all []activate.Outcome) error {
	var text strings.Builder
	for _, o := range all {
		if !o.Sent {
			fmt.Fprintf(&text, "activation: %s has this file already, %s rows\n", o.Destination, progress.Thousands(o.Rows))
			continue
		}
		fmt.Fprintf(&text, "activation: %s  %s rows (%d added, %d changed, %d removed)\n", o.Path, progress.Thousands(o.Rows), o.Added, o.Changed, o.Removed)
	}
	_, err := io.WriteString(out, text.String())
	return err
}
