package night

import (
	"context"
	"math"
	"strings"
	"syscall"
	"time"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines"
	"github.com/habitue-data/habitue/transforms/delivery"
)

// writeDeliveries writes the ledger of deliveries: every version of every
// file that is known by now, and what became of its rows tonight.
func (n *Night) writeDeliveries() error {
	t, _ := customer.TableNamed("deliveries")
	k := t.NewRows()
	count := func(name string, v int64) { k.Col(name).Ints = append(k.Col(name).Ints, v) }
	for _, v := range n.plan.versions {
		if v.file < 0 && v.Known > n.day {
			continue // the line knows of it from a later day
		}
		k.Col("source").AddText(n.Project.Sources[v.source].Name)
		k.Col("path").AddText(v.Path)
		k.Col("content_sha256").AddText(v.SHA256)
		count("bytes", v.bytes)
		count("delivered_date", int64(v.Delivered))
		count("known_date", int64(v.Known))
		force := int64(0)
		if v.Verdict == delivery.InForce {
			force = 1
		}
		count("in_force", force)
		if v.By >= 0 && v.By < len(n.plan.versions) {
			k.Col("replaced_by").AddText(n.plan.versions[v.By].SHA256)
		} else {
			k.Col("replaced_by").AddMissing()
		}
		var y pipelines.Tally
		if v.file >= 0 {
			y = n.result.Tallies[v.file]
		}
		count("row_count", y.Read.Rows)
		count("amount", y.Read.Money)
		for name, c := range map[string]pipelines.Count{"kept": y.Kept, "repeat": y.Repeated, "superseded": y.Superseded, "filtered": y.Filtered, "reject": y.Rejected, "later": y.Later} {
			count(name+"_count", c.Rows)
			count(name+"_amount", c.Money)
		}
		count("unreadable_count", y.Unreadable)
		k.N++
	}
	for _, w := range n.plan.waived {
		w.addTo(k)
	}
	return n.writeTable(t, k)
}

// writeTable writes a small table of one file.
func (n *Night) writeTable(t customer.Table, chunks ...*columns.Chunk) error {
	w, err := n.Lake.NewWriter(lake.PartPath(t.Name, n.Manifest.RunID, 0), t, n.Project.Scale, n.day)
	if err != nil {
		return err
	}
	for _, k := range chunks {
		if err := w.Write(k); err != nil {
			return err
		}
	}
	f, err := w.Close()
	if err != nil {
		return err
	}
	n.result.Files[t.Name] = append(n.result.Files[t.Name], f)
	return nil
}

// writeRuns writes the history of runs: those before, and this one.
func (n *Night) writeRuns(ctx context.Context) error {
	t, _ := customer.TableNamed("runs")
	var want []string
	for _, c := range t.Columns {
		want = append(want, c.Name)
	}
	k := t.NewRows()
	before := n.previous
	if before == nil { // the first of the line, or all before it were pruned
		before = n.end
	}
	if before != nil {
		err := n.Lake.ReadTable(ctx, *before, "runs", want, func(old *columns.Chunk) error {
			var rows []int32
			for i := range old.N {
				if id, _ := old.Col("run_id").Bytes(i); string(id) < n.Manifest.RunDate {
					rows = append(rows, int32(i))
				}
			}
			k.AddAll(old.Take(rows))
			return nil
		})
		if err != nil {
			return err
		}
	}
	now := n.Now()
	y := n.Summary.total()
	text := map[string]string{"run_id": n.Manifest.RunID, "known": n.Known, "predecessor": n.Manifest.Predecessor, "runner": n.Where.Name, "version": n.Version,
		"config_sha256": n.Project.ConfigSHA256, "inputs_sha256": inputsSHA256(n.Manifest.Inputs)}
	for name, v := range text {
		k.Col(name).AddOptional(v)
	}
	line := int64(0)
	if n.onLine {
		line = 1
	}
	cpu, peak := usage()
	if n.Attempt.First.IsZero() {
		k.Col("tried_at").AddMissing()
	} else {
		k.Col("tried_at").Ints = append(k.Col("tried_at").Ints, n.Attempt.First.UnixMicro())
	}
	k.Col("without").AddOptional(strings.Join(n.Manifest.Without, string(rune(columns.ListSep))))
	whole := map[string]int64{"tries": int64(n.Attempt.Number), "started_at": n.Started.UnixMicro(), "finished_at": now.UnixMicro(), "on_line": line, "assumed_current": n.Summary.AssumedCurrent,
		"row_count": y.Read.Rows, "kept_count": y.Kept.Rows, "reject_count": y.Rejected.Rows, "peak_bytes": peak}
	for name, v := range whole {
		k.Col(name).Ints = append(k.Col(name).Ints, v)
	}
	k.Col("seconds").Floats = append(k.Col("seconds").Floats, seconds(now.Sub(n.Started)))
	k.Col("cpu_seconds").Floats = append(k.Col("cpu_seconds").Floats, math.Round(cpu*1000)/1000)
	k.N++
	return n.writeTable(t, k)
}

// usage is what this process has used so far: seconds of user and system
// time, and its peak of resident memory.
func usage() (cpu float64, peak int64) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, 0
	}
	cpu = float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
	return cpu, u.Maxrss << 10
}

// seconds is a duration as tables have it.
func seconds(d time.Duration) float64 { return float64(d.Milliseconds()) / 1000 }
