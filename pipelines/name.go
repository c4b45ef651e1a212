package pipelines

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/transforms/cohort"
	"github.com/habitue-data/habitue/transforms/identity"
	"github.com/habitue-data/habitue/transforms/rfm"
)

var nameStage = stage{name: "name", run: name,
	outs: []port{"profiles", "worths", "cube", "owners", "outcomes", "namefiles"}}

// name gives each component of one shard its id and writes what is known of
// it without a look at the others: customer_ids, customer_keys and, where
// nobody asked for more, customers.
func name(_ context.Context, w *worker, shard int, in *inputs, out *outputs) error {
	p := port("parts")
	if w.Ledger != nil {
		p = "folded"
	}
	batches, err := in.all(p)
	if err != nil {
		return err
	}
	c, err := w.gatherKeys(batches)
	if err != nil {
		return err
	}
	ids, err := w.nameAll(c, in, out)
	if err != nil {
		return err
	}
	if err := c.writeKeys(batches, ids, shard, out); err != nil {
		return err
	}
	if err := c.writeIDs(ids, shard, out); err != nil {
		return err
	}
	if err := c.tellOwners(batches, ids, out); err != nil {
		return err
	}
	if w.wantsProfile() {
		out.emit("profiles", shard, c.appendProfiles(ids))
	} else if err := c.writeCustomers(ids, shard, out); err != nil {
		return err
	}
	if c.measures.orders != nil {
		out.emit("worths", shard, c.appendWorths(ids))
	}
	if c.measures.months != nil {
		cube := cohort.NewCube(c.measures.months)
		for i := range c.components {
			if c.counts(i) {
				cube.Add(i)
			}
		}
		out.emit("cube", 0, cube.Append(nil))
	}
	in.release()
	return nil
}

// counts tells whether component i is among those who are scored.
func (c *crowd) counts(i int) bool { return c.Base == "all" || c.components[i].known }

// nameAll gives every component its id: the ledger's where it knows one,
// else the one that its birth record gives.
func (w *worker) nameAll(c *crowd, in *inputs, out *outputs) ([]customer.ID, error) {
	ids := make([]customer.ID, len(c.components))
	namer := identity.NewNamer(w.Salt, w.names)
	if w.Ledger == nil {
		for i := range c.components {
			ids[i] = namer.Name(&c.components[i].birth)
		}
		return ids, nil
	}
	given := make([][]identity.Given, len(c.components))
	err := in.read("awards", func(_ *Batch, data []byte) error {
		d := decoder{b: data}
		for d.more() {
			i, ok := c.byLabel[d.uint32()]
			var g identity.Given
			copy(g.ID[:], d.take(len(g.ID)))
			g.Award = identity.Award(d.byte())
			g.Born = int64(d.uint64())
			if !ok {
				return fmt.Errorf("an id was awarded to a component that is not there")
			}
			given[i] = append(given[i], g)
		}
		return d.err
	})
	if err != nil {
		return nil, err
	}
	outcomes := make([][]byte, w.Shards)
	tell := func(id, into customer.ID, cause byte, b *identity.Birth) {
		o := &outcomes[w.idShard(id)]
		*o = append(append(append(*o, id[:]...), into[:]...), cause)
		*o = binary.LittleEndian.AppendUint64(*o, uint64(b.At))
		*o = binary.AppendUvarint(*o, uint64(b.Source))
		*o = appendBytes(*o, b.Record)
	}
	for i := range c.components {
		p := &c.components[i]
		kept, merged, cause, ok := identity.Settle(given[i])
		switch {
		case !ok: // the id of its birth record belongs to another: one more name, for good
			kept, cause = namer.NameAgain(&p.birth, w.AsOf), "split"
			tell(kept, customer.ID{}, outcomeSplit, &p.birth)
		case cause == "created":
			tell(kept, customer.ID{}, outcomeCreated, &p.birth)
		case cause == "split":
			tell(kept, customer.ID{}, outcomeSplit, &p.birth)
		default:
			tell(kept, customer.ID{}, outcomeFound, &p.birth)
		}
		for _, m := range merged {
			tell(m, kept, outcomeMerged, &p.birth)
		}
		ids[i] = kept
	}
	for s, data := range outcomes {
		if len(data) > 0 {
			out.emit("outcomes", s, data)
		}
	}
	return ids, nil
}

