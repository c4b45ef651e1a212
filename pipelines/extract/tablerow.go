package extract

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/consent"
)

// colOwner is the row number by which a row of a table finds its customer:
// its own, or, of a line, its order's.
const colOwner = "_owner"

// colAddresses are the keys of a row that messages may be sent to, as
// letter:value: what it says of consent it says of them.
const colAddresses = "_addresses"

// tableRows turns records into rows of a table, but for their customer.
type tableRows struct {
	rec   *recordReader
	table customer.Table
	chunk *columns.Chunk
	bound *columns.Chunk    // the mapped rows
	given []*columns.Column // their consents
	fills []func(c *columns.Column, x *recordRow)
	cal   *customer.Calendar

	addressed bool // colAddresses travels
}

func newTableRows(rec *recordReader, t customer.Table) *tableRows {
	r := &tableRows{rec: rec, table: t, chunk: t.NewRows(), cal: customer.NewCalendar(rec.Location)}
	if r.addressed = rec.Addressed(t.Name); r.addressed {
		r.chunk.Cols = append(r.chunk.Cols, columns.Column{Name: colAddresses, Type: columns.List})
	}
	r.chunk.Cols = append(r.chunk.Cols, columns.Column{Name: colOwner, Type: columns.Int})
	return r
}

// bind looks up the mapped columns of a chunk.
func (r *tableRows) bind(k *columns.Chunk) {
	r.bound, r.given, r.fills = k, consentsOf(k), r.fills[:0]
	for _, c := range r.table.Columns {
		r.fills = append(r.fills, r.filler(c))
	}
}

// recordRow is what a row says beside its mapped fields.
type recordRow struct {
	i         int   // of the mapped rows
	lines     []int // of an order of several: see saying, and money
	owner     int64
	line      int64 // of the file
	id        []byte
	at        int64
	kind      string
	counted   bool
	keys      []work.Key
	amount    int64
	lineCount int64
	lineName  string
	path      string
	delivered int32
}

// add appends a row.
func (r *tableRows) add(x *recordRow) {
	for j, fill := range r.fills {
		fill(&r.chunk.Cols[j], x)
	}
	if r.addressed {
		work.AddAddresses(&r.chunk.Cols[len(r.chunk.Cols)-2], x.keys, r.rec.written)
	}
	owner := &r.chunk.Cols[len(r.chunk.Cols)-1]
	owner.Ints = append(owner.Ints, x.owner)
	r.chunk.N++
}

// filler is what fills a column, looked up once and not for every row.
func (r *tableRows) filler(def customer.Column) func(c *columns.Column, x *recordRow) {
	switch def.Name {
	case "source":
		name := r.rec.source.Name
		return func(c *columns.Column, _ *recordRow) { c.AddText(name) }
	case "record_id":
		return func(c *columns.Column, x *recordRow) { c.AddBytes(x.id) }
	case "customer_id":
		return func(c *columns.Column, _ *recordRow) { c.AddMissing() } // its owner is not known yet
	case "order_at", "event_at", "interaction_at":
		return func(c *columns.Column, x *recordRow) { work.AddInt(c, x.at) }
	case "order_date", "event_date", "interaction_date":
		return func(c *columns.Column, x *recordRow) { work.AddInt(c, int64(r.cal.Day(x.at))) }
	case "created_date":
		return r.createdDate
	case "kind": // of an order what it counts as, of an interaction what its source says
		if r.rec.source.Kind == customer.Interaction {
			return r.fieldFiller(def)
		}
		return func(c *columns.Column, x *recordRow) { c.AddText(x.kind) }
	case "counted":
		return func(c *columns.Column, x *recordRow) {
			v := int64(0)
			if x.counted {
				v = 1
			}
			work.AddInt(c, v)
		}
	case "amount":
		return func(c *columns.Column, x *recordRow) { work.AddInt(c, x.amount) }
	case "currency":
		return func(c *columns.Column, _ *recordRow) { c.AddText(r.rec.Currency) }
	case "line_count":
		return func(c *columns.Column, x *recordRow) { work.AddInt(c, x.lineCount) }
	case "line":
		return func(c *columns.Column, x *recordRow) { c.AddText(x.lineName) }
	case "consents":
		return func(c *columns.Column, x *recordRow) { r.consents(c, x.i) }
	case "first_delivered":
		return func(c *columns.Column, x *recordRow) { work.AddInt(c, int64(x.delivered)) }
	case "src_file":
		return func(c *columns.Column, x *recordRow) { c.AddText(x.path) }
	case "src_line":
		return func(c *columns.Column, x *recordRow) { work.AddInt(c, x.line) }
	}
	return r.fieldFiller(def)
}

