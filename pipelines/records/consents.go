package records

import (
	"bytes"
	"context"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/brief"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/consent"
)

var consentStage = work.Stage{Name: "consent", Run: consents, Outs: []flow.Port{"consented", "consentfiles"}}

// consents decides what holds of the addresses of one shard, tells each
// customer of whom something was said, and writes down what was said for the
// night after.
func consents(_ context.Context, w *work.Worker, shard int, in *flow.Inputs, out *flow.Outputs) error {
	said, past, decided := map[string][]consent.Statement{}, map[string][]consent.Statement{}, map[string][]consent.Statement{}
	for _, p := range []flow.Port{"statements", "forwarded", "remembered", "suppressions"} {
		err := in.Read(p, func(_ *flow.Batch, data []byte) error {
			d := work.Decoder{B: data}
			for d.More() {
				address, s, to := string(d.Bytes()), statement(&d), said
				switch {
				case p == "suppressions":
					to = decided
				case s.Past:
					to = past
				}
				to[address] = append(to[address], s)
			}
			return d.Err
		})
		if err != nil {
			return err
		}
	}
	var addresses []string
	for _, all := range []map[string][]consent.Statement{said, past, decided} {
		for a := range all {
			addresses = append(addresses, a)
		}
	}
	slices.Sort(addresses)
	addresses = slices.Compact(addresses)
	holders, err := holdersOf(addresses, in)
	if err != nil {
		return err
	}
	r := &consentRow{Worker: w, cal: customer.NewCalendar(w.Location)}
	t, row, err := w.NewRows("consents", shard, r.columns())
	if err != nil {
		return err
	}
	book, err := newStatementBook(w, shard)
	if err != nil {
		return err
	}
	h, err := w.NewHistoryWriter(customer.OfConsents, r.columns())
	if err != nil {
		return err
	}
	for _, r.address = range addresses {
		counts, overtaken := consent.Recall(said[r.address], past[r.address])
		if err := book.write(r.address, counts, overtaken); err != nil {
			return err
		}
		owners := ownersOf(counts)
		holder, held := holders[r.address]
		if held && !slices.Contains(owners, holder) {
			owners = append(owners, holder)
		}
		if !held && len(owners) > 0 { // of what is past nobody knows whose record it was
			holder = owners[0]
		}
		for _, r.Held = range consent.Resolve(append(counts, decided[r.address]...)) {
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
	if err := book.close(out); err != nil {
		return err
	}
	return t.Close(out, "consentfiles")
}

// holdersOf are the customers who have the addresses, which are in order.
func holdersOf(addresses []string, in *flow.Inputs) (map[string]customer.ID, error) {
	holders := map[string]customer.ID{}
	err := in.Read("holders", func(_ *flow.Batch, data []byte) error {
		d := work.Decoder{B: data}
		for d.More() {
			address, id := string(d.Bytes()), customer.ID{}
			copy(id[:], d.Take(len(id)))
			if _, asked := slices.BinarySearch(addresses, address); asked {
				holders[address] = id
			}
		}
		return d.Err
	})
	return holders, err
}

// ownersOf are the customers of whom something was said by an address.
func ownersOf(all []consent.Statement) (ids []customer.ID) {
	for i := range all {
		if !all[i].Customer.IsZero() && !slices.Contains(ids, all[i].Customer) {
			ids = append(ids, all[i].Customer)
		}
	}
	slices.SortFunc(ids, func(a, b customer.ID) int { return bytes.Compare(a[:], b[:]) })
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
		"statement_count": func(c *columns.Column) { work.AddInt(c, int64(r.Records)) },
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
	var told flow.Seed
	for shard, data := range shards {
		if len(data) > 0 {
			told.Keys, told.Items = append(told.Keys, shard), append(told.Items, data)
		}
	}
	return told
}

// decisions is the source of what somebody decided.
const decisions = "decisions"
