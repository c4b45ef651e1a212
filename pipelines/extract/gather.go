package extract

import (
	"bytes"
	"context"
	"encoding/binary"
	"maps"
	"slices"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/settle"
)

var gatherStage = work.Stage{Name: "gather", Run: gather,
	Outs: []flow.Port{"lost", "lostrows", "ordernames", "linekeys", "linerows", "gathertally"}}

// gather has all rows of one record side by side, whole, and decides which
// hold. Of records of one row only those come here whose ids met.
func gather(_ context.Context, w *work.Worker, key int, in *flow.Inputs, out *flow.Outputs) error {
	g := &gatherer{Worker: w, key: key, out: out, lost: map[int]map[int64]int{}, lostAt: work.LossWriter{}, lostNumbers: work.LossWriter{}, tallies: work.Tallies{}}
	bySource := make([]*columns.Chunk, len(w.Sources))
	add := func(b *flow.Batch, data []byte) error {
		k, _, err := columns.Decode(data)
		if err != nil {
			return err
		}
		source := w.Files[w.FileOf(b.Seq)].Source
		if bySource[source] == nil {
			bySource[source] = k.Empty()
		}
		bySource[source].AddAll(k)
		return nil
	}
	if err := in.Read("recalled", add); err != nil {
		return err
	}
	err := in.Read("whole", func(b *flow.Batch, data []byte) error {
		if data[0] == wholeRows {
			return add(b, data[1:])
		}
		out.Emit("ordernames", key, append([]byte{namesTold}, data[1:]...))
		return nil
	})
	if err != nil {
		return err
	}
	for source, k := range bySource {
		if k != nil {
			if err := g.source(source, k); err != nil {
				return err
			}
		}
	}
	g.finish()
	return nil
}

type gatherer struct {
	*work.Worker
	key  int
	out  *flow.Outputs
	lost map[int]map[int64]int // block -> row -> what

	lostAt, lostNumbers work.LossWriter // by shard of a key, of an order's number
	reader              *recordReader
	bound               *columns.Chunk // that the reader reads
	tallies             work.Tallies
}

// lose notes what becomes of a row, and tells whoever holds something of it:
// the shards of its keys, and of its order's number where those are compared.
func (g *gatherer) lose(source int, k *columns.Chunk, i, what int) error {
	block, row := int(k.Col(colBlock).Ints[i]), k.Col(colRow).Ints[i]
	if g.lost[block] == nil {
		g.lost[block] = map[int64]int{}
	}
	g.lost[block][row] = what
	if g.reader == nil || g.bound != k {
		r, err := newRecordReader(g.Worker, &brief.File{Source: source, Delivered: g.AsOf, Latest: g.Latest})
		if err != nil {
			return err
		}
		r.bindColumns(k)
		g.reader, g.bound = r, k
	}
	id, _ := k.Col(colID).Bytes(i)
	if what == work.LostRow {
		keys := g.reader.keys(i)
		for _, key := range keys {
			g.lostAt.Add(g.Shard(key.Hash), block, work.Loss{Row: row, What: what})
		}
		if len(keys) == 0 {
			g.lostAt.Add(g.Shard(work.KeylessHash(id)), block, work.Loss{Row: row, What: what})
		} else if by := g.GoesBy(keys); by.Kind == work.KnotKey {
			g.lostAt.Add(g.Shard(by.Hash), block, work.Loss{Row: row, What: what})
		}
	}
	if !g.ComparesOrders() {
		return nil
	}
	if number := g.reader.mentionedNumber(i, id); number != nil {
		g.lostNumbers.Add(g.Shard(numberHash(number)), block, work.Loss{Row: row, What: what})
	}
	return nil
}

func (g *gatherer) count(k *columns.Chunk, i, class int) {
	g.tallies.Of(g.Account(int(k.Col(colBlock).Ints[i]))).Add(class, 1, k.Col(colAmount).Ints[i])
}

