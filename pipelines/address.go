package pipelines

import (
	"bytes"
	"context"
	"slices"
	"strconv"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/transforms/consent"
)

var consentStage = stage{name: "consent", run: consents, outs: []port{"consented", "consentfiles"}}

// addressed tells whether rows of a table say something of addresses.
func (w *worker) addressed(table string) bool {
	_, says := consentColumns[table]
	return says && w.wantsConsents()
}

// appendValue appends the value of a key as the tables have it.
func (k *key) appendValue(b []byte) []byte {
	if k.numeric {
		return strconv.AppendUint(b, k.number, 10)
	}
	return append(b, k.text...)
}

// addAddresses adds the keys to which messages can be sent.
func addAddresses(c *columns.Column, keys []key) {
	start := uint32(len(c.Data))
	for i := range keys {
		switch keys[i].kind {
		case customer.EmailKey, customer.PhoneKey, customer.CookieKey, customer.ContactKey:
			if len(c.Data) > int(start) {
				c.Data = append(c.Data, columns.ListSep)
			}
			c.Data = keys[i].appendValue(append(c.Data, byte(keys[i].kind), ':'))
		}
	}
	if len(c.Data) == int(start) {
		c.AddMissing()
		return
	}
	c.Spans = append(c.Spans, columns.Span{Start: start, End: uint32(len(c.Data))})
}

// addressWriter deals what the rows of a block say of addresses to the shards
// of the addresses.
type addressWriter struct {
	*worker
	shards [][]byte
}

// rows takes what the rows of a table say.
func (a *addressWriter) rows(table string, r *ownedRows) error {
	if r.addresses == nil {
		return nil
	}
	source, record := r.Col("source"), r.Col("record_id")
	for i := range r.N {
		said, ok := r.addresses.Bytes(i)
		if !ok || r.lost[i] {
			continue
		}
		base := consent.Statement{At: customer.NoTime, Source: text(source, i), Record: text(record, i), Customer: r.whose[i]}
		var all []consent.Statement
		var err error
		if table == "contacts" {
			all, err = ofContact(r.Chunk, i, base)
		} else {
			all = ofInteraction(r.Chunk, i, base, said)
		}
		if err != nil {
			return err
		}
		if len(all) > 0 {
			a.say(all, said)
		}
	}
	return nil
}

// say deals statements to each address that they are about.
func (a *addressWriter) say(all []consent.Statement, addresses []byte) {
	for _, address := range bytes.Split(addresses, []byte{columns.ListSep}) {
		kind := customer.KeyType(address[0])
		one := keyOf(kind, address[2:])
		to := &a.shards[a.shard(one.hash)]
		for i := range all {
			if consent.AddressOf(all[i].Channel) == kind {
				*to = appendStatement(appendBytes(*to, address), &all[i])
			}
		}
	}
}

func (a *addressWriter) flush(out *outputs) {
	for s, data := range a.shards {
		if len(data) > 0 {
			out.emit("statements", s, data)
			a.shards[s] = nil
		}
	}
}

func ofContact(k *columns.Chunk, i int, base consent.Statement) ([]consent.Statement, error) {
	given, ok := k.Col("consents").Bytes(i)
	if !ok {
		return nil, nil
	}
	explicit := false
	for n, name := range []string{"consent_at", "updated_at", "created_at"} {
		if at := k.Col(name).Ints[i]; at != columns.MissingInt {
			base.At, explicit = at, n == 0
			break
		}
	}
	return consent.OfContact(given, base, explicit)
}

// ofInteraction is what an interaction says. One that names no channel is of
// the channel of its address.
func ofInteraction(k *columns.Chunk, i int, base consent.Statement, addresses []byte) []consent.Statement {
	base.At = k.Col("interaction_at").Ints[i]
	base.Channel = text(k.Col("channel"), i)
	if base.Channel == "" {
		base.Channel = "sms"
		if bytes.Contains(addresses, []byte("e:")) {
			base.Channel = "email"
		}
	}
	return consent.OfInteraction(text(k.Col("kind"), i), text(k.Col("status"), i), base)
}

// text is a text, "" where it is missing.
func text(c *columns.Column, i int) string {
	b, _ := c.Bytes(i)
	return string(b)
}

func appendStatement(b []byte, s *consent.Statement) []byte {
	explicit := byte(0)
	if s.Explicit {
		explicit = 1
	}
	b = append(b, byte(s.State), explicit)
	for _, t := range []string{s.Channel, s.Purpose, s.Suppress, s.Source, s.Record} {
		b = appendBytes(b, []byte(t))
	}
	b = appendInt64(b, s.At)
	return append(b, s.Customer[:]...)
}

func (d *decoder) statement() (s consent.Statement) {
	s.State, s.Explicit = consent.State(d.byte()), d.byte() != 0
	for _, t := range []*string{&s.Channel, &s.Purpose, &s.Suppress, &s.Source, &s.Record} {
		*t = string(d.bytes())
	}
	s.At = int64(d.uint64())
	copy(s.Customer[:], d.take(len(s.Customer)))
	return s
}

