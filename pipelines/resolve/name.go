package resolve

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/cohort"
	"github.com/habitue-data/habitue/transforms/identity"
	"github.com/habitue-data/habitue/transforms/rfm"
)

var nameStage = work.Stage{Name: "name", Run: name,
	Outs: []flow.Port{"profiles", "worths", "cube", "owners", "outcomes", "namefiles"}}

// name gives each component of one shard its id and writes what is known of
// it without a look at the others: customer_ids, customer_keys and, where
// nobody asked for more, customers.
func name(_ context.Context, w *work.Worker, shard int, in *flow.Inputs, out *flow.Outputs) error {
	p := Peopled(w.Night)
	if w.Ledger != nil {
		p = "folded"
	}
	batches, err := work.AllSections(w, in, p, false)
	if err != nil {
		return err
	}
	lists, err := w.Listed()
	if err != nil {
		return err
	}
	n := &naming{Worker: w, lists: lists, consents: w.WantsConsents(), namer: identity.NewNamer(w.Salt, w.Names), cube: cohort.NewCube(w.Cohorts), outcomes: make([][]byte, w.Shards), owners: make([][]byte, w.Shards)}
	if err := n.begin(shard, in); err != nil {
		return err
	}
	linked, err := work.AllSections(w, in, "linked", false)
	if err != nil {
		return err
	}
	c := &crowd{Worker: w}
	for section := range w.InShard {
		if err := c.gather(batches, section); err != nil {
			return err
		}
		if err := n.section(c, batches, linked, section); err != nil {
			return err
		}
	}
	in.Release()
	return n.end(shard, out)
}

// naming is the work on one shard.
type naming struct {
	*work.Worker
	namer     *identity.Namer
	lists     *work.Listed
	consents  bool                        // are made: who has an address is told with it
	given     map[uint32][]identity.Given // by label
	followers map[customer.ID][]int       // shards of the ids that are part of an id given here
	fates     map[uint32]byte             // by label, of those of which links were looked at
	ids       *work.TableWriter
	changes   *changeWriter
	links     *work.TableWriter
	keys      *work.TableWriter
	customers *work.TableWriter
	profiles  []byte
	worths    []byte
	cube      *cohort.Cube
	outcomes  [][]byte // by shard of the id
	owners    [][]byte // by shard of the key
}

func (n *naming) begin(shard int, in *flow.Inputs) (err error) {
	if n.Ledger != nil {
		n.given, n.followers = map[uint32][]identity.Given{}, map[customer.ID][]int{}
		err := in.Read("awards", func(_ *flow.Batch, data []byte) error {
			d := work.Decoder{B: data}
			for d.More() {
				label := d.Uint32()
				var g identity.Given
				copy(g.ID[:], d.Take(len(g.ID)))
				g.Award = identity.Award(d.Byte())
				g.Born, g.Day = int64(d.Uint64()), int32(d.Varint())
				n.given[label] = append(n.given[label], g)
				var told []int
				for shards := d.Uvarint(); shards > 0 && d.Err == nil; shards-- {
					told = append(told, int(d.Uvarint()))
				}
				if told != nil {
					n.followers[g.ID] = told
				}
			}
			return d.Err
		})
		if err != nil {
			return err
		}
	} else if n.ids, err = n.NewTableWriter("customer_ids", shard); err != nil { // else the ledger's own shard knows more
		return err
	} else if n.changes, err = newChanges(n.Worker, shard); err != nil {
		return err
	}
	if n.fates, err = readFates(in); err != nil {
		return err
	}
	if n.links, err = n.NewTableWriter("identity_links", shard); err != nil {
		return err
	}
	if n.keys, err = n.NewTableWriter("customer_keys", shard); err != nil {
		return err
	}
	if !n.WantsProfile() {
		n.customers, err = n.NewTableWriter("customers", shard)
	}
	return err
}

// section names and writes the components of one section.
func (n *naming) section(c *crowd, batches, linked []work.Sectioned, section int) error {
	ids := make([]customer.ID, len(c.components))
	for i := range ids {
		if n.Ledger == nil {
			ids[i] = n.namer.Name(&c.components[i].birth)
		} else {
			ids[i] = n.settle(&c.components[i])
		}
	}
	if err := c.writeIDs(n.ids, ids); err != nil {
		return err
	}
	for i := range ids {
		if n.Ledger == nil {
			if err := n.changes.add(ids[i], "created", customer.ID{}, becauseRecords); err != nil {
				return err
			}
		}
	}
	if err := c.writeCustomers(n.customers, ids); err != nil {
		return err
	}
	if err := c.writeLinks(n.links, linked, section, ids); err != nil {
		return err
	}
	if n.keys != nil || n.Filed || len(n.lists.Keys) > 0 {
		if err := c.eachOwned(batches, section, ids, n); err != nil {
			return err
		}
	}
	if n.WantsPeople() {
		n.profiles = c.appendProfiles(n.profiles, ids)
	}
	if c.measures.Orders != nil {
		n.worths = c.appendWorths(n.worths, ids)
	}
	if c.measures.Cohorts != nil {
		n.cube.Over(c.measures.Cohorts)
		for i := range c.components {
			if c.counts(n.CohortBase, i) {
				n.cube.Add(i)
			}
		}
	}
	return nil
}

