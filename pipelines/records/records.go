package records

import (
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/resolve"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/zeebo/xxh3"
)

var (
	refuseStage  = work.Stage{Name: "refuse", Run: refuse, Outs: []flow.Port{"refusedfiles"}}
	whoseStage   = work.Stage{Name: "whose", Run: whose, Outs: []flow.Port{"owned", "holders"}}
	recordsStage = work.Stage{Name: "records", Run: records, Outs: []flow.Port{"dated", "told", "statements", "named"}}
	monthStage   = work.Stage{Name: "month", Run: month, Outs: []flow.Port{"monthfiles"}}
)

// refuse writes the refused rows of some blocks.
func refuse(_ context.Context, w *work.Worker, shard int, in *flow.Inputs, out *flow.Outputs) error {
	t, err := w.NewTableWriter("rejects", shard)
	if err != nil || t == nil {
		return err
	}
	err = in.Read("rejects", func(_ *flow.Batch, data []byte) error {
		k, _, err := columns.Decode(data)
		if err != nil {
			return err
		}
		return t.Writer.Write(k)
	})
	if err != nil {
		return err
	}
	return t.Close(out, "refusedfiles")
}

// whose tells each block whose its records are, by the owners of the keys of
// one shard.
func whose(_ context.Context, w *work.Worker, shard int, in *flow.Inputs, out *flow.Outputs) error {
	var owners []customer.ID // by node
	var holders []byte
	err := in.Read("owners", func(_ *flow.Batch, data []byte) error {
		d := work.Decoder{B: data}
		for d.More() {
			node, id, address := resolve.Owner(&d)
			if d.Err != nil {
				break
			}
			if node >= uint64(len(owners)) {
				owners = append(owners, make([]customer.ID, node+1-uint64(len(owners)))...)
			}
			owners[node] = id
			if address != nil {
				holders = append(work.AppendBytes(holders, address), id[:]...)
			}
		}
		return d.Err
	})
	if err != nil {
		return err
	}
	if holders != nil {
		out.Emit("holders", shard, holders)
	}
	return in.Read("whose", func(_ *flow.Batch, data []byte) error {
		d := work.Decoder{B: data}
		block := int(d.Uvarint())
		pairs := d.Bytes()
		if d.Err != nil {
			return d.Err
		}
		var told []byte
		missing := false
		err := resolve.ReadNodes(pairs, func(row int64, node uint64) {
			if node >= uint64(len(owners)) {
				missing = true
				return
			}
			told = binary.AppendUvarint(told, uint64(row))
			told = append(told, owners[node][:]...)
		})
		if missing {
			return fmt.Errorf("a key of block %d has no owner", block)
		}
		out.Emit("owned", block, told)
		return err
	})
}