// source settles the rows of one source, record by record.
func (g *gatherer) source(source int, k *columns.Chunk) error {
	s := &g.Sources[source]
	rows := make([]int, k.N)
	for i := range rows {
		rows[i] = i
	}
	ids := k.Col(colID)
	block, number := k.Col(colBlock), k.Col(colRow)
	slices.SortFunc(rows, func(i, j int) int {
		a, _ := ids.Bytes(i)
		b, _ := ids.Bytes(j)
		if c := bytes.Compare(a, b); c != 0 {
			return c
		}
		if block.Ints[i] != block.Ints[j] {
			return int(block.Ints[i] - block.Ints[j])
		}
		return int(number.Ints[i] - number.Ints[j])
	})
	var lines *lineOrders
	if s.Lines {
		var err error
		if lines, err = newLineOrders(g, source, k); err != nil {
			return err
		}
	}
	for from := 0; from < len(rows); {
		id, _ := ids.Bytes(rows[from])
		to := from + 1
		for to < len(rows) {
			if next, _ := ids.Bytes(rows[to]); !bytes.Equal(id, next) {
				break
			}
			to++
		}
		if err := g.record(source, k, rows[from:to], lines); err != nil {
			return err
		}
		from = to
	}
	if lines != nil {
		return lines.finish()
	}
	return nil
}

// record settles the rows of one record.
func (g *gatherer) record(source int, k *columns.Chunk, rows []int, lines *lineOrders) error {
	s := &g.Sources[source]
	told := make([]settle.Row, len(rows))
	content, updated, line := k.Col(colContent), k.Col(colUpdated), k.Col("line")
	for n, i := range rows {
		f := &g.Files[g.FileOf(k.Col(colBlock).Ints[i])]
		told[n] = settle.Row{File: f.Order, Delivered: f.Delivered, Updated: updated.Ints[i]}
		told[n].Content, _ = content.Bytes(i)
		if line != nil {
			told[n].Line, _ = line.Bytes(i)
		}
	}
	asOf := settle.AsOf{End: g.End, Day: g.AsOf}
	full := func(n int) []byte { return fullRow(k, rows[n]) }
	var settled settle.Settled
	switch {
	case lines != nil:
		settled = settle.Lines(told, asOf, full)
	case !s.HasID:
		var number []int
		settled.Fates, number = settle.Nameless(told)
		for n, i := range rows {
			if settled.Fates[n] == settle.Kept && number[n] > 0 {
				if err := g.lose(source, k, i, work.LostName+number[n]); err != nil {
					return err
				}
			}
		}
	default:
		settled = settle.One(told, asOf, full)
	}
	var kept []int
	for n, i := range rows {
		if at := k.Col(colAt).Ints[i]; at != customer.NoTime && at >= g.End {
			continue // it came to say which version holds; it was counted as later when it was read
		}
		switch settled.Fates[n] {
		case settle.Repeated:
			g.count(k, i, work.TallyRepeated)
		case settle.Superseded:
			g.count(k, i, work.TallySuperseded)
		case settle.Later:
			g.count(k, i, work.TallyLater)
		case settle.Kept:
			kept = append(kept, i)
			continue
		}
		if lines == nil {
			if err := g.lose(source, k, i, work.LostRow); err != nil {
				return err
			}
		}
	}
	if settled.Assumed || settled.Equal {
		sum := g.tallies.Of(g.Account(int(k.Col(colBlock).Ints[rows[0]])))
		if settled.Assumed {
			sum.Assumed++
		}
		if settled.Equal {
			sum.Equal++
		}
	}
	if lines != nil && len(kept) > 0 {
		inLineOrder(k, kept)
		for _, i := range kept {
			g.count(k, i, work.TallyKept)
		}
		lines.add(kept)
	}
	return nil
}

// fullRow is what the mapped fields of a row say, as text: what versions are
// told apart by that nothing else tells apart.
func fullRow(k *columns.Chunk, i int) (text []byte) {
	for j := range k.Cols {
		if c := &k.Cols[j]; !strings.HasPrefix(c.Name, "_") {
			text = append(c.AppendValue(text, i), 0)
		}
	}
	h, _ := k.Col(colContent).Bytes(i)
	return append(text, h...)
}

// inLineOrder puts the lines of an order by number, then by content: so the
// order in which they were read never says which is the first, or what a
// line without a number is called.
func inLineOrder(k *columns.Chunk, lines []int) {
	content, number := k.Col(colContent), k.Col("line")
	slices.SortStableFunc(lines, func(i, j int) int {
		if number != nil {
			a, _ := number.Bytes(i)
			b, _ := number.Bytes(j)
			if len(a) != len(b) { // 9 is before 10
				return len(a) - len(b)
			}
			if c := bytes.Compare(a, b); c != 0 {
				return c
			}
		}
		a, _ := content.Bytes(i)
		b, _ := content.Bytes(j)
		return bytes.Compare(a, b)
	})
}