// settle is the id of a component where there is a ledger.
func (n *naming) settle(p *component) customer.ID {
	fate := n.fates[p.label]
	tell := func(id customer.ID, what byte) {
		o := outcome{id: id, what: what, birth: p.birth}
		if what == outcomeSplit {
			o.other, o.cause = p.formerly(), splitCause(fate)
		}
		shard := &n.outcomes[n.IdShard(id)]
		*shard = o.append(*shard)
	}
	fresh := byte(outcomeCreated)
	if slices.ContainsFunc(p.earlier, func(e earlierPart) bool { return !e.late }) { // its keys were another customer's
		fresh = outcomeSplit
	}
	kept, merged, cause, ok := identity.Settle(n.given[p.label])
	switch {
	case !ok: // the id of its birth record belongs to another: one more name, for good
		kept = n.namer.NameAgain(&p.birth, n.AsOf)
		tell(kept, fresh)
	case cause == "created":
		tell(kept, fresh)
	case cause == "split":
		tell(kept, outcomeSplit)
	default:
		tell(kept, outcomeFound)
	}
	for _, m := range merged {
		o := outcome{id: m, other: kept, what: outcomeMerged, cause: mergeCause(fate), birth: p.birth}
		own := n.IdShard(m)
		n.outcomes[own] = o.append(n.outcomes[own])
		for _, shard := range n.followers[m] { // they have customers that are part of this one
			if shard != own {
				n.outcomes[shard] = o.append(n.outcomes[shard])
			}
		}
	}
	return kept
}

func (n *naming) end(shard int, out *flow.Outputs) error {
	if err := n.changes.close(out, "namefiles"); err != nil {
		return err
	}
	for _, t := range []*work.TableWriter{n.ids, n.keys, n.customers, n.links} {
		if err := t.Close(out, "namefiles"); err != nil {
			return err
		}
	}
	for s := range n.Shards {
		if len(n.outcomes[s]) > 0 {
			out.Emit("outcomes", s, n.outcomes[s])
		}
		if len(n.owners[s]) > 0 {
			out.Emit("owners", s, n.owners[s])
		}
	}
	if len(n.profiles) > 0 {
		out.Emit("profiles", shard, n.profiles)
	}
	if len(n.worths) > 0 {
		out.Emit("worths", shard, n.worths)
	}
	out.Emit("cube", n.Total(shard), n.cube.Append(nil))
	return nil
}

// counts tells whether component i is among those whom a figure is about.
func (c *crowd) counts(base string, i int) bool { return base == "all" || c.components[i].known }

// What becomes of an id.
const (
	outcomeFound = iota
	outcomeCreated
	outcomeSplit
	outcomeMerged
)

// writeIDs writes customer_ids where there was no ledger: everyone is new.
func (c *crowd) writeIDs(t *work.TableWriter, ids []customer.ID) error {
	if t == nil {
		return nil
	}
	i := 0
	sources, created := columns.NewWords(c.Names...), columns.NewWords("created")
	row, err := t.Set(map[string]func(*columns.Column){
		"customer_id":     func(col *columns.Column) { ids[i].AddTo(col) },
		"birth_source":    func(col *columns.Column) { sources.Add(col, c.components[i].birth.Source) },
		"birth_record_id": func(col *columns.Column) { col.AddBytes(c.components[i].birth.Record) },
		"birth_at":        func(col *columns.Column) { work.AddTime(col, c.components[i].birth.At, customer.NoTime) },
		"born_date":       func(col *columns.Column) { work.AddInt(col, int64(c.AsOf)) },
		"merged_into":     func(col *columns.Column) { col.AddMissing() },
		"retired_date":    func(col *columns.Column) { col.AddMissing() },
		"cause":           func(col *columns.Column) { created.Add(col, 0) },
	})
	if err != nil {
		return err
	}
	for i = range ids {
		if err := t.Row(row); err != nil {
			return err
		}
	}
	return nil
}

// identityColumns fill the columns that say who a customer is.
func (c *crowd) identityColumns(ids []customer.ID, i *int) map[string]func(*columns.Column) {
	kinds := columns.NewWords("anonymous", "known")
	return map[string]func(*columns.Column){
		"customer_id": func(col *columns.Column) { ids[*i].AddTo(col) },
		"kind": func(col *columns.Column) {
			known := 0
			if c.components[*i].known {
				known = 1
			}
			kinds.Add(col, known)
		},
		"first_key": func(col *columns.Column) {
			start := uint32(len(col.Data))
			col.Data = c.components[*i].appendFirstKey(col.Data)
			col.Spans = append(col.Spans, columns.Span{Start: start, End: uint32(len(col.Data))})
		},
		"contact_count": func(col *columns.Column) { work.AddInt(col, c.components[*i].contacts) },
		"key_count":     func(col *columns.Column) { work.AddInt(col, c.components[*i].others) },
	}
}

