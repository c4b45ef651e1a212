package pipelines

import (
	"bytes"
	"fmt"
	"math"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/transforms/identity"
	"github.com/habitue-data/habitue/transforms/mapping"
	"github.com/habitue-data/habitue/transforms/profile"
)

// recordReader reads what the engine needs from the mapped rows of one file.
type recordReader struct {
	*worker
	file     *File
	source   *Source
	calendar *customer.Calendar
	tooLate  int64 // first instant that no fact of the file can have
	compare  bool  // numbers of orders are compared over sources
	norm     *identity.Normaliser
	blocked  map[customer.KeyType]map[string]bool

	in     *columns.Chunk
	mapped *mapping.Mapped

	idCol, atCol, updatedCol, amountCol, currencyCol, kindCol, nameCol, orderCol *columns.Column
	keyCols                                                                      []keyColumn
	goldenCols                                                                   []goldenColumn

	keyBuf  []key
	textBuf []byte
	idBuf   []byte
	hashBuf []byte
}

type keyColumn struct {
	kind   customer.KeyType
	prefix string // of the value: a namespace, or the name of the other system
	col    *columns.Column
}

type goldenColumn struct {
	field int // of profile.Fields
	col   *columns.Column
}

func newRecordReader(w *worker, f *File) (*recordReader, error) {
	r := &recordReader{worker: w, file: f, source: &w.Sources[f.Source], calendar: customer.NewCalendar(w.zone),
		blocked: map[customer.KeyType]map[string]bool{}}
	norm, err := identity.NewNormaliser(identity.Rules{Email: w.Identity.Email, Phone: w.Identity.Phone, Card: w.Identity.Card}, w.Country)
	if err != nil {
		return nil, err
	}
	r.norm, r.compare = norm, w.compareOrders()
	r.tooLate = r.calendar.Start(f.Latest + 1)
	for field, values := range w.Identity.Blocked {
		if k, ok := customer.KeyTypeOf(field); ok {
			r.blocked[k] = map[string]bool{}
			for _, v := range values {
				r.blocked[k][v] = true
			}
		}
	}
	return r, nil
}

// bind points the reader at the rows of a chunk.
func (r *recordReader) bind(in *columns.Chunk, mapped *mapping.Mapped) {
	r.in, r.mapped = in, mapped
	r.bindColumns(&mapped.Chunk)
}

// bindColumns points the reader at mapped columns.
func (r *recordReader) bindColumns(k *columns.Chunk) {
	kind := r.source.Kind
	r.idCol, r.atCol = k.Col(kind.IDField()), nil
	if t := kind.TimeField(); t != "" {
		r.atCol = k.Col(t)
	}
	r.updatedCol, r.currencyCol, r.kindCol = k.Col("updated_at"), k.Col("currency"), k.Col("kind")
	r.nameCol, r.orderCol, r.amountCol = nil, nil, nil
	switch kind {
	case customer.Order:
		r.amountCol = k.Col("amount")
	case customer.Event:
		r.amountCol, r.nameCol = k.Col("value"), k.Col("name")
		if r.source.OrdersFrom != "" {
			r.orderCol = k.Col("order_id")
		}
	}
	r.keyCols, r.goldenCols = r.keyCols[:0], r.goldenCols[:0]
	if kind == customer.Contact && r.idCol != nil {
		r.keyCols = append(r.keyCols, keyColumn{customer.ContactKey, r.source.Namespace, r.idCol})
	}
	for j := range k.Cols {
		c := &k.Cols[j]
		if f, ok := kind.Field(c.Name); ok && f.Type == customer.KeyField {
			t, _ := customer.KeyTypeOf(c.Name)
			prefix := ""
			switch t {
			case customer.ExternalKey:
				prefix = strings.TrimPrefix(c.Name, "external.") + "/"
			case customer.ContactKey:
				prefix = r.source.Namespace
			}
			r.keyCols = append(r.keyCols, keyColumn{t, prefix, c})
		}
		if at := profile.FieldIndex(c.Name); at >= 0 {
			r.goldenCols = append(r.goldenCols, goldenColumn{at, c})
		}
	}
}

