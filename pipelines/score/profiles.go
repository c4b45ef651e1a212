package score

import (
	"maps"
	"strconv"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/internal/columns"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/profile"
	"github.com/habitue-data/habitue/transforms/rfm"
)

// person is a customer as appendProfiles wrote it.
type person struct {
	id               customer.ID
	known            bool
	firstKind        customer.KeyType
	firstText        []byte
	contacts, others int64
	lists            []uint64 // that hold one of its keys
}

func (p *person) read(d *work.Decoder) (measured []byte) {
	copy(p.id[:], d.Take(len(p.id)))
	p.known = d.Byte() != 0
	p.firstKind = customer.KeyType(d.Byte())
	p.firstText = d.Bytes()
	p.contacts, p.others = int64(d.Uvarint()), int64(d.Uvarint())
	p.lists = p.lists[:0]
	for n := d.Uvarint(); n > 0 && d.Err == nil; n-- {
		p.lists = append(p.lists, d.Uvarint())
	}
	return d.Bytes()
}

// writePeople goes over the customers and writes customers, with golden
// profile, traits and scores, and churn.
func writePeople(w *work.Worker, cuts *rfm.Cuts, groups *rfm.Groups, shard int, in *flow.Inputs, out *flow.Outputs) error {
	data, err := in.One("profiles")
	if err == nil && data == nil {
		data, err = in.One("profileson")
	}
	if err != nil || data == nil {
		return err
	}
	r := &profileRow{Worker: w, groups: groups, m: w.NewMeasures().OfRows(), counted: work.Counted{AsOf: w.AsOf, Cal: customer.NewCalendar(w.Location)}}
	if err := in.ReadOne("insight", &r.insight); err != nil {
		return err
	}
	set := r.columns()
	var customers *work.TableWriter
	var row work.Setters
	if w.WantsProfile() { // else name has written them
		if customers, row, err = w.NewRows("customers", shard, set); err != nil {
			return err
		}
	}
	people, err := w.NewHistoryWriter(customer.OfCustomers, set)
	if err != nil {
		return err
	}
	risks, risk, err := w.NewRows("churn", shard, r.churnColumns())
	if err != nil {
		return err
	}
	listed := make([][]byte, w.Shards) // by shard of the id
	d := work.Decoder{B: data}
	for d.More() {
		measured := r.read(&d)
		if d.Err != nil {
			break
		}
		r.m.Reach(r.at)
		if _, err := r.m.Merge(r.at, measured); err != nil {
			return err
		}
		r.counted.Sum, r.isScored = r.m.Orders.Sums[r.at], false
		if value, ok := rfm.WorthOf(r.counted.Sum, w.AsOf); ok && cuts != nil && inBase(r.Worker, &r.person) {
			r.isScored, r.scores = true, cuts.Scores(value)
		}
		r.look()
		if r.m.Traits != nil {
			r.counted.Seen = r.m.Traits.Seen[r.at]
		}
		if customers != nil {
			if err := customers.Row(row); err != nil {
				return err
			}
		}
		if w.Segments != nil && (w.Segments.Everyone || r.known) {
			people.Row(r.id)
			for _, l := range r.lists {
				work.AppendListed(listed, w, r.id, l)
			}
		}
		if risks != nil && r.isScored {
			if err := risks.Row(risk); err != nil {
				return err
			}
		}
		r.at++
	}
	if d.Err != nil {
		return d.Err
	}
	people.Flush("people", out)
	work.EmitShards(out, "listed", listed)
	if err := customers.Close(out, "scorefiles"); err != nil {
		return err
	}
	return risks.Close(out, "scorefiles")
}

// inBase tells whether a customer is among those whom scores are about.
func inBase(w *work.Worker, p *person) bool { return w.Base == "all" || p.known }

// profileRow is the customer whose row is being written.
type profileRow struct {
	*work.Worker
	person
	groups   *rfm.Groups
	m        work.Measures // of all customers of the shard
	at       int           // this one's place in them
	counted  work.Counted
	isScored bool
	scores   [rfm.Three]int64
	insight  insight
	buying   buying
}

func (r *profileRow) columns() map[string]func(*columns.Column) {
	set := map[string]func(*columns.Column){
		"customer_id": func(c *columns.Column) { r.id.AddTo(c) },
		"kind": func(c *columns.Column) {
			if r.known {
				c.AddText("known")
			} else {
				c.AddText("anonymous")
			}
		},
		"first_key":     func(c *columns.Column) { c.AddText(string(rune(r.firstKind)) + ":" + string(r.firstText)) },
		"contact_count": func(c *columns.Column) { work.AddInt(c, r.contacts) },
		"key_count":     func(c *columns.Column) { work.AddInt(c, r.others) },
		"rfm_group": func(c *columns.Column) {
			switch {
			case r.isScored:
				c.AddText(r.groups.Of(r.scores[0], r.scores[1], r.scores[2]))
			case inBase(r.Worker, &r.person) && r.counted.Sum.Orders == 0:
				c.AddText(rfm.Prospect)
			default: // not among those who are scored
				c.AddMissing()
			}
		},
		"temperature": func(c *columns.Column) {
			if !r.isScored {
				c.AddMissing()
				return
			}
			c.AddText(rfm.Temperatures()[rfm.Temperature(r.scores[0], r.scores[1])])
		},
		"currency": func(c *columns.Column) { c.AddText(r.Currency) },
	}
	maps.Copy(set, r.buyingColumns())
	maps.Copy(set, r.counted.Columns())
	for m, name := range []string{"r_score", "f_score", "m_score"} {
		set[name] = func(c *columns.Column) {
			if !r.isScored {
				c.AddMissing()
				return
			}
			work.AddInt(c, r.scores[m])
		}
	}
	set["sources"] = r.addSources
	for field, name := range profile.Fields {
		set[name] = func(c *columns.Column) {
			if c.Type == columns.Date {
				work.AddInt(c, r.m.Golden.Date(r.at, field))
				return
			}
			if b, ok := r.m.Golden.Text(r.at, field); ok {
				c.AddBytes(b)
			} else {
				c.AddMissing()
			}
		}
	}
	return set
}

// addSources adds which source each golden value came from, as a JSON object.
func (r *profileRow) addSources(c *columns.Column) {
	start := uint32(len(c.Data))
	open := byte('{')
	for field, name := range profile.Fields {
		place, ok := r.m.Golden.Source(r.at, field)
		if !ok {
			continue
		}
		c.Data = append(c.Data, open)
		c.Data = strconv.AppendQuote(c.Data, name) // names of fields and sources are plain
		c.Data = strconv.AppendQuote(append(c.Data, ':'), r.Sources[place].Name)
		open = ','
	}
	if open == '{' {
		c.AddMissing()
		return
	}
	c.Data = append(c.Data, '}')
	c.Spans = append(c.Spans, columns.Span{Start: start, End: uint32(len(c.Data))})
}