// consents decides what holds of the addresses of one shard and tells each
// customer of whom something was said.
func consents(_ context.Context, w *worker, shard int, in *inputs, out *outputs) error {
	said := map[string][]consent.Statement{}
	for _, p := range []port{"statements", "suppressions"} {
		err := in.read(p, func(_ *Batch, data []byte) error {
			d := decoder{b: data}
			for d.more() {
				address := string(d.bytes())
				said[address] = append(said[address], d.statement())
			}
			return d.err
		})
		if err != nil {
			return err
		}
	}
	var addresses []string
	for a := range said {
		addresses = append(addresses, a)
	}
	slices.Sort(addresses)
	t, err := w.newTableWriter("consents", shard)
	if err != nil {
		return err
	}
	r := &consentRow{worker: w, cal: customer.NewCalendar(w.zone)}
	var row setters
	if t != nil {
		if row, err = t.set(r.columns()); err != nil {
			return err
		}
	}
	h, err := w.newHistoryWriter(customer.OfConsents, r.columns())
	if err != nil {
		return err
	}
	for _, r.address = range addresses {
		all := said[r.address]
		owners := ownersOf(all)
		for _, r.Held = range consent.Resolve(all) {
			if t != nil {
				if err := t.row(row); err != nil {
					return err
				}
			}
			for _, id := range owners {
				h.row(id)
			}
		}
	}
	h.flush("consented", out)
	return t.close(out, "consentfiles")
}

// suppressions are the decisions about addresses, by the shard of the address.
func suppressions(n *Night) seed {
	shards := make([][]byte, n.Shards)
	for _, s := range n.Suppress {
		one := keyOf(s.Type, []byte(s.Value))
		to := &shards[n.shard(one.hash)]
		*to = appendBytes(*to, append([]byte{byte(s.Type), ':'}, s.Value...))
		*to = appendStatement(*to, &consent.Statement{Channel: s.Channel, Purpose: consent.Marketing, Suppress: s.Reason, At: s.At, Source: decisions})
	}
	told := seed{port: "suppressions"}
	for shard, data := range shards {
		if len(data) > 0 {
			told.keys, told.items = append(told.keys, shard), append(told.items, data)
		}
	}
	return told
}

// decisions is the source of what somebody decided.
const decisions = "decisions"

// ownersOf are the customers of whom something was said by an address.
func ownersOf(all []consent.Statement) (ids []customer.ID) {
	for i := range all {
		if !all[i].Customer.IsZero() && !slices.Contains(ids, all[i].Customer) {
			ids = append(ids, all[i].Customer)
		}
	}
	return ids
}

// consentRow is the row of consents that is being written.
type consentRow struct {
	*worker
	cal     *customer.Calendar
	address string // letter:value
	consent.Held
}

func (r *consentRow) columns() map[string]func(*columns.Column) {
	optional := func(v *string) func(*columns.Column) { return func(c *columns.Column) { c.AddOptional(*v) } }
	at := func(v *int64) func(*columns.Column) {
		return func(c *columns.Column) { addTime(c, *v, customer.NoTime) }
	}
	day := func(v *int64) func(*columns.Column) {
		return func(c *columns.Column) {
			if *v == customer.NoTime {
				c.AddMissing()
				return
			}
			addInt(c, int64(r.cal.Day(*v)))
		}
	}
	suppressed := func(f func(*columns.Column)) func(*columns.Column) {
		return func(c *columns.Column) {
			if r.Suppressed == "" {
				c.AddMissing()
				return
			}
			f(c)
		}
	}
	return map[string]func(*columns.Column){
		"address_type": func(c *columns.Column) { c.AddText(customer.KeyType(r.address[0]).Name()) },
		"address":      func(c *columns.Column) { c.AddText(r.address[2:]) },
		"channel":      optional(&r.Channel), "purpose": optional(&r.Purpose),
		"state":    func(c *columns.Column) { c.AddText(r.State.String()) },
		"since_at": at(&r.Because.At), "since_date": day(&r.Because.At),
		"explicit": func(c *columns.Column) {
			explicit := int64(0)
			if r.Because.Explicit {
				explicit = 1
			}
			addInt(c, explicit)
		},
		"suppressed": optional(&r.Suppressed), "suppressed_at": suppressed(at(&r.SuppressedAt)), "suppressed_date": suppressed(day(&r.SuppressedAt)),
		"source": optional(&r.Because.Source), "evidence": optional(&r.Because.Record),
		"statement_count": func(c *columns.Column) { addInt(c, int64(r.Statements)) },
		"customer_id": func(c *columns.Column) {
			if r.Because.Customer.IsZero() {
				c.AddMissing()
				return
			}
			r.Because.Customer.AddTo(c)
		},
	}
}