// writeCustomers writes customers where only their identity is asked for.
func (c *crowd) writeCustomers(t *work.TableWriter, ids []customer.ID) error {
	if t == nil {
		return nil
	}
	i := 0
	row, err := t.Set(c.identityColumns(ids, &i))
	if err != nil {
		return err
	}
	for i = range ids {
		if err := t.Row(row); err != nil {
			return err
		}
	}
	return nil
}

// eachOwned goes over the keys of a section once more, now that their owners
// have names: for customer_keys, for who holds rows by these keys, and for
// lists of keys.
func (c *crowd) eachOwned(batches []work.Sectioned, section int, ids []customer.ID, to *naming) error {
	t := to.keys
	var k keyRecord
	var g *sighting
	var id customer.ID
	row, err := c.keyColumns(t, &k, &g, &id)
	if err != nil {
		return err
	}
	for _, b := range batches {
		err := eachKey(c.Worker, b.Sections[section], &k, func(label uint32, node uint64) error {
			who := c.labels.number(label)
			id = ids[who]
			if c.Filed {
				to.tellOwner(&k, node, id)
			}
			c.components[who].lists = append(c.components[who].lists, to.lists.Of(k.kind, k.text)...)
			if t == nil {
				return nil
			}
			for n := range k.sightings {
				g = &k.sightings[n]
				if err := t.Row(row); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// keyColumns fill a row of customer_keys.
func (c *crowd) keyColumns(t *work.TableWriter, k *keyRecord, g **sighting, id *customer.ID) (work.Setters, error) {
	if t == nil {
		return nil, nil
	}
	cal := customer.NewCalendar(c.Location)
	day := func(col *columns.Column, at int64) {
		if at == customer.NoTime {
			col.AddMissing()
			return
		}
		work.AddInt(col, int64(cal.Day(at)))
	}
	return t.Set(map[string]func(*columns.Column){
		"customer_id":     func(col *columns.Column) { id.AddTo(col) },
		"key_type":        func(col *columns.Column) { col.AddText(k.kind.Name()) },
		"key":             func(col *columns.Column) { col.AddText(string(rune(k.kind)) + ":" + string(k.text)) },
		"source":          func(col *columns.Column) { col.AddText(c.Names[(*g).source]) },
		"first_seen_at":   func(col *columns.Column) { work.AddTime(col, (*g).first, customer.NoTime) },
		"first_seen_date": func(col *columns.Column) { day(col, (*g).first) },
		"last_seen_at":    func(col *columns.Column) { work.AddTime(col, (*g).last, customer.NoTime) },
		"last_seen_date":  func(col *columns.Column) { day(col, (*g).last) },
		"record_count":    func(col *columns.Column) { work.AddInt(col, (*g).records) },
	})
}

// tellOwner tells the shard of a key whose it is, and, where consents are made,
// of an address what it is: whoever said something of it may be gone, and where
// it is on receipts alone, no statement says whose it is.
func (n *naming) tellOwner(k *keyRecord, node uint64, id customer.ID) {
	one := work.KeyOf(k.kind, k.text)
	o := &n.owners[n.Shard(one.Hash)]
	var address []byte
	if n.consents && (k.kind == customer.EmailKey || k.kind == customer.PhoneKey) {
		address = append([]byte{byte(k.kind), ':'}, k.text...)
	}
	*o = appendOwner(*o, node, id, address)
}

// appendWorths appends the id and the worth of everyone who is scored.
func (c *crowd) appendWorths(b []byte, ids []customer.ID) []byte {
	for i := range c.components {
		if !c.counts(c.Base, i) {
			continue
		}
		if worth, ok := rfm.WorthOf(c.measures.Orders.Sums[i], c.AsOf); ok {
			b = append(b, ids[i][:]...)
			for _, v := range worth {
				b = binary.AppendVarint(b, v)
			}
		}
	}
	return b
}

// appendProfiles appends every customer with all that was measured.
func (c *crowd) appendProfiles(b []byte, ids []customer.ID) []byte {
	var one []byte
	measures := c.measures.OfRows()
	for i := range c.components {
		p := &c.components[i]
		b = append(b, ids[i][:]...)
		known := byte(0)
		if p.known {
			known = 1
		}
		b = append(b, known, byte(p.firstKind))
		b = work.AppendBytes(b, p.firstText)
		b = binary.AppendUvarint(b, uint64(p.contacts))
		b = binary.AppendUvarint(b, uint64(p.others))
		b = binary.AppendUvarint(b, uint64(len(p.lists)))
		for _, l := range p.lists {
			b = binary.AppendUvarint(b, uint64(l))
		}
		one = measures.Append(one[:0], i)
		b = work.AppendBytes(b, one)
	}
	return b
}
