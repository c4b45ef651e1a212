package records

import (
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
)

// historyDealer collects the rows of a block for the shards of their
// customers: an element for each shard, whatever the number of tables.
type historyDealer struct {
	*work.Worker
	shards [][]byte
}

// rows deals the rows of a table. The shop's go to every shard: they are few.
func (h *historyDealer) rows(table string, r *ownedRows) {
	t, ok := customer.HistoryTableNamed(table)
	names, asked := h.History[table]
	if !ok || !asked {
		return
	}
	def, _ := customer.TableNamed(table)
	only := append(slices.Clone(names), def.Always...)
	byShard := make([][]int32, h.Shards)
	for i := range r.N {
		switch {
		case r.lost[i]:
		case t.OfShop():
			for s := range byShard {
				byShard[s] = append(byShard[s], int32(i))
			}
		case !r.whose[i].IsZero():
			s := h.IdShard(r.whose[i])
			byShard[s] = append(byShard[s], int32(i))
		}
	}
	k := r.Only(only)
	for s, rows := range byShard {
		if len(rows) == 0 {
			continue
		}
		var ids []byte
		for _, i := range rows {
			if !t.OfShop() {
				ids = append(ids, r.whose[i][:]...)
			}
		}
		h.shards[s] = work.AppendHistory(h.shards[s], t, ids, k.Take(rows))
	}
}

func (h *historyDealer) flush(out *flow.Outputs) { work.EmitShards(out, "told", h.shards) }