// finish tells who holds rows which of them are lost.
func (g *gatherer) finish() {
	for _, b := range slices.Sorted(maps.Keys(g.lost)) {
		var one []work.Loss
		for _, row := range slices.Sorted(maps.Keys(g.lost[b])) {
			one = append(one, work.Loss{Row: row, What: g.lost[b][row]})
		}
		g.out.Emit("lostrows", b, work.AppendLosses(nil, one))
	}
	g.lostAt.Take(func(shard int, data []byte) { g.out.Emit("lost", shard, data) })
	g.lostNumbers.Take(func(shard int, data []byte) {
		g.out.Emit("ordernames", shard, append([]byte{namesLost}, data...))
	})
	if len(g.tallies) > 0 {
		g.out.Emit("gathertally", g.Total(g.key), g.tallies.Append(nil))
	}
}

// lineOrders makes orders of their lines. The orders of one shard are a
// block of their own, numbered after the blocks that were read.
type lineOrders struct {
	*gatherer
	source  int
	chunk   *columns.Chunk
	records *recordReader
	keys    *work.KeyWriter
	numbers *nameWriter // nil where numbers of orders are not compared
	rows    *lineRows
	block   int
	row     int64
	about   work.About
}

func newLineOrders(g *gatherer, source int, k *columns.Chunk) (*lineOrders, error) {
	o := &lineOrders{gatherer: g, source: source, chunk: k, keys: work.NewKeyWriter(g.Worker),
		block: g.LineBlock(source, g.key)}
	records, err := newRecordReader(g.Worker, &brief.File{Source: source, Delivered: g.AsOf, Latest: g.Latest})
	if err != nil {
		return nil, err
	}
	o.records = records
	o.records.bindColumns(k)
	if g.ComparesOrders() {
		o.numbers = newNameWriter(g.Worker)
	}
	if g.Carries("orders") || g.Carries("order_lines") {
		o.rows = newLineRows(g.Worker, o.records, k)
	}
	return o, nil
}

// add makes one order of its lines.
func (o *lineOrders) add(lines []int) {
	id, _ := o.chunk.Col(colID).Bytes(lines[0])
	order := orderOf(o.records, o.chunk, lines)
	row := o.row
	o.row++
	var keys []work.Key
	var texts []byte
	for _, i := range lines {
		for _, k := range o.records.keys(i) {
			if !slices.ContainsFunc(keys, func(have work.Key) bool { return have.Equal(&k) }) {
				start := len(texts)
				texts = append(texts, k.Text...)
				k.Text = bytes.Clone(texts[start:])
				keys = append(keys, k)
			}
		}
	}
	f := order.fact
	o.about = o.records.about(lines[0], lines, o.about)
	o.keys.Deal(keys, row, &f, 0, id, o.about)
	if o.numbers != nil {
		o.numbers.order(id, row)
	}
	if o.rows != nil {
		o.rows.add(order, lines, row)
	}
}

func (o *lineOrders) finish() error {
	o.keys.Take(func(shard int, data []byte) {
		o.out.Emit("linekeys", shard, append(binary.AppendUvarint(nil, uint64(o.block)), data...))
	})
	if o.numbers != nil {
		o.numbers.take(o.block, func(shard int, data []byte) {
			o.out.Emit("ordernames", shard, append([]byte{namesTold}, data...))
		})
	}
	if o.rows != nil && o.row > 0 {
		o.out.Emit("linerows", o.block, o.rows.take())
	}
	return nil
}

// order is what the lines of an order come to.
type order struct {
	id      []byte
	fact    customer.Fact
	kind    string
	counted bool
}

// orderOf sums the lines up: the earliest time, the sum of the amounts. A
// line above zero makes it a sale, an exchange counts once, net; only lines
// below zero are a return; a cancelled line takes all of it out of
// every count.
func orderOf(rec *recordReader, k *columns.Chunk, lines []int) order {
	o := order{fact: customer.Fact{At: customer.NoTime, Kind: customer.Order}, kind: "sale"}
	o.id, _ = k.Col(colID).Bytes(lines[0])
	positive, negative, cancelled := false, false, false
	amounts, ats := k.Col(colAmount), k.Col(colAt)
	for _, i := range lines {
		o.fact.At = min(o.fact.At, ats.Ints[i])
		amount := amounts.Ints[i]
		o.fact.Amount += amount
		positive = positive || amount > 0
		negative = negative || amount < 0
		cancelled = cancelled || rec.kind(i) == "cancelled"
	}
	switch {
	case cancelled:
		o.kind = "cancelled"
	case positive:
		o.fact.Sale = true
	case negative:
		o.kind, o.fact.Return = "return", true
	}
	o.counted = o.fact.Sale
	return o
}
