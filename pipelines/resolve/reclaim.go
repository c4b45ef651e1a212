package resolve

import (
	"context"
	"encoding/binary"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/identity"
)

var reclaimStage = work.Stage{Name: "reclaim", Run: reclaim, Outs: []flow.Port{"partings", "claimed", "stood"}}

// reclaim finds who claims the id of a customer that was merged away, by its
// birth record. Where that customer stands apart again, it must not go on
// under the id it was merged into, however many facts it has: so that id is
// told, before it is awarded. The same goes for one whom only the line's end
// knows, as merged, where no run tells how it was before. To let award ask for it was rejected: the two
// ids are in different shards.
func reclaim(_ context.Context, w *work.Worker, _ int, in *flow.Inputs, out *flow.Outputs) error {
	rows, err := readStanding(w, in, "standing")
	if err != nil {
		return err
	}
	claims, order, err := readClaims(in, "claims")
	if err != nil {
		return err
	}
	partings := make([][]byte, w.Shards)
	for _, id := range order {
		r, ok := rows[id]
		if !ok || r.into.IsZero() || r.foreseen && w.Ledger.Before != nil {
			continue
		}
		for _, c := range claims[id] {
			if c.ByBirth {
				p := &partings[w.IdShard(r.into)]
				*p = append(*p, r.into[:]...)
				*p = binary.LittleEndian.AppendUint32(*p, c.label)
			}
		}
	}
	for s, data := range partings {
		if len(data) > 0 {
			out.Emit("partings", s, data)
		}
	}
	in.Pass("claims", out, "claimed")
	in.Pass("standing", out, "stood")
	return nil
}

// parting is a component that would have its own id back rather than this.
type parting struct {
	from  customer.ID
	label uint32
}

func readPartings(in *flow.Inputs) (map[parting]bool, error) {
	all := map[parting]bool{}
	err := in.Read("partings", func(_ *flow.Batch, data []byte) error {
		d := work.Decoder{B: data}
		for d.More() {
			var p parting
			copy(p.from[:], d.Take(len(p.from)))
			p.label = d.Uint32()
			all[p] = true
		}
		return d.Err
	})
	return all, err
}

// readStanding is what the ledger says of the ids of one shard.
func readStanding(w *work.Worker, in *flow.Inputs, p flow.Port) (map[customer.ID]ledgerRow, error) {
	rows := map[customer.ID]ledgerRow{}
	err := eachStanding(w, in, p, func(r *ledgerRow) error {
		rows[r.id] = *r
		return nil
	})
	return rows, err
}

// eachStanding goes over what the ledger says of the ids of one shard: what
// the line's end says of one that the run before knows is left out.
func eachStanding(w *work.Worker, in *flow.Inputs, p flow.Port, yield func(*ledgerRow) error) error {
	standing, err := work.AllSections(w, in, p, false)
	if err != nil {
		return err
	}
	before := map[customer.ID]bool{}
	for _, b := range standing {
		d := work.Decoder{B: b.Sections[0]}
		for d.More() {
			var r ledgerRow
			r.read(&d)
			if d.Err != nil {
				return d.Err
			}
			if r.foreseen && before[r.id] {
				continue
			}
			if w.Ledger.End != nil && !r.foreseen {
				before[r.id] = true
			}
			if err := yield(&r); err != nil {
				return err
			}
		}
	}
	return nil
}

// claimed is a claim with what it takes to answer it.
type claimed struct {
	identity.Claim
	how   byte
	shard int
	label uint32
}

// readClaims are the claims on each id, and the ids in the order in which
// they were first claimed. Their bytes stay in use: the batches go on.
func readClaims(in *flow.Inputs, p flow.Port) (claims map[customer.ID][]claimed, order []customer.ID, err error) {
	batches, err := in.All(p)
	if err != nil {
		return nil, nil, err
	}
	claims = map[customer.ID][]claimed{}
	for _, data := range batches {
		d := work.Decoder{B: data}
		for d.More() {
			var id customer.ID
			copy(id[:], d.Take(len(id)))
			c := claimed{how: d.Byte()}
			c.ByBirth = c.how == claimByBirth || c.how == claimByLateBirth
			c.shard = int(d.Uvarint())
			c.label = d.Uint32()
			c.Component = uint64(c.label)
			c.Facts = int64(d.Uvarint())
			c.FirstAt = int64(d.Uint64())
			c.FirstKey = d.Bytes()
			if claims[id] == nil {
				order = append(order, id)
			}
			claims[id] = append(claims[id], c)
		}
		if d.Err != nil {
			return nil, nil, d.Err
		}
	}
	return claims, order, nil
}
