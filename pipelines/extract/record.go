package extract

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/identity"
	"github.com/habitue-data/habitue/transforms/mapping"
	"github.com/habitue-data/habitue/transforms/profile"
	"github.com/zeebo/xxh3"
)

// recordReader reads what the engine needs from the mapped rows of one file.
type recordReader struct {
	*work.Worker
	file     *brief.File
	source   *brief.Source
	calendar *customer.Calendar
	tooLate  int64 // first instant that no fact of the file can have
	norm     *identity.Normaliser
	blocked  map[customer.KeyType]*blocked

	in     *columns.Chunk
	mapped *mapping.Mapped

	idCol, atCol, updatedCol, amountCol, currencyCol, kindCol, nameCol, orderCol *columns.Column
	keyCols                                                                      []keyColumn
	goldenCols                                                                   []goldenColumn
	nameCols                                                                     []*columns.Column
	birthCol                                                                     *columns.Column

	facts

	keyBuf  []work.Key
	written map[int][]byte // e-mails among them as they were written, where that is another form
	textBuf []byte
	idBuf   []byte
	hashBuf []byte
	nameBuf []byte
	normBuf []byte
}

type keyColumn struct {
	kind    customer.KeyType
	prefix  string // of the value: a namespace, or the name of the other system
	col     *columns.Column
	blocked *blocked

	asked []byte // the value that was normalised last, where it lies in col
	keyed bool   // it can be a key
}

type goldenColumn struct {
	field int // of profile.Fields
	col   *columns.Column
	keyed func([]byte) bool // whether a value can be a key of the field; nil where it has none
}

