package extract

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/internal/rowcache"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/mapping"
)

var extractStage = work.Stage{Name: "extract", Run: extract,
	Outs: []flow.Port{"ids", "whole", "keys", "rows", "tally", "rejects"}}

// flushRows is how many rows of a block are turned into batches at a time.
const flushRows = 64 << 10

// extract reads one block: rows to records, refused rows aside, and deals
// the records' ids, keys and rows to their shards.
func extract(ctx context.Context, w *work.Worker, key int, in *flow.Inputs, out *flow.Outputs) error {
	x, err := newExtractor(w, in, "blocks", key)
	if err != nil {
		return err
	}
	x.out = out
	buffers := w.Borrow()
	x.ids, x.keys = buffers.IDs, buffers.Keys
	err = readBlock(ctx, w, x.block, x.chunk)
	if err != nil {
		return err
	}
	work.WatchOf(ctx).Read(key, x.tally.Rows[work.TallyRead])
	if err := x.finish(); err != nil {
		return err
	}
	w.GiveBack(buffers) // emptied by finish; after a fault they are let go
	return nil
}

// readBlock reads and maps a block, chunk by chunk.
func readBlock(ctx context.Context, w *work.Worker, b brief.Block, yield func(*columns.Chunk, *mapping.Mapped) error) error {
	format, ok := w.Formats[b.Format]
	if !ok {
		return fmt.Errorf("no format is called %q", b.Format)
	}
	m, giveBack, err := w.Mapper(b.File, b.Header)
	if err != nil {
		return err
	}
	defer giveBack()
	if w.Cache != "" && rowcache.Worth(b.Block) {
		c, err := w.RowCache()
		if err != nil {
			return err
		}
		format = c.Of(format, w.Files[b.File].SHA256)
	}
	r, err := format.Open(ctx, b.Block, m.Want())
	if err != nil {
		return err
	}
	defer r.Close()
	var in columns.Chunk
	var mapped mapping.Mapped
	for {
		err := r.Read(&in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		m.Map(&in, &mapped)
		if err := yield(&in, &mapped); err != nil {
			return err
		}
	}
}

// extractor works on one block.
type extractor struct {
	*work.Worker
	out     *flow.Outputs
	key     int
	block   brief.Block
	file    *brief.File
	source  *brief.Source
	records *recordReader
	ids     *work.IDWriter
	keys    *work.KeyWriter
	numbers *nameWriter // nil where numbers of orders are not compared
	whole   *wholeWriter
	rows    *rowWriter
	hears   bool // the file holds no more, and what it said of addresses is not known yet
	tally   work.Tally
	rejects *columns.Chunk
	row     int64 // number of the next row in the block
	flushed int64
	about   work.About
}

func newExtractor(w *work.Worker, in *flow.Inputs, p flow.Port, key int) (*extractor, error) {
	x := &extractor{Worker: w, key: key}
	if err := in.ReadOne(p, &x.block); err != nil {
		return nil, err
	}
	x.file = &w.Files[x.block.File]
	x.source = &w.Sources[x.file.Source]
	records, err := newRecordReader(w, x.file)
	if err != nil {
		return nil, err
	}
	x.records = records
	if w.ComparesOrders() && !x.source.Lines {
		x.numbers = newNameWriter(w)
	}
	if x.hears = x.file.Replaced && !x.file.Heard && w.Addressed(brief.RecordTable[x.source.Kind]); x.hears {
		x.rows = newHearer(records)
	} else if x.source.Lines {
		x.whole = newWholeWriter(w.Shards)
	} else {
		x.rows = newRowWriter(records)
	}
	return x, nil
}

// chunk deals the rows of one chunk.
func (x *extractor) chunk(in *columns.Chunk, mapped *mapping.Mapped) error {
	for i := range in.Refused {
		r := &in.Refused[i]
		x.tally.Add(work.TallyRead, 1, 0)
		x.tally.Add(work.TallyRejected, 1, 0)
		x.tally.Unreadable += x.records.unreadable()
		x.refuse(r.Line, r.Column, r.Reason, r.Detail, r.Raw)
	}
	rec := x.records
	rec.bind(in, mapped)
	if x.rows != nil {
		x.rows.bind(rec)
	}
	next := 0 // of mapped.Rejects
	for i := range mapped.N {
		row := x.row
		x.row++
		amount, readable := rec.amounts[i], rec.says[i]&saysUnreadable == 0
		x.tally.Read(amount)
		switch mapped.State[i] {
		case mapping.Filtered:
			x.tally.Add(work.TallyFiltered, 1, amount)
			continue
		case mapping.Rejected:
			r := mapped.Rejects[next]
			next++
			x.reject(in, i, r.Column, r.Reason, r.Detail, amount, readable)
			continue
		}
		if column, reason, detail := rec.wrong(i); reason != "" {
			x.reject(in, i, column, reason, detail, amount, readable)
			continue
		}
		if at := rec.ats[i]; at != customer.NoTime && at >= x.End {
			x.tally.Add(work.TallyLater, 1, amount)
			if !x.file.Replaced { // an older version of the record may be of a day that counts
				x.compare(in, i, row, rec.id(i))
			}
			continue
		}
		if x.file.Replaced {
			x.tally.Add(work.TallySuperseded, 1, amount)
			if rec.says[i]&saysWritten != 0 {
				x.glimpse(i, row)
			}
			if x.hears && rec.version(i) < x.End && x.rows.rows.speaks(i) {
				x.rows.add(rec, i, row, in.Line(i), rec.id(i), rec.keys(i))
			}
			continue
		}
		id := rec.id(i)
		x.compare(in, i, row, id)
		if x.whole != nil {
			continue
		}
		keys := rec.keys(i)
		if x.numbers != nil {
			x.tellNumber(i, row, id, keys)
		}
		x.about = rec.about(i, nil, x.about)
		f := rec.fact(i)
		more := byte(0)
		if rec.says[i]&saysWritten != 0 {
			more = work.FactWritten
		}
		x.keys.Deal(keys, row, &f, more, id, x.about)
		if x.rows != nil {
			x.rows.add(rec, i, row, in.Line(i), id, keys)
		}
	}
	if x.row-x.flushed >= flushRows {
		x.flushed = x.row
		return x.flush()
	}
	return nil
}

// compare sends a row to where all rows of its record come together: whole, if
// it is a line of an order, else by a hash that asks whether there are others.
func (x *extractor) compare(in *columns.Chunk, i int, row int64, id []byte) {
	if x.whole != nil {
		x.whole.add(x.Shard(work.IDHash(x.file.Source, id)), x.records, i, x.key, row, in.Line(i), id)
		return
	}
	x.ids.Add(x.file.Source, id, row, x.records.version(i) >= x.End)
}

// glimpse tells of the time of a contact that is not in force any more: the
// time of a contact is when it was first written.
func (x *extractor) glimpse(i int, row int64) {
	for _, k := range x.records.keys(i) {
		if k.Kind == customer.ContactKey {
			f := customer.Fact{Kind: customer.Contact, At: x.records.ats[i]}
			x.keys.Primary(k.Hash, &k, row, false, &f, work.FactGone|work.FactWritten, x.records.id(i), work.About{})
			return
		}
	}
}

// tellNumber tells of the number of an order, or of the event that is one.
func (x *extractor) tellNumber(i int, row int64, id []byte, keys []work.Key) {
	number := x.records.mentionedNumber(i, id)
	switch {
	case number == nil:
	case x.source.Kind == customer.Order:
		x.numbers.order(number, row)
	default:
		hash := work.KeylessHash(id)
		if len(keys) > 0 {
			hash = x.GoesBy(keys).Hash
		}
		x.numbers.event(number, row, x.records.ats[i], id, x.Shard(hash))
	}
}

func (x *extractor) reject(in *columns.Chunk, i int, column, reason, detail string, amount int64, readable bool) {
	x.tally.Add(work.TallyRejected, 1, amount)
	if !readable {
		x.tally.Unreadable++
	}
	x.refuse(in.Line(i), column, reason, detail, string(in.Raw(i)))
}

// refuse keeps a row that cannot be used.
func (x *extractor) refuse(line int64, column, reason, detail, raw string) {
	if x.rejects == nil {
		x.rejects = x.Table("rejects").NewRows()
	}
	r := x.rejects
	r.Col("source").AddText(x.source.Name)
	r.Col("path").AddText(x.file.Path)
	r.Col("src_line").Ints = append(r.Col("src_line").Ints, line)
	r.Col("column").AddOptional(column)
	r.Col("reason").AddText(reason)
	r.Col("detail").AddText(detail)
	r.Col("raw").AddText(raw)
	r.N++
}

// flush turns the rows so far into batches.
func (x *extractor) flush() error {
	x.ids.Take(func(shard int, data []byte) { x.out.Emit("ids", shard, data) })
	x.keys.Take(func(shard int, data []byte) { x.out.Emit("keys", shard, data) })
	if x.numbers != nil {
		x.numbers.take(x.key, func(shard int, data []byte) { x.out.Emit("whole", shard, append([]byte{wholeNumbers}, data...)) })
	}
	if x.whole != nil {
		x.whole.take(func(shard int, data []byte) { x.out.Emit("whole", shard, append([]byte{wholeRows}, data...)) })
	}
	if x.rows != nil {
		if data := x.rows.take(); len(data) > 0 {
			x.out.Emit("rows", x.key, data)
		}
	}
	return x.out.Flush()
}

func (x *extractor) finish() error {
	if err := x.flush(); err != nil {
		return err
	}
	x.out.Emit("tally", x.Total(x.key), work.Tallies{x.block.File: &x.tally}.Append(nil))
	if x.rejects != nil {
		x.out.Emit("rejects", x.key%x.Shards, x.rejects.Encode(nil))
	}
	return nil
}
