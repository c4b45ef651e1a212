package records

import (
	"context"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/consent"
)

var (
	forwardStage = work.Stage{Name: "forward", Run: forward, Outs: []flow.Port{"forwarded"}}
	consentStage = work.Stage{Name: "consent", Run: consents, Outs: []flow.Port{"consented", "consentfiles"}}
)

// addressWriter deals what the rows of a block say of addresses to the shards
// of the addresses; what names none of the right kind, to those of its keys.
type addressWriter struct {
	*work.Worker
	shards [][]byte
	named  [][]byte
}

func newAddressWriter(w *work.Worker) *addressWriter {
	return &addressWriter{Worker: w, shards: make([][]byte, w.Shards), named: make([][]byte, w.Shards)}
}

// What an entry of a batch of named statements is.
const (
	namedStatement = iota // a statement of whose address only a key is known
	namedAddresses        // the addresses of a contact, for one of its keys
)

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
		keys, written := work.Addresses(said)
		base := consent.Statement{At: customer.NoTime, Source: work.Text(source, i), Record: work.Text(record, i), Customer: r.whose[i]}
		var all []consent.Statement
		var err error
		if table == "contacts" {
			a.leads(keys, r.whose[i])
			all, err = ofContact(r.Chunk, i, base)
		} else {
			all = ofInteraction(r.Chunk, i, base, keys)
		}
		if err != nil {
			return err
		}
		for k := range all {
			if at := all[k].At; at == customer.NoTime || at < a.End { // nobody knew of it yet
				a.say(&all[k], keys, written)
			}
		}
	}
	return nil
}

// say deals a statement to each address of its channel that the row names, or
// else to each of its keys: they lead to the addresses. A yes that names no
// address is none: an address needs its own.
func (a *addressWriter) say(s *consent.Statement, keys, written [][]byte) {
	kind, found := consent.AddressOf(s.Channel), false
	for i, k := range keys {
		if customer.KeyType(k[0]) == kind {
			one := *s
			one.Written = string(written[i])
			to := a.to(a.shards, k)
			*to = appendStatement(work.AppendBytes(*to, k), &one)
			found = true
		}
	}
	if found || s.Suppress == "" && s.State != consent.Unsubscribed {
		return
	}
	for _, k := range keys {
		to := a.to(a.named, k)
		*to = appendStatement(work.AppendBytes(append(*to, namedStatement), k), s)
	}
}

// leads tells each key of a contact which addresses the contact has, and
// whose it is.
func (a *addressWriter) leads(keys [][]byte, whose customer.ID) {
	var addresses []byte
	for _, k := range keys {
		switch customer.KeyType(k[0]) {
		case customer.EmailKey, customer.PhoneKey, customer.ContactKey:
			addresses = work.AppendBytes(addresses, k)
		}
	}
	for _, k := range keys {
		to := a.to(a.named, k)
		*to = work.AppendBytes(append(work.AppendBytes(append(*to, namedAddresses), k), whose[:]...), addresses)
	}
}

func (a *addressWriter) to(shards [][]byte, address []byte) *[]byte {
	one := work.KeyOf(customer.KeyType(address[0]), address[2:])
	return &shards[a.Shard(one.Hash)]
}