// What becomes of an id.
const (
	outcomeFound = iota
	outcomeCreated
	outcomeSplit
	outcomeMerged
)

// writeIDs writes customer_ids where there was no ledger: everyone is new.
// Where there is one, the ledger's own shard knows more.
func (c *crowd) writeIDs(ids []customer.ID, shard int, out *outputs) error {
	if c.Ledger != nil {
		return nil
	}
	t, err := c.newTableWriter("customer_ids", shard)
	if err != nil || t == nil {
		return err
	}
	i := 0
	row, err := t.set(map[string]func(*columns.Column){
		"customer_id":     func(col *columns.Column) { addID(col, ids[i]) },
		"birth_source":    func(col *columns.Column) { col.AddText(c.names[c.components[i].birth.Source]) },
		"birth_record_id": func(col *columns.Column) { col.AddBytes(c.components[i].birth.Record) },
		"birth_at":        func(col *columns.Column) { addTime(col, c.components[i].birth.At, customer.NoTime) },
		"born_date":       func(col *columns.Column) { addInt(col, int64(c.AsOf)) },
		"merged_into":     func(col *columns.Column) { col.AddMissing() },
		"retired_date":    func(col *columns.Column) { col.AddMissing() },
		"cause":           func(col *columns.Column) { col.AddText("created") },
	})
	if err != nil {
		return err
	}
	for i = range ids {
		if err := t.row(row); err != nil {
			return err
		}
	}
	return t.close(out, "namefiles")
}

// addID appends the text form of an id.
func addID(c *columns.Column, id customer.ID) {
	start := uint32(len(c.Data))
	c.Data = id.Append(c.Data)
	c.Spans = append(c.Spans, columns.Span{Start: start, End: uint32(len(c.Data))})
}

// identityColumns fill the columns that say who a customer is.
func (c *crowd) identityColumns(ids []customer.ID, i *int) map[string]func(*columns.Column) {
	return map[string]func(*columns.Column){
		"customer_id": func(col *columns.Column) { addID(col, ids[*i]) },
		"kind": func(col *columns.Column) {
			if c.components[*i].known {
				col.AddText("known")
			} else {
				col.AddText("anonymous")
			}
		},
		"first_key": func(col *columns.Column) {
			start := uint32(len(col.Data))
			col.Data = c.components[*i].appendFirstKey(col.Data)
			col.Spans = append(col.Spans, columns.Span{Start: start, End: uint32(len(col.Data))})
		},
		"contact_count": func(col *columns.Column) { addInt(col, c.components[*i].contacts) },
		"key_count":     func(col *columns.Column) { addInt(col, c.components[*i].others) },
	}
}

// writeCustomers writes customers where only their identity is asked for.
func (c *crowd) writeCustomers(ids []customer.ID, shard int, out *outputs) error {
	t, err := c.newTableWriter("customers", shard)
	if err != nil || t == nil {
		return err
	}
	i := 0
	row, err := t.set(c.identityColumns(ids, &i))
	if err != nil {
		return err
	}
	for i = range ids {
		if err := t.row(row); err != nil {
			return err
		}
	}
	return t.close(out, "namefiles")
}

