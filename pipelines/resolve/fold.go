package resolve

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"

	"github.com/habitue-data/habitue/customer"
	"github.com/habitue-data/habitue/pipelines/flow"
	"github.com/habitue-data/habitue/pipelines/work"
	"github.com/habitue-data/habitue/transforms/identity"
)

var foldStage = work.Stage{Name: "fold", Run: fold, Outs: []flow.Port{"claims", "folded"}}

// component is keys that are joined: a customer, but for its id.
type component struct {
	label     uint32
	known     bool
	contacts  int64
	others    int64
	firstKind customer.KeyType // of the least key
	firstText []byte
	birth     identity.Birth
	earlier   []earlierPart
	places    map[earlierName]int // of each part in earlier, where there are many
	lists     []int               // that hold one of its keys
}

// earlierPart is what a component has of an earlier customer.
type earlierPart struct {
	earlierName
	facts   int64
	firstAt int64
}

type earlierName struct {
	id   customer.ID
	late bool // only the line's end says so
}

// fewParts is up to how many parts are looked through rather than looked up.
const fewParts = 16

// crowd is the components of one section, put together from their keys.
type crowd struct {
	*work.Worker
	components []component
	labels     labelTable
	measures   work.Measures
}

// gather puts the components of a section together, in the memory of the
// last section's.
func (c *crowd) gather(batches []work.Sectioned, section int) error {
	c.measures = c.NewMeasures()
	c.measures.Grow(len(c.components)) // one section has about as many as the next
	c.labels.reset()
	c.components = c.components[:0]
	var k keyRecord
	for _, b := range batches {
		err := eachKey(c.Worker, b.Sections[section], &k, func(label uint32, _ uint64) error {
			i := c.labels.number(label)
			if i == len(c.components) {
				c.components = append(c.components, component{label: label, birth: identity.Birth{At: customer.NoTime, Source: len(c.Names)}})
				c.measures.Reach(i)
			}
			c.components[i].add(&k)
			rest, err := c.measures.Merge(i, k.measured)
			if err == nil && len(rest) > 0 {
				return work.ErrBatchShort
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// labelTable numbers labels in the order in which they come.
type labelTable struct {
	slots []struct{ label, number uint32 } // number + 1
	used  int
}

func (t *labelTable) reset() {
	clear(t.slots)
	t.used = 0
}

// number is the number of a label; a new one gets the next.
func (t *labelTable) number(label uint32) int {
	if 2*t.used >= len(t.slots) {
		old := t.slots
		t.slots = make([]struct{ label, number uint32 }, max(1<<8, 2*len(old)))
		for _, s := range old {
			if s.number != 0 {
				t.slots[t.slot(s.label)] = s
			}
		}
	}
	s := &t.slots[t.slot(label)]
	if s.number == 0 {
		t.used++
		s.label, s.number = label, uint32(t.used)
	}
	return int(s.number) - 1
}

// slot is where a label is, or would be.
func (t *labelTable) slot(label uint32) uint64 {
	mask := uint64(len(t.slots) - 1)
	i := labelHash(label) >> 20 & mask
	for t.slots[i].number != 0 && t.slots[i].label != label {
		i = (i + 1) & mask
	}
	return i
}

// eachKey reads the keys of a batch that scatter made, or guard.
func eachKey(w *work.Worker, data []byte, k *keyRecord, yield func(label uint32, node uint64) error) error {
	d := work.Decoder{B: data}
	sighted, vetted, noded := w.Sighted, w.Vetted, w.Noded
	for d.More() {
		label, node := d.Uint32(), uint64(0)
		if noded {
			node = d.Uvarint()
		}
		one := d.Bytes()
		if d.Err != nil {
			return d.Err
		}
		if err := k.read(one, sighted, vetted); err != nil {
			return err
		}
		if err := yield(label, node); err != nil {
			return err
		}
	}
	return d.Err
}

// add takes in a key.
func (c *component) add(k *keyRecord) {
	if k.kind != work.KnotKey {
		c.count(k)
	}
	if k.born && k.birth.Before(&c.birth) {
		c.birth = k.birth
	}
	if !k.earlier.IsZero() {
		e := c.part(earlierName{k.earlier, k.late})
		e.facts += k.records
		e.firstAt = min(e.firstAt, k.birth.At)
	}
}

// count takes in that the customer has a key.
func (c *component) count(k *keyRecord) {
	if k.kind == customer.ContactKey {
		c.contacts++
	} else {
		c.others++
	}
	c.known = c.known || k.kind.Known()
	if c.firstKind == 0 || k.kind < c.firstKind || k.kind == c.firstKind && bytes.Compare(k.text, c.firstText) < 0 {
		c.firstKind, c.firstText = k.kind, k.text
	}
}

// part is what the component has of an earlier customer; a new one is added.
func (c *component) part(name earlierName) *earlierPart {
	i, known := c.places[name]
	if c.places == nil {
		i = slices.IndexFunc(c.earlier, func(e earlierPart) bool { return e.earlierName == name })
		known = i >= 0
	}
	if known {
		return &c.earlier[i]
	}
	if len(c.earlier) == fewParts {
		c.places = map[earlierName]int{}
		for i := range c.earlier {
			c.places[c.earlier[i].earlierName] = i
		}
	}
	if c.places != nil {
		c.places[name] = len(c.earlier)
	}
	c.earlier = append(c.earlier, earlierPart{earlierName: name, firstAt: customer.NoTime})
	return &c.earlier[len(c.earlier)-1]
}

// appendFirstKey appends letter:value of the least key.
func (c *component) appendFirstKey(dst []byte) []byte {
	return append(append(dst, byte(c.firstKind), ':'), c.firstText...)
}

// fold puts the components of one shard together, claims the ids that each
// may have, and hands the keys on. It is there only where there is a ledger:
// without one the name of a component is its own.
func fold(_ context.Context, w *work.Worker, shard int, in *flow.Inputs, out *flow.Outputs) error {
	batches, err := work.AllSections(w, in, Peopled(w.Night), false)
	if err != nil {
		return err
	}
	namer := identity.NewNamer(w.Salt, w.Names)
	claims := make([][]byte, w.Shards)
	c := &crowd{Worker: w}
	for section := range w.InShard {
		if err := c.gather(batches, section); err != nil {
			return err
		}
		for i := range c.components {
			p := &c.components[i]
			claim(claims, w, shard, p, namer.Name(&p.birth), claimByBirth, 0, customer.NoTime)
			if w.Ledger.End != nil {
				claim(claims, w, shard, p, namer.NameAgain(&p.birth, w.AsOf), claimByLateBirth, 0, customer.NoTime)
			}
			for _, e := range p.earlier {
				how := byte(claimByKeys)
				if e.late {
					how = claimByLateKeys
				}
				claim(claims, w, shard, p, e.id, how, e.facts, e.firstAt)
			}
		}
	}
	for s, data := range claims {
		if len(data) > 0 {
			out.Emit("claims", s, data)
		}
	}
	in.Pass(Peopled(w.Night), out, "folded")
	return nil
}

// What a claim rests on.
const (
	claimByKeys     = iota // that the ledger had under the id before the day
	claimByLateKeys        // that only the line's end has under it
	claimByBirth
	claimByLateBirth // the name that the birth record gives once more, on this day, if the line's end has it
)

func claim(claims [][]byte, w *work.Worker, shard int, c *component, id customer.ID, how byte, facts, firstAt int64) {
	b := &claims[w.IdShard(id)]
	*b = append(append(*b, id[:]...), how)
	*b = binary.AppendUvarint(*b, uint64(shard))
	*b = binary.LittleEndian.AppendUint32(*b, c.label)
	*b = binary.AppendUvarint(*b, uint64(facts))
	*b = binary.LittleEndian.AppendUint64(*b, uint64(firstAt))
	*b = work.AppendBytes(*b, c.appendFirstKey(nil))
}
