package resolve

import (
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
)

// turns is what segments are told of the ledger: both sides of every merge and
// split of the night, and of ids in lists whom they are part of.
type turns struct {
	*work.Worker
	lists          *work.Listed
	turned, listed [][]byte // by shard of the id
}

func newTurns(w *work.Worker) (*turns, error) {
	lists, err := w.Listed()
	return &turns{w, lists, make([][]byte, w.Shards), make([][]byte, w.Shards)}, err
}

// add tells of a row of the ledger, and how it changed.
func (t *turns) add(r *ledgerRow, change string, other customer.ID) {
	if !r.into.IsZero() {
		for _, list := range t.lists.IDs[r.id] {
			work.AppendListed(t.listed, t.Worker, r.into, uint64(list))
		}
	}
	if change != "merged" && change != "split" {
		return
	}
	one, a, b := work.Turn{ID: r.id, Other: other, Merged: change == "merged"}, t.IdShard(r.id), t.IdShard(other)
	t.turned[a] = one.Append(t.turned[a])
	if a != b {
		t.turned[b] = one.Append(t.turned[b])
	}
}

func (t *turns) emit(out *flow.Outputs) {
	work.EmitShards(out, "turned", t.turned)
	work.EmitShards(out, "listedids", t.listed)
}
