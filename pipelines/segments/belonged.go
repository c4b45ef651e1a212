package segments

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/habitue-data/habitue/connectors/lake"
	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
)

var beforeStage = work.Stage{Name: "before", Run: before, Outs: []flow.Port{"peoplebefore", "membersbefore"}}

// beforeFile names a file of the run before: of segment_members or customers.
type beforeFile struct {
	Members bool
	File    int
}

// BeforeFiles are the files of the run before that segments are told by.
func BeforeFiles(b *brief.Belonged) (flow.Seed, error) {
	var all []beforeFile
	for i := range b.Customers.Files {
		all = append(all, beforeFile{false, i})
	}
	for i := range b.Members.Files {
		all = append(all, beforeFile{true, i})
	}
	return flow.SeedOf(all)
}

// before reads a file of the run before and deals its rows to the shards of
// their customers.
func before(ctx context.Context, w *work.Worker, _ int, in *flow.Inputs, out *flow.Outputs) error {
	var f beforeFile
	if err := in.ReadOne("beforefiles", &f); err != nil {
		return err
	}
	table, of, p := w.Segments.Before.Customers, customer.OfCustomers, flow.Port("peoplebefore")
	if f.Members {
		table, of, p = w.Segments.Before.Members, customer.OfMembers, flow.Port("membersbefore")
	}
	def, _ := customer.TableNamed(of.String())
	if !f.Members {
		def = def.Only(w.History[def.Name])
	}
	has := table.Has(append(def.Names(), "customer_id"))
	shards := make([][]byte, w.Shards)
	err := lake.Lake{Dir: w.Lake}.ReadFile(ctx, table, table.Files[f.File], has, func(k *columns.Chunk) error {
		return dealBefore(w, shards, of, def, k)
	})
	if err != nil {
		return fmt.Errorf("read the run before: %w", err)
	}
	for s, data := range shards {
		if len(data) > 0 {
			out.Emit(p, s, data)
		}
	}
	return nil
}

// dealBefore deals rows with just the columns of def; those that the run
// before did not have yet are missing.
func dealBefore(w *work.Worker, shards [][]byte, of customer.HistoryTable, def customer.Table, k *columns.Chunk) error {
	byShard := make([][]int32, w.Shards)
	ids := make([]customer.ID, k.N)
	for i := range k.N {
		text, _ := k.Col("customer_id").Bytes(i)
		id, err := customer.ParseID(text)
		if err != nil {
			return err
		}
		ids[i] = id
		byShard[w.IdShard(id)] = append(byShard[w.IdShard(id)], int32(i))
	}
	whole := w.ScaledRows(def)
	whole.N = k.N
	for j := range whole.Cols {
		if c := k.Col(whole.Cols[j].Name); c != nil {
			whole.Cols[j] = *c
			continue
		}
		for range k.N {
			whole.Cols[j].AddMissing()
		}
	}
	for s, rows := range byShard {
		if len(rows) == 0 {
			continue
		}
		var told []byte
		for _, i := range rows {
			told = append(told, ids[i][:]...)
		}
		shards[s] = work.AppendHistory(shards[s], of, told, whole.Take(rows))
	}
	return nil
}

// gatherPeople puts the customers of the run before beside those of today:
// row i is customer i, and nothing is known of who was not there.
func gatherPeople(w *work.Worker, in *flow.Inputs, ids []customer.ID, p flow.Port) (*columns.Chunk, error) {
	def, _ := customer.TableNamed("customers")
	raw, err := gatherRaw(w, in.Read, def.Only(w.History[def.Name]), p)
	if err != nil {
		return nil, err
	}
	place := map[customer.ID]int32{}
	for i, id := range raw.IDs {
		place[id] = int32(i)
	}
	nobody := int32(raw.Rows.N)
	for j := range raw.Rows.Cols {
		raw.Rows.Cols[j].AddMissing()
	}
	raw.Rows.N++
	rows := make([]int32, len(ids))
	for i, id := range ids {
		row, there := place[id]
		if !there {
			row = nobody
		}
		rows[i] = row
	}
	return raw.Rows.Take(rows), nil
}

// reading is how the batches of a port are read: for the last time or not.
type reading func(p flow.Port, yield func(b *flow.Batch, data []byte) error) error