func (r *tableRows) createdDate(c *columns.Column, x *recordRow) {
	if created := r.bound.Col("created_at"); created != nil && !created.Missing(x.i) {
		work.AddInt(c, int64(r.cal.Day(created.Ints[x.i])))
		return
	}
	c.AddMissing()
}

// fieldFiller copies a mapped field.
func (r *tableRows) fieldFiller(def customer.Column) func(c *columns.Column, x *recordRow) {
	f := r.bound.Col(def.Name)
	switch {
	case f == nil:
		return func(c *columns.Column, _ *recordRow) { c.AddMissing() }
	case def.Type == customer.MoneyColumn:
		return func(c *columns.Column, x *recordRow) {
			if v, said := r.money(f, x); said {
				work.AddInt(c, v)
			} else {
				c.AddMissing()
			}
		}
	case def.Type.Held() == columns.Text && f.Type == columns.List: // several of what the table has one of: the first
		return func(c *columns.Column, x *recordRow) {
			b, ok := f.Bytes(saying(f, x.i, x.lines))
			if !ok {
				c.AddMissing()
				return
			}
			first, _, _ := bytes.Cut(b, []byte{columns.ListSep})
			c.AddBytes(first)
		}
	}
	return func(c *columns.Column, x *recordRow) { c.AddFrom(f, saying(f, x.i, x.lines)) }
}

// money is what a record says of money; of an order of lines what they say
// together, each turned into the reporting currency as its amount is. said is
// false where none of them says any.
func (r *tableRows) money(f *columns.Column, x *recordRow) (sum int64, said bool) {
	lines := x.lines
	if lines == nil {
		lines = []int{x.i}
	}
	for _, i := range lines {
		if v, ok := r.rec.reporting(i, f.Ints[i]); ok && !f.Missing(i) {
			sum, said = sum+v, true
		}
	}
	return sum, said
}

// consents writes the consents of a contact as a JSON object.
func (r *tableRows) consents(c *columns.Column, i int) {
	given := givenBy(r.given, i)
	if len(given) == 0 {
		c.AddMissing()
		return
	}
	text, _ := json.Marshal(given) // sorts; a map of bools cannot fail
	c.AddBytes(text)
}

// consentsOf are the columns of mapped rows that are consents of contacts.
func consentsOf(k *columns.Chunk) (all []*columns.Column) {
	for j := range k.Cols {
		if c := &k.Cols[j]; strings.HasPrefix(c.Name, consentPrefix) && c.Type == columns.Bool {
			all = append(all, c)
		}
	}
	return all
}

const consentPrefix = "consent."

// givenBy are the consents that row i gives or refuses, nil for none.
func givenBy(consents []*columns.Column, i int) (given map[string]bool) {
	for _, c := range consents {
		if !c.Missing(i) {
			if given == nil {
				given = map[string]bool{}
			}
			given[c.Name[len(consentPrefix):]] = c.Ints[i] != 0
		}
	}
	return given
}

// speaks tells whether row i may say something of addresses.
func (r *tableRows) speaks(i int) bool {
	if r.rec.source.Kind == customer.Contact {
		return slices.ContainsFunc(r.given, func(c *columns.Column) bool { return !c.Missing(i) })
	}
	kind, _ := r.rec.kindCol.Bytes(i)
	return consent.Speaks(string(kind))
}

// append encodes the rows under the table's name and starts anew.
func (r *tableRows) append(dst []byte) []byte {
	if r == nil || r.chunk.N == 0 {
		return dst
	}
	dst = work.AppendBytes(dst, []byte(r.table.Name))
	dst = work.AppendBytes(dst, r.chunk.Encode(nil))
	r.chunk.Reset()
	return dst
}

