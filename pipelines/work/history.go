package work

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/flow"
)

// historyWriter deals rows of one history table to the shards of their
// customers, with just the columns that were asked for.
type historyWriter struct {
	*Worker
	table  customer.HistoryTable
	fills  Setters
	shards []historyShard
}

type historyShard struct {
	ids  []byte
	rows *columns.Chunk
}

// NewHistoryWriter is nil where nobody asks for the table.
func (w *Worker) NewHistoryWriter(t customer.HistoryTable, all map[string]func(*columns.Column)) (*historyWriter, error) {
	names, asked := w.History[t.String()]
	if !asked {
		return nil, nil
	}
	def, _ := customer.TableNamed(t.String())
	def = def.Only(names)
	h := &historyWriter{Worker: w, table: t, shards: make([]historyShard, w.Shards)}
	for _, c := range def.Columns {
		fill, ok := all[c.Name]
		if !ok {
			return nil, fmt.Errorf("nothing fills column %s of table %s", c.Name, t)
		}
		h.fills = append(h.fills, fill)
	}
	for s := range h.shards {
		h.shards[s].rows = w.ScaledRows(def)
	}
	return h, nil
}

// Row adds the row that the setters have in hand.
func (h *historyWriter) Row(id customer.ID) {
	if h == nil {
		return
	}
	s := &h.shards[h.IdShard(id)]
	s.ids = append(s.ids, id[:]...)
	for i, fill := range h.fills {
		fill(&s.rows.Cols[i])
	}
	s.rows.N++
}

// Flush sends the rows so far.
func (h *historyWriter) Flush(p flow.Port, out *flow.Outputs) {
	if h == nil {
		return
	}
	for shard := range h.shards {
		s := &h.shards[shard]
		if s.rows.N > 0 {
			out.Emit(p, shard, AppendHistory(nil, h.table, s.ids, s.rows))
			s.ids = nil
			s.rows.Reset()
		}
	}
}

// ScaledRows are NewRows whose money says its scale: they are read by who does
// not know the night.
func (w *Worker) ScaledRows(t customer.Table) *columns.Chunk {
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

// AppendHistory encodes rows of a table with the ids of their customers; the
// shop's have none.
func AppendHistory(b []byte, t customer.HistoryTable, ids []byte, rows *columns.Chunk) []byte {
	b = append(b, byte(t))
	b = AppendBytes(b, ids)
	return AppendBytes(b, rows.Encode(nil))
}

// GatherHistories puts together what came to a shard of customers. Only those
// who have a row of customers are there.
func (w *Worker) GatherHistories(in *flow.Inputs, ports ...flow.Port) (*customer.Histories, error) {
	var raw [customer.HistoryTables]RawHistory
	for t := range raw {
		def, _ := customer.TableNamed(customer.HistoryTable(t).String())
		raw[t].Rows = w.ScaledRows(def.Only(w.History[def.Name]))
	}
	for _, p := range ports {
		err := in.Read(p, func(_ *flow.Batch, data []byte) error {
			d := Decoder{B: data}
			for d.More() {
				t, ids := d.Byte(), d.Bytes()
				k, _, err := columns.Decode(d.Bytes())
				if err != nil {
					return err
				}
				if int(t) >= len(raw) {
					return ErrBatchShort
				}
				raw[t].Add(ids, k)
			}
			return d.Err
		})
		if err != nil {
			return nil, err
		}
	}
	h := &customer.Histories{}
	h.IDs = slices.Clone(raw[customer.OfCustomers].IDs)
	slices.SortFunc(h.IDs, func(a, b customer.ID) int { return bytes.Compare(a[:], b[:]) })
	for t := range raw {
		if customer.HistoryTable(t).OfShop() {
			rows := raw[t].Rows
			h.Tables[t].Chunk = *rows.Take(SortedBy(rows, func(i, j int32) int { return 0 }))
		} else {
			h.Tables[t] = raw[t].InOrder(h.IDs)
		}
		h.Tables[t].Supplied = w.supplies(customer.HistoryTable(t))
	}
	return h, nil
}

// supplies tells whether some source gives records of a table.
func (w *Worker) supplies(t customer.HistoryTable) bool {
	switch t {
	case customer.OfCustomers, customer.OfMembers:
		return true
	case customer.OfLines:
		return slices.ContainsFunc(w.Sources, func(s brief.Source) bool { return s.Lines })
	case customer.OfConsents:
		return slices.ContainsFunc(w.Sources, func(s brief.Source) bool { return w.Addressed(brief.RecordTable[s.Kind]) })
	}
	return slices.ContainsFunc(w.Sources, func(s brief.Source) bool {
		return brief.RecordTable[s.Kind] == t.String() || t == customer.OfOrders && s.OrdersFrom != ""
	})
}

// RawHistory is the rows of one table as they came.
type RawHistory struct {
	IDs  []customer.ID
	Rows *columns.Chunk
}

// Add takes in rows and the ids of their customers, one after the other.
func (r *RawHistory) Add(ids []byte, k *columns.Chunk) {
	for len(ids) >= len(customer.ID{}) {
		r.IDs = append(r.IDs, customer.ID(ids[:len(customer.ID{})]))
		ids = ids[len(customer.ID{}):]
	}
	r.Rows.AddAll(k)
}

// InOrder puts the rows in order of customer and, within one, of time, source,
// record and line, so that it does not matter how they came.
func (r *RawHistory) InOrder(people []customer.ID) customer.HistoryRows {
	sorted := SortedBy(r.Rows, func(i, j int32) int { return bytes.Compare(r.IDs[i][:], r.IDs[j][:]) })
	out := customer.HistoryRows{Starts: make([]int32, len(people)+1)}
	kept := sorted[:0]
	at := 0
	for p := range people {
		out.Starts[p] = int32(len(kept))
		for at < len(sorted) && bytes.Compare(r.IDs[sorted[at]][:], people[p][:]) < 0 {
			at++ // of somebody who is not looked at
		}
		for at < len(sorted) && r.IDs[sorted[at]] == people[p] {
			kept = append(kept, sorted[at])
			at++
		}
	}
	out.Starts[len(people)] = int32(len(kept))
	out.Chunk = *r.Rows.Take(kept)
	return out
}
