package jobs

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/progress"
	"github.com/habitue-data/habitue/jobs/night"
)

// tell prints the summary of the last night.
func tell(app *App, n *night.Night, onLine bool) error {
	s := &n.Summary
	if app.JSON {
		return app.PrintJSON(s)
	}
	out := app.Out
	money := func(minor int64) string { return string(columns.AppendMoney(nil, minor, n.Project.Scale)) }
	line := "on the line"
	if !onLine {
		line = "beside the line: an earlier day, the serving tables stand"
	}
	fmt.Fprintf(out, "run %s, known %s, %s: %.1f s\n\n", s.RunID, s.Known, line, s.Seconds)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "source\tfiles\tread\t= kept\t+ repeats\t+ superseded\t+ filtered\t+ rejects\t+ later\t\t")
	row := func(name, files string, t night.Tie, show func(int64) string, mark string) {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", name, files, show(t.Read), show(t.Kept), show(t.Repeats), show(t.Superseded), show(t.Filtered), show(t.Rejects), show(t.Later), mark)
	}
	for _, one := range s.Sources {
		mark := "ties"
		if !one.Ties {
			mark = "DOES NOT TIE"
		}
		row(one.Name, progress.Thousands(int64(one.Files)), one.Tie, progress.Thousands, mark)
		if one.Money != nil {
			note := ""
			if one.Unreadable > 0 {
				note = fmt.Sprintf("%d unreadable", one.Unreadable)
			}
			row(s.Currency, "", *one.Money, money, note)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := warn(out, s, money); err != nil {
		return err
	}
	var names []string
	for name := range s.Tables {
		names = append(names, name)
	}
	slices.Sort(names)
	var parts []string
	for _, name := range names {
		parts = append(parts, name+" "+progress.Thousands(s.Tables[name]))
	}
	fmt.Fprintf(out, "\nrows: %s\nlake: %s\n", strings.Join(parts, ", "), n.Project.Lake)
	if onLine && n.Project.Warehouse.Kind != "" {
		fmt.Fprintf(out, "warehouse: %s\n", n.Project.Warehouse)
	}
	return errors.Join(tellDelivered(out, s.Delivered), tellReport(out, s.Report))
}

// warn prints the checks that found something.
func warn(out io.Writer, s *night.Summary, money func(int64) string) error {
	var text strings.Builder
	for _, c := range s.Checks {
		if c.Found == 0 {
			continue
		}
		amount := ""
		if c.Amount != nil {
			amount = fmt.Sprintf(" (%s %s)", money(*c.Amount), s.Currency)
		}
		fmt.Fprintf(&text, "warning: %s: %s %s%s: %s\n", c.Source, c.Check, progress.Thousands(c.Found), amount, c.Detail)
	}
	if text.Len() == 0 {
		return nil
	}
	_, err := fmt.Fprintf(out, "\n%s", &text)
	return err
}