func newRecordReader(w *work.Worker, f *brief.File) (*recordReader, error) {
	r := &recordReader{Worker: w, file: f, source: &w.Sources[f.Source], calendar: customer.NewCalendar(w.Location),
		blocked: map[customer.KeyType]*blocked{}}
	norm, err := identity.NewNormaliser(identity.Rules{Email: w.Identity.Email, Phone: w.Identity.Phone, Card: w.Identity.Card}, w.Country)
	if err != nil {
		return nil, err
	}
	r.norm = norm
	r.tooLate = r.calendar.Start(f.Latest + 1)
	for field, values := range w.Identity.Blocked {
		if k, ok := customer.KeyTypeOf(field); ok {
			r.blocked[k] = newBlocked(k, values)
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
		r.keyCols = append(r.keyCols, keyColumn{kind: customer.ContactKey, prefix: r.source.Namespace, col: r.idCol, blocked: r.blocked[customer.ContactKey]})
	}
	for j := range k.Cols {
		c := &k.Cols[j]
		var keyed func([]byte) bool
		if f, ok := kind.Field(c.Name); ok && f.Type == customer.KeyField {
			t, _ := customer.KeyTypeOf(c.Name)
			prefix := ""
			switch t {
			case customer.ExternalKey:
				prefix = strings.TrimPrefix(c.Name, "external.") + "/"
			case customer.ContactKey:
				prefix = r.source.Namespace
			}
			r.keyCols = append(r.keyCols, keyColumn{kind: t, prefix: prefix, col: c, blocked: r.blocked[t]})
			keyed = r.keyed(len(r.keyCols) - 1)
		}
		if at := profile.FieldIndex(c.Name); at >= 0 {
			r.goldenCols = append(r.goldenCols, goldenColumn{at, c, keyed})
		}
	}
	r.nameCols, r.birthCol = r.nameCols[:0], nil
	if r.Vetted && kind == customer.Contact {
		r.birthCol = k.Col("birth_date")
		for _, name := range []string{"full_name", "first_name", "last_name"} {
			if c := k.Col(name); c != nil {
				r.nameCols = append(r.nameCols, c)
			}
		}
	}
	r.readFacts(k.N)
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

// orderNumber is the number of the order that an event is, nil where it is
// none or has none.
func (r *recordReader) orderNumber(i int) []byte {
	if r.orderCol == nil || r.says[i]&saysOrder == 0 {
		return nil
	}
	b, _ := r.orderCol.Bytes(i)
	return b
}

// mentionedNumber is the number of an order that a row mentions, as the order
// itself or as an event; nil where it mentions none.
func (r *recordReader) mentionedNumber(i int, id []byte) []byte {
	if r.source.Kind == customer.Order && r.source.HasID {
		return id
	}
	return r.orderNumber(i)
}

// keys are the record's identifiers, normalised; good until the next call.
func (r *recordReader) keys(i int) []work.Key {
	r.keyBuf, r.textBuf = r.keyBuf[:0], r.textBuf[:0]
	clear(r.written)
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
	c.asked, c.keyed = raw, ok
	if !ok {
		return
	}
	k := work.KeyOf(c.kind, text[start:])
	if c.blocked.has(&k, text[start:]) {
		return
	}
	r.textBuf = text
	at := r.add(k)
	if basic, other := r.norm.AsWritten(c.kind, raw, text[start:]); other && r.written[at] == nil {
		if r.written == nil {
			r.written = map[int][]byte{}
		}
		r.written[at] = basic
	}
}

// keyed tells whether values of a column of keys can be keys. It seldom asks
// anew: the key of a record is read before its profile.
func (r *recordReader) keyed(at int) func([]byte) bool {
	return func(raw []byte) bool {
		c := &r.keyCols[at]
		if len(raw) > 0 && len(raw) == len(c.asked) && &raw[0] == &c.asked[0] {
			return c.keyed
		}
		var ok bool
		r.normBuf, ok = r.norm.Append(r.normBuf[:0], c.kind, raw)
		return ok
	}
}

// add adds a key that the record does not have yet, and tells its place.
func (r *recordReader) add(k work.Key) int {
	for j := range r.keyBuf { // the same key twice on one record says nothing more
		if r.keyBuf[j].Equal(&k) {
			return j
		}
	}
	r.keyBuf = append(r.keyBuf, k)
	return len(r.keyBuf) - 1
}

// about is what the record says of its customer, in the memory of what the
// last one said.
func (r *recordReader) about(i int, lines []int, last work.About) work.About {
	if r.Timed {
		last.Profile = r.profile(i, lines, last.Profile[:0])
	}
	if r.Vetted {
		last.Person = r.person(i, last.Person[:0])
	}
	return last
}

// saying is the row that a value of a record is taken from: i, or of an order of
// lines the first that has one, for some exports say what is of the whole order
// on one of its lines alone.
func saying(c *columns.Column, i int, lines []int) int {
	for _, line := range lines {
		if !c.Missing(line) {
			return line
		}
	}
	return i
}

// person appends the name and the birth date of a contact that says both.
func (r *recordReader) person(i int, dst []byte) []byte {
	if r.birthCol == nil || r.birthCol.Missing(i) {
		return dst
	}
	var parts [][]byte
	for _, c := range r.nameCols {
		if b, ok := c.Bytes(i); ok {
			parts = append(parts, b)
			if c.Name == "full_name" {
				break
			}
		}
	}
	name, ok := identity.AppendName(r.nameBuf[:0], parts...)
	r.nameBuf = name
	if !ok {
		return dst
	}
	return binary.AppendVarint(binary.LittleEndian.AppendUint64(dst, xxh3.Hash(name)), r.birthCol.Ints[i])
}

// profile is what the record says, for the golden profile: one of several lines
// what the first line says that has a value.
func (r *recordReader) profile(i int, lines []int, dst []byte) []byte {
	rank := r.updated(i)
	if rank == columns.MissingInt {
		rank = r.ats[i]
	}
	if rank == customer.NoTime {
		rank = 0
	}
	dst = profile.AppendHead(dst, r.source.Kind == customer.Contact, r.file.Source, rank)
	for _, g := range r.goldenCols {
		if i := saying(g.col, i, lines); !g.col.Missing(i) {
			dst = profile.AppendValue(dst, g.field, g.col, i, g.keyed)
		}
	}
	return dst
}
