package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/pipelines"
	"github.com/habitue-data/habitue/transforms/delivery"
)

// night is one run of one day.
type night struct {
	*runner
	day      int32
	onLine   bool
	previous *lake.Manifest // the line's run before; nil for none
	end      *lake.Manifest // of a rerun: the line's end, whose ledgers know more; else nil
	started  time.Time
	replayed *lake.Manifest // the run that is made again; nil for a new one
	inputs   lake.Lake      // keeps the inputs of that run

	plan     *plan
	spec     *pipelines.Night
	result   *pipelines.Result
	manifest lake.Manifest
	summary  summary
}

// run makes the tables, then commits them with a manifest.
func (n *night) run(ctx context.Context) error {
	if err := n.prepare(ctx); err != nil {
		return err
	}
	if err := store.MkdirAll(n.spec.Scratch); err != nil {
		return fmt.Errorf("make the scratch folder: %w", err)
	}
	where := n.runner.runner
	if !where.Local() && where.Options["job_name"] == "" { // a name of its own, by which the job is found again
		where.Options = maps.Clone(where.Options)
		if where.Options == nil {
			where.Options = map[string]string{}
		}
		where.Options["job_name"] = fmt.Sprintf("habitue-%s-%s-%x", n.project.Name, strings.ReplaceAll(n.manifest.RunID, ".", "-"), n.started.UnixMilli())
	}
	if !where.Local() {
		if err := n.lake.Take(n.manifest.RunID); err != nil {
			return err
		}
	}
	result, err := pipelines.Run(ctx, n.spec, n.plan.blocks, where, n.app.Progress)
	if !where.Local() {
		if ctx.Err() != nil {
			fmt.Fprintf(n.app.Err, "the job %s may go on for a while; what it still writes is no part of any run\n", where.Options["job_name"])
		} else if err := n.lake.Release(n.manifest.RunID); err != nil {
			return err
		}
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
	if err := store.RemoveAll(n.spec.Scratch); err != nil {
		return fmt.Errorf("remove the scratch folder: %w", err)
	}
	return nil
}

// explain gives an error of the pipeline its exit code and its paths as the
// project has them. Beam hands errors on as text where they crossed a
// runner, so what it keeps of them is looked for inside.
func (n *night) explain(err error) error {
	return relativeFaults(n.project, err)
}

// prepare decides what is read and writes the night down.
func (n *night) prepare(ctx context.Context) error {
	p := n.project
	date := customer.DayText(n.day)
	id, err := n.lake.NextRunID(date)
	if err != nil {
		return err
	}
	n.manifest = lake.Manifest{RunID: id, RunDate: date, Line: n.onLine, Known: n.known, ConfigSHA256: p.ConfigSHA256, EngineVersion: Version(), Scale: p.Scale,
		Tables: map[string]lake.Table{}}
	planner := &planner{project: p, lake: n.lake, q: delivery.Question{Day: n.day, Then: n.known == "then"}, looked: noDay, waive: n.attempt.without}
	if n.replayed != nil {
		planner.waive = n.replayed.Without
	}
	if n.previous != nil {
		n.manifest.Predecessor = n.previous.RunID
	}
	if err := n.soundLedgers(ctx); err != nil {
		return err
	}
	if n.end != nil {
		n.manifest.LineEnd = n.end.RunID
	} else if n.previous != nil {
		day, err := time.Parse(time.DateOnly, n.previous.RunDate)
		if err != nil {
			return fmt.Errorf("read the date of run %s: %w", n.previous.RunID, err)
		}
		planner.looked = int32(day.Unix() / 86400)
	}
	if planner.ledger, err = readArrivals(ctx, n.lake, n.ledgers()...); err != nil {
		return err
	}
	step := n.app.Progress.Start("inputs "+date, 0)
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

// write is the night as the pipeline needs it.
func (n *night) write(ctx context.Context) (*pipelines.Night, error) {
	p := n.project
	side := n.lake.Dir // where every worker reaches it
	if n.runner.runner.Local() {
		var err error
		if side, err = localSide(n.lake); err != nil {
			return nil, err
		}
	}
	s := &pipelines.Night{RunID: n.manifest.RunID, AsOf: n.day, Zone: p.Zone.String(), Currency: p.Currency, Scale: p.Scale, Country: p.Country,
		Salt: p.Salt.Reveal(), Latest: int32(time.Date(p.Latest, 12, 31, 0, 0, 0, 0, time.UTC).Unix() / 86400), Base: string(p.RFMBase), CohortBase: string(p.CohortBase), Cohorts: p.Cohorts, Churn: p.Churn,
		Files: n.plan.files, BlockFile: n.plan.byBlock, Memory: n.memory, Scratch: store.Join(side, scratchDir+"/"+n.manifest.RunID), Lake: n.lake.Dir,
		Shards: shards(p.Shards, n.plan.plain), Rounds: rounds(p.InMemory, n.plan.plain), FileParts: fileParts(n.plan.plain), Tables: n.tables(), Facts: n.facts}
	for i := range p.Sources {
		one, err := n.source(&p.Sources[i])
		if err != nil {
			return nil, err
		}
		s.Sources = append(s.Sources, one)
	}
	blocked, err := blockedValues(p)
	if err != nil {
		return nil, err
	}
	if s.Suppress, err = suppressed(p, n.day); err != nil {
		return nil, err
	}
	if p.Cache && n.replayed == nil && !store.Remote(side) {
		s.Cache = store.Join(side, cacheDir)
	}
	s.Identity = pipelines.Identity{Email: p.Identity.Email, Phone: p.Identity.Phone, Card: p.Identity.Card, Blocked: blocked,
		Priority: p.Identity.Priority, Guards: p.Identity.Guards, Decisions: p.Identity.Decisions, Golden: p.Identity.Golden}
	if s.Ledger, err = n.customers(); err != nil {
		return nil, err
	}
	return s, n.segments(ctx, s)
}

// shards is how many parts the work is cut into: as said, else one for each
// eight megabytes, up to 64. No byte of the result depends on it.
func shards(said int, bytes int64) int {
	if said > 0 {
		return said
	}
	wanted := uint64(max(1, min(64, bytes>>23), bytes>>26))
	return min(4096, 1<<bits.Len64(wanted-1))
}

// fileParts is into how many files the rows of a month go: one for each
// gigabyte of input, so that a worker has some hundred megabytes at once.
func fileParts(bytes int64) int { return int(min(1<<12, 1<<bits.Len64(uint64(bytes)>>30))) }

// rounds is in how many rounds the keys of customers are joined: none, which
// is all in one worker, up to as many keys as the project file says.
func rounds(inMemory, bytes int64) int {
	// An export has a key for some hundred to three hundred bytes. Too many
	// costs time, too few costs memory.
	keys := bytes / 100
	if keys <= inMemory {
		return 0
	}
	return pipelines.Rounds(bytes) // a key has at least a byte
}

// source is a source as the pipeline needs it.
func (n *night) source(s *project.Source) (pipelines.Source, error) {
	out := pipelines.Source{Name: s.Name, Kind: s.Kind, Mapping: s.Mapping, HasID: s.Maps(s.Kind.IDField()), OrdersFrom: s.OrdersFrom}
	out.Lines = s.Kind == customer.Order && out.HasID && (s.Maps("line") || s.Maps("sku") || s.Maps("quantity"))
	if s.IDs != "" {
		out.Namespace = s.IDs + "/"
	}
	for _, r := range s.Rates {
		rate, err := rateOf(r, n.project.Scale)
		if err != nil {
			return out, err
		}
		if out.Rates == nil {
			out.Rates = map[string]map[int32]pipelines.Rate{}
		}
		if out.Rates[r.Currency] == nil {
			out.Rates[r.Currency] = map[int32]pipelines.Rate{}
		}
		out.Rates[r.Currency][int32(r.Date.Unix()/86400)] = rate
	}
	return out, nil
}

// rateOf turns "98.5" into a ratio of minor units to minor units.
func rateOf(r project.Rate, scale uint8) (pipelines.Rate, error) {
	whole, frac, _ := strings.Cut(r.Rate, ".")
	frac = strings.TrimRight(frac, "0")
	num, err := strconv.ParseInt(whole+frac, 10, 64)
	if err != nil || len(frac) > 15 {
		return pipelines.Rate{}, fault.With(fmt.Errorf("rate %s of %s is too long: 18 digits at most", r.Rate, r.Currency), fault.Config)
	}
	out := pipelines.Rate{Num: num, Den: 1}
	for range frac {
		out.Den *= 10
	}
	own, _ := customer.CurrencyScale(r.Currency)
	for ; own < scale; own++ {
		out.Num *= 10
	}
	for ; own > scale; own-- {
		out.Den *= 10
	}
	return out, nil
}

// always are the tables of every run, whatever is published: what the next
// run rests on, and what became of every row.
var always = []string{"customer_ids", "rejects", "deliveries", "runs"}

// tables are the wanted tables with their columns.
func (n *night) tables() map[string][]string {
	out := map[string][]string{}
	for _, t := range customer.Tables() {
		if columns, ok := n.project.Publish.Wants(t.Name); ok {
			out[t.Name] = columns
		}
	}
	for _, t := range always {
		out[t] = nil
	}
	return out
}

// inputsSHA256 is over the list of input files.
func inputsSHA256(inputs []lake.Input) string {
	text, _ := json.Marshal(inputs) // plain strings and numbers
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// commit writes the tables that need the clock or the ledger of deliveries,
// then the manifest.
func (n *night) commit(ctx context.Context) error {
	for _, v := range n.plan.versions {
		if v.file >= 0 {
			n.manifest.Inputs = append(n.manifest.Inputs, lake.Input{Source: n.project.Sources[v.source].Name, Path: v.Path, SHA256: v.SHA256, Bytes: v.bytes,
				Delivered: customer.DayText(v.Delivered), Kept: !v.Present})
		}
	}
	if n.known == "then" {
		n.manifest.Without = n.plan.waivedOn(n.day)
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
		entry, err := lake.NewTable(t, n.project.Scale, files)
		if err == nil {
			entry, err = n.carryOver(entry, t)
		}
		if err != nil {
			return err
		}
		n.manifest.Tables[name] = entry
		n.summary.Tables[name] = entry.Rows
	}
	text, err := json.Marshal(&n.summary)
	if err != nil {
		return fmt.Errorf("write the summary: %w", err)
	}
	n.manifest.Summary = text
	return n.lake.Commit(n.manifest)
}
