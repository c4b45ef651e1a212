package night

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/progress"
	"github.com/habitue-data/habitue/transforms/delivery"
)

// fewRows is how many rows a source must have for a share of them to say
// anything: of ten rows one that is refused is no sign of a broken export.
const fewRows = 1000

// someRows is how many rows cannot all be gone by chance.
const someRows = 20

// gates stop a night whose data must not be published: what is refused, or
// is missing against the run before, is more than the project file allows.
// Nothing is committed then; the old tables stand. They look at rejects and at
// what is in force, never at rows that were left out or orders without a key.
//
// To publish and tell was rejected: whoever reads a figure in the morning has
// not read the log.
func (n *Night) gates(ctx context.Context) error {
	if n.Ungated || n.replayed != nil {
		return nil
	}
	before, err := n.keptBefore()
	if err != nil {
		return err
	}
	var shut []error
	for i := range n.Summary.Sources {
		s := &n.Summary.Sources[i]
		if s.Tie.Read >= fewRows && over(s.Tie.Rejects, s.Tie.Read, n.Project.Gates.Rejects) {
			why, err := n.whyRefused(ctx, s.Name)
			if err != nil {
				return err
			}
			shut = append(shut, fmt.Errorf("%s: %s of %s rows were refused, %s, and gates: rejects: allows %d%%; correct the export or the mapping:%s",
				s.Name, progress.Thousands(s.Tie.Rejects), progress.Thousands(s.Tie.Read), share(s.Tie.Rejects, s.Tie.Read), n.Project.Gates.Rejects, why))
		} else if path, read, refused := n.refusedNew(i); read >= someRows && over(refused, read, n.mayRefuse(read)) {
			shut = append(shut, fmt.Errorf("%s: of what came with this night %s of %s rows were refused, such as in %s; correct the export or the mapping", s.Name, progress.Thousands(refused), progress.Thousands(read), path))
		}
		was := before[s.Name]
		if gone := n.vanished(i); was > 0 && gone > 0 {
			shut = append(shut, fmt.Errorf("%s: none of its %s files is there any more; what the lake keeps of them would be used; put them back, or take the source out of the project file", s.Name, progress.Thousands(int64(gone))))
			continue
		}
		if d, ok := n.newestOf(i); ok {
			if why := d.fault(s.Name); why != "" {
				shut = append(shut, errors.New(why))
			}
		}
		if was >= someRows && s.Tie.Kept == 0 {
			shut = append(shut, fmt.Errorf("%s: none of its rows is in force, and %s of run %s were; look whether its export came, and whether it is whole", s.Name, progress.Thousands(was), n.previous.RunID))
			continue
		}
		if was >= fewRows && !over(s.Tie.Kept, was, n.Project.Gates.Volume) && s.Tie.Kept*100 != was*n.Project.Gates.Volume {
			shut = append(shut, fmt.Errorf("%s: %s rows are in force, %s of the %s of run %s, and gates: volume: wants %d%%; look whether the export is whole",
				s.Name, progress.Thousands(s.Tie.Kept), share(s.Tie.Kept, was), progress.Thousands(was), n.previous.RunID, n.Project.Gates.Volume))
		}
	}
	if len(shut) == 0 {
		return nil
	}
	shut = append(shut, errors.New("nothing was published; if all this is as it should be, run with --no-gates"))
	return fault.With(errors.Join(shut...), fault.Gate)
}

// vanished is how many versions of a source's files the night uses, where none
// of its files is there any more; else 0.
func (n *Night) vanished(source int) (used int) {
	for _, v := range n.plan.versions {
		if v.source != source {
			continue
		}
		if v.Present {
			return 0
		}
		if v.file >= 0 && v.Verdict == delivery.InForce {
			used++
		}
	}
	return used
}

// mayRefuse is the share of so many rows that may be refused of what came with
// the night, in percent.
func (n *Night) mayRefuse(read int64) int64 {
	if read >= fewRows {
		return n.Project.Gates.Rejects
	}
	return max(50, n.Project.Gates.Rejects)
}

// refusedNew is what became of the rows of a source that came since the run
// before, all of them where there is none: of years of files one that is broken
// is no share worth speaking of.
func (n *Night) refusedNew(source int) (path string, read, refused int64) {
	known := n.readBefore()
	for _, v := range n.plan.versions {
		if v.source != source || v.file < 0 || known[v.Path+v.SHA256] {
			continue
		}
		t := &n.result.Tallies[v.file]
		read += t.Read.Rows
		refused += t.Rejected.Rows
		if path == "" && t.Rejected.Rows > 0 {
			path = v.Path
		}
	}
	return path, read, refused
}

// over tells whether a part is more than so many percent of a whole.
func over(part, whole, percent int64) bool { return part*100 > whole*percent }

// keptBefore is how many rows of each source were in force in the run before.
func (n *Night) keptBefore() (map[string]int64, error) {
	kept := map[string]int64{}
	if n.previous == nil || len(n.previous.Summary) == 0 {
		return kept, nil
	}
	var s Summary
	if err := json.Unmarshal(n.previous.Summary, &s); err != nil {
		return nil, fmt.Errorf("read the summary of run %s: %w", n.previous.RunID, err)
	}
	for _, one := range s.Sources {
		kept[one.Name] = one.Tie.Kept
	}
	return kept, nil
}

// whyRefused tells the reasons for which most rows of a source were refused,
// each with the first row.
func (n *Night) whyRefused(ctx context.Context, source string) (string, error) {
	type reason struct{ column, code string }
	type found struct {
		rows      int64
		path, why string
		line      int64
	}
	all := map[reason]*found{}
	if names, wanted := n.spec.Tables["rejects"]; !wanted || names != nil {
		return " publish the table rejects to see why", nil
	}
	table, _ := customer.TableNamed("rejects")
	entry, err := lake.NewTable(table, n.Project.Scale, n.result.Files[table.Name])
	if err != nil {
		return "", err
	}
	for _, f := range entry.Files {
		err := n.Lake.ReadFile(ctx, entry, f, []string{"source", "column", "reason", "path", "src_line", "detail"}, func(k *columns.Chunk) error {
			text := func(col, i int) string { b, _ := k.Cols[col].Bytes(i); return string(b) }
			for i := range k.N {
				if text(0, i) != source {
					continue
				}
				r, path, line := reason{text(1, i), text(2, i)}, text(3, i), k.Cols[4].Ints[i]
				f := all[r]
				if f == nil {
					f = &found{path: path, line: line, why: text(5, i)}
					all[r] = f
				}
				f.rows++
				if path < f.path || path == f.path && line < f.line {
					f.path, f.line, f.why = path, line, text(5, i)
				}
			}
			return nil
		})
		if err != nil {
			return "", fmt.Errorf("read the rejects: %w", err)
		}
	}
	order := slices.SortedFunc(maps.Keys(all), func(a, b reason) int {
		return cmp.Or(cmp.Compare(all[b].rows, all[a].rows), strings.Compare(a.code+a.column, b.code+b.column))
	})
	var text strings.Builder
	for _, r := range order[:min(3, len(order))] {
		f := all[r]
		fmt.Fprintf(&text, "\n    %s times %s %s, such as %s:%d: %s", progress.Thousands(f.rows), r.code, r.column, f.path, f.line, f.why)
	}
	return text.String(), nil
}