// writeKeys writes customer_keys.
func (c *crowd) writeKeys(batches [][]byte, ids []customer.ID, shard int, out *outputs) error {
	t, err := c.newTableWriter("customer_keys", shard)
	if err != nil || t == nil {
		return err
	}
	var k keyRecord
	var g *sighting
	var id customer.ID
	cal := customer.NewCalendar(c.zone)
	day := func(col *columns.Column, at int64) {
		if at == customer.NoTime {
			col.AddMissing()
			return
		}
		addInt(col, int64(cal.Day(at)))
	}
	row, err := t.set(map[string]func(*columns.Column){
		"customer_id":     func(col *columns.Column) { addID(col, id) },
		"key_type":        func(col *columns.Column) { col.AddText(k.kind.Name()) },
		"key":             func(col *columns.Column) { col.AddText(string(rune(k.kind)) + ":" + string(k.text)) },
		"source":          func(col *columns.Column) { col.AddText(c.names[g.source]) },
		"first_seen_at":   func(col *columns.Column) { addTime(col, g.first, customer.NoTime) },
		"first_seen_date": func(col *columns.Column) { day(col, g.first) },
		"last_seen_at":    func(col *columns.Column) { addTime(col, g.last, customer.NoTime) },
		"last_seen_date":  func(col *columns.Column) { day(col, g.last) },
		"record_count":    func(col *columns.Column) { addInt(col, g.records) },
	})
	if err != nil {
		return err
	}
	for _, data := range batches {
		err := c.eachKey(data, &k, func(label uint32, _ uint64) error {
			id = ids[c.byLabel[label]]
			for n := range k.sightings {
				g = &k.sightings[n]
				if err := t.row(row); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return t.close(out, "namefiles")
}

// tellOwners tells each shard of keys whose its keys are, where records are
// asked for.
func (c *crowd) tellOwners(batches [][]byte, ids []customer.ID, out *outputs) error {
	if !c.filed {
		return nil
	}
	owners := make([][]byte, c.Shards)
	var k keyRecord
	for _, data := range batches {
		err := c.eachKey(data, &k, func(label uint32, node uint64) error {
			kk := key{kind: k.kind, text: k.text}
			if n, numeric := numericKey(k.kind, k.text); numeric {
				kk.numeric, kk.number, kk.text = true, n, nil
			}
			kk.hashed()
			o := &owners[c.shard(kk.hash)]
			*o = binary.AppendUvarint(*o, node)
			*o = append(*o, ids[c.byLabel[label]][:]...)
			return nil
		})
		if err != nil {
			return err
		}
	}
	for s, data := range owners {
		if len(data) > 0 {
			out.emit("owners", s, data)
		}
	}
	return nil
}

// numericKey tells whether a key is held as a number: digits of a phone or
// card that have no leading zero.
func numericKey(kind customer.KeyType, text []byte) (uint64, bool) {
	if kind != customer.PhoneKey && kind != customer.CardKey || len(text) == 0 || text[0] == '0' {
		return 0, false
	}
	return identity.ParseDigits(text)
}

// appendWorths appends the id and the worth of everyone who is scored.
func (c *crowd) appendWorths(ids []customer.ID) (b []byte) {
	for i := range c.components {
		if !c.counts(i) {
			continue
		}
		if worth, ok := rfm.WorthOf(c.measures.orders.Sums[i], c.AsOf); ok {
			b = append(b, ids[i][:]...)
			for _, v := range worth {
				b = binary.AppendVarint(b, v)
			}
		}
	}
	return b
}

// appendProfiles appends every customer with all that was measured.
func (c *crowd) appendProfiles(ids []customer.ID) (b []byte) {
	var one []byte
	for i := range c.components {
		p := &c.components[i]
		b = append(b, ids[i][:]...)
		known := byte(0)
		if p.known {
			known = 1
		}
		b = append(b, known, byte(p.firstKind))
		b = appendBytes(b, p.firstText)
		b = binary.AppendUvarint(b, uint64(p.contacts))
		b = binary.AppendUvarint(b, uint64(p.others))
		one = c.measures.append(one[:0], i)
		b = appendBytes(b, one)
	}
	return b
}