// records gives the rows of one block their customers, leaves out those that
// are not in force, and deals the rest to the files of their tables. What rows
// say of addresses is dealt on whether or not they are in force.
func records(_ context.Context, w *work.Worker, block int, in *flow.Inputs, out *flow.Outputs) error {
	owners := map[int64]customer.ID{}
	err := in.Read("owned", func(_ *flow.Batch, data []byte) error {
		d := work.Decoder{B: data}
		for d.More() {
			row := int64(d.Uvarint())
			var id customer.ID
			copy(id[:], d.Take(len(id)))
			owners[row] = id
		}
		return d.Err
	})
	if err != nil {
		return err
	}
	gone := map[int64]int{}
	err = in.Read("lostrows", func(_ *flow.Batch, data []byte) error {
		for _, l := range work.LossesOf(data) {
			gone[l.Row] = l.What
		}
		return nil
	})
	if err != nil {
		return err
	}
	goneOrders := maps.Clone(gone) // of events that are orders, those counted elsewhere
	err = in.Read("doubledrows", func(_ *flow.Batch, data []byte) error {
		for _, l := range work.LossesOf(data) {
			goneOrders[l.Row] = work.LostRow
		}
		return nil
	})
	if err != nil {
		return err
	}
	file := &brief.File{} // of orders made of lines there are several
	if block < len(w.Blocks) {
		file = &w.Files[w.FileOf(int64(block))]
	}
	histories := &historyDealer{Worker: w, shards: make([][]byte, w.Shards)}
	addresses := newAddressWriter(w)
	dealt := func() error {
		histories.flush(out)
		addresses.flush(out)
		return out.Flush()
	}
	for _, p := range []flow.Port{"rows", "linerows"} {
		err := in.Read(p, func(_ *flow.Batch, data []byte) error {
			d := work.Decoder{B: data}
			for d.More() {
				table := string(d.Bytes())
				k, _, err := columns.Decode(d.Bytes())
				if err != nil {
					return err
				}
				lost := gone
				if table == "orders" {
					lost = goneOrders
				}
				r := ownedRowsOf(w, table, k, owners, lost, file.Replaced)
				if w.Wants(table) && !file.Replaced {
					if err := dealRows(w, table, r, out); err != nil {
						return err
					}
				}
				if !file.Replaced {
					histories.rows(table, r)
				}
				if err := addresses.rows(table, r, file); err != nil {
					return err
				}
				if fullest(histories.shards) > largeBatch || fullest(addresses.shards) > largeBatch || fullest(addresses.named) > largeBatch {
					if err := dealt(); err != nil {
						return err
					}
				}
			}
			return d.Err
		})
		if err == nil {
			err = dealt()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// largeBatch is when a batch for one shard is sent on, though its block has
// more: a block may be all about one customer.
const largeBatch = 256 << 10

func fullest(shards [][]byte) (most int) {
	for _, s := range shards {
		most = max(most, len(s))
	}
	return most
}

// ownedRows are rows of a table in force, with their customers.
type ownedRows struct {
	*columns.Chunk
	whose     []customer.ID   // zero for nobody's
	lost      []bool          // the row is not in force
	addresses *columns.Column // nil where the table says nothing of any
}

// ownedRowsOf takes off the columns that were only carried along, finds whose
// each row is and which rows are not in force: those that are gone, or all.
func ownedRowsOf(w *work.Worker, table string, k *columns.Chunk, owners map[int64]customer.ID, gone map[int64]int, all bool) *ownedRows {
	r := &ownedRows{Chunk: k, whose: make([]customer.ID, k.N), lost: make([]bool, k.N)}
	take := func() *columns.Column {
		c := &k.Cols[len(k.Cols)-1]
		k.Cols = k.Cols[:len(k.Cols)-1]
		return c
	}
	own := take().Ints
	if w.Addressed(table) {
		r.addresses = take()
	}
	id := k.Col("record_id")
	whose := columns.Column{Name: "customer_id"}
	for i := range k.N {
		what, lost := gone[own[i]]
		if r.lost[i] = all || lost && what == work.LostRow; r.lost[i] {
			whose.AddMissing()
			continue
		}
		if lost && id != nil {
			b, _ := id.Bytes(i)
			start := uint32(len(id.Data))
			id.Data = append(append(append(id.Data[:len(id.Data):len(id.Data)], b...), '-'), strconv.Itoa(what-work.LostName)...)
			id.Spans[i] = columns.Span{Start: start, End: uint32(len(id.Data))}
		}
		if o, ok := owners[own[i]]; ok {
			r.whose[i] = o
			o.AddTo(&whose)
		} else {
			whose.AddMissing()
		}
	}
	if c := k.Col("customer_id"); c != nil {
		*c = whose
	}
	return r
}

// dealRows deals rows of one table by the file that they belong in.
func dealRows(w *work.Worker, table string, r *ownedRows, out *flow.Outputs) error {
	t := w.Table(table)
	id, date := r.Col("record_id"), work.Happened(r.Chunk, "_date")
	byFile := map[fileKey][]int32{}
	var order []fileKey
	key := fileKey{table: slices.IndexFunc(customer.Tables(), func(t customer.Table) bool { return t.Name == table })}
	for i := range r.N {
		if r.lost[i] {
			continue
		}
		if t.Layout == customer.ByMonth {
			key.month = int(customer.Month(int32(date.Ints[i])))
		}
		if w.FileParts > 1 {
			b, _ := id.Bytes(i)
			key.part = int(xxh3.Hash(b) % uint64(w.FileParts))
		}
		if byFile[key] == nil {
			order = append(order, key)
		}
		byFile[key] = append(byFile[key], int32(i))
	}
	slices.SortFunc(order, func(a, b fileKey) int { return a.number() - b.number() })
	written := r.Only(t.Names())
	for _, file := range order {
		out.Emit("dated", file.number(), written.Take(byFile[file]).Encode(nil))
	}
	return out.Flush()
}

// fileKey says which file of the tables of records a row is in. Much input
// is cut into several files a month, by the id of the record, so that no
// worker has a whole month of a large shop at once.
type fileKey struct{ table, part, month int }

// monthBias keeps months before 1970 above zero.
const monthBias = 1 << 16

func (f fileKey) number() int { return f.table<<48 | f.part<<32 | (f.month + monthBias) }

func fileKeyOf(number int) fileKey {
	return fileKey{number >> 48, number >> 32 & (1<<16 - 1), number&(1<<32-1) - monthBias}
}

// month writes one file of a table of records, in order of time, source and
// record: so equal rows make an equal file, which is carried over from night
// to night while nothing in it changes.
func month(_ context.Context, w *work.Worker, number int, in *flow.Inputs, out *flow.Outputs) error {
	key := fileKeyOf(number)
	name := customer.Tables()[key.table].Name
	t := w.Table(name)
	all := t.NewRows()
	err := in.Read("dated", func(_ *flow.Batch, data []byte) error {
		k, _, err := columns.Decode(data)
		if err == nil {
			all.AddAll(k)
		}
		return err
	})
	if err != nil {
		return err
	}
	// To find a file of the same rows their order does not count, so they are
	// sorted only when they are written.
	var rows []int32
	looked := t.Layout != customer.ByMonth
	each := func(yield func(*columns.Chunk) error) error {
		if !looked {
			looked = true
			return yield(all)
		}
		if rows == nil {
			rows = sortedRows(all)
		}
		for from := 0; from < len(rows); from += work.WriteRows {
			if err := yield(all.Take(rows[from:min(len(rows), from+work.WriteRows)])); err != nil {
				return err
			}
		}
		return nil
	}
	l := lake.Lake{Dir: w.Lake}
	if t.Layout == customer.ByMonth {
		first := customer.FirstOfMonth(int32(key.month))
		f, err := l.WriteFact(t, w.Scale, customer.DayText(first)[:len("2006-01")], each, w.Facts)
		if err != nil {
			return err
		}
		return work.EmitFile(out, "monthfiles", name, f)
	}
	writer, err := l.NewWriter(lake.PartPath(name, w.RunID, key.part), t, w.Scale, w.AsOf)
	if err != nil {
		return err
	}
	if err := each(writer.Write); err != nil {
		return err
	}
	f, err := writer.Close()
	if err != nil {
		return err
	}
	return work.EmitFile(out, "monthfiles", name, f)
}

// sortedRows puts rows in order of time, source, record and line.
func sortedRows(k *columns.Chunk) []int32 {
	return work.SortedBy(k, func(i, j int32) int { return 0 })
}