// rowWriter makes the rows of records of one row, and those of orders that
// are events.
type rowWriter struct {
	rows, orders *tableRows // nil where nobody asked for them
}

// newRowWriter is nil where nobody asked for any row of the records.
func newRowWriter(rec *recordReader) *rowWriter {
	w := &rowWriter{}
	if t, ok := rec.Carried(brief.RecordTable[rec.source.Kind]); ok {
		w.rows = newTableRows(rec, t)
	}
	if t, ok := rec.Carried("orders"); ok && rec.source.OrdersFrom != "" {
		w.orders = newTableRows(rec, t)
	}
	if w.rows == nil && w.orders == nil {
		return nil
	}
	return w
}

// newHearer makes rows of a version that is not in force any more: no more of
// them than what they say of addresses.
func newHearer(rec *recordReader) *rowWriter {
	name := brief.RecordTable[rec.source.Kind]
	t, _ := rec.Carried(name)
	return &rowWriter{rows: newTableRows(rec, t.Only(brief.SaidColumns(name)))}
}

// bind looks up the columns of a chunk.
func (w *rowWriter) bind(rec *recordReader) {
	for _, t := range []*tableRows{w.rows, w.orders} {
		if t != nil {
			t.bind(&rec.mapped.Chunk)
		}
	}
}

func (w *rowWriter) add(rec *recordReader, i int, row, line int64, id []byte, keys []work.Key) {
	f := rec.fact(i)
	x := recordRow{i: i, owner: row, line: line, id: id, keys: keys, at: f.At, kind: rec.kind(i), counted: f.Sale, amount: rec.amounts[i], path: rec.file.Path, delivered: rec.file.First}
	if f.Return {
		x.kind = "return"
	}
	if w.rows != nil {
		w.rows.add(&x)
	}
	if w.orders == nil || rec.says[i]&saysOrder == 0 {
		return
	}
	if number := rec.orderNumber(i); number != nil {
		x.id = number
	}
	if !f.Return {
		x.kind = "sale"
	}
	w.orders.add(&x)
}

func (w *rowWriter) take() []byte { return w.orders.append(w.rows.append(nil)) }

// lineRows makes the rows of orders and of their lines.
type lineRows struct {
	*work.Worker
	chunk         *columns.Chunk
	orders, lines *tableRows
	rec           *recordReader
}

func newLineRows(w *work.Worker, rec *recordReader, k *columns.Chunk) *lineRows {
	r := &lineRows{Worker: w, chunk: k, rec: rec}
	if t, ok := w.Carried("orders"); ok {
		r.orders = newTableRows(rec, t)
		r.orders.bind(k)
	}
	if t, ok := w.Carried("order_lines"); ok {
		r.lines = newTableRows(rec, t)
		r.lines.bind(k)
	}
	return r
}

// add takes in an order: its money is that of its lines, and anything else it
// says on the first line that has it.
func (r *lineRows) add(o order, lines []int, row int64) {
	at := func(i int) (int64, *brief.File) {
		return r.chunk.Col(colLine).Ints[i], &r.Files[r.FileOf(r.chunk.Col(colBlock).Ints[i])]
	}
	if r.orders != nil {
		line, f := at(lines[0])
		r.orders.add(&recordRow{i: lines[0], lines: lines, owner: row, line: line, id: o.id, at: o.fact.At, kind: o.kind, counted: o.counted,
			amount: o.fact.Amount, lineCount: int64(len(lines)), path: f.Path, delivered: f.First})
	}
	if r.lines == nil {
		return
	}
	number := r.chunk.Col("line")
	for n, i := range lines {
		line, f := at(i)
		name := strconv.Itoa(n + 1)
		if number != nil {
			if b, ok := number.Bytes(i); ok {
				name = string(b)
			}
		}
		amount := r.chunk.Col(colAmount).Ints[i]
		kind := o.kind
		if kind == "sale" && amount < 0 {
			kind = "return"
		}
		r.lines.add(&recordRow{i: i, owner: row, line: line, id: o.id, at: r.chunk.Col(colAt).Ints[i], kind: kind, amount: amount,
			lineName: name, path: f.Path, delivered: f.First})
	}
}

func (r *lineRows) take() []byte { return r.lines.append(r.orders.append(nil)) }
