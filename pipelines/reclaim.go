package pipelines

import (
	"context"
	"encoding/binary"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/transforms/identity"
)

var reclaimStage = stage{name: "reclaim", run: reclaim, outs: []flow.Port{"partings", "claimed", "stood"}}

// reclaim finds who claims the id of a customer that was merged away, by its
// birth record. Where that customer stands apart again, it must not go on
// under the id it was merged into, however many facts it has: so that id is
// told, before it is awarded. The same goes for one whom only the line's end
// knows, as merged, where no run tells how it was before. To let award ask for it was rejected: the two
// ids are in different shards.
func reclaim(_ context.Context, w *worker, _ int, in *flow.Inputs, out *flow.Outputs) error {
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
				p := &partings[w.idShard(r.into)]
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
		d := decoder{b: data}
		for d.more() {
			var p parting
			copy(p.from[:], d.take(len(p.from)))
			p.label = d.uint32()
			all[p] = true
		}
		return d.err
	})
	return all, err
}

// readStanding is what the ledger says of the ids of one shard.
func readStanding(w *worker, in *flow.Inputs, p flow.Port) (map[customer.ID]ledgerRow, error) {
	rows := map[customer.ID]ledgerRow{}
	err := eachStanding(w, in, p, func(r *ledgerRow) error {
		rows[r.id] = *r
		return nil
	})
	return rows, err
}

// eachStanding goes over what the ledger says of the ids of one shard: what
// the line's end says of one that the run before knows is left out.
func eachStanding(w *worker, in *flow.Inputs, p flow.Port, yield func(*ledgerRow) error) error {
	standing, err := allSections(w, in, p, false)
	if err != nil {
		return err
	}
	before := map[customer.ID]bool{}
	for _, b := range standing {
		d := decoder{b: b.sections[0]}
		for d.more() {
			var r ledgerRow
			r.read(&d)
			if d.err != nil {
				return d.err
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
		d := decoder{b: data}
		for d.more() {
			var id customer.ID
			copy(id[:], d.take(len(id)))
			c := claimed{how: d.byte()}
			c.ByBirth = c.how == claimByBirth || c.how == claimByLateBirth
			c.shard = int(d.uvarint())
			c.label = d.uint32()
			c.Component = uint64(c.label)
			c.Facts = int64(d.uvarint())
			c.FirstAt = int64(d.uint64())
			c.FirstKey = d.bytes()
			if claims[id] == nil {
				order = append(order, id)
			}
			claims[id] = append(claims[id], c)
		}
		if d.err != nil {
			return nil, nil, d.err
		}
	}
	return claims, order, nil
}
