package night

import (
	"context"
	"errors"
	"strings"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/jobs/activate"
	"github.com/habitue-data/habitue/jobs/project"
)

// exportTables tell of the files that were prepared, night for night, from the
// first on which something was.
var exportTables = []string{"exports", "export_waterfall"}

// writeExports prepares the files of the destinations: what would be sent, and
// how it differs from what was. Nothing is delivered yet.
func (n *Night) writeExports(ctx context.Context) error {
	if n.spec.Segments == nil || len(n.spec.Segments.Destinations) == 0 {
		return nil
	}
	t, _ := customer.TableNamed("export_rows")
	rows, err := lake.NewTable(t, n.Project.Scale, n.result.Files[t.Name])
	if err != nil {
		return err
	}
	files, err := activate.Files(ctx, n.Lake, rows, n.spec.Segments.Destinations)
	if err != nil {
		return err
	}
	exports, _ := customer.TableNamed("exports")
	waterfall, _ := customer.TableNamed("export_waterfall")
	prepared, steps := exports.NewRows(), waterfall.NewRows()
	for i, f := range files {
		last, err := activate.Last(n.sentBy(), f.Destination.Name, n.Manifest.RunDate)
		if err != nil {
			return err
		}
		addExport(prepared, &n.Project.Activation[i], f, activate.Compare(f, last), n.Manifest.RunDate)
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
func (n *Night) sentBy() lake.Lake {
	if n.replayed != nil {
		return n.inputs
	}
	return n.Lake
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
	if day, err := customer.ParseDay(c.Since); err == nil {
		k.Col("compared_date").Ints = append(k.Col("compared_date").Ints, int64(day))
	} else {
		k.Col("compared_date").AddMissing()
	}
	k.N++
}