func (a *addressWriter) flush(out *flow.Outputs) {
	work.EmitShards(out, "statements", a.shards)
	work.EmitShards(out, "named", a.named)
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
func ofInteraction(k *columns.Chunk, i int, base consent.Statement, keys [][]byte) []consent.Statement {
	base.At = k.Col("interaction_at").Ints[i]
	if base.Channel = work.Text(k.Col("channel"), i); base.Channel == "" {
		base.Channel = "sms"
		if slices.ContainsFunc(keys, func(k []byte) bool { return customer.KeyType(k[0]) == customer.EmailKey }) {
			base.Channel = "email"
		}
	}
	return consent.OfInteraction(work.Text(k.Col("kind"), i), work.Text(k.Col("status"), i), base)
}

func appendStatement(b []byte, s *consent.Statement) []byte {
	explicit := byte(0)
	if s.Explicit {
		explicit = 1
	}
	b = append(b, byte(s.State), explicit)
	for _, t := range []string{s.Channel, s.Purpose, s.Suppress, s.Source, s.Record, s.Written} {
		b = work.AppendBytes(b, []byte(t))
	}
	b = work.AppendInt64(b, s.At)
	return append(b, s.Customer[:]...)
}

func statement(d *work.Decoder) (s consent.Statement) {
	s.State, s.Explicit = consent.State(d.Byte()), d.Byte() != 0
	for _, t := range []*string{&s.Channel, &s.Purpose, &s.Suppress, &s.Source, &s.Record, &s.Written} {
		*t = string(d.Bytes())
	}
	s.At = int64(d.Uint64())
	copy(s.Customer[:], d.Take(len(s.Customer)))
	return s
}

// forward sends what was said of a key of a contact, and names no address, to
// the addresses that the key leads to. Who shares a phone and is another
// customer has no say about an e-mail that stands beside it.
func forward(_ context.Context, w *work.Worker, _ int, in *flow.Inputs, out *flow.Outputs) error {
	type owned struct {
		key   string
		whose customer.ID
	}
	leads := map[owned][]byte{} // to addresses
	type saying struct {
		key string
		consent.Statement
	}
	var said []saying
	err := in.Read("named", func(_ *flow.Batch, data []byte) error {
		d := work.Decoder{B: data}
		for d.More() {
			what, key := d.Byte(), string(d.Bytes())
			if what == namedStatement {
				said = append(said, saying{key, statement(&d)})
			} else {
				by := owned{key: key}
				copy(by.whose[:], d.Take(len(by.whose)))
				leads[by] = append(leads[by], d.Bytes()...)
			}
		}
		return d.Err
	})
	if err != nil {
		return err
	}
	a := newAddressWriter(w)
	for i := range said {
		d := work.Decoder{B: leads[owned{said[i].key, said[i].Customer}]}
		for d.More() {
			if address := d.Bytes(); customer.KeyType(address[0]) == consent.AddressOf(said[i].Channel) {
				to := a.to(a.shards, address)
				*to = appendStatement(work.AppendBytes(*to, address), &said[i].Statement)
			}
		}
	}
	work.EmitShards(out, "forwarded", a.shards)
	return nil
}

// consents decides what holds of the addresses of one shard and tells each
// customer of whom something was said.
func consents(_ context.Context, w *work.Worker, shard int, in *flow.Inputs, out *flow.Outputs) error {
	said := map[string][]consent.Statement{}
	for _, p := range []flow.Port{"statements", "forwarded", "suppressions"} {
		err := in.Read(p, func(_ *flow.Batch, data []byte) error {
			d := work.Decoder{B: data}
			for d.More() {
				address := string(d.Bytes())
				said[address] = append(said[address], statement(&d))
			}
			return d.Err
		})
		if err != nil {
			return err
		}
	}
	holders := map[string]customer.ID{}
	err := in.Read("holders", func(_ *flow.Batch, data []byte) error {
		d := work.Decoder{B: data}
		for d.More() {
			address, id := string(d.Bytes()), customer.ID{}
			copy(id[:], d.Take(len(id)))
			holders[address] = id
		}
		return d.Err
	})
	if err != nil {
		return err
	}
	var addresses []string
	for a := range said {
		addresses = append(addresses, a)
	}
	slices.Sort(addresses)
	t, err := w.NewTableWriter("consents", shard)
	if err != nil {
		return err
	}
	r := &consentRow{Worker: w, cal: customer.NewCalendar(w.Location)}
	var row work.Setters
	if t != nil {
		if row, err = t.Set(r.columns()); err != nil {
			return err
		}
	}
	h, err := w.NewHistoryWriter(customer.OfConsents, r.columns())
	if err != nil {
		return err
	}
	for _, r.address = range addresses {
		all := said[r.address]
		owners := ownersOf(all)
		holder, held := holders[r.address]
		if held && !slices.Contains(owners, holder) {
			owners = append(owners, holder)
		}
		for _, r.Held = range consent.Resolve(all) {
			if r.Because.Customer.IsZero() {
				r.Because.Customer = holder
			}
			if t != nil {
				if err := t.Row(row); err != nil {
					return err
				}
			}
			for _, id := range owners {
				h.Row(id)
			}
		}
	}
	h.Flush("consented", out)
	return t.Close(out, "consentfiles")
}

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
	*work.Worker
	cal     *customer.Calendar
	address string // letter:value
	consent.Held
}

func (r *consentRow) columns() map[string]func(*columns.Column) {
	optional := func(v *string) func(*columns.Column) { return func(c *columns.Column) { c.AddOptional(*v) } }
	at := func(v *int64) func(*columns.Column) {
		return func(c *columns.Column) { work.AddTime(c, *v, customer.NoTime) }
	}
	day := func(v *int64) func(*columns.Column) {
		return func(c *columns.Column) {
			if *v == customer.NoTime {
				c.AddMissing()
				return
			}
			work.AddInt(c, int64(r.cal.Day(*v)))
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
		"written_as": func(c *columns.Column) {
			if r.Because.Written == "" {
				c.AddText(r.address[2:])
				return
			}
			c.AddText(r.Because.Written)
		},
		"channel": optional(&r.Channel), "purpose": optional(&r.Purpose),
		"state":    func(c *columns.Column) { c.AddText(r.State.String()) },
		"since_at": at(&r.Because.At), "since_date": day(&r.Because.At),
		"explicit": func(c *columns.Column) {
			explicit := int64(0)
			if r.Because.Explicit {
				explicit = 1
			}
			work.AddInt(c, explicit)
		},
		"suppressed": optional(&r.Suppressed), "suppressed_at": suppressed(at(&r.SuppressedAt)), "suppressed_date": suppressed(day(&r.SuppressedAt)),
		"source": optional(&r.Because.Source), "evidence": optional(&r.Because.Record),
		"statement_count": func(c *columns.Column) { work.AddInt(c, int64(r.Statements)) },
		"customer_id": func(c *columns.Column) {
			if r.Because.Customer.IsZero() {
				c.AddMissing()
				return
			}
			r.Because.Customer.AddTo(c)
		},
	}
}

// Suppressions are the decisions about addresses, by the shard of the address.
func Suppressions(n *brief.Night) flow.Seed {
	shards := make([][]byte, n.Shards)
	for _, s := range n.Suppress {
		one := work.KeyOf(s.Type, []byte(s.Value))
		to := &shards[n.Shard(one.Hash)]
		*to = work.AppendBytes(*to, append([]byte{byte(s.Type), ':'}, s.Value...))
		*to = appendStatement(*to, &consent.Statement{Channel: s.Channel, Purpose: consent.Marketing, Suppress: s.Reason, At: s.At, Source: decisions})
	}
	told := flow.Seed{Port: "suppressions"}
	for shard, data := range shards {
		if len(data) > 0 {
			told.Keys, told.Items = append(told.Keys, shard), append(told.Items, data)
		}
	}
	return told
}

// decisions is the source of what somebody decided.
const decisions = "decisions"