// id is the record's id: its own, or one made of its content.
func (r *recordReader) id(i int) []byte {
	if r.source.HasID {
		b, _ := r.idCol.Bytes(i)
		return b
	}
	var h columns.Hash128
	h, r.hashBuf = mapping.ContentHash(r.in, i, r.hashBuf)
	r.idBuf = append(r.idBuf[:0], h.String()...)
	return r.idBuf
}

// at is when the record happened, customer.NoTime where it does not say. Of
// a contact that does not say when it was created it is when it was written.
func (r *recordReader) at(i int) int64 {
	if r.atCol != nil && r.atCol.Ints[i] != columns.MissingInt {
		return r.atCol.Ints[i]
	}
	if r.source.Kind == customer.Contact && r.updatedCol != nil && r.updatedCol.Ints[i] != columns.MissingInt {
		return min(r.updatedCol.Ints[i], r.end-1)
	}
	return customer.NoTime
}

// updated is when this version was written, columns.MissingInt where it
// does not say.
func (r *recordReader) updated(i int) int64 {
	if r.updatedCol == nil {
		return columns.MissingInt
	}
	return r.updatedCol.Ints[i]
}

// version is the instant from which this version of the record holds.
func (r *recordReader) version(i int) int64 {
	if u := r.updated(i); u != columns.MissingInt {
		return u
	}
	if r.file.Delivered <= r.AsOf {
		return math.MinInt64
	}
	return r.calendar.Start(r.file.Delivered)
}

// orderID is the number of the order that an event is, nil where it is none
// or has none, or, of an order, its own number where events may tell of it
// too.
func (r *recordReader) orderID(i int) []byte {
	if !r.compare {
		return nil
	}
	if r.source.Kind == customer.Order && r.source.HasID {
		b, _ := r.idCol.Bytes(i)
		return b
	}
	if r.orderCol != nil && r.isOrder(i) {
		b, _ := r.orderCol.Bytes(i)
		return b
	}
	return nil
}

// compareOrders tells whether an event source gives orders under the
// numbers that other sources use.
func (w *worker) compareOrders() bool {
	for i := range w.Sources {
		s := &w.Sources[i]
		if s.OrdersFrom == "" {
			continue
		}
		for _, f := range s.Mapping.Fields {
			if f.Field == "order_id" {
				return true
			}
		}
	}
	return false
}

// isOrder tells whether an event is an order.
func (r *recordReader) isOrder(i int) bool {
	if r.nameCol == nil || r.source.OrdersFrom == "" {
		return false
	}
	b, _ := r.nameCol.Bytes(i)
	return string(b) == r.source.OrdersFrom
}

// money is the row's amount in the reporting currency; 0 and false where
// there is one that cannot be read.
func (r *recordReader) money(i int) (int64, bool) {
	if r.source.Kind == customer.Event && !r.isOrder(i) {
		return 0, true
	}
	if r.amountCol == nil || r.amountCol.Ints[i] == columns.MissingInt {
		return 0, r.amountCol == nil || r.mapped == nil || r.mapped.State[i] != mapping.Rejected
	}
	amount, ok := r.reporting(i, r.amountCol.Ints[i])
	if ok && r.kind(i) == "return" && amount > 0 { // a return counts against, whatever its sign
		amount = -amount
	}
	return amount, ok
}

// unreadable is 1 where rows have money: a row that cannot be taken apart
// has some that cannot be read.
func (r *recordReader) unreadable() int64 {
	if r.source.Kind == customer.Order || r.source.OrdersFrom != "" {
		return 1
	}
	return 0
}

// reporting turns minor units of the row's currency into the reporting
// currency's, at the rate of its own day.
func (r *recordReader) reporting(i int, minor int64) (int64, bool) {
	code := r.source.Mapping.Currency
	if r.currencyCol != nil {
		if b, ok := r.currencyCol.Bytes(i); ok {
			if string(b) == r.Currency {
				return minor, true
			}
			code = string(b)
		}
	}
	if code == "" || code == r.Currency {
		return minor, true
	}
	rate, ok := r.source.Rates[code][r.calendar.Day(r.at(i))]
	if !ok {
		return 0, false
	}
	return rate.apply(minor)
}

// kind is what an order's row tells of.
func (r *recordReader) kind(i int) string {
	if r.kindCol == nil || r.source.Kind != customer.Order {
		return ""
	}
	b, _ := r.kindCol.Bytes(i)
	switch string(b) { // no allocation: constants
	case "return":
		return "return"
	case "cancelled":
		return "cancelled"
	}
	return "sale"
}