// gatherRaw reads the rows of one table as they come.
func gatherRaw(w *work.Worker, read reading, def customer.Table, p flow.Port) (*work.RawHistory, error) {
	raw := &work.RawHistory{Rows: w.ScaledRows(def)}
	return raw, read(p, func(_ *flow.Batch, data []byte) error {
		d := work.Decoder{B: data}
		for d.More() {
			_, ids := d.Byte(), d.Bytes()
			k, _, err := columns.Decode(d.Bytes())
			if err != nil {
				return err
			}
			raw.Add(ids, k)
		}
		return d.Err
	})
}

// belonged is the intervals of membership as the run before left them, in
// order of customer, segment and time.
type belonged struct {
	ids      []customer.ID
	rows     *columns.Chunk
	interval func(row int) interval
}

func readBelonged(w *work.Worker, read reading, p flow.Port) (*belonged, error) {
	def, _ := customer.TableNamed("segment_members")
	raw, err := gatherRaw(w, read, def, p)
	if err != nil {
		return nil, err
	}
	segments, entered := raw.Rows.Col("segment"), raw.Rows.Col("entered_date").Ints
	order := make([]int32, raw.Rows.N)
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(i, j int32) int {
		if d := bytes.Compare(raw.IDs[i][:], raw.IDs[j][:]); d != 0 {
			return d
		}
		a, _ := segments.Bytes(int(i))
		b, _ := segments.Bytes(int(j))
		if d := bytes.Compare(a, b); d != 0 {
			return d
		}
		return int(entered[i] - entered[j])
	})
	b := &belonged{rows: raw.Rows.Take(order)}
	b.interval = intervalAt(b.rows)
	for _, i := range order {
		b.ids = append(b.ids, raw.IDs[i])
	}
	return b, nil
}

func (b *belonged) rowsOf(from, to int) (rows []int) {
	for r := from; r < to; r++ {
		rows = append(rows, r)
	}
	return rows
}

// of are the intervals of a customer.
func (b *belonged) of(id customer.ID) (all []interval) {
	at, _ := slices.BinarySearchFunc(b.ids, id, func(a, id customer.ID) int { return bytes.Compare(a[:], id[:]) })
	for ; at < len(b.ids) && b.ids[at] == id; at++ {
		all = append(all, b.interval(at))
	}
	return all
}

// history is the intervals as a history table of these customers.
func (b *belonged) history(ids []customer.ID) customer.HistoryRows {
	raw := work.RawHistory{IDs: b.ids, Rows: b.rows}
	h := raw.InOrder(ids)
	h.Supplied = true
	return h
}

// interval is one of membership.
type interval struct {
	segment                      string
	entered, left                int64 // days; left is columns.MissingInt while it is open
	enteredReason, enteredClause string
	leftReason, leftClause       string
	version                      string // by which it entered
}

func (one *interval) open() bool { return one.left == columns.MissingInt }

func (one *interval) leave(day int32, reason, clause string) {
	one.left, one.leftReason, one.leftClause = int64(day), reason, clause
}

// intervalAt is what reads an interval from the rows of segment_members.
func intervalAt(rows *columns.Chunk) func(r int) interval {
	col := rows.Col
	name, enteredReason, enteredClause, leftReason, leftClause, version := col("segment"), col("entered_reason"), col("entered_clause"), col("left_reason"), col("left_clause"), col("definition")
	entered, left := col("entered_date").Ints, col("left_date").Ints
	return func(r int) interval {
		return interval{segment: work.Text(name, r), entered: entered[r], left: left[r], enteredReason: work.Text(enteredReason, r), enteredClause: work.Text(enteredClause, r),
			leftReason: work.Text(leftReason, r), leftClause: work.Text(leftClause, r), version: work.Text(version, r)}
	}
}

// intervalColumns fill segment_members.
func intervalColumns(id *customer.ID, one *interval) map[string]func(*columns.Column) {
	optional := func(v *string) func(*columns.Column) { return func(c *columns.Column) { c.AddOptional(*v) } }
	return map[string]func(*columns.Column){
		"segment": optional(&one.segment), "customer_id": func(c *columns.Column) { id.AddTo(c) },
		"entered_date":   func(c *columns.Column) { work.AddInt(c, one.entered) },
		"left_date":      func(c *columns.Column) { work.AddInt(c, one.left) },
		"entered_reason": optional(&one.enteredReason), "entered_clause": optional(&one.enteredClause),
		"left_reason": optional(&one.leftReason), "left_clause": optional(&one.leftClause),
		"definition": optional(&one.version),
	}
}
