package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/fault"
)

// SegmentListCommand is `habitue segment list`.
type SegmentListCommand struct{}

// SegmentShowCommand is `habitue segment show NAME`.
type SegmentShowCommand struct {
	Name    string `arg:"" name:"segment" help:"The segment."`
	Members int    `default:"10" placeholder:"N" help:"How many of its members are shown, those who came last first."`
}

// Run lists the segments of the newest run.
func (c *SegmentListCommand) Run(ctx context.Context, app *App) error {
	l, m, err := segmentRun(app)
	if err != nil {
		return err
	}
	all, err := tableRows(ctx, l, m, "segments", func(row) bool { return true })
	if err != nil {
		return err
	}
	if app.JSON {
		return app.PrintJSON(all)
	}
	w := tabwriter.NewWriter(app.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SEGMENT\tMEMBERS\tCAME\tLEFT\tUNKNOWN\tKIND\tGOAL")
	for _, s := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.text("segment"), s.text("member_count"), s.text("entered_count"), s.text("left_count"), s.text("unknown_count"), s.text("kind"), s.text("goal"))
	}
	return w.Flush()
}

// shownSegment is a segment as `segment show` tells it.
type shownSegment struct {
	Segment row   `json:"segment"`
	Members []row `json:"members"` // of those who are members now, who came last first
	Moves   []row `json:"moves"`   // how many moves the run made, by reason and clause
}

// Run shows a segment of the newest run.
func (c *SegmentShowCommand) Run(ctx context.Context, app *App) error {
	l, m, err := segmentRun(app)
	if err != nil {
		return err
	}
	all, err := tableRows(ctx, l, m, "segments", func(row) bool { return true })
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(s row) bool { return s.text("segment") == c.Name })
	if at < 0 {
		var names []string
		for _, s := range all {
			names = append(names, s.text("segment"))
		}
		todo := "the segments are " + strings.Join(names, ", ")
		if near := fault.Nearest(c.Name, names); near != "" {
			todo = "did you mean " + near + "?"
		}
		return fault.With(fmt.Errorf("run %s has no segment %q; %s", m.RunID, c.Name, todo), fault.Usage)
	}
	shown := shownSegment{Segment: all[at]}
	shown.Members, err = tableRows(ctx, l, m, "segment_members", func(r row) bool { return r.text("segment") == c.Name && r.text("left_date") == "" })
	if err != nil {
		return err
	}
	slices.SortStableFunc(shown.Members, func(a, b row) int {
		return strings.Compare(b.text("entered_date")+a.text("customer_id"), a.text("entered_date")+b.text("customer_id"))
	})
	shown.Members = shown.Members[:min(len(shown.Members), c.Members)]
	moves, err := tableRows(ctx, l, m, "segment_moves", func(r row) bool { return r.text("segment") == c.Name && r.text("move_date") == m.RunDate })
	if err != nil {
		return err
	}
	shown.Moves = countMoves(moves)
	if app.JSON {
		return app.PrintJSON(shown)
	}
	return shown.print(app)
}

// countMoves counts moves by what they have in common, the most first.
func countMoves(moves []row) (counted []row) {
	counts, first := map[string]int{}, map[string]row{}
	key := func(r row) string { return r.text("move") + "\x00" + r.text("reason") + "\x00" + r.text("clause") }
	for _, r := range moves {
		first[key(r)] = row{{"move", r.text("move")}, {"reason", r.text("reason")}, {"clause", r.text("clause")}}
		counts[key(r)]++
	}
	keys := slices.Sorted(maps.Keys(counts))
	slices.SortStableFunc(keys, func(a, b string) int { return counts[b] - counts[a] })
	for _, k := range keys {
		counted = append(counted, append(first[k], cell{"customers", counts[k]}))
	}
	return counted
}

func (s *shownSegment) print(app *App) error {
	w := tabwriter.NewWriter(app.Out, 0, 0, 2, ' ', 0)
	for _, c := range s.Segment {
		fmt.Fprintf(w, "%s\t%v\n", strings.ReplaceAll(c.name, "_", " "), c.value)
	}
	for _, table := range []struct {
		title string
		rows  []row
		names []string
	}{
		{"Moves of the run", s.Moves, []string{"customers", "move", "reason", "clause"}},
		{"Members, who came last first", s.Members, []string{"customer_id", "entered_date", "entered_reason", "entered_clause"}},
	} {
		if len(table.rows) == 0 {
			continue
		}
		fmt.Fprintf(w, "\n%s\n", table.title)
		for _, r := range table.rows {
			for _, name := range table.names {
				fmt.Fprintf(w, "  %s\t", r.text(name))
			}
			fmt.Fprintln(w)
		}
	}
	return w.Flush()
}

// segmentRun is the newest run, which must have segments.
func segmentRun(app *App) (l lake.Lake, m lake.Manifest, err error) {
	p, err := app.ProjectToRead()
	if err != nil {
		return l, m, err
	}
	l = lakeOf(p)
	if m, err = newest(l); err != nil {
		return l, m, err
	}
	if _, there := m.Tables["segments"]; !there {
		return l, m, fault.With(fmt.Errorf("run %s had no segments: name their files under segments in the project file, and run again", m.RunID), fault.Usage)
	}
	return l, m, nil
}

// tableRows are the rows of a small table of a run that are wanted, in the
// order in which they stand there.
func tableRows(ctx context.Context, l lake.Lake, m lake.Manifest, name string, want func(row) bool) ([]row, error) {
	table, _ := customer.TableNamed(name)
	all := []row{}
	err := l.ReadTable(ctx, m, name, table.Names(), func(k *columns.Chunk) error {
		for i := range k.N {
			var r row
			for j := range k.Cols {
				c := &k.Cols[j]
				if c.Missing(i) {
					continue
				}
				text := string(c.AppendValue(nil, i))
				if c.Type == columns.Int {
					r = append(r, cell{c.Name, json.Number(text)})
				} else {
					r = append(r, cell{c.Name, text})
				}
			}
			if want(r) {
				all = append(all, r)
			}
		}
		return nil
	})
	return all, err
}
