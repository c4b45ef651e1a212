package night

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/pipelines"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/transforms/delivery"
)

// Night is one run of one day.
type Night struct {
	*Runner
	Started  time.Time
	Manifest lake.Manifest // once it is committed
	Summary  Summary

	day      int32
	onLine   bool
	previous *lake.Manifest  // the line's run before; nil for none
	end      *lake.Manifest  // of a rerun: the line's end, whose ledgers know more; else nil
	replayed *lake.Manifest  // the run that is made again; nil for a new one
	inputs   lake.Lake       // keeps the inputs of that run
	known    map[string]bool // see readBefore

	plan   *plan
	spec   *brief.Night
	result *pipelines.Result
}

// jobName is a name that every runner takes: Dataflow's are of a-z, 0-9 and -.
func jobName(project, run string, started int64) string {
	plain := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(project))
	return fmt.Sprintf("habitue-%s-%s-%x", plain, strings.ReplaceAll(run, ".", "-"), started)
}

// run makes the tables, then commits them with a manifest. However it ends, the
// scratch folder goes: of a night that no gate lets through it may be most of the
// disk.
func (n *Night) run(ctx context.Context) (err error) {
	if err := n.prepare(ctx); err != nil {
		return err
	}
	defer func() {
		if left := store.RemoveAll(n.spec.Scratch); left != nil {
			err = errors.Join(err, fmt.Errorf("remove the scratch folder: %w", left))
		}
	}()
	if err := store.MkdirAll(n.spec.Scratch); err != nil {
		return fmt.Errorf("make the scratch folder: %w", err)
	}
	where := n.Where
	if !where.Local() && where.Options["job_name"] == "" { // a name of its own, by which the job is found again
		where.Options = maps.Clone(where.Options)
		if where.Options == nil {
			where.Options = map[string]string{}
		}
		where.Options["job_name"] = jobName(n.Project.Name, n.Manifest.RunID, n.Started.UnixMilli())
	}
	if !where.Local() {
		if err := n.Lake.Take(n.Manifest.RunID); err != nil {
			return err
		}
	}
	result, err := pipelines.Run(ctx, n.spec, where, n.Progress)
	if !where.Local() && ctx.Err() != nil {
		fmt.Fprintf(n.Err, "the job %s may go on for a while; what it still writes is no part of any run\n", where.Options["job_name"])
	}
	if err != nil {
		return n.explain(err)
	}
	n.result = result
	if n.replayed == nil {
		if err := n.keepInputs(); err != nil {
			return err
		}
	}
	if err := n.commit(ctx); err != nil {
		return err
	}
	if !where.Local() { // the manifest keeps the id from here on
		if err := n.Lake.Release(n.Manifest.RunID); err != nil {
			return err
		}
	}
	return nil
}

// explain gives an error of the pipeline its exit code and its paths as the
// project has them. Beam hands errors on as text where they crossed a
// runner, so what it keeps of them is looked for inside.
func (n *Night) explain(err error) error {
	return relativeFaults(n.Project, err)
}

// prepare decides what is read and writes the night down.
func (n *Night) prepare(ctx context.Context) error {
	p := n.Project
	date := customer.DayText(n.day)
	id, err := n.Lake.NextRunID(date)
	if err != nil {
		return err
	}
	n.Manifest = lake.Manifest{RunID: id, RunDate: date, Line: n.onLine, Known: n.Known, ConfigSHA256: p.ConfigSHA256, EngineVersion: n.Version, Scale: p.Scale,
		Tables: map[string]lake.Table{}}
	planner := &planner{project: p, lake: n.Lake, q: delivery.Question{Day: n.day, Then: n.Known == "then"}, looked: noDay, waive: n.Attempt.Without}
	if n.replayed != nil {
		planner.waive = n.replayed.Without
	}
	if n.previous != nil {
		n.Manifest.Predecessor = n.previous.RunID
	}
	if err := n.soundLedgers(ctx); err != nil {
		return err
	}
	if n.end != nil {
		n.Manifest.LineEnd = n.end.RunID
	} else if n.previous != nil {
		if planner.looked, err = customer.ParseDay(n.previous.RunDate); err != nil {
			return fmt.Errorf("read the date of run %s: %w", n.previous.RunID, err)
		}
	}
	if planner.ledger, err = readArrivals(ctx, n.Lake, n.ledgers()...); err != nil {
		return err
	}
	step := n.Progress.Start("inputs "+date, 0)
	if n.replayed != nil {
		planner.replayed, err = record(ctx, p, n.inputs, n.replayed)
	}
	if err == nil {
		n.plan, err = planner.plan(ctx)
	}
	step.End(err)
	if err != nil {
		return err
	}
	n.spec, err = n.write(ctx)
	return err
}

// inputsSHA256 is over the list of input files.
func inputsSHA256(inputs []lake.Input) string {
	text, _ := json.Marshal(inputs) // plain strings and numbers
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// commit writes the tables that need the clock or the ledger of deliveries,
// then the manifest.
func (n *Night) commit(ctx context.Context) error {
	for _, v := range n.plan.versions {
		if v.file >= 0 {
			n.Manifest.Inputs = append(n.Manifest.Inputs, lake.Input{Source: n.Project.Sources[v.source].Name, Path: v.Path, SHA256: v.SHA256, Bytes: v.bytes,
				Delivered: customer.DayText(v.Delivered), Kept: !v.Present})
		}
	}
	if n.Known == "then" {
		n.Manifest.Without = n.plan.waivedOn(n.day)
	}
	n.summarise()
	if err := n.gates(ctx); err != nil {
		return err
	}
	if err := n.writeDeliveries(); err != nil {
		return err
	}
	if err := n.writeChecks(); err != nil {
		return err
	}
	if err := n.writeExports(ctx); err != nil {
		return err
	}
	if err := n.writeRuns(ctx); err != nil {
		return err
	}
	for name := range n.spec.Tables {
		t, _ := customer.TableNamed(name)
		if columns := n.spec.Tables[name]; columns != nil {
			t = t.Only(columns)
		}
		files := n.result.Files[name]
		slices.SortFunc(files, func(a, b lake.File) int { return strings.Compare(a.Path, b.Path) })
		entry, err := lake.NewTable(t, n.Project.Scale, files)
		if err == nil {
			entry, err = n.carryOver(entry, t)
		}
		if err != nil {
			return err
		}
		n.Manifest.Tables[name] = entry
		n.Summary.Tables[name] = entry.Rows
	}
	text, err := json.Marshal(&n.Summary)
	if err != nil {
		return fmt.Errorf("write the summary: %w", err)
	}
	n.Manifest.Summary = text
	return n.Lake.Commit(n.Manifest)
}
