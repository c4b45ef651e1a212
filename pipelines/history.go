package pipelines

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/flow"
)

// historyWriter deals rows of one history table to the shards of their
// customers, with just the columns that were asked for.
type historyWriter struct {
	*worker
	table  customer.HistoryTable
	fills  setters
	shards []historyShard
}

type historyShard struct {
	ids  []byte
	rows *columns.Chunk
}

// newHistoryWriter is nil where nobody asks for the table.
func (w *worker) newHistoryWriter(t customer.HistoryTable, all map[string]func(*columns.Column)) (*historyWriter, error) {
	names, asked := w.History[t.String()]
	if !asked {
		return nil, nil
	}
	def, _ := customer.TableNamed(t.String())
	def = def.Only(names)
	h := &historyWriter{worker: w, table: t, shards: make([]historyShard, w.Shards)}
	for _, c := range def.Columns {
		fill, ok := all[c.Name]
		if !ok {
			return nil, fmt.Errorf("nothing fills column %s of table %s", c.Name, t)
		}
		h.fills = append(h.fills, fill)
	}
	for s := range h.shards {
		h.shards[s].rows = w.scaledRows(def)
	}
	return h, nil
}

// row adds the row that the setters have in hand.
func (h *historyWriter) row(id customer.ID) {
	if h == nil {
		return
	}
	s := &h.shards[h.idShard(id)]
	s.ids = append(s.ids, id[:]...)
	for i, fill := range h.fills {
		fill(&s.rows.Cols[i])
	}
	s.rows.N++
}

// flush sends the rows so far.
func (h *historyWriter) flush(p flow.Port, out *flow.Outputs) {
	if h == nil {
		return
	}
	for shard := range h.shards {
		s := &h.shards[shard]
		if s.rows.N > 0 {
			out.Emit(p, shard, appendHistory(nil, h.table, s.ids, s.rows))
			s.ids = nil
			s.rows.Reset()
		}
	}
}

// scaledRows are NewRows whose money says its scale: they are read by who does
// not know the night.
func (w *worker) scaledRows(t customer.Table) *columns.Chunk {
	k := t.NewRows()
	for i, c := range t.Columns {
		switch c.Type {
		case customer.MoneyColumn:
			k.Cols[i].Scale = w.Scale
		case customer.QuantityColumn:
			k.Cols[i].Scale = 3
		}
	}
	return k
}

// appendHistory encodes rows of a table with the ids of their customers.
func appendHistory(b []byte, t customer.HistoryTable, ids []byte, rows *columns.Chunk) []byte {
	b = append(b, byte(t))
	b = appendBytes(b, ids)
	return appendBytes(b, rows.Encode(nil))
}

// gatherHistories puts together what came to a shard of customers. Only those
// who have a row of customers are there.
func (w *worker) gatherHistories(in *flow.Inputs, ports ...flow.Port) (*customer.Histories, error) {
	var raw [customer.HistoryTables]rawHistory
	for t := range raw {
		def, _ := customer.TableNamed(customer.HistoryTable(t).String())
		raw[t].rows = w.scaledRows(def.Only(w.History[def.Name]))
	}
	for _, p := range ports {
		err := in.Read(p, func(_ *flow.Batch, data []byte) error {
			d := decoder{b: data}
			for d.more() {
				t, ids := d.byte(), d.bytes()
				k, _, err := columns.Decode(d.bytes())
				if err != nil {
					return err
				}
				if int(t) >= len(raw) {
					return errBatchShort
				}
				raw[t].add(ids, k)
			}
			return d.err
		})
		if err != nil {
			return nil, err
		}
	}
	h := &customer.Histories{}
	h.IDs = slices.Clone(raw[customer.OfCustomers].ids)
	slices.SortFunc(h.IDs, func(a, b customer.ID) int { return bytes.Compare(a[:], b[:]) })
	for t := range raw {
		h.Tables[t] = raw[t].inOrder(h.IDs)
		h.Tables[t].Supplied = w.supplies(customer.HistoryTable(t))
	}
	return h, nil
}

// supplies tells whether some source gives records of a table.
func (w *worker) supplies(t customer.HistoryTable) bool {
	switch t {
	case customer.OfCustomers, customer.OfMembers:
		return true
	case customer.OfLines:
		return slices.ContainsFunc(w.Sources, func(s Source) bool { return s.Lines })
	case customer.OfConsents:
		return slices.ContainsFunc(w.Sources, func(s Source) bool { return w.addressed(recordTable[s.Kind]) })
	}
	return slices.ContainsFunc(w.Sources, func(s Source) bool {
		return recordTable[s.Kind] == t.String() || t == customer.OfOrders && s.OrdersFrom != ""
	})
}

// rawHistory is the rows of one table as they came.
type rawHistory struct {
	ids  []customer.ID
	rows *columns.Chunk
}

func (r *rawHistory) add(ids []byte, k *columns.Chunk) {
	for len(ids) >= len(customer.ID{}) {
		r.ids = append(r.ids, customer.ID(ids[:len(customer.ID{})]))
		ids = ids[len(customer.ID{}):]
	}
	r.rows.AddAll(k)
}

// inOrder puts the rows in order of customer and, within one, of time, source,
// record and line, so that it does not matter how they came.
func (r *rawHistory) inOrder(people []customer.ID) customer.HistoryRows {
	sorted := sortedBy(r.rows, func(i, j int32) int { return bytes.Compare(r.ids[i][:], r.ids[j][:]) })
	out := customer.HistoryRows{Starts: make([]int32, len(people)+1)}
	kept := sorted[:0]
	at := 0
	for p := range people {
		out.Starts[p] = int32(len(kept))
		for at < len(sorted) && bytes.Compare(r.ids[sorted[at]][:], people[p][:]) < 0 {
			at++ // of somebody who is not looked at
		}
		for at < len(sorted) && r.ids[sorted[at]] == people[p] {
			kept = append(kept, sorted[at])
			at++
		}
	}
	out.Starts[len(people)] = int32(len(kept))
	out.Chunk = *r.rows.Take(kept)
	return out
}
