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
	"github.com/habitue-data/habitue/pipelines"
	"github.com/habitue-data/habitue/transforms/activation"
)

// exportTables are made wherever something is sent, whatever is published: the
// files are made of them.
var exportTables = []string{"export_rows", "exports", "export_waterfall"}

// writeExports prepares the files of the destinations: what would be sent, and
// how it differs from what was. Nothing is delivered yet.
func (n *night) writeExports(ctx context.Context) error {
	if n.spec.Segments == nil || len(n.spec.Segments.Destinations) == 0 {
		return nil
	}
	t, _ := customer.TableNamed("export_rows")
	rows, err := lake.NewTable(t, n.project.Scale, n.result.Files[t.Name])
	if err != nil {
		return err
	}
	files, err := activate.Files(ctx, n.lake, rows, n.spec.Segments.Destinations)
	if err != nil {
		return err
	}
	exports, _ := customer.TableNamed("exports")
	waterfall, _ := customer.TableNamed("export_waterfall")
	prepared, steps := pipelines.NewRows(exports), pipelines.NewRows(waterfall)
	for i, f := range files {
		last, err := activate.Last(n.sentBy(), f.Destination.Name, n.manifest.RunDate, f.Shape())
		if err != nil {
			return err
		}
		addExport(prepared, &n.project.Activation[i], f, activate.Compare(f, last), n.manifest.RunDate)
		for position, s := range f.Waterfall() {
			steps.Col("destination").AddText(f.Destination.Name)
			steps.Col("position").Ints = append(steps.Col("position").Ints, int64(position))
			steps.Col("step").AddText(s.Name)
			steps.Col("customer_count").Ints = append(steps.Col("customer_count").Ints, s.Customers)
			steps.N++
		}
	}
	return errors.Join(n.writeTable(exports, prepared), n.writeTable(waterfall, steps))
}

// sentBy is the lake whose journal says what was sent: of a run that is
// replayed, the one that it was made in.
func (n *night) sentBy() lake.Lake {
	if n.replayed != nil {
		return n.inputs
	}
	return n.lake
}

func addExport(k *columns.Chunk, d *project.Destination, f *activate.File, c *activate.Changes, runDate string) {
	whole, changes := activate.Path(d.Path, d.Name, runDate)
	for name, v := range map[string]string{"destination": d.Name, "channel": d.Channel, "purpose": d.Purpose, "path": whole, "content_sha256": activate.Sum(f.CSV()),
		"changes_path": changes, "changes_sha256": activate.Sum(c.CSV()), "segments": strings.Join(d.Segments, string(rune(columns.ListSep)))} {
		k.Col(name).AddText(v)
	}
	for name, v := range map[string]int64{"row_count": int64(len(f.Rows)), "added_count": c.Added, "changed_count": c.Changed, "removed_count": c.Removed, "unchanged_count": c.Unchanged} {
		k.Col(name).Ints = append(k.Col(name).Ints, v)
	}
	if day, err := dayOf(c.Since); err == nil {
		k.Col("compared_date").Ints = append(k.Col("compared_date").Ints, int64(day))
	} else {
		k.Col("compared_date").AddMissing()
	}
	k.N++
}

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
	err = l.ReadTable(ctx, m, "exports", []string{"destination", "content_sha256"}, func(k *columns.Chunk) error {
		for i := range k.N {
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