// wrong says why a mapped row still cannot be a record; reason is "" where
// it can.
func (r *recordReader) wrong(i int) (column, reason, detail string) {
	if r.atCol != nil {
		if at := r.atCol.Ints[i]; at != columns.MissingInt {
			if at < firstPlausible || at >= r.tooLate {
				return r.source.Mapping.ColumnOf(r.source.Kind.TimeField()), mapping.ImplausibleTime, fmt.Sprintf("its day %s is before 1900 or after %s; correct the clock, or set latest: in the project file",
					customer.DayText(r.calendar.Day(at)), customer.DayText(r.file.Latest))
			}
		}
	}
	if r.amountCol != nil && (r.source.Kind == customer.Order || r.isOrder(i)) {
		if r.amountCol.Ints[i] != columns.MissingInt {
			if _, ok := r.reporting(i, r.amountCol.Ints[i]); !ok {
				code, _ := []byte(nil), false
				if r.currencyCol != nil {
					code, _ = r.currencyCol.Bytes(i)
				}
				return r.source.Mapping.ColumnOf("currency"), "no_rate", fmt.Sprintf("no rate for %s on %s; add the day to the source's rates file", code, customer.DayText(r.calendar.Day(r.at(i))))
			}
		}
	}
	return "", "", ""
}

// firstPlausible is 1900-01-01 in microseconds.
const firstPlausible = -2208988800 * 1e6

// fact is what the record says that is counted before anyone knows whose it
// is. Day and Month are left to whoever counts.
func (r *recordReader) fact(i int) customer.Fact {
	f := customer.Fact{At: r.at(i), Kind: r.source.Kind}
	switch r.source.Kind {
	case customer.Order:
		f.Amount, _ = r.money(i)
		switch kind := r.kind(i); {
		case kind == "cancelled": // it counts for nothing; its money was read and is kept all the same
		case f.Amount < 0: // also what a return gave back; one of nothing is none
			f.Return = true
		case f.Amount > 0:
			f.Sale = true
		}
	case customer.Event:
		if r.isOrder(i) {
			f.Amount, _ = r.money(i)
			f.Sale, f.Return = f.Amount > 0, f.Amount < 0
		}
	}
	return f
}

// keys are the record's identifiers, normalised; good until the next call.
func (r *recordReader) keys(i int) []key {
	r.keyBuf, r.textBuf = r.keyBuf[:0], r.textBuf[:0]
	for k := range r.keyCols {
		c := &r.keyCols[k]
		raw, ok := c.col.Bytes(i)
		if !ok {
			continue
		}
		if c.col.Type == columns.List {
			for _, one := range bytes.Split(raw, []byte{columns.ListSep}) {
				r.addKey(c, one)
			}
			continue
		}
		r.addKey(c, raw)
	}
	return r.keyBuf
}

func (r *recordReader) addKey(c *keyColumn, raw []byte) {
	start := len(r.textBuf)
	text := append(r.textBuf, c.prefix...)
	text, ok := r.norm.Append(text, c.kind, raw)
	if !ok {
		return
	}
	k := key{kind: c.kind, text: text[start:]}
	if blocked := r.blocked[c.kind]; blocked != nil && blocked[string(k.text)] {
		return
	}
	r.textBuf = text
	if n, numeric := numericKey(k.kind, k.text); numeric {
		k.numeric, k.number, k.text = true, n, nil
	}
	k.hashed()
	r.add(k)
}

// add adds a key that the record does not have yet.
func (r *recordReader) add(k key) {
	for j := range r.keyBuf { // the same key twice on one record says nothing more
		if r.keyBuf[j].equal(&k) {
			return
		}
	}
	r.keyBuf = append(r.keyBuf, k)
}

// profile is what the record says of its customer, for the golden profile.
func (r *recordReader) profile(i int, dst []byte) []byte {
	rank := r.updated(i)
	if rank == columns.MissingInt {
		rank = r.at(i)
	}
	if rank == customer.NoTime {
		rank = 0
	}
	dst = profile.AppendHead(dst, r.source.Kind == customer.Contact, rank)
	for _, g := range r.goldenCols {
		if !g.col.Missing(i) {
			dst = profile.AppendValue(dst, g.field, g.col, i)
		}
	}
	return dst
}
