package score

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/bits"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/churn"
	"github.com/habitue-data/habitue/transforms/lifecycle"
	"github.com/habitue-data/habitue/transforms/purchase"
	"github.com/zeebo/xxh3"
)

var (
	sampleStage = work.Stage{Name: "sample", Run: sample, Outs: []flow.Port{"sampled", "profileson"}}
	fitStage    = work.Stage{Name: "fit", Run: fit, Outs: []flow.Port{"insight", "fitfiles"}}
)

// insight is what all customers together say of the shop, for the score of
// each.
type insight struct {
	Rhythm lifecycle.Rhythm
	Model  churn.Model
}

// mostSampled is how many customers models are fitted to: those with the
// smallest salted hashes.
const mostSampled = 200_000

// sampleHash is the place of a customer in the order that samples go by.
func sampleHash(w *work.Worker, id customer.ID) uint64 {
	return xxh3.HashSeed(id[:], xxh3.HashString(w.Salt+"\x00models"))
}

// sampleEnd is the hash at which a sample of so many customers ends. It goes
// by what share of all hashes that many are, so no shard needs to know of
// another's customers: the sample has about as many.
func sampleEnd(customers uint64) uint64 {
	if customers <= mostSampled {
		return 1<<64 - 1
	}
	end, _ := bits.Div64(mostSampled, 0, customers)
	return end
}

// sample sends the order days of some customers of a shard to who fits the
// models, and the gaps between those of all, counted.
func sample(_ context.Context, w *work.Worker, _ int, in *flow.Inputs, out *flow.Outputs) error {
	data, err := in.One("profiles")
	if err != nil || data == nil {
		return err
	}
	scored, err := in.One("scored")
	if err != nil {
		return err
	}
	n, _ := binary.Uvarint(scored) // none where nobody is scored
	end := sampleEnd(n)
	var gaps lifecycle.Gaps
	var rows []byte
	var p person
	var m purchase.Measure
	m.Grow(1)
	d := work.Decoder{B: data}
	for d.More() {
		measured := p.read(&d)
		if d.Err != nil {
			break
		}
		if !inBase(w, &p) {
			continue
		}
		m.Reset()
		rest, err := m.Merge(0, measured)
		if err != nil {
			return err
		}
		days := m.Days(0)
		gaps.Add(days)
		if hash := sampleHash(w, p.id); len(days) > 0 && hash <= end && w.WantsModels() {
			rows = binary.LittleEndian.AppendUint64(rows, hash)
			rows = append(rows, p.id[:]...)
			rows = work.AppendBytes(rows, measured[:len(measured)-len(rest)])
		}
	}
	if d.Err != nil {
		return d.Err
	}
	head := binary.AppendUvarint(nil, n)
	head = work.AppendBytes(head, gaps.Append(nil))
	out.Emit("sampled", 0, append(head, rows...))
	in.Pass("profiles", out, "profileson")
	return nil
}

// sampled is a customer of the sample.
type sampled struct {
	hash uint64
	id   customer.ID
	days []customer.OrderDay
}

// fit finds the shop's rhythm and fits the models, writes down what they
// came to and tells every shard.
func fit(_ context.Context, w *work.Worker, _ int, in *flow.Inputs, out *flow.Outputs) error {
	var gaps lifecycle.Gaps
	var all []sampled
	var scored uint64
	var m purchase.Measure
	m.Grow(1)
	err := in.Read("sampled", func(_ *flow.Batch, data []byte) error {
		d := work.Decoder{B: data}
		scored = d.Uvarint()
		if err := gaps.Merge(d.Bytes()); err != nil {
			return err
		}
		for d.More() {
			s := sampled{hash: d.Uint64()}
			copy(s.id[:], d.Take(len(s.id)))
			m.Reset()
			if _, err := m.Merge(0, d.Bytes()); err != nil {
				return err
			}
			s.days = slices.Clone(m.Days(0))
			all = append(all, s)
		}
		return d.Err
	})
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b sampled) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), slices.Compare(a.id[:], b.id[:]))
	})
	found := insight{Rhythm: gaps.Median()}
	if w.WantsModels() {
		histories := make([][]customer.OrderDay, len(all))
		for i := range all {
			histories[i] = all[i].days
		}
		o := w.Churn
		o.Scored = int64(scored)
		r := churn.Fit(histories, w.AsOf, o)
		found.Model = r.Model
		if err := writeFits(w, r, out); err != nil {
			return err
		}
	}
	told, err := json.Marshal(found)
	if err != nil {
		return fmt.Errorf("tell of the models: %w", err)
	}
	for s := range w.Shards {
		out.Emit("insight", s, slices.Clone(told))
	}
	return nil
}
