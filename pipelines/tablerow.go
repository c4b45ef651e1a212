package pipelines

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
)

// colOwner is the row number by which a row of a table finds its customer:
// its own, or, of a line, its order's.
const colOwner = "_owner"

// tableRows turns records into rows of a table, but for their customer.
type tableRows struct {
	rec    *recordReader
	table  customer.Table
	chunk  *columns.Chunk
	fields map[string]*columns.Column // of the mapped rows, by the table's column
	bound  *columns.Chunk
	cal    *customer.Calendar
	rename map[string]string // table column -> field, where they differ
}

func newTableRows(rec *recordReader, name string) *tableRows {
	t := rec.table(name)
	r := &tableRows{rec: rec, table: t, chunk: NewRows(t), cal: customer.NewCalendar(rec.zone), fields: map[string]*columns.Column{}}
	r.chunk.Cols = append(r.chunk.Cols, columns.Column{Name: colOwner, Type: columns.Int})
	r.rename = map[string]string{"order_at": "at", "event_at": "at"}
	return r
}

// bind looks up the mapped columns of a chunk.
func (r *tableRows) bind(k *columns.Chunk) {
	r.bound = k
	for _, c := range r.table.Columns {
		field := c.Name
		if f, ok := r.rename[field]; ok {
			field = f
		}
		r.fields[c.Name] = k.Col(field)
	}
}

// recordRow is what a row says beside its mapped fields.
type recordRow struct {
	i         int // of the mapped rows
	owner     int64
	line      int64 // of the file
	id        []byte
	at        int64
	kind      string
	counted   bool
	amount    int64
	lineCount int64
	lineName  string
	path      string
	delivered int32
}

// add appends a row.
func (r *tableRows) add(x *recordRow) {
	for j := range r.table.Columns {
		r.fill(&r.chunk.Cols[j], &r.table.Columns[j], x)
	}
	owner := &r.chunk.Cols[len(r.chunk.Cols)-1]
	owner.Ints = append(owner.Ints, x.owner)
	r.chunk.N++
}

func (r *tableRows) fill(c *columns.Column, def *customer.Column, x *recordRow) {
	switch def.Name {
	case "source":
		c.AddText(r.rec.source.Name)
	case "record_id":
		c.AddBytes(x.id)
	case "customer_id":
		c.AddMissing() // its owner is not known yet
	case "order_at", "event_at":
		addInt(c, x.at)
	case "order_date", "event_date":
		addInt(c, int64(r.cal.Day(x.at)))
	case "created_date":
		if created := r.fields["created_at"]; created != nil && !created.Missing(x.i) {
			addInt(c, int64(r.cal.Day(created.Ints[x.i])))
		} else {
			c.AddMissing()
		}
	case "kind":
		c.AddText(x.kind)
	case "counted":
		v := int64(0)
		if x.counted {
			v = 1
		}
		addInt(c, v)
	case "amount":
		addInt(c, x.amount)
	case "currency":
		c.AddText(r.rec.Currency)
	case "line_count":
		addInt(c, x.lineCount)
	case "line":
		c.AddText(x.lineName)
	case "consents":
		r.consents(c, x.i)
	case "first_delivered":
		addInt(c, int64(x.delivered))
	case "src_file":
		c.AddText(x.path)
	case "src_line":
		addInt(c, x.line)
	default:
		r.field(c, def, x.i)
	}
}

// field copies a mapped field.
func (r *tableRows) field(c *columns.Column, def *customer.Column, i int) {
	f := r.fields[def.Name]
	switch {
	case f == nil || f.Missing(i):
		c.AddMissing()
	case def.Type == customer.MoneyColumn:
		if v, ok := r.rec.reporting(i, f.Ints[i]); ok {
			addInt(c, v)
		} else {
			c.AddMissing()
		}
	case c.Type == columns.Text && f.Type == columns.List: // several of what the table has one of: the first
		b, _ := f.Bytes(i)
		first, _, _ := strings.Cut(string(b), string(rune(columns.ListSep)))
		c.AddText(first)
	default:
		c.AddFrom(f, i)
	}
}

// consents writes the consents of a contact as a JSON object.
func (r *tableRows) consents(c *columns.Column, i int) {
	given := map[string]bool{}
	for j := range r.bound.Cols {
		f := &r.bound.Cols[j]
		if name, ok := strings.CutPrefix(f.Name, "consent."); ok && f.Type == columns.Bool && !f.Missing(i) {
			given[name] = f.Ints[i] != 0
		}
	}
	if len(given) == 0 {
		c.AddMissing()
		return
	}
	text, _ := json.Marshal(given) // sorts; a map of bools cannot fail
	c.AddBytes(text)
}

// append encodes the rows under the table's name and starts anew.
func (r *tableRows) append(dst []byte) []byte {
	if r == nil || r.chunk.N == 0 {
		return dst
	}
	dst = appendBytes(dst, []byte(r.table.Name))
	dst = appendBytes(dst, r.chunk.Encode(nil))
	r.chunk.Reset()
	return dst
}

// rowWriter makes the rows of records of one row.
type rowWriter struct {
	rows *tableRows
}

func (w *rowWriter) n() int {
	if w.rows == nil {
		return 0
	}
	return w.rows.chunk.N
}

// bind looks up the columns of a chunk.
func (w *rowWriter) bind(rec *recordReader) {
	if w.rows == nil {
		w.rows = newTableRows(rec, recordTable[rec.source.Kind])
	}
	w.rows.bind(&rec.mapped.Chunk)
}

func (w *rowWriter) add(rec *recordReader, i int, row, line int64, id []byte) {
	f := rec.fact(i)
	x := recordRow{i: i, owner: row, line: line, id: id, at: f.At, kind: rec.kind(i), counted: f.Sale, path: rec.file.Path, delivered: rec.file.Delivered}
	if rec.source.Kind == customer.Order {
		x.amount, _ = rec.money(i)
		if f.Return {
			x.kind = "return"
		}
	}
	w.rows.add(&x)
}

func (w *rowWriter) take() []byte { return w.rows.append(nil) }

// lineRows makes the rows of orders and of their lines.
type lineRows struct {
	*worker
	chunk         *columns.Chunk
	orders, lines *tableRows
	rec           *recordReader
}

func newLineRows(w *worker, rec *recordReader, k *columns.Chunk) *lineRows {
	r := &lineRows{worker: w, chunk: k, rec: rec}
	if w.wants("orders") {
		r.orders = newTableRows(rec, "orders")
		r.orders.bind(k)
	}
	if w.wants("order_lines") {
		r.lines = newTableRows(rec, "order_lines")
		r.lines.bind(k)
	}
	return r
}

// add takes in an order; what it says once it says on its first line.
func (r *lineRows) add(o order, lines []int, row int64) {
	at := func(i int) (int64, *File) {
		return r.chunk.Col(colLine).Ints[i], &r.Files[r.fileOf(r.chunk.Col(colBlock).Ints[i])]
	}
	if r.orders != nil {
		line, f := at(lines[0])
		r.orders.add(&recordRow{i: lines[0], owner: row, line: line, id: o.id, at: o.fact.At, kind: o.kind, counted: o.counted,
			amount: o.fact.Amount, lineCount: int64(len(lines)), path: f.Path, delivered: f.Delivered})
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
			lineName: name, path: f.Path, delivered: f.Delivered})
	}
}

func (r *lineRows) take() []byte { return r.lines.append(r.orders.append(nil)) }
