package night

import (
	"context"
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/fault"
	"github.com/habitue-data/habitue/internal/store"
	"github.com/habitue-data/habitue/jobs/project"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/resolve"
)

// write is the night as the pipeline needs it.
func (n *Night) write(ctx context.Context) (*brief.Night, error) {
	p := n.Project
	side := n.Lake.Dir // where every worker reaches it
	if n.Where.Local() {
		var err error
		if side, err = LocalSide(n.Lake); err != nil {
			return nil, err
		}
	}
	s := &brief.Night{RunID: n.Manifest.RunID, AsOf: n.day, Zone: p.Zone.String(), Currency: p.Currency, Scale: p.Scale, Country: p.Country,
		Salt: p.Salt.Reveal(), Latest: latest(p), Base: string(p.RFMBase), CohortBase: string(p.CohortBase), Cohorts: p.Cohorts, Churn: p.Churn,
		Files: n.plan.files, Memory: n.Memory, Scratch: store.Join(side, scratchDir+"/"+n.Manifest.RunID), Lake: n.Lake.Dir,
		Shards: shards(p.Shards, n.plan.plain), Rounds: rounds(p.InMemory, n.plan.keys, n.plan.plain), FileParts: fileParts(n.plan.plain), Tables: n.tables(), Facts: n.facts}
	s.Blocks = coarse(n.plan.blocks, s.Shards)
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
	s.Identity = brief.Identity{Email: p.Identity.Email, Phone: p.Identity.Phone, Card: p.Identity.Card, Blocked: blocked,
		Priority: p.Identity.Priority, Guards: p.Identity.Guards, Decisions: p.Identity.Decisions, Golden: p.Identity.Golden}
	if s.Ledger, err = n.customers(); err != nil {
		return nil, err
	}
	if err := n.segments(ctx, s); err != nil {
		return nil, err
	}
	n.remember(s)
	return s, nil
}

// shards is how many parts the work is cut into: as said, else one for each
// eight megabytes up to 64, for each 64 up to 1,024, for each 256 up to 4,096:
// what shards send each other is as many batches as there are shards, squared.
// No byte of the result depends on it.
func shards(said int, bytes int64) int {
	if said > 0 {
		return said
	}
	wanted := uint64(max(1, min(64, bytes>>23), min(1024, bytes>>26), bytes>>28))
	return min(4096, 1<<bits.Len64(wanted-1))
}

// leastBatch is how many bytes of a block there should be for each shard: what
// a batch costs does not go by what is in it.
const leastBatch = 32 << 10

// coarse puts neighbours together where blocks are small for so many shards, so
// that there are not as many batches as blocks and shards, multiplied, but as
// the bytes that are read. Up to 128 shards blocks stay as they were cut. What
// is one block anyway, a row group or a file that is packed, stays so too.
func coarse(blocks []brief.Block, shards int) (out []brief.Block) {
	for _, b := range blocks {
		if n := len(out) - 1; n >= 0 {
			last := &out[n]
			if b.File == last.File && b.Length >= 0 && last.Length >= 0 && last.Offset+last.Length == b.Offset && last.Length < int64(shards)*leastBatch {
				last.Length += b.Length
				continue
			}
		}
		out = append(out, b)
	}
	return out
}

// fileParts is into how many files the rows of a month go: one for each
// gigabyte of input, so that a worker has some hundred megabytes at once.
func fileParts(bytes int64) int { return int(min(1<<12, 1<<bits.Len64(uint64(bytes)>>30))) }

// rounds is in how many rounds the keys of customers are joined: none, which
// is all in one worker, up to as many keys as the project file says.
func rounds(inMemory, keys, bytes int64) int {
	if keys <= inMemory {
		return 0
	}
	return resolve.Rounds(bytes) // a key has at least a byte
}

// keysOf is how many keys a file names at most: each row has one in each field
// that is a key. Who is on three rows counts three times: too many costs time,
// too few costs the memory of one worker.
func keysOf(s *project.Source, rows, plain int64) int64 {
	keys := int64(0)
	for _, f := range s.Mapping.Fields {
		if def, ok := s.Kind.Field(f.Field); ok && def.Type == customer.KeyField || s.Kind == customer.Contact && f.Field == s.Kind.IDField() {
			keys++
		}
	}
	if rows == 0 { // of what is packed only the bytes are known, about
		rows = plain / 32
	}
	return rows * keys
}

// source is a source as the pipeline needs it.
func (n *Night) source(s *project.Source) (brief.Source, error) {
	out := brief.Source{Name: s.Name, Kind: s.Kind, Mapping: s.Mapping, HasID: s.Maps(s.Kind.IDField()), OrdersFrom: s.OrdersFrom}
	out.Lines = s.Kind == customer.Order && out.HasID && (s.Maps("line") || s.Maps("sku") || s.Maps("quantity"))
	if s.IDs != "" {
		out.Namespace = s.IDs + "/"
	}
	for _, r := range s.Rates {
		rate, err := rateOf(r, n.Project.Scale)
		if err != nil {
			return out, err
		}
		if out.Rates == nil {
			out.Rates = map[string]map[int32]brief.Rate{}
		}
		if out.Rates[r.Currency] == nil {
			out.Rates[r.Currency] = map[int32]brief.Rate{}
		}
		out.Rates[r.Currency][customer.DayOf(r.Date)] = rate
	}
	return out, nil
}

// rateOf turns "98.5" into a ratio of minor units to minor units.
func rateOf(r project.Rate, scale uint8) (brief.Rate, error) {
	whole, frac, _ := strings.Cut(r.Rate, ".")
	frac = strings.TrimRight(frac, "0")
	num, err := strconv.ParseInt(whole+frac, 10, 64)
	if err != nil || len(frac) > 15 {
		return brief.Rate{}, fault.With(fmt.Errorf("rate %s of %s is too long: 18 digits at most", r.Rate, r.Currency), fault.Config)
	}
	out := brief.Rate{Num: num, Den: 1}
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
func (n *Night) tables() map[string][]string {
	out := map[string][]string{}
	for _, t := range customer.Tables() {
		if columns, ok := n.Project.Publish.Wants(t.Name); ok {
			out[t.Name] = columns
		}
	}
	for _, t := range always {
		out[t] = nil
	}
	return out
}
